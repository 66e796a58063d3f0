import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { applyGuardedModelTo, memoryPlan, startMemoryOperator } from '../../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../../builders/memory-operator.ts';
import { flagIn, liveIn, planIn, shareIn } from '../../../builders/memory-story.ts';
import { planSoftenings, signedPlanNow } from '../../../builders/plan-softening.ts';
import { signAll, signedOff, signedOffMessage, signedPolicy, signingStatus } from '../../../builders/signing.ts';
import { strictRisk } from '../../../builders/softening.ts';
import { conditionOf, defaultVariant, phaseOf } from '../../../builders/traffic-view.ts';

type Term = { readonly field: string; readonly signed: string; readonly written: string };
type Fields = Readonly<Record<string, unknown>>;

let world: MemoryOperator;

beforeEach(async () => {
  world = await startMemoryOperator((api) => {
    applyGuardedModelTo(api);
    api.apply('riskpolicies', signedPolicy());
    api.apply('modelrisks', strictRisk());
    api.apply('mitigationplans', signedPlanNow());
  });
  await world.pass(2);
  await signAll(world);
});
afterEach(() => world.stop());

const statusOf = () =>
  (
    planIn(world) as unknown as {
      readonly status: Fields & { readonly signed?: { readonly risk: string; readonly terms?: readonly Term[] } };
    }
  ).status;
const heldIn = (): readonly string[] => (statusOf().signed?.terms ?? []).map(({ field }) => field).toSorted();
const pending = () => conditionOf(planIn(world), 'SpecPending');
const termsOfModel = () => ((signingStatus(world)['signedTerms'] ?? []) as readonly Term[]).map(({ field }) => field);

async function write(plan: object): Promise<void> {
  // As a person sends it: what is undefined here is left out there.
  world.api.apply('mitigationplans', JSON.parse(JSON.stringify(plan)) as object);
  await world.pass(2);
}

async function breachClimbs(): Promise<void> {
  world.read(0.9);
  await world.passUntil('capped', () => shareIn(world) <= 10);
  await world.passUntil('rolled back', () => defaultVariant(flagIn(world)) === 'off');
  expect(shareIn(world)).toBe(0);
}

it('nothing waits while the plan is as it was signed', () => {
  expect(signedOff(world)).toBe('True/AllSigned');
  expect(statusOf().signed).toMatchObject({ risk: 'credit', digest: signingStatus(world).signableDigest });
  expect([heldIn(), pending()?.status]).toEqual([[], 'False']);
});

describe.each(planSoftenings.filter(({ held }) => held.length > 0))('$way', ({ plan, held }) => {
  it('waits: it is told, and a breach brings all on that was signed', async () => {
    await write(plan);
    expect(heldIn()).toEqual(held);
    expect(pending()).toMatchObject({ status: 'True', reason: 'NotSigned' });
    expect(pending()?.message).toContain('kubectl modelrisk sign-off credit -n lending --role ROLE');
    expect(signedOff(world)).toBe('False/Stale');
    expect(signedOffMessage(world)).toContain('plans.credit');
    expect(termsOfModel()).toEqual(held.map((field) => `plans.credit.${field}`));
    await breachClimbs();
  });
});

it.each(['Hold', 'Release'])(
  'regression: suspend: %s is let through by whoever holds the verb, told, and taken back as freely',
  async (suspend) => {
    await write(signedPlanNow({ suspend }));
    expect([heldIn(), signedOff(world)]).toEqual([[], 'False/Stale']);
    expect(signedOffMessage(world)).toContain('plans.credit.suspend');
    world.read(0.9);
    await world.pass(5);
    expect(shareIn(world)).toBe(50);
    await write(signedPlanNow());
    expect(signedOff(world)).toBe('True/AllSigned');
    await breachClimbs();
  },
);

describe('a signed plan that was deleted', () => {
  const remake = async (changes: Fields = {}) => {
    world.api.remove('mitigationplans', 'credit');
    await world.pass(2);
    expect(signedOff(world)).toBe('False/Stale');
    expect(signedOffMessage(world)).toContain('plans.credit');
    await write(signedPlanNow(changes));
  };

  it('and made anew under its name is held to what was signed', async () => {
    await remake({ mode: 'Observe' });
    expect(heldIn()).toEqual(['mode']);
    await breachClimbs();
  });

  it('and made anew suspended, which nobody was asked about, acts: it gets no mark until that is taken back', async () => {
    await remake({ suspend: 'Hold' });
    expect(statusOf().signed).toBeUndefined();
    expect(pending()).toMatchObject({ status: 'True', reason: 'NotSigned' });
    expect(pending()?.message).toContain('take suspend back');
    await world.pass(3);
    await breachClimbs();
  });
});

