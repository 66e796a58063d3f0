import { expect, it } from '@jest/globals';
import { inventorySentences, readInventory } from '../../../src/cli/inventory.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { failure, success } from '../../../src/shared/result.ts';
import { modelRiskManifest, planManifest } from '../../builders/api.ts';

const metadataOf = (name: string) => ({
  ...{ name, namespace: 'lending', uid: name, resourceVersion: '1', generation: 1, creationTimestamp: '2026-06-01T12:00:00Z' },
});

function judged(name: string, reasons: Readonly<Record<string, string>>, status: object = {}): UntypedObject {
  const conditions = Object.entries(reasons).map(([type, reason]) => ({
    ...{ type, status: 'True', reason, message: '', lastTransitionTime: '2026-06-01T12:00:00Z' },
  }));
  return { ...modelRiskManifest(), metadata: metadataOf(name), status: { conditions, ...status } };
}

const lister = (...items: readonly UntypedObject[]) => ({
  listPage: () => Promise.resolve(success({ items, continueToken: null, resourceVersion: '1' })),
});
const refused = (kind: 'Denied' | 'NotFound') => ({
  listPage: () => Promise.resolve(failure({ kind, status: 403, message: 'not allowed' } as never)),
});
const nothingElse = { plans: lister(), kinds: [] };

const nowMs = Date.UTC(2026, 5, 1, 12);
const all = { namespace: null, nowMs };
const lending = { namespace: 'lending', nowMs };
const tier = { inherent: 'High', message: 'Declared.' };

it('lists every model with what it lacks, by name', async () => {
  const listed = await readInventory(
    {
      ...nothingElse,
      risks: lister(
        judged(
          'wanting',
          { Documented: 'Missing', ReviewCurrent: 'Overdue' },
          { tier, documentation: { missing: ['Ethics', 'Lineage'], lineageCoveragePercent: 50 } },
        ),
        judged('complete', { Documented: 'Complete', ReviewCurrent: 'Reviewed', SignedOff: 'AllSigned' }, { tier }),
        judged('unseen', {}),
        { ...judged('foreign', {}), spec: {} },
      ),
    },
    all,
  );
  if (!listed.ok) throw new Error(listed.failure);
  expect(listed.value.models.map(({ name }) => name)).toEqual(['complete', 'unseen', 'wanting']);
  expect(listed.value.models[2]).toMatchObject({ missing: ['Ethics', 'Lineage'], lineageCoveragePercent: 50, owner: 'lending-ml' });
  expect(inventorySentences(listed.value)).toEqual([
    'NAMESPACE/NAME    TIER  OWNER       DOCUMENTED   REVIEWED     SIGNED       AT STAKE/MIN  BUDGET LEFT  MISSING',
    'lending/complete  High  lending-ml  Complete     Reviewed     AllSigned    -             -            -',
    'lending/unseen    -     lending-ml  NotObserved  NotObserved  NotObserved  -             -            ?',
    'lending/wanting   High  lending-ml  Missing      Overdue      NotObserved  -             -            Ethics, Lineage',
    'ModelRisk lending/foreign is not readable by this version and is left out: use the version of the operator.',
    '3 models: 1 lack something their tier requires on file (of 1 it is not known), 1 reviews overdue; 0 workloads without a ModelRisk.',
  ]);
});

it('tells what is at stake from what nobody knows and from what was never declared', async () => {
  const exposure = { signal: { template: { name: 'decisions' } }, unit: 'application', valuePerUnit: 180 };
  const declaring = (name: string, shown: object) => {
    const object = judged(name, { Documented: 'Complete' }, shown);
    return { ...object, spec: { ...(object as unknown as { readonly spec: object }).spec, exposure } };
  };
  const known = { unit: 'application', unitsPerMinute: 1200, moneyPerMinute: 216_000, observedAt: '2026-06-01T12:00:00Z' };
  const risks = lister(
    declaring('known', { exposure: known }),
    declaring('blind', { exposure: { unit: 'application', message: 'no series' } }),
    declaring('unread', {}),
    // Left behind by a declaration that is gone.
    judged('undeclared', { Documented: 'Complete' }, { exposure: known }),
    declaring('idle', { exposure: { ...known, unitsPerMinute: 0, moneyPerMinute: 0 } }),
  );
  const listed = await readInventory({ ...nothingElse, risks }, all);
  if (!listed.ok) throw new Error(listed.failure);
  const cells = inventorySentences(listed.value)
    .slice(1, 6)
    .map((line) => line.split(/ {2,}/));
  expect(cells.map((each) => [each[0], each.at(-3)])).toEqual([
    ['lending/blind', '?'],
    ['lending/idle', '0'],
    ['lending/known', '216,000'],
    ['lending/undeclared', '-'],
    ['lending/unread', '?'],
  ]);
  expect(listed.value.models.map(({ exposure: each }) => each)).toEqual(['Unknown', 'Known', 'Known', 'NotDeclared', 'Unknown']);
});

it('of nothing is its sum', async () => {
  const listed = await readInventory({ ...nothingElse, risks: lister() }, lending);
  if (!listed.ok) throw new Error(listed.failure);
  expect(inventorySentences(listed.value)).toEqual([
    '0 models: 0 lack something their tier requires on file, 0 reviews overdue; 0 workloads without a ModelRisk.',
  ]);
});

