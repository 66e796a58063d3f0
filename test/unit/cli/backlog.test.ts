import { describe, expect, it } from '@jest/globals';
import { readBacklog } from '../../../src/cli/backlog.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { failure, success } from '../../../src/shared/result.ts';
import { modelRiskManifest, planManifest, riskPolicyManifest, withValue } from '../../builders/api.ts';
import type { Manifest } from '../../builders/api.ts';

const certain = (value: number) => ({ min: value, mode: value, max: value });
const fix = (name: string, cost: number) => ({
  name,
  summary: 'Retrain.',
  owner: 'lending-ml',
  risks: ['unfair-denials'],
  dueTime: '2026-12-01T00:00:00Z',
  assessments: [{ assessor: 'ada', cost: certain(cost), weeks: certain(2), reducesLossPercent: certain(50), successPercent: 100 }],
});

function stored(manifest: Manifest): UntypedObject {
  const { name, namespace } = manifest.metadata;
  const identity = { uid: `uid-${name}`, resourceVersion: '1', generation: 1, creationTimestamp: '2026-06-01T12:00:00Z' };
  return { ...manifest, metadata: { ...identity, name, ...(namespace === undefined ? {} : { namespace }) } };
}

function model(changes: Readonly<Record<string, unknown>> = {}): UntypedObject {
  const priced = withValue(withValue(modelRiskManifest(), 'spec.risks[0].likelihood', { incidents: 4, years: 4 }), 'spec.risks[0].impact', {
    revenue: { constant: 100_000 },
  });
  const planned = withValue(priced, 'spec.remediations', [fix('retrain', 10_000), fix('rules', 9_000_000)]);
  return stored(Object.entries(changes).reduce((manifest, [path, value]) => withValue(manifest, path, value), planned));
}

const policy = stored(withValue(withValue(riskPolicyManifest(), 'spec.currency', 'EUR'), 'spec.discountPercent', 0));
const lister = (...items: readonly UntypedObject[]) => ({
  listPage: () => Promise.resolve(success({ items, continueToken: null, resourceVersion: '1' })),
});
const denied = () => Promise.resolve(failure({ kind: 'Forbidden', message: 'not allowed' } as never));

async function backlog({ risks = [model()], plans = [] }: { risks?: readonly UntypedObject[]; plans?: readonly UntypedObject[] } = {}) {
  const clients = { risks: lister(...risks), plans: lister(...plans), policies: { get: () => Promise.resolve(success(policy)) } };
  const report = await readBacklog(clients, { policy: 'default', namespace: null });
  if (!report.ok) throw new Error(report.failure);
  return report.value;
}

function engagedPlan(changes: Readonly<Record<string, unknown>> = {}): UntypedObject {
  const plan = withValue(withValue(planManifest(), 'spec.holdingCostPerWeek', 1000), 'spec.riskRef.name', 'credit-default');
  const engaged = withValue(withValue(plan, 'status', { phase: 'Engaged' }), 'spec.trigger.indicators', ['approval-parity']);
  return stored(Object.entries(changes).reduce((manifest, [path, value]) => withValue(manifest, path, value), engaged));
}

