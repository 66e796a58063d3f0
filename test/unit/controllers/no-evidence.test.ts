import { afterEach, describe, expect, it } from '@jest/globals';
import { parsePlanSnapshot } from '../../../src/api/plan-snapshot.ts';
import type { Observation } from '../../../src/core/model/observation.ts';
import { applyGuardedModelTo, memoryPlan, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { liveIn, planIn, shareIn } from '../../builders/memory-story.ts';
import { conditionOf, entriesOf } from '../../builders/traffic-view.ts';

const nothing: Observation = {
  ...{ kind: 'NoData', cause: 'Empty', message: 'the query returned nothing' },
  source: { provider: 'prometheus', query: 'score_drift', queriedAtMs: 0 },
};

describe('a stage whose model fell silent', () => {
  let world: MemoryOperator;
  afterEach(() => world.stop());

  const withTier = (tier: object): object => {
    const policy = memoryPolicy() as { readonly spec: object };
    return { ...policy, spec: { ...policy.spec, tiers: [{ name: 'All', ...tier }] } };
  };
  const start = async (tier: object, plan: Readonly<Record<string, unknown>> = {}): Promise<void> => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('riskpolicies', withTier(tier));
      api.apply('modelrisks', memoryRisk());
      api.apply('mitigationplans', memoryPlan(plan));
    });
    await world.pass(2);
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    world.read(nothing);
  };
  const incident = () => {
    const [only] = world.api.list('riskincidents');
    if (only === undefined) throw new Error('no incident');
    return liveIn(world, 'riskincidents', only.metadata.name);
  };

  it.each([
    ['the playbook', { playbook: { onNoEvidence: 'Escalate' } }, {}],
    ['the plan', {}, { onNoEvidence: 'Escalate' }],
    ['a floor, over the plan', { floors: { onNoEvidence: 'Escalate' } }, { onNoEvidence: 'Hold' }],
  ])('goes up where %s says so, and the record says why', async (_who, tier, plan) => {
    await start(tier, plan);
    await world.passUntil('in shadow', () => shareIn(world) === 0);
    await world.pass(2);
    const escalated = entriesOf(incident()).find(({ type }) => type === 'Escalated');
    expect(escalated?.reason).toContain('onNoEvidence: Escalate');
    expect(escalated?.reason).toContain('has no usable reading');
  });

  it.each([
    ['nobody says otherwise', {}, {}],
    ['the plan says so over the playbook', { playbook: { onNoEvidence: 'Escalate' } }, { onNoEvidence: 'Hold' }],
  ])('stays where it is where %s', async (_who, tier, plan) => {
    await start(tier, plan);
    await world.pass(30);
    expect(shareIn(world)).toBe(10);
  });

  it('goes by what it began with: a playbook that no longer says so is waited for, one that begins to is not', async () => {
    await start({ playbook: { onNoEvidence: 'Hold' } });
    await world.pass(10);
    world.api.apply('riskpolicies', withTier({ playbook: { onNoEvidence: 'Escalate' } }));
    await world.passUntil('in shadow', () => shareIn(world) === 0);
    world.api.apply('riskpolicies', withTier({}));
    await world.passUntil('rolled back', () => conditionOf(planIn(world), 'Engaged')?.message.includes('rollback') ?? false);
  });

  it('is gone on with over a restart, by the snapshot of the record', async () => {
    await start({ playbook: { onNoEvidence: 'Escalate' } });
    await world.pass(1);
    const { spec } = incident() as unknown as { readonly spec: { readonly snapshot: unknown } };
    expect(parsePlanSnapshot(spec.snapshot)).toMatchObject({ ok: true, value: { onNoEvidence: 'Escalate' } });
    world.api.apply('riskpolicies', withTier({}));
    await world.restart();
    await world.passUntil('in shadow', () => shareIn(world) === 0);
  });

  it('says in the status who supplied it', async () => {
    await start({ floors: { onNoEvidence: 'Escalate' } });
    expect(planIn(world)).toMatchObject({
      status: { supplied: [{ field: 'onNoEvidence', value: 'Escalate', from: 'Floor', tier: 'All' }] },
    });
  });
});
