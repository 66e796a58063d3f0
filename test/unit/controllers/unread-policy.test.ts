import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { applyGuardedModelTo, memoryPlan, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { liveIn, planIn, shareIn } from '../../builders/memory-story.ts';
import { signedPolicy, signedRisk } from '../../builders/signing.ts';
import { conditionOf, phaseOf } from '../../builders/traffic-view.ts';

type Fields = Readonly<Record<string, unknown>>;

const limits = [{ signal: 'score-drift', direction: 'Above', breach: 0.25 }];
const tiers = [{ name: 'High', when: { criticality: ['High'] }, floors: { mode: 'Enforce', limits, recovery: { stepSeconds: 5 } } }];
/** What only a later version of the operator reads. */
const unread = { ...signedPolicy({ tiers, providers: 'as a later version writes them' }) };

let world: MemoryOperator;

beforeEach(async () => {
  world = await startMemoryOperator((api) => {
    applyGuardedModelTo(api);
    api.apply('riskpolicies', signedPolicy({ tiers }));
    api.apply('modelrisks', signedRisk({}, { threshold: { direction: 'Above', breach: 0.9 } }));
    api.apply('mitigationplans', memoryPlan({ mode: 'Observe' }));
  });
  await world.pass(3);
});
afterEach(() => world.stop());

const planDigest = () => (planIn(world) as unknown as { readonly status: Fields }).status['digest'];
const of = (plural: string, name: string, type: string) => conditionOf(liveIn(world, plural, name), type);

async function breachEngages(): Promise<void> {
  world.read(0.4);
  await world.passUntil('capped', () => shareIn(world) <= 10);
}

describe('while a policy can not be read', () => {
  it('regression: what was last read of it holds: floors, signals and what approvals are about', async () => {
    const before = planDigest();
    world.api.apply('riskpolicies', unread);
    await world.pass(3);
    expect(planDigest()).toBe(before);
    expect(of('modelrisks', 'credit', 'Assessed')).toMatchObject({ status: 'True' });
    await breachEngages();
  });

  it('says so, on the policy and on its models, with what to do, until it can', async () => {
    world.api.apply('riskpolicies', unread);
    await world.pass(3);
    expect(of('modelrisks', 'credit', 'Ready')).toMatchObject({ status: 'False', reason: 'PolicyUnreadable' });
    expect(of('modelrisks', 'credit', 'Ready')?.message).toMatch(
      /^RiskPolicy default can't be read by this operator .* What was last read of it holds: correct it, or run/,
    );
    expect(of('riskpolicies', 'default', 'Ready')).toMatchObject({ status: 'False', reason: 'Unreadable' });
    world.api.apply('riskpolicies', signedPolicy({ tiers }));
    await world.pass(3);
    expect(of('modelrisks', 'credit', 'Ready')).toMatchObject({ status: 'True' });
    expect(of('riskpolicies', 'default', 'Ready')).toMatchObject({ status: 'True' });
  });

  it('takes no edit of it in', async () => {
    const { spec, ...rest } = unread as { readonly spec: Fields };
    world.api.apply('riskpolicies', { ...rest, spec: { ...spec, tiers: [{ name: 'Low' }] } });
    await world.pass(3);
    await breachEngages();
  });

  it('a restart forgets it, and nothing engages or is given back until it can be read', async () => {
    await breachEngages();
    world.api.apply('riskpolicies', unread);
    await world.restart();
    world.read(0.01);
    await world.pass(20);
    expect(phaseOf(planIn(world))).toBe('Engaged');
    expect(shareIn(world)).toBeLessThanOrEqual(10);
    expect(of('modelrisks', 'credit', 'Ready')).toMatchObject({ status: 'False', reason: 'PolicyUnreadable' });
  });
});

describe('once a policy is gone', () => {
  it('regression: the tier a model stood in goes on to hold its plans: approvals went void', async () => {
    const before = planDigest();
    world.api.remove('riskpolicies', 'default');
    await world.pass(3);
    expect(planDigest()).toBe(before);
    expect(of('modelrisks', 'credit', 'Ready')).toMatchObject({ status: 'False', reason: 'PolicyMissing' });
  });

  it('and another is named, the model is in no tier of before', async () => {
    world.api.remove('riskpolicies', 'default');
    await world.pass(2);
    const { spec, ...rest } = memoryRisk() as { readonly spec: Fields };
    world.api.apply('riskpolicies', { ...signedPolicy({ tiers: [{ name: 'Other' }] }), metadata: { name: 'other' } });
    world.api.apply('modelrisks', { ...rest, spec: { ...spec, policyRef: { name: 'other' } } });
    await world.pass(3);
    expect((planIn(world) as unknown as { readonly status: Fields }).status['supplied']).toBeUndefined();
  });
});
