import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryPlan } from '../../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../../builders/memory-operator.ts';
import { liveIn, planIn, shareIn } from '../../../builders/memory-story.ts';
import { sign, signAll, signedPolicy, signedTiers } from '../../../builders/signing.ts';
import { startSigned, strict, strictRisk } from '../../../builders/softening.ts';
import { conditionOf, phaseOf } from '../../../builders/traffic-view.ts';

type Fields = Readonly<Record<string, unknown>>;
interface Written {
  readonly metadata: Fields;
  readonly spec: Fields & { readonly model: Fields; readonly indicators: readonly Fields[] };
}

let world: MemoryOperator;

beforeEach(async () => {
  world = await startSigned();
});
afterEach(() => world.stop());

const lax = { ...strict, threshold: { direction: 'Above', breach: 0.95 } };
const written = strictRisk() as Written;

/** The model under another name of its ModelRisk, as lax as can be. */
function another(spec: Fields = {}, indicator: Fields = lax): object {
  const risk = strictRisk({ criticality: undefined, ...spec }, indicator) as Written;
  return { ...risk, metadata: { ...risk.metadata, name: 'credit-2' } };
}

const statusOf = (name = 'credit') => (liveIn(world, 'modelrisks', name) as unknown as { readonly status: Fields }).status;
const indicatorsOf = (name?: string) => (statusOf(name)['indicators'] as readonly Fields[]).map((each) => each['name']);
const termsOf = (name?: string) => (statusOf(name)['signedTerms'] as readonly { readonly field: string }[]).map(({ field }) => field);
const signedOffOf = (name: string) => {
  const condition = conditionOf(liveIn(world, 'modelrisks', name), 'SignedOff');
  return `${String(condition?.status)}/${String(condition?.reason)}`;
};
const follow = (name: string) => {
  world.api.apply('mitigationplans', memoryPlan({ riskRef: { name } }));
};

async function breachEngages(): Promise<void> {
  world.read(0.4);
  await world.passUntil('capped', () => shareIn(world) <= 10);
}

async function breachIsIgnored(): Promise<void> {
  world.read(0.4);
  await world.pass(5);
  expect(phaseOf(planIn(world))).toBe('Idle');
  expect(shareIn(world)).toBe(50);
}

/** The plan comes later, and is as it is written. */
async function signWithoutPlan(): Promise<void> {
  world.api.remove('mitigationplans', 'credit');
  await world.pass(2);
  await signAll(world, 'second');
}

describe('an indicator under another name', () => {
  const renamed = { ...written, spec: { ...written.spec, indicators: [{ ...written.spec.indicators[0], ...lax, name: 'drift' }] } };

  it('leaves the signed one in force, for a plan that triggers on it too', async () => {
    world.api.apply('modelrisks', renamed);
    await world.pass(3);
    expect(indicatorsOf()).toEqual(['drift', 'score-drift']);
    await breachEngages();
  });

  it('regression: stands for what was signed in the trigger of a plan that follows it: the plan never engaged', async () => {
    world.api.apply('modelrisks', renamed);
    world.api.apply('mitigationplans', memoryPlan({ trigger: { indicators: ['drift'] } }));
    await world.pass(3);
    await breachEngages();
    world.read(0.01);
    await world.passUntil('given back', () => phaseOf(planIn(world)) === 'Idle');
    expect(shareIn(world)).toBe(50);
  });

  it('does so whatever comes first, and after a restart', async () => {
    world.api.apply('mitigationplans', memoryPlan({ trigger: { indicators: ['drift'] } }));
    world.api.apply('modelrisks', renamed);
    await world.pass(1);
    await world.restart();
    await world.pass(2);
    await breachEngages();
  });

  it('stands for it where all triggers have to fire', async () => {
    const calm = { ...written.spec.indicators[0], name: 'calm', threshold: { direction: 'Above', breach: 0.3 } };
    world.api.apply('modelrisks', { ...written, spec: { ...written.spec, indicators: [...written.spec.indicators, calm] } });
    await signWithoutPlan();
    world.api.apply('mitigationplans', memoryPlan({ trigger: { indicators: ['calm', 'drift'], match: 'All' } }));
    world.api.apply('modelrisks', { ...renamed, spec: { ...renamed.spec, indicators: [...renamed.spec.indicators, calm] } });
    await world.pass(2);
    world.read(0.28);
    await world.pass(3);
    expect(shareIn(world)).toBe(50);
    await breachEngages();
  });

  it('stands for one that reads the same number and is left where it was, triggering nothing', async () => {
    const both = [...written.spec.indicators, { ...written.spec.indicators[0], ...lax, name: 'drift' }];
    world.api.apply('modelrisks', { ...written, spec: { ...written.spec, indicators: both } });
    world.api.apply('mitigationplans', memoryPlan({ trigger: { indicators: ['drift'] } }));
    await world.pass(3);
    await breachEngages();
  });

  it('is a trigger like any other once all have signed it', async () => {
    world.api.apply('modelrisks', renamed);
    world.api.apply('mitigationplans', memoryPlan({ trigger: { indicators: ['drift'] } }));
    await world.pass(3);
    await signAll(world, 'second');
    expect(indicatorsOf()).toEqual(['drift']);
    await breachIsIgnored();
  });

  it('stands for nothing in a plan that names only what was signed', async () => {
    const [first] = written.spec.indicators;
    const both = [first, { ...first, name: 'other', threshold: { direction: 'Above', breach: 0.6 } }];
    world.api.apply('modelrisks', { ...written, spec: { ...written.spec, indicators: both } });
    await signWithoutPlan();
    world.api.apply('mitigationplans', memoryPlan({ trigger: { indicators: ['other'] } }));
    world.api.apply('modelrisks', { ...written, spec: { ...written.spec, indicators: [both[1]] } });
    await world.pass(2);
    await breachIsIgnored();
  });
});

