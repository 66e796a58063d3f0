import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { signedDigest } from '../../../../src/api/signed-text.ts';
import type { JSONValue } from '../../../../src/shared/json.ts';
import type { MemoryOperator } from '../../../builders/memory-operator.ts';
import { liveIn, shareIn } from '../../../builders/memory-story.ts';
import { signAll, signedOff, signedOffMessage, signedPolicy, signingStatus } from '../../../builders/signing.ts';
import { startSigned, strictRisk } from '../../../builders/softening.ts';

type Fields = Readonly<Record<string, unknown>>;

let world: MemoryOperator;

beforeEach(async () => {
  world = await startSigned();
  // The limit is shown only once it was looked at.
  await world.pass(2);
});
afterEach(() => world.stop());

const status = () => signingStatus(world);
const loosen = async (): Promise<void> => {
  world.api.apply('modelrisks', strictRisk({}, { threshold: { direction: 'Above', warn: 0.9, breach: 0.95 } }));
  await world.pass(3);
};

/** As a later version of the operator would have signed it: another operator can't read that. */
function rewriteTexts(): void {
  let digest = '';
  for (const decision of world.api.list('riskdecisions')) {
    const { spec } = decision as unknown as { readonly spec: Fields };
    const signed = JSON.stringify({ ...(JSON.parse(String(spec['signed'])) as Fields), signedVersion: 2 });
    digest = signedDigest(signed);
    world.api.apply('riskdecisions', { ...decision, spec: { ...spec, signed, digest } });
  }
  const known = status();
  world.api.setStatus('modelrisks', 'credit', { ...known, signed: { ...known.signed, digest } } as unknown as JSONValue);
}

async function breachEngages(): Promise<void> {
  world.read(0.4);
  await world.passUntil('capped', () => shareIn(world) <= 10);
}

describe('what was signed and can not be read', () => {
  it('regression: stays in force by the limits the status shows, and is told with what to do: it bound nothing', async () => {
    rewriteTexts();
    await world.restart();
    await loosen();
    expect(signedOff(world)).toBe('False/SignedUnreadable');
    expect(signedOffMessage(world)).toMatch(
      /^What all signed last \(RiskDecision first-\w+, at .*\) can't be read .* Sign with: kubectl modelrisk sign-off credit/,
    );
    expect(world.events).toContainEqual(expect.objectContaining({ type: 'Warning', reason: 'SignedUnreadable' }));
    const limit = status().indicators?.[0]?.['signedLimit'] as readonly Fields[];
    expect(limit.map(({ field }) => field)).toEqual(expect.arrayContaining(['threshold.breach', 'threshold.warn']));
    await breachEngages();
  });

  it('is remembered by the status as long as it is so', async () => {
    rewriteTexts();
    const { signed } = status();
    await world.restart();
    await loosen();
    await world.restart();
    await world.pass(3);
    expect(status().signed).toEqual(signed);
    await breachEngages();
  });

  it('stays in force whole while the operator that read it runs', async () => {
    for (const { metadata } of world.api.list('riskdecisions')) world.api.remove('riskdecisions', metadata.name);
    world.api.apply('modelrisks', strictRisk({ indicators: [] }));
    await world.pass(3);
    expect(signedOff(world)).toBe('False/SignedUnreadable');
    expect(status().indicators?.map((each) => each['name'])).toEqual(['score-drift']);
    await breachEngages();
  });

  it('is read from any of the decisions that signed it', async () => {
    world.api.remove('riskdecisions', String(status().signed?.['decision']));
    await world.restart();
    await loosen();
    expect(signedOff(world)).toBe('False/Missing');
    await breachEngages();
  });

  it('binds no more once all have signed again', async () => {
    rewriteTexts();
    await world.restart();
    await loosen();
    await signAll(world, 'second');
    expect(signedOff(world)).toBe('True/AllSigned');
    world.read(0.4);
    await world.pass(5);
    expect(shareIn(world)).toBe(50);
  });

  it('binds no more where nobody has to sign', async () => {
    rewriteTexts();
    await world.restart();
    world.api.apply('riskpolicies', signedPolicy({ tiers: [{ name: 'all' }] }));
    await loosen();
    expect(signedOff(world)).toBe('True/NotRequired');
    expect(status()).not.toHaveProperty('signed');
  });

  it('is told of a model that was made anew, though nothing of it is left', async () => {
    rewriteTexts();
    world.api.remove('modelrisks', 'credit');
    await world.pass(1);
    await loosen();
    expect(signedOff(world)).toBe('False/SignedUnreadable');
    expect(liveIn(world, 'modelrisks', 'credit').metadata.name).toBe('credit');
  });
});
