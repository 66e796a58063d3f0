import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { MemoryOperator } from '../../../builders/memory-operator.ts';
import { liveIn, planIn, shareIn } from '../../../builders/memory-story.ts';
import { signAll, signedOff, signedOffMessage, signedPolicy, signedTiers, signingStatus } from '../../../builders/signing.ts';
import { register, softenings, startSigned, strict, strictRisk } from '../../../builders/softening.ts';
import type { Softening } from '../../../builders/softening.ts';
import type { JSONValue } from '../../../../src/shared/json.ts';
import { phaseOf } from '../../../builders/traffic-view.ts';

type Field = { readonly field: string; readonly signed: string; readonly written: string };

let world: MemoryOperator;

beforeEach(async () => {
  world = await startSigned();
});
afterEach(() => world.stop());

const status = () => signingStatus(world);
const limitsHeld = (): readonly Field[] => (status().indicators?.[0]?.['signedLimit'] ?? []) as readonly Field[];
const termsHeld = (): readonly Field[] => (status()['signedTerms'] ?? []) as readonly Field[];
const fields = (held: readonly Field[]) => held.map(({ field }) => field).toSorted();
const loss = () => (status()['expectedAnnualLoss'] as { readonly inherent: number } | undefined)?.inherent;

async function soften({ risk, policy }: Pick<Softening, 'risk' | 'policy'>): Promise<void> {
  if (policy !== undefined) world.api.apply('riskpolicies', policy);
  if (risk !== undefined) world.api.apply('modelrisks', risk);
  await world.pass(3);
}

async function breachEngages(): Promise<void> {
  world.read(0.4);
  await world.passUntil('capped', () => shareIn(world) <= 10);
}

it('nothing is held while the model is as it was signed', () => {
  expect(signedOff(world)).toBe('True/AllSigned');
  expect([limitsHeld(), termsHeld(), status()['ownerEstimates']]).toEqual([[], [], []]);
});

describe.each(softenings)('$way', (softening) => {
  it('does not take effect: it is told, the loss and the tier stay, and a breach of what was signed engages', async () => {
    const [before, tier] = [loss(), status()['tier']];
    await soften(softening);
    expect(signedOff(world)).toBe('False/Stale');
    expect(fields(termsHeld())).toEqual(softening.terms ?? []);
    if (softening.limits === undefined) expect(limitsHeld()).toEqual([]);
    else expect(fields(limitsHeld())).toEqual(expect.arrayContaining([...softening.limits]));
    expect(signedOffMessage(world)).toContain('What was signed stays in force: ');
    expect(loss()).toBe(before);
    expect(status()['tier']).toEqual(tier);
    await breachEngages();
  });

  it('takes effect once all have signed again', async () => {
    // Whoever signs signs what the model names; the sign-offs of another policy are asked for by the one in force.
    if (softening.way === 'another policy') world.api.apply('riskpolicies', { ...signedPolicy(), metadata: { name: 'lenient' } });
    await soften(softening);
    await signAll(world, 'second');
    expect(signedOff(world)).toBe('True/AllSigned');
    expect([limitsHeld(), termsHeld()]).toEqual([[], []]);
    const { signed, signableDigest } = status();
    expect(signed).toMatchObject({ digest: signableDigest });
  });
});

