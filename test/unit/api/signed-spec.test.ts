import { describe, expect, it } from '@jest/globals';
import { parseModelRisk } from '../../../src/api/model-risk.ts';
import { parseRiskPolicy } from '../../../src/api/risk-policy.ts';
import { signable } from '../../../src/api/signed-text.ts';
import { signedSpec, signedTemplates } from '../../../src/api/signed-spec.ts';
import type { JSONValue } from '../../../src/shared/json.ts';
import { modelRiskManifest, riskPolicyManifest, stored, withValue } from '../../builders/api.ts';

type Edits = Readonly<Record<string, JSONValue>>;

const policy = (() => {
  const parsed = parseRiskPolicy(stored(riskPolicyManifest()));
  if (!parsed.ok) throw new Error(parsed.failure.join());
  return parsed.value.spec;
})();

function risk(edits: Edits = {}) {
  const manifest = Object.entries(edits).reduce((made, [path, value]) => withValue(made, path, value), stored(modelRiskManifest()));
  const parsed = parseModelRisk(manifest);
  if (!parsed.ok) throw new Error(parsed.failure.join());
  return parsed.value;
}

/** Signed with the first edits; then all of the second are made. */
const after = (signed: Edits, edits: Edits) => signedSpec(risk({ ...signed, ...edits }).spec, signable(risk(signed), policy, []));
const fields = ({ held }: ReturnType<typeof signedSpec>) => held.map(({ field }) => field);
const priced = (incidents: number, loss: number) => ({
  'spec.risks[0].likelihood': { incidents, years: 10 },
  'spec.risks[0].impact': { revenue: { constant: loss } },
});

describe('what is judged once a model was signed', () => {
  it('is what is written while nothing was edited', () => {
    const signed = { 'spec.criticality': 'High', ...priced(2, 1000) };
    expect(after(signed, {})).toEqual({ spec: risk(signed).spec, held: [] });
  });

  it.each<[string, Edits, Edits, string]>([
    ['another policy', {}, { 'spec.policyRef': { name: 'lenient' } }, 'policyRef.name'],
    ['a lower criticality', { 'spec.criticality': 'High' }, { 'spec.criticality': 'Low' }, 'criticality'],
    ['a hold', {}, { 'spec.suspend': 'Hold' }, 'suspend'],
    ['labels that take longer', {}, { 'spec.model.labelMaturitySeconds': 86_400 }, 'model.labelMaturitySeconds'],
    ['another category', {}, { 'spec.risks[0].category': 'Privacy' }, 'risks.unfair-denials.category'],
  ])('holds against %s, and tells what was written', (_, signed, edits, field) => {
    const result = after(signed, edits);
    expect(fields(result)).toEqual([field]);
    expect({ ...result.spec, indicators: [] }).toEqual({ ...risk(signed).spec, indicators: [] });
    const [value] = Object.values(edits);
    const written = typeof value === 'object' ? 'lenient' : String(value);
    expect(result.held[0]?.written).toBe(written);
  });

  it('takes a higher criticality at once, also where none was declared', () => {
    expect(after({ 'spec.criticality': 'Medium' }, { 'spec.criticality': 'Critical' })).toMatchObject({
      spec: { criticality: 'Critical' },
      held: [],
    });
    expect(after({}, { 'spec.criticality': 'Low' })).toMatchObject({ spec: { criticality: 'Low' }, held: [] });
  });

  it('lets who owns it, and what is to be done, be edited: nobody signed them', () => {
    const edits = { 'spec.owner': { team: 'another', contact: '#another' } };
    expect(after({}, edits)).toMatchObject({ spec: { owner: { team: 'another' } }, held: [] });
  });
});

describe('the price that was signed', () => {
  it.each<[string, Edits]>([
    ['rarer', priced(1, 1000)],
    ['cheaper', priced(2, 900)],
    ['rarer, though dearer', priced(1, 90_000)],
    ['cheaper, though more frequent', priced(90, 900)],
  ])('stays in both parts when what is written is %s', (_, edits) => {
    const result = after(priced(2, 1000), edits);
    expect(result.spec.risks[0]).toMatchObject({ likelihood: { incidents: 2 }, impact: { revenue: { constant: 1000 } } });
    expect(fields(result).length).toBeGreaterThan(0);
  });

  it('gives way to one that is lower in no part', () => {
    const result = after(priced(2, 1000), priced(3, 1000));
    expect(result.spec.risks[0]).toMatchObject({ likelihood: { incidents: 3 }, impact: { revenue: { constant: 1000 } } });
    expect(result.held).toEqual([]);
  });

  it('can be written where there was none', () => {
    expect(after({}, priced(1, 10))).toMatchObject({ held: [], spec: { risks: [{ impact: { revenue: { constant: 10 } } }] } });
  });

  it('can not be left out: no estimate is not a low one', () => {
    const unpriced = risk().spec;
    const result = signedSpec(unpriced, signable(risk(priced(2, 1000)), policy, []));
    expect(result.spec.risks[0]).toMatchObject({ likelihood: { incidents: 2 }, impact: { revenue: { constant: 1000 } } });
    expect(result.held.map(({ field, written }) => [field, written])).toEqual([
      ['risks.unfair-denials.likelihood', 'left out'],
      ['risks.unfair-denials.impact', 'left out'],
    ]);
  });
});

describe('entries of risks', () => {
  const another = { name: 'leak', category: 'Privacy' };

  it('stay when they are taken out', () => {
    const signed = { 'spec.risks[1]': another };
    const result = signedSpec(risk().spec, signable(risk(signed), policy, []));
    expect(result.spec.risks.map(({ name }) => name)).toEqual(['unfair-denials', 'leak']);
    expect(result.held).toEqual([{ field: 'risks.leak', indicator: null, signed: 'as signed', written: 'removed' }]);
  });

  it('that come are taken as they are: nothing signed speaks of them', () => {
    const result = after({}, { 'spec.risks[1]': another });
    expect(result.spec.risks[1]).toEqual(risk({ 'spec.risks[1]': another }).spec.risks[1]);
    expect(result.held).toEqual([]);
  });
});

describe('templates that were signed', () => {
  const signed = signable(risk(), policy, []);
  const [first] = signed.signals;
  if (first === undefined) throw new Error('the indicators use no template');

  it('are those of the policy while nobody edits it', () => {
    expect(signedTemplates(policy.signals, signed)).toEqual({ signals: policy.signals, held: [] });
  });

  it('stand in for those that were edited, each name once', () => {
    const edited = policy.signals.map((each) => (each.name === first.name ? { ...each, measurableIn: ['Shadow' as const] } : each));
    const { signals, held } = signedTemplates(edited, signed);
    expect(held).toEqual([first]);
    expect(signals.filter(({ name }) => name === first.name)).toEqual([first]);
    expect(signals.length).toBe(policy.signals.length);
  });

  it('stand in for those that were removed', () => {
    const { signals, held } = signedTemplates([], signed);
    expect(held).toEqual(signed.signals);
    expect(signals).toEqual(signed.signals);
  });

  it('leave alone what no signed indicator reads', () => {
    const other = { ...first, name: 'another' };
    expect(signedTemplates([...policy.signals, other], signed)).toMatchObject({ held: [] });
    expect(signedTemplates([other], signed).signals).toContainEqual(other);
  });
});
