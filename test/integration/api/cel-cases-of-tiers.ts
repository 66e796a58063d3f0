import { modelRiskManifest, planManifest, riskPolicyManifest, withValue } from '../../builders/api.ts';
import { casesOf } from './cel-case.ts';
import type { CELCase, Change } from './cel-case.ts';

const logged = withValue(modelRiskManifest(), 'spec.decisionLog', { uri: 's3://lake/decisions', retentionSeconds: 220_752_000 });

const route = (action: object) => ({ targetKind: 'Route', ...action });
const cap = (maxPercent: number) => route({ canaryLimit: { maxPercent } });
const flag = { targetKind: 'Flag', flagRollback: {} };

const tiered = withValue(
  withValue(riskPolicyManifest(), 'spec.receivers', [{ name: 'oncall', alertmanager: { url: 'http://alertmanager:9093' } }]),
  'spec.tiers',
  [
    {
      name: 'High',
      playbook: {
        thresholds: [{ signal: 'score-drift', threshold: { direction: 'Above', warn: 0.1, breach: 0.25, clear: 0.1 } }],
        ladder: [
          { name: 'limit', escalateAfterSeconds: 900, actions: [cap(10)] },
          { name: 'shadow', actions: [route({ shadow: { percent: 100 } })] },
        ],
        escalation: [{ afterSeconds: 0, receivers: ['oncall'] }],
      },
      floors: { limits: [{ signal: 'score-drift', direction: 'Above', breach: 0.3 }] },
    },
  ],
);

const playbook = 'spec.tiers[0].playbook';
const threshold = `${playbook}.thresholds[0].threshold`;

const listed =
  'be one of DataQuality, ModelPerformance, Fairness, Security, Privacy, OperationalReliability, or an entry of categories: add the category or correct the name';
const taxonomyWith = (category: string): readonly Change[] => [
  ['spec.categories', [{ name: 'Conduct' }]],
  ['spec.reporting', [{ name: 'authority', severities: ['High'], categories: [category], withinSeconds: 86_400 }]],
];

/** Rules of tiers and of what they ask of a model, and of the categories a policy names. */
export const tierCases: readonly CELCase[] = [
  ...casesOf(logged, [
    {
      field: 'spec.decisionLog.completenessIndicator',
      message: 'completenessIndicator must name an entry of indicators: add the indicator or correct the name',
      accept: [['spec.decisionLog.completenessIndicator', 'approval-parity']],
      reject: [['spec.decisionLog.completenessIndicator', 'log-complete']],
    },
  ]),
  ...casesOf(tiered, [
    {
      field: `${threshold}.warn`,
      message: 'warn comes before breach: with direction Above write warn <= breach, with Below warn >= breach',
      accept: [[`${threshold}.warn`, 0.25]],
      reject: [[`${threshold}.warn`, 0.26]],
    },
    {
      field: `${threshold}.clear`,
      message: 'clear lies on the good side of breach: with direction Above write clear <= breach, with Below clear >= breach',
      accept: [[`${threshold}.clear`, 0.25]],
      reject: [[`${threshold}.clear`, 0.26]],
    },
    {
      field: `${threshold}.severe`,
      message: 'severe lies beyond breach: with direction Above write severe > breach, with Below severe < breach',
      accept: [[`${threshold}.severe`, 0.26]],
      reject: [[`${threshold}.severe`, 0.25]],
    },
    {
      field: `${playbook}.ladder[1].actions[0]`,
      message: 'write exactly one of canaryLimit, shadow, flagRollback',
      accept: [[`${playbook}.ladder[1].actions[0]`, cap(0)]],
      reject: [[`${playbook}.ladder[1].actions[0]`, { ...cap(0), shadow: {} }]],
    },
    {
      field: `${playbook}.ladder[1].actions[1]`,
      message: 'canaryLimit and shadow are for targetKind Route, flagRollback for Flag: write the action that fits',
      accept: [[`${playbook}.ladder[1].actions[1]`, flag]],
      reject: [[`${playbook}.ladder[1].actions[1]`, { ...cap(0), targetKind: 'Flag' }]],
    },
    {
      field: `${playbook}.ladder`,
      message:
        'a stage must hold at least what the stage before holds: repeat each targetKind with the same or a tighter action (shadow, a lower maxPercent)',
      accept: [[`${playbook}.ladder[1].actions[0]`, cap(10)]],
      reject: [[`${playbook}.ladder[1].actions[0]`, cap(11)]],
    },
    {
      field: `${playbook}.escalation`,
      message: 'somebody must be told at once: write an entry with afterSeconds: 0',
      accept: [[`${playbook}.escalation[1]`, { afterSeconds: 60, receivers: ['oncall'] }]],
      reject: [[`${playbook}.escalation[0].afterSeconds`, 60]],
    },
    {
      field: 'spec.tiers',
      message: 'every playbook.thresholds[].signal must name an entry of signals: add the signal or correct the name',
      accept: [[`${playbook}.thresholds[0].signal`, 'approval-parity']],
      reject: [[`${playbook}.thresholds[0].signal`, 'parity']],
    },
    {
      field: 'spec.tiers',
      message: 'every floors.limits[].signal must name an entry of signals: add the signal or correct the name',
      accept: [['spec.tiers[0].floors.limits[0].signal', 'approval-parity']],
      reject: [['spec.tiers[0].floors.limits[0].signal', 'parity']],
    },
    {
      field: 'spec.tiers',
      message: 'every playbook.escalation[].receivers must name entries of receivers: add the receiver or correct the name',
      accept: [[`${playbook}.escalation[0].receivers`, ['oncall']]],
      reject: [[`${playbook}.escalation[0].receivers`, ['nobody']]],
    },
    {
      field: 'spec.tiers',
      message: `every floors.categories must ${listed}`,
      accept: [['spec.tiers[0].floors.categories', ['Fairness', 'Privacy']]],
      reject: [['spec.tiers[0].floors.categories', ['Fairness', 'Fairnes']]],
    },
    {
      field: 'spec.reporting',
      message: `every reporting[].categories must ${listed}`,
      accept: taxonomyWith('Conduct'),
      reject: taxonomyWith('Conducts'),
    },
  ]),
];

/** Further ways to break rules that have their case elsewhere: a plan may have no stages. */
export const furtherTierCases: readonly CELCase[] = casesOf(withValue(planManifest(), 'spec.stages', undefined), [
  {
    field: 'spec.approval',
    message: 'mode Approve, of the plan or of a stage, asks people: write approval.roles, or choose another mode',
    accept: [],
    reject: [['spec.mode', 'Approve']],
  },
]);