it('says why it can list none', async () => {
  const listed = await readInventory({ ...nothingElse, risks: refused('Denied') }, lending);
  expect(listed).toEqual(failure("ModelRisks can't be listed: not allowed"));
});

const workload = (kind: string, name: string, label?: string): UntypedObject => {
  const labels = label === undefined ? {} : { labels: { 'modelrisk.dev/model': label } };
  return { apiVersion: 'v1', kind, metadata: { ...metadataOf(name), ...labels } };
};

it('names what looks like a model and has no ModelRisk, and what it could not look at', async () => {
  const asked: (string | undefined)[] = [];
  const deployments = {
    listPage: ({ labelSelector }: { readonly labelSelector?: string }) => {
      asked.push(labelSelector);
      return lister(workload('Deployment', 'rank', 'churn'), workload('Deployment', 'credit-v2', 'credit-default')).listPage();
    },
  };
  const plan = { ...planManifest(), metadata: metadataOf('plan') } as unknown as UntypedObject;
  const targets = [{ name: 'served', inferenceService: { name: 'guarded' } }];
  const spec = { ...planManifest().spec, riskRef: { name: 'credit' }, targets, stages: undefined };
  const listed = await readInventory(
    {
      risks: lister(judged('credit', {})),
      plans: lister(JSON.parse(JSON.stringify({ ...plan, spec })) as UntypedObject),
      kinds: [
        {
          kind: 'InferenceService',
          labelled: false,
          client: lister(
            workload('InferenceService', 'credit'),
            workload('InferenceService', 'guarded'),
            workload('InferenceService', 'fraud'),
          ),
        },
        { kind: 'Deployment', labelled: true, client: deployments },
        { kind: 'Model', labelled: false, client: refused('NotFound') },
        { kind: 'StatefulSet', labelled: true, client: refused('Denied') },
      ],
    },
    lending,
  );
  if (!listed.ok) throw new Error(listed.failure);
  expect(listed.value.workloads.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['InferenceService fraud', 'Deployment rank']);
  expect(asked).toEqual(['modelrisk.dev/model']);
  expect(inventorySentences(listed.value).slice(-4)).toEqual([
    'InferenceService lending/fraud looks like a model and no ModelRisk speaks for it: write one, or name it in workloadRefs of the one it belongs to.',
    'Deployment lending/rank looks like a model and no ModelRisk speaks for it: write one, or name it in workloadRefs of the one it belongs to.',
    "Objects of kind StatefulSet can't be listed (not allowed): models among them are not looked for.",
    '1 models: 0 lack something their tier requires on file (of 1 it is not known), 0 reviews overdue; 2 workloads without a ModelRisk.',
  ]);
});

it('says that a plan it may not read could have named one', async () => {
  const kinds = [{ kind: 'InferenceService', labelled: false, client: lister(workload('InferenceService', 'guarded')) }];
  const listed = await readInventory({ risks: lister(), plans: refused('Denied'), kinds }, lending);
  if (!listed.ok) throw new Error(listed.failure);
  expect(listed.value.workloads).toHaveLength(1);
  expect(listed.value.notSeen).toEqual([expect.stringContaining("MitigationPlans can't be listed (not allowed)")]);
});

it('tells the least that is left of the budgets of a model from what nobody knows and from what was never declared', async () => {
  const objective = { targetPercent: 99, windowSeconds: 2_592_000 };
  const declaring = (name: string, indicators: readonly object[], shown: readonly object[]) => {
    const object = judged(name, { Documented: 'Complete' }, { indicators: shown });
    const { spec } = object as unknown as { readonly spec: { readonly indicators: readonly object[] } };
    const declared = indicators.map((each, index) => ({ ...spec.indicators[0], ...each, name: `indicator-${String(index)}` }));
    return { ...object, spec: { ...spec, indicators: declared } };
  };
  const shown = (index: number, badHours: number) => {
    const at = (hoursAgo: number): string => new Date(nowMs - hoursAgo * 3_600_000).toISOString();
    const changes = [
      { at: at(1000), standing: 'Good' },
      { at: at(100), standing: 'Bad' },
      { at: at(100 - badHours), standing: 'Good' },
    ];
    return { name: `indicator-${String(index)}`, state: 'Clear', since: at(0), objective: { ...objective, changes, folded: [] } };
  };
  const risks = lister(
    declaring('kept', [{ objective }], [shown(0, 1.8)]),
    declaring('none', [{}], []),
    declaring('spent', [{ objective }, { objective }], [shown(0, 1.8), shown(1, 14.4)]),
    declaring('unread', [{ objective }], []),
  );
  const listed = await readInventory({ ...nothingElse, risks }, all);
  if (!listed.ok) throw new Error(listed.failure);
  const cells = inventorySentences(listed.value)
    .slice(1, 5)
    .map((line) => line.split(/ {2,}/));
  expect(cells.map((each) => [each[0], each.at(-2)])).toEqual([
    ['lending/kept', '75 %'],
    ['lending/none', '-'],
    ['lending/spent', 'spent 2 times'],
    ['lending/unread', '?'],
  ]);
  expect(listed.value.models.map(({ budget }) => budget)).toEqual(['Known', 'NotDeclared', 'Known', 'Unknown']);
  expect(listed.value.models[2]?.budgetLeft).toBeCloseTo(-1, 9);
});
