import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { applyGuardedModelTo, startMemoryOperator } from '../../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../../builders/memory-operator.ts';
import { planIn, shareIn } from '../../../builders/memory-story.ts';
import { signedPlanNow, strictPlan } from '../../../builders/plan-softening.ts';
import { signAll, signedOff, signedPolicy, signedTiers } from '../../../builders/signing.ts';
import { strictRisk } from '../../../builders/softening.ts';
import { conditionOf, phaseOf } from '../../../builders/traffic-view.ts';

type Fields = Readonly<Record<string, unknown>>;

let world: MemoryOperator;

/** Under its operator, with its model signed by all. */
const start = async (plan: object): Promise<void> => {
  world = await startMemoryOperator((api) => {
    applyGuardedModelTo(api);
    api.apply('riskpolicies', signedPolicy());
    api.apply('modelrisks', strictRisk());
    api.apply('mitigationplans', plan);
  });
  await world.pass(2);
  await signAll(world);
};
beforeEach(() => start(signedPlanNow()));
afterEach(() => world.stop());

async function write(plan: object): Promise<void> {
  world.api.apply('mitigationplans', JSON.parse(JSON.stringify(plan)) as object);
  await world.pass(2);
}

const engagementIn = (of: MemoryOperator): number =>
  (planIn(of) as unknown as { readonly status: { readonly memory: { readonly engagement: number } } }).status.memory.engagement;

async function remake(changes: Fields): Promise<void> {
  world.api.remove('mitigationplans', 'credit');
  await world.pass(2);
  await write(signedPlanNow(changes));
}

it('regression: a suspension nobody was asked about ends no engagement that came after it', async () => {
  await remake({ suspend: 'Release' });
  world.read(0.9);
  await world.passUntil('capped', () => shareIn(world) <= 10);
  await world.pass(4);
  expect(phaseOf(planIn(world))).toBe('Engaged');
  expect(shareIn(world)).toBeLessThanOrEqual(10);
});

it('regression: nor does it after a restart, which finds the plan engaged and suspended', async () => {
  await remake({ suspend: 'Release' });
  world.read(0.9);
  await world.passUntil('capped', () => shareIn(world) <= 10);
  await world.restart();
  await world.pass(3);
  expect(phaseOf(planIn(world))).toBe('Engaged');
  expect(shareIn(world)).toBeLessThanOrEqual(10);
});

it('a suspension of a plan that is known to be engaged ends that: admission asked for the verb', async () => {
  await remake({ suspend: 'Hold' });
  world.read(0.9);
  await world.passUntil('capped', () => shareIn(world) <= 10);
  await write(signedPlanNow({ suspend: 'Release' }));
  await world.pass(3);
  expect(shareIn(world)).toBe(50);
});

it('regression: a playbook of later lets no plan go on without evidence that was signed to wait for it', async () => {
  await world.stop();
  await start(signedPlanNow({ onNoEvidence: 'Hold' }));
  const [high, low] = signedTiers;
  world.api.apply('riskpolicies', signedPolicy({ tiers: [{ ...high, playbook: { onNoEvidence: 'Escalate' } }, low] }));
  await world.pass(2);
  const { status } = planIn(world) as unknown as { readonly status: { readonly signed?: object } };
  expect([signedOff(world), conditionOf(planIn(world), 'SpecPending')?.status]).toEqual(['True/AllSigned', 'False']);
  expect(status.signed).toMatchObject({ terms: [] });
});

describe('a question about a signed plan', () => {
  const asking = { ...strictPlan, mode: 'Approve', approval: { roles: ['risk'], timeoutSeconds: 8, onTimeout: 'Engage' } };

  beforeEach(async () => {
    await world.stop();
    await start(signedPlanNow(asking));
    world.read(0.9);
    await world.passUntil('asked', () => phaseOf(planIn(world)) === 'Proposed');
  });

  it('regression: is taken back by no edit that waits: its owner kept it asking', async () => {
    for (const onSharedCause of ['Notify', 'Engage', 'Notify']) {
      await world.pass(2);
      await write(signedPlanNow({ ...asking, onSharedCause }));
    }
    expect([phaseOf(planIn(world)), engagementIn(world), shareIn(world)]).toEqual(['Engaged', 1, 10]);
  });

  it('regression: nor by a restart after it', async () => {
    await write(signedPlanNow({ ...asking, onSharedCause: 'Notify' }));
    await world.restart();
    await world.pass(2);
    expect(engagementIn(world)).toBe(1);
  });

  it('is by one that applies: it asks no more', async () => {
    await write(signedPlanNow({ ...asking, mode: 'Enforce' }));
    expect(shareIn(world)).toBe(10);
  });
});