describe('readBacklog', () => {
  it('ranks what pays and names what does not', async () => {
    const { ranked, belowLine, currency, sentences } = await backlog();
    expect(currency).toBe('EUR');
    expect(ranked).toEqual([
      expect.objectContaining({
        id: 'lending/credit-default/retrain',
        band: 1,
        dueTime: '2026-12-01T00:00:00.000Z',
        weeks: 2,
        cost: 10_000,
      }),
    ]);
    // Half of 4 incidents in 4 years at 100,000, less the cost, over two weeks.
    expect((ranked[0] as { netPerWeek: number }).netPerWeek).toBeCloseTo((50_000 - 10_000) / 2, -2);
    expect(belowLine).toEqual([expect.objectContaining({ id: 'lending/credit-default/rules' })]);
    expect(sentences[0]).toBe('By expected net benefit a week of work:');
  });

  it('counts live evidence, and no constraint that holds', async () => {
    const indicators = [{ name: 'approval-parity', state: 'Firing', since: '2026-06-01T12:00:00Z', likelihoodRatio: 5 }];
    const status = { indicators, conditions: [], openIncidents: [] };
    const [calm, alarmed] = [await backlog(), await backlog({ risks: [model({ status })] })];
    const lossIn = (report: typeof calm): number => (report.ranked[0] as { expectedLoss: number }).expectedLoss;
    expect(lossIn(alarmed)).toBeGreaterThan(1.5 * lossIn(calm));
  });

  it('adds what a plan that is engaged costs', async () => {
    const { ranked } = await backlog({ plans: [engagedPlan()] });
    expect(ranked[0]).toMatchObject({ holdingCost: (1000 * 365.25) / 7 });
  });

  it.each([
    ['is idle', { status: { phase: 'Idle' } }],
    ['is about another model', { 'spec.riskRef.name': 'other' }],
  ])('adds nothing of a plan that %s', async (_, changes) => {
    const { ranked } = await backlog({ plans: [engagedPlan(changes)] });
    expect(ranked[0]).toMatchObject({ holdingCost: 0 });
  });

  it('leaves models of another policy out, and says how many it could not read', async () => {
    const broken = { ...model(), spec: {} } as unknown as UntypedObject;
    const report = await backlog({ risks: [model({ 'spec.policyRef.name': 'other' }), broken] });
    expect(report).toMatchObject({ ranked: [], belowLine: [], unplanned: [], sentences: ['1 ModelRisks are not readable and left out.'] });
  });

  it('names risks without a remediation', async () => {
    const report = await backlog({ risks: [model({ 'spec.remediations': [] })] });
    expect(report.unplanned).toEqual([{ id: 'lending/credit-default/unfair-denials', expectedLoss: 100_000 }]);
  });

  it.each([
    ['policies', "RiskPolicy default can't be read: not allowed"],
    ['risks', "ModelRisks can't be listed: not allowed"],
    ['plans', "MitigationPlans can't be listed: not allowed"],
  ])('says what of %s it may not see', async (which, sentence) => {
    const clients = { risks: lister(model()), plans: lister(), policies: { get: () => Promise.resolve(success(policy)) } };
    const refused = { ...clients, [which]: { get: denied, listPage: denied } };
    expect(await readBacklog(refused as never, { policy: 'default', namespace: null })).toEqual(failure(sentence));
  });

  describe('without the name of a policy', () => {
    const asked: object[] = [];
    const read = (models: readonly UntypedObject[]) => {
      asked.length = 0;
      const policies = {
        get: (reference: { readonly namespace: string | null; readonly name: string }) => {
          asked.push(reference);
          return Promise.resolve(success({ ...policy, metadata: { ...policy.metadata, name: reference.name } }));
        },
      };
      return readBacklog({ risks: lister(...models), plans: lister(), policies }, { policy: null, namespace: null });
    };

    it('regression: ranks under the policy the models go by, whatever its name', async () => {
      const one = model({ 'spec.policyRef.name': 'programme' });
      const report = await read([one]);
      expect(report).toMatchObject({ ok: true, value: { policy: 'programme', currency: 'EUR' } });
      expect(report.ok && report.value.ranked.length).toBe(1);
      expect(asked).toEqual([{ namespace: null, name: 'programme' }]);
    });

    it('asks which, where they go by several', async () => {
      expect(await read([model({ 'spec.policyRef.name': 'programme' }), model({ 'spec.policyRef.name': 'bank' })])).toEqual(
        failure('the models there go by several policies, which are ranked one by one: name one with --policy (bank, programme)'),
      );
      expect(asked).toEqual([]);
    });

    it('and without models reads the one called default', async () => {
      expect(await read([])).toMatchObject({ ok: true, value: { policy: 'default', ranked: [] } });
    });
  });
});
