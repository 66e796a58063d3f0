import { expect, it } from '@jest/globals';
import { playbookSentences, readPlaybook } from '../../../src/cli/playbook.ts';
import { createResourceClient } from '../../../src/kube/resource-client.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { createManualClock } from '../../builders/manual-clock.ts';
import { createMemoryAPI } from '../../builders/memory-api.ts';
import type { MemoryAPI } from '../../builders/memory-api.ts';
import { applyGuardedModelTo, memoryPlan, memoryPolicy, memoryRisk } from '../../builders/memory-operator.ts';

type Fields = Readonly<Record<string, unknown>>;
const withSpec = (object: object, changes: Fields): object => ({
  ...object,
  spec: { ...(object as { readonly spec: Fields }).spec, ...changes },
});

const at = { namespace: 'lending', name: 'credit' };

function clientsOf(api: MemoryAPI) {
  const client = (plural: string, kind: string) =>
    createResourceClient<UntypedObject>({
      ...{ transport: api, fieldManager: 'test' },
      resource: { group: 'modelrisk.dev', version: 'v1alpha1', plural, kind, namespaced: kind !== 'RiskPolicy' },
    });
  return {
    risks: client('modelrisks', 'ModelRisk'),
    policies: client('riskpolicies', 'RiskPolicy'),
    plans: client('mitigationplans', 'MitigationPlan'),
  };
}

function aCluster(tiers: readonly object[] = []): MemoryAPI {
  const api = createMemoryAPI(createManualClock());
  applyGuardedModelTo(api);
  const { stages: _, ...plan } = (memoryPlan() as { readonly spec: Fields }).spec;
  api.apply('mitigationplans', { ...memoryPlan(), spec: { ...plan, mode: 'Observe' } });
  api.apply('riskpolicies', withSpec(memoryPolicy(), { tiers }));
  api.apply('modelrisks', withSpec(memoryRisk({ onNoData: 'Ignore' }), { criticality: 'High' }));
  return api;
}

const ladder = [
  { name: 'limit', escalateAfterSeconds: 900, actions: [{ targetKind: 'Route', canaryLimit: { maxPercent: 10 } }] },
  {
    name: 'off',
    actions: [
      { targetKind: 'Route', canaryLimit: { maxPercent: 0 } },
      { targetKind: 'Flag', flagRollback: {} },
    ],
  },
];

it('prints each line in force and who says so', async () => {
  const tier = {
    name: 'High',
    when: { criticality: ['High'] },
    reviewEverySeconds: 3600,
    playbook: {
      ladder,
      escalation: [
        { afterSeconds: 0, receivers: ['oncall'] },
        { afterSeconds: 60, receivers: ['committee'] },
      ],
      remediation: 'Ask.',
    },
    floors: { mode: 'Enforce', onNoData: 'Hold', onNoEvidence: 'Escalate', categories: ['DataQuality'] },
  };
  const report = await readPlaybook(clientsOf(aCluster([tier])), at);
  if (!report.ok) throw new Error(report.failure);
  const lines = playbookSentences(report.value).map((line) => line.replaceAll(/ {2,}/g, ' | '));
  expect(lines).toEqual([
    'ModelRisk lending/credit: tier High of RiskPolicy default.',
    'OBJECT | FIELD | FROM | VALUE',
    'ModelRisk credit | evaluationIntervalSeconds | model | 1 s',
    'ModelRisk credit | indicators[score-drift].threshold | model | Above warn 0.1, breach 0.25, clear 0.1',
    'ModelRisk credit | indicators[score-drift].onNoData | floor of tier High | Hold (in place of Ignore)',
    'ModelRisk credit | indicators[score-drift].forSeconds | model | 0 s',
    'ModelRisk credit | indicators[score-drift].minSamples | default | by the noise of the signal',
    'ModelRisk credit | indicators[score-drift].staleAfterSeconds | model | 60 s',
    'ModelRisk credit | indicators[score-drift].clearForSeconds | model | 1 s',
    'ModelRisk credit | reviewEverySeconds | tier High | 3600 s',
    'ModelRisk credit | floors.mode | tier High | Enforce',
    'ModelRisk credit | floors.categories | tier High | DataQuality',
    'ModelRisk credit | playbook.escalation | tier High | after 0 s oncall; after 60 s committee',
    'ModelRisk credit | playbook.remediation | tier High | Ask.',
    'MitigationPlan credit | mode | floor of tier High | Enforce (in place of Observe)',
    'MitigationPlan credit | stages | playbook of tier High | limit: traffic at most 10 %, next after 900 s; off: traffic at most 0 % + flag flagRollback',
    'MitigationPlan credit | recovery | plan | a step after 2 s, 3 probes after 3 s each, 3 engagements within 86400 s',
    'MitigationPlan credit | onNoEvidence | floor of tier High | Escalate (in place of Hold)',
    'MitigationPlan credit | notify | playbook of tier High | at once oncall; after 60 s committee',
  ]);
});