describe('a model under another name of its ModelRisk', () => {
  it('regression: is held to what was signed, made anew: it was bound by nothing', async () => {
    world.api.remove('modelrisks', 'credit');
    world.api.apply('modelrisks', another());
    follow('credit-2');
    await world.pass(4);
    expect(statusOf('credit-2')['tier']).toMatchObject({ inherent: 'High' });
    expect(signedOffOf('credit-2')).toBe('False/Missing');
    expect(termsOf('credit-2')).toContain('criticality');
    await breachEngages();
  });

  it('is held to it while the first is there too, and whatever comes first after a restart', async () => {
    world.api.apply('modelrisks', another());
    follow('credit-2');
    await world.pass(2);
    await world.restart();
    await world.pass(2);
    // The plan it was signed with names another ModelRisk by now, and goes on to protect this one.
    expect(signedOffOf('credit')).toBe('False/Stale');
    expect(signedOffOf('credit-2')).toBe('False/Missing');
    await breachEngages();
  });

  it('carries no sign-off of the first: its version is not approved', async () => {
    world.api.remove('modelrisks', 'credit');
    world.api.apply('modelrisks', another({ criticality: 'High' }, strict));
    await world.pass(4);
    expect(statusOf('credit-2')).toMatchObject({ approvedVersions: [], missingSignOffs: ['product', 'compliance'] });
  });

  it('goes by what all signed of it once they have', async () => {
    world.api.remove('modelrisks', 'credit');
    world.api.apply('modelrisks', another({ criticality: 'High' }));
    follow('credit-2');
    await world.pass(4);
    const at = { namespace: 'lending', name: 'credit-2' };
    await sign(world, 'second-product', { author: 'pia', role: 'product', at });
    await sign(world, 'second-compliance', { author: 'carl', role: 'compliance', at });
    await world.pass(3);
    expect(signedOffOf('credit-2')).toBe('True/AllSigned');
    expect(termsOf('credit-2')).toEqual([]);
    await breachIsIgnored();
  });

  it('is not bound by another model, nor by the same one of another namespace', async () => {
    world.api.apply('modelrisks', another({ model: { name: 'fraud', version: '1.0.0' } }));
    await world.pass(4);
    expect(signedOffOf('credit-2')).toBe('True/NotRequired');
    expect(statusOf('credit-2')).not.toHaveProperty('signed');
  });
});

describe('a model made anew under its name', () => {
  it.each([
    ['of lower criticality', { criticality: 'Low' }],
    ['of none', { criticality: undefined }],
    ['of another policy', { policyRef: { name: 'lenient' } }],
  ])('regression: %s is bound all the same: its new tier asked nobody', async (_, spec) => {
    world.api.apply('riskpolicies', { ...signedPolicy({ tiers: [{ name: 'Any' }] }), metadata: { name: 'lenient' } });
    world.api.remove('modelrisks', 'credit');
    await world.pass(1);
    world.api.apply('modelrisks', strictRisk(spec, lax));
    await world.pass(3);
    expect(signedOffOf('credit')).toBe('False/Missing');
    expect(statusOf()['tier']).toMatchObject({ inherent: 'High' });
    await breachEngages();
  });

  it('is priced as it was signed: a tier that rests on money is kept', async () => {
    const byLoss = [
      { name: 'High', when: { expectedAnnualLossAtLeast: 50_000 }, signOffRoles: ['product', 'compliance'] },
      { name: 'Low' },
    ];
    world.api.apply('riskpolicies', signedPolicy({ tiers: byLoss }));
    await world.pass(2);
    expect(signedOffOf('credit')).toBe('True/AllSigned');
    world.api.remove('modelrisks', 'credit');
    await world.pass(1);
    world.api.apply('modelrisks', strictRisk({ risks: [{ name: 'stale-population', category: 'DataQuality' }] }, lax));
    await world.pass(3);
    expect(statusOf()['tier']).toMatchObject({ inherent: 'High' });
    await breachEngages();
  });

  it('is not bound by what fewer signed since, in a tier that asks fewer', async () => {
    const [high, low] = signedTiers;
    const tiers = [high, { name: 'Medium', when: { criticality: ['Medium'] }, signOffRoles: ['product'] }, low];
    world.api.apply('riskpolicies', signedPolicy({ tiers }));
    world.api.apply('modelrisks', another({ criticality: 'Medium', model: { name: 'fraud', version: '2.3.0' } }));
    await world.pass(3);
    await sign(world, 'fraud', { author: 'pia', role: 'product', at: { namespace: 'lending', name: 'credit-2' } });
    await world.pass(3);
    expect(signedOffOf('credit-2')).toBe('True/AllSigned');
    world.api.remove('modelrisks', 'credit');
    world.api.apply('modelrisks', another({ criticality: 'Medium' }));
    follow('credit-2');
    await world.pass(3);
    expect(signedOffOf('credit-2')).toBe('False/Missing');
    await breachEngages();
  });
});