describe('what was signed', () => {
  it.each([
    ['a lower limit', { threshold: { direction: 'Above', warn: 0.05, breach: 0.08, clear: 0.05, severe: 0.4 } }],
    [
      'with every part tighter',
      {
        threshold: { direction: 'Above', warn: 0.05, breach: 0.08, clear: 0.01, severe: 0.2 },
        clearForSeconds: 5,
        staleAfterSeconds: 30,
        onNoData: 'Breach',
      },
    ],
  ])('is tightened at once: %s', async (_, indicator) => {
    await soften({ risk: strictRisk({}, indicator) });
    expect(signedOff(world)).toBe('False/Stale');
    expect(limitsHeld()).toEqual([]);
    world.read(0.09);
    await world.passUntil('capped', () => shareIn(world) <= 10);
  });

  it('is tightened in one part and held in another', async () => {
    await soften({ risk: strictRisk({}, { threshold: { direction: 'Above', warn: 0.05, breach: 0.3, clear: 0.05, severe: 0.4 } }) });
    expect(limitsHeld()).toEqual([{ field: 'threshold.breach', signed: '0.25', written: '0.3' }]);
    world.read(0.06);
    await world.pass(2);
    expect(status().indicators?.[0]).toMatchObject({ verdict: 'Warn' });
    expect(status().indicators?.[0]?.['threshold']).toEqual({ direction: 'Above', warn: 0.05, breach: 0.25, clear: 0.05, severe: 0.4 });
  });

  it('is priced higher at once, and told as the owner’s own estimate', async () => {
    const before = loss() ?? 0;
    const likelihood = { incidents: 40, years: 4 };
    await soften({ risk: strictRisk({ risks: [{ ...register[0], likelihood }] }) });
    expect(loss()).toBeGreaterThan(before);
    expect(termsHeld()).toEqual([]);
    expect(status()['ownerEstimates']).toEqual(['stale-population']);
    await signAll(world, 'second');
    expect(status()['ownerEstimates']).toEqual([]);
  });

  it('takes an indicator that came since as it is written', async () => {
    const written = strictRisk() as { readonly spec: { readonly indicators: readonly object[] } };
    await soften({
      risk: {
        ...written,
        spec: { ...written.spec, indicators: [...written.spec.indicators, { ...written.spec.indicators[0], name: 'second' }] },
      },
    });
    expect(status().indicators?.map((each) => each['name'])).toEqual(['score-drift', 'second']);
    expect(limitsHeld()).toEqual([]);
  });

  it('outlives a restart, and the edit made while no operator ran', async () => {
    await world.restart();
    await soften({ risk: strictRisk({}, { threshold: { direction: 'Above', breach: 0.95 } }) });
    await world.restart();
    await world.pass(2);
    expect(fields(limitsHeld())).toContain('threshold.breach');
    await breachEngages();
  });

  it('outlives the end of its sign-offs: letting them end softens nothing', async () => {
    world.api.apply('riskpolicies', signedPolicy({ maxSignOffSeconds: 60 }));
    await world.pass(70);
    expect(signedOff(world)).toBe('False/Missing');
    await soften({ risk: strictRisk({}, { threshold: { direction: 'Above', breach: 0.95 } }) });
    await breachEngages();
  });

  it('outlives the model: who deletes it and creates it anew leaves no limit behind', async () => {
    world.api.remove('modelrisks', 'credit');
    await world.pass(1);
    await soften({ risk: strictRisk({}, { ...strict, threshold: { direction: 'Above', breach: 0.95 } }) });
    expect(signedOff(world)).toBe('False/Missing');
    expect(fields(limitsHeld())).toContain('threshold.breach');
    await breachEngages();
  });

  it('by some only binds nobody: an edit takes effect', async () => {
    world.api.remove('modelrisks', 'credit');
    for (const { metadata } of world.api.list('riskdecisions')) world.api.remove('riskdecisions', metadata.name);
    world.api.apply('modelrisks', strictRisk({}, { threshold: { direction: 'Above', breach: 0.95 } }));
    await world.pass(3);
    world.read(0.4);
    await world.pass(5);
    expect(phaseOf(planIn(world))).toBe('Idle');
    expect(shareIn(world)).toBe(50);
  });

  it('binds no more where the policy asks nobody to sign', async () => {
    await soften({
      policy: signedPolicy({ tiers: [{ name: 'all' }] }),
      risk: strictRisk({}, { threshold: { direction: 'Above', breach: 0.95 } }),
    });
    expect(signedOff(world)).toBe('True/NotRequired');
    expect(limitsHeld()).toEqual([]);
    world.read(0.4);
    await world.pass(5);
    expect(shareIn(world)).toBe(50);
  });

  it('regression: binds again once the policy asks again: an edit made while it asked nobody stayed in force', async () => {
    await soften({ policy: signedPolicy({ tiers: [{ name: 'all' }] }) });
    await soften({ risk: strictRisk({}, { threshold: { direction: 'Above', breach: 0.95 } }) });
    expect(limitsHeld()).toEqual([]);
    await soften({ policy: signedPolicy() });
    expect(signedOff(world)).toBe('False/Stale');
    expect(fields(limitsHeld())).toContain('threshold.breach');
    await breachEngages();
  });

  it('regression: binds though the operator ended between the last sign-off and the status, and the model was edited meanwhile', async () => {
    const limit = (breach: number) => strictRisk({}, { threshold: { direction: 'Above', warn: 0.1, breach, clear: 0.1, severe: 0.5 } });
    await soften({ risk: limit(0.2) });
    const { signed: before } = status();
    await signAll(world, 'second');
    const known = status();
    world.api.apply('modelrisks', limit(0.3));
    world.api.setStatus('modelrisks', 'credit', { ...known, signed: before } as unknown as JSONValue);
    await world.restart();
    await world.pass(3);
    expect(limitsHeld()).toContainEqual({ field: 'threshold.breach', signed: '0.2', written: '0.3' });
  });

  it('regression: of a model that was suspended goes on once nobody suspends it: it was never looked at again until all had signed', async () => {
    await soften({ risk: strictRisk({ suspend: 'Hold' }) });
    await signAll(world, 'second');
    expect(signedOff(world)).toBe('True/AllSigned');
    await soften({ risk: strictRisk() });
    expect(termsHeld()).toEqual([]);
    await breachEngages();
  });

  const [high, low] = signedTiers;
  const floored = (limit: object) => {
    const limits = [{ signal: 'score-drift', direction: 'Above', ...limit }];
    return signedPolicy({ tiers: [{ ...high, floors: { onNoData: 'Breach', limits } }, low] });
  };

  it.each([
    ['turned the other way', strictRisk({}, { threshold: { direction: 'Below', breach: 0.01 } })],
    ['taken out', strictRisk({ indicators: [] })],
    [
      'given another signal',
      strictRisk({}, { signal: { quorum: { indicators: ['score-drift', 'b'], atLeast: 2 } }, threshold: undefined }),
    ],
  ])('regression: under a floor that came since stays under it when it is %s', async (_, risk) => {
    await soften({ policy: floored({ breach: 0.2 }), risk });
    world.read(0.15);
    await world.pass(2);
    expect(status().indicators?.[0]).toMatchObject({ name: 'score-drift', threshold: { direction: 'Above', breach: 0.2 } });
    world.read(0.22);
    await world.passUntil('capped', () => shareIn(world) <= 10);
  });

  it('regression: of rows is no larger than a floor that came since lets it be', async () => {
    const rows = 1_000_000_000;
    await soften({ risk: strictRisk({}, { minSamples: rows }) });
    await signAll(world, 'second');
    await soften({ policy: floored({ breach: 0.25, minSamples: 0 }) });
    expect(fields(limitsHeld())).not.toContain('minSamples');
    await breachEngages();
  });

  it('is looked at by reviewers as it is written', async () => {
    const before = status().digest;
    await soften({ risk: strictRisk({}, { threshold: { direction: 'Above', breach: 0.95 } }) });
    expect(status().digest).not.toBe(before);
    expect(liveIn(world, 'modelrisks', 'credit')['spec']).toMatchObject({ indicators: [{ threshold: { breach: 0.95 } }] });
  });
});