describe('an edit that tightens', () => {
  const [limit, shadow, rollback] = (signedPlanNow() as { readonly spec: { readonly stages: readonly Fields[] } }).spec.stages;
  const lower = { ...limit, actions: [{ target: 'traffic', canaryLimit: { maxPercent: 3 } }] };

  it('applies at once, though it is not signed', async () => {
    await write(signedPlanNow({ stages: [lower, shadow, rollback] }));
    expect([heldIn(), pending()?.status, signedOff(world)]).toEqual([[], 'False', 'False/Stale']);
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) <= 3);
  });

  it('applies beside one that weakens, which waits', async () => {
    await write(signedPlanNow({ mode: 'Observe', stages: [lower, { ...shadow, escalateAfterSeconds: 3600 }, rollback] }));
    expect(heldIn()).toEqual(['mode', 'stages.shadow.escalateAfterSeconds']);
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) <= 3);
    await breachClimbs();
  });

  it('as one that weakens is in force once all have signed it', async () => {
    await write(signedPlanNow({ mode: 'Observe' }));
    await signAll(world, 'second');
    expect([heldIn(), signedOff(world)]).toEqual([[], 'True/AllSigned']);
    world.read(0.9);
    await world.pass(5);
    expect(shareIn(world)).toBe(50);
  });

  it('that is a plan more protects at once, and is to be signed', async () => {
    const more = memoryPlan() as { readonly metadata: Fields };
    await write({ ...more, metadata: { ...more.metadata, name: 'more' } });
    expect(signedOff(world)).toBe('False/Stale');
    expect(signedOffMessage(world)).toContain('plans.more');
    await breachClimbs();
  });
});

describe('an engagement', () => {
  it('goes on, however its plan is signed meanwhile, and the next one is as was signed', async () => {
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) <= 10);
    await write(signedPlanNow({ mode: 'Observe' }));
    const share = shareIn(world);
    await signAll(world, 'second');
    expect(signedOff(world)).toBe('True/AllSigned');
    expect(shareIn(world)).toBeLessThanOrEqual(share);
    expect(phaseOf(planIn(world))).toBe('Engaged');
    world.read(0.01);
    await world.passUntil('given back', () => phaseOf(planIn(world)) === 'Idle');
    world.read(0.9);
    await world.pass(5);
    expect(shareIn(world)).toBe(50);
  });

  it('outlives its model, and what was signed binds the plan while that is made anew', async () => {
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) <= 10);
    world.api.remove('modelrisks', 'credit');
    await write(signedPlanNow({ mode: 'Observe' }));
    expect(shareIn(world)).toBeLessThanOrEqual(10);
    expect(statusOf().signed).toMatchObject({ risk: 'credit' });
    world.api.apply('modelrisks', strictRisk());
    await world.pass(2);
    expect(heldIn()).toEqual(['mode']);
    expect(phaseOf(planIn(world))).toBe('Engaged');
  });
});

it('what was signed outlives a restart, and an edit made while no operator ran', async () => {
  await world.restart();
  world.api.apply('mitigationplans', signedPlanNow({ mode: 'Observe' }));
  await world.restart();
  await world.pass(3);
  expect(heldIn()).toEqual(['mode']);
  await breachClimbs();
});

it('binds nothing where the policy asks nobody to sign', async () => {
  world.api.apply('riskpolicies', signedPolicy({ tiers: [{ name: 'all' }] }));
  await write(signedPlanNow({ mode: 'Observe' }));
  expect([heldIn(), statusOf().signed]).toEqual([[], undefined]);
  world.read(0.9);
  await world.pass(5);
  expect(shareIn(world)).toBe(50);
});

it('of another version under guard the target is as it is written, and all else as it was signed', async () => {
  world.api.apply('modelrisks', strictRisk({ model: { name: 'credit', version: '2.4.0' } }));
  const next = { name: 'credit', candidate: { service: 'credit-v3', port: 8080 }, safe: { service: 'credit-v2', port: 8080 } };
  const { spec } = signedPlanNow() as { readonly spec: { readonly targets: readonly Fields[] } };
  await write(signedPlanNow({ mode: 'Observe', targets: [{ name: 'traffic', httpRoute: next }, ...spec.targets.slice(1)] }));
  expect(heldIn()).toEqual(['mode']);
  // What was signed of the candidate would have taken requests from what is the good version by now.
  world.read(0.9);
  await world.pass(5);
  expect(shareIn(world)).toBe(50);
  expect(liveIn(world, 'modelrisks', 'credit')['spec']).toMatchObject({ model: { version: '2.4.0' } });
});
