import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { actions, acts, applyAskedModel, cells, meetCast, tryCell } from '../builders/authorisation-matrix.ts';
import type { Cast, Cell } from '../builders/authorisation-matrix.ts';
import { decide, untilAsked } from '../builders/deciding.ts';
import { mitigationPlans, modelRisks } from '../builders/guarded-model.ts';
import { openOperatorWorld } from '../builders/operator-world.ts';
import type { OperatorWorld } from '../builders/operator-world.ts';
import { conditionOf, phaseOf } from '../builders/traffic-view.ts';

const asking = {
  mode: 'Approve',
  approval: { roles: ['risk'] },
  trigger: { indicators: ['score-drift'] },
  stages: [
    { name: 'limit', escalateAfterSeconds: 1, actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] },
    { name: 'shadow', actions: [{ target: 'traffic', shadow: { percent: 100 } }] },
  ],
};

/** Every cell of role, subject and action on the real API server: refused at the door, void with a sentence, or allowed. */
describe('who may decide what', () => {
  let world: OperatorWorld;
  let cast: Cast;
  let signed: string;
  let passed = 0;

  beforeAll(async () => {
    world = await openOperatorWorld();
    cast = await meetCast(world);
    await applyAskedModel(world, cast, asking);
    await world.start();
    await world.until(modelRisks, 'credit', (risk) => {
      const { signableDigest, tier } = (risk['status'] ?? {}) as { readonly signableDigest?: string; readonly tier?: object };
      return signableDigest !== undefined && tier !== undefined;
    });
    const printed = await world.plugin(['sign-off', 'credit', '--role', 'risk', '--namespace', world.namespace, '--dry-run', '--json']);
    if (printed.code !== 0) throw new Error(printed.stderr);
    ({ signed } = (JSON.parse(printed.stdout) as { readonly spec: { readonly signed: string } }).spec);
    world.setDrift(0.9);
    await untilAsked(world, 0);
  }, 120_000);

  afterAll(async () => {
    await Promise.all(Object.values(cast).map(({ client }) => client.close()));
    await world.close();
  });

  const check = async (cell: Cell, stage = 0): Promise<void> => {
    const { outcome, message } = await tryCell(world, cast, { cell, signed, stage });
    expect({ ...cell, outcome, message }).toEqual({ ...cell, message });
    expect(message).toMatch(outcome === 'Allowed' ? /^(Valid|Used): / : /\w{3}/);
    passed += 1;
  };

  it.each(actions)(
    '%s: what is refused is refused, what is void says why',
    async (action) => {
      for (const cell of cells) if (cell.action === action && cell.outcome !== 'Allowed') await check(cell);
      expect(phaseOf(await world.get(mitigationPlans, 'credit'))).toBe('Proposed');
    },
    240_000,
  );

  it('what is allowed counts, in an order in which each has something to decide on', async () => {
    const allowed = (action: Cell['action']) => cells.filter((cell) => cell.action === action && cell.outcome === 'Allowed');
    for (const action of ['Acknowledge', ...acts, 'Review', 'ReviewPolicy', 'SignOff'] as const)
      for (const cell of allowed(action)) await check(cell);
    for (const cell of allowed('Approve')) await check(cell);
    await untilAsked(world, 1);
    for (const cell of allowed('Reject')) await check(cell, 1);
    for (const action of ['Hold', 'Accept'] as const) for (const cell of allowed(action)) await check(cell);
    const [first, ...others] = allowed('Release');
    if (first !== undefined) await check(first);
    // One engagement is released once; each other cell needs another.
    for (const cell of others) {
      world.setDrift(0.01);
      await world.until(mitigationPlans, 'credit', (plan) => phaseOf(plan) === 'Idle');
      await world.until(modelRisks, 'credit', (risk) => conditionOf(risk, 'Breached')?.status === 'False');
      world.setDrift(0.9);
      await untilAsked(world, 0);
      await decide(world, cast.Holder, { name: `again-for-${cell.who.toLowerCase()}`, action: 'Approve', stage: 0 });
      await world.until(mitigationPlans, 'credit', (plan) => phaseOf(plan) === 'Engaged');
      await check(cell);
    }
  }, 240_000);

  it('and that were all of them', () => {
    process.stdout.write(`authorisation matrix: ${String(passed)} of ${String(cells.length)} cells\n`);
    expect(passed).toBe(cells.length);
  });
});
