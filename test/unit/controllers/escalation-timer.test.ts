import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryPlan, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { shareIn } from '../../builders/memory-story.ts';

const escalateAfterSeconds = 40;
const stages = [
  { name: 'limit', escalateAfterSeconds, actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] },
  { name: 'closed', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 0 } }] },
];
const targets = [
  {
    name: 'traffic',
    httpRoute: { name: 'credit', candidate: { service: 'credit-v2', port: 8080 }, safe: { service: 'credit-v1', port: 8080 } },
  },
];

describe('the escalation timer', () => {
  let world: MemoryOperator;

  async function engage(changes: Readonly<Record<string, unknown>> = {}): Promise<void> {
    world.api.apply('mitigationplans', memoryPlan({ stages, targets, ...changes }));
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
  }

  beforeEach(async () => {
    world = await startMemoryOperator();
  });
  afterEach(() => world.stop());

  const evidencedSeconds = (): number | undefined =>
    (world.api.get('mitigationplans', 'credit') as { status?: { memory?: { evidencedSeconds?: number } } }).status?.memory
      ?.evidencedSeconds;
  const statusWrites = (from: number): number =>
    world.api.writes.slice(from).filter(({ resource }) => resource === 'mitigationplans').length;

  it('regression: an operator that restarts more often than escalateAfterSeconds climbs all the same, and not before', async () => {
    await engage();
    for (let restarts = 0; restarts < 8 && shareIn(world) === 10; restarts += 1) {
      await world.pass(12);
      await world.restart();
    }
    expect(shareIn(world)).toBe(0);
    const started = Date.parse(entered(world, 'Engaged'));
    expect(Date.parse(entered(world, 'Escalated')) - started).toBeGreaterThanOrEqual(escalateAfterSeconds * 1000);
    expect(Date.parse(entered(world, 'Escalated')) - started).toBeLessThan(2 * escalateAfterSeconds * 1000);
  });

  it('costs at most ten writes of the status a stage', async () => {
    await engage();
    await world.pass(2);
    const before = world.api.writes.length;
    await world.pass(escalateAfterSeconds - 6);
    expect(shareIn(world)).toBe(10);
    expect(evidencedSeconds()).toBeGreaterThan(escalateAfterSeconds / 2);
    expect(statusWrites(before)).toBeGreaterThan(5);
    expect(statusWrites(before)).toBeLessThanOrEqual(10);
  });

  it('writes nothing where time leads nowhere', async () => {
    await engage();
    await world.passUntil('closed', () => shareIn(world) === 0);
    await world.pass(10);
    const before = world.api.writes.length;
    await world.pass(120);
    expect(evidencedSeconds()).toBeUndefined();
    expect(world.api.writes.slice(before)).toEqual([]);
  });

  it('writes nothing more once its time is over and people are asked', async () => {
    await engage({ stages: stages.map((stage, index) => (index === 1 ? { ...stage, mode: 'Approve' } : stage)) });
    await world.pass(escalateAfterSeconds + 10);
    expect(evidencedSeconds()).toBe(escalateAfterSeconds);
    const before = world.api.writes.length;
    await world.pass(60);
    expect(world.api.writes.slice(before)).toEqual([]);
  });

  it('forgets on the status too what was counted, once every trigger is Clear', async () => {
    await engage({ recovery: { stepSeconds: 3600, probeAfterSeconds: 3600 } });
    await world.pass(20);
    expect(evidencedSeconds()).toBeGreaterThan(0);
    world.read(0.01);
    await world.pass(4);
    expect(evidencedSeconds()).toBeUndefined();
    expect(shareIn(world)).toBe(10);
  });
});

function entered(world: MemoryOperator, type: string): string {
  const incidents = world.api.list('riskincidents') as unknown as readonly {
    readonly status: { readonly entries: readonly { readonly type: string; readonly at: string }[] };
  }[];
  return incidents.flatMap(({ status }) => status.entries).find((entry) => entry.type === type)?.at ?? '';
}