it('in no tier prints what is written and what is by default', async () => {
  const report = await readPlaybook(clientsOf(aCluster()), at);
  if (!report.ok) throw new Error(report.failure);
  expect(playbookSentences(report.value)[0]).toBe('ModelRisk lending/credit: in no tier of RiskPolicy default.');
  expect(report.value.lines.map(({ from }) => from)).not.toContain('Tier');
  expect(report.value.lines.find(({ field }) => field === 'stages')).toMatchObject({ value: 'none', from: 'Default' });
});

it('names what of the ladder a plan can not do', async () => {
  const mirror = [{ name: 'flag', actions: [{ targetKind: 'Flag', flagRollback: {} }] }];
  const api = aCluster([{ name: 'All', playbook: { ladder: mirror } }]);
  const { targets } = (memoryPlan() as { readonly spec: { readonly targets: readonly object[] } }).spec;
  const { stages: _, ...plan } = (memoryPlan() as { readonly spec: Fields }).spec;
  api.apply('mitigationplans', { ...memoryPlan(), spec: { ...plan, targets: targets.slice(0, 1) } });
  const report = await readPlaybook(clientsOf(api), at);
  if (!report.ok) throw new Error(report.failure);
  expect(playbookSentences(report.value).at(-1)).toMatch(/^MitigationPlan credit: Stage flag acts on Flag and the plan has no such target/);
});

it.each([
  ['modelrisks', "ModelRisk lending/credit can't be read"],
  ['riskpolicies', "RiskPolicy default can't be read"],
])('says what it can not read: %s', async (plural, sentence) => {
  const api = aCluster();
  api.remove(plural, plural === 'riskpolicies' ? 'default' : 'credit');
  const report = await readPlaybook(clientsOf(api), at);
  expect(report.ok ? '' : report.failure).toContain(sentence);
});

it('regression: prints what was signed where it is held against what is written, under the policy that was signed', async () => {
  const api = aCluster([{ name: 'High' }]);
  api.apply('modelrisks', withSpec(memoryRisk({ onNoData: 'Ignore' }), { criticality: 'High', policyRef: { name: 'lenient' } }));
  api.apply('riskpolicies', { ...withSpec(memoryPolicy(), { tiers: [] }), metadata: { name: 'lenient' } });
  const held = [
    { field: 'threshold.breach', signed: '0.2', written: '0.25' },
    { field: 'onNoData', signed: 'Breach', written: 'Ignore' },
  ];
  const now = '2026-01-01T00:00:00Z';
  api.setStatus('modelrisks', 'credit', {
    indicators: [
      { name: 'score-drift', state: 'Clear', since: now, signedLimit: held },
      { name: 'parity', state: 'Clear', since: now, signedLimit: [{ field: 'all', signed: 'as signed', written: 'removed' }] },
    ],
    signedTerms: [{ field: 'policyRef.name', signed: 'default', written: 'lenient' }],
  });
  const report = await readPlaybook(clientsOf(api), at);
  if (!report.ok) throw new Error(report.failure);
  const lines = playbookSentences(report.value).map((line) => line.replaceAll(/ {2,}/g, ' | '));
  expect(lines[0]).toBe('ModelRisk lending/credit: tier High of RiskPolicy default.');
  expect(lines.filter((line) => line.includes('signed off'))).toEqual([
    'ModelRisk credit | policyRef.name | signed off | default (in place of lenient)',
    'ModelRisk credit | indicators[score-drift].threshold.breach | signed off | 0.2 (in place of 0.25)',
    'ModelRisk credit | indicators[score-drift].onNoData | signed off | Breach (in place of Ignore)',
    'ModelRisk credit | indicators[parity] | signed off | as signed (in place of removed)',
  ]);
  expect(lines.filter((line) => line.includes('onNoData'))).toHaveLength(1);
});
