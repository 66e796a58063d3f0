import {
  chainHeadManifest,
  decisionManifest,
  incidentManifest,
  modelRiskManifest,
  planManifest,
  riskPolicyManifest,
} from '../../builders/api.ts';
import { flagKeys, mirroringKeys, targetKeys, trafficKeys } from '../../../src/api/targets/target.ts';
import { casesOf, type CELCase } from './cel-case.ts';
import { incidentCases } from './cel-cases-of-incidents.ts';
import { referenceCases } from './cel-cases-of-references.ts';
import { sentCases } from './cel-cases-of-sent.ts';
import { alertCases } from './cel-cases-of-alerts.ts';
import { calendarCases } from './cel-cases-of-calendars.ts';
import { gateCases } from './cel-cases-of-gates.ts';
import { furtherPlanCases } from './cel-cases-of-plans.ts';
import { clusterCases } from './cel-cases-of-cluster.ts';
import { furtherNoticeCases, noticeCases } from './cel-cases-of-notices.ts';
import { furtherQuorumCases, quorumCases } from './cel-cases-of-quorum.ts';
import { furtherPatchCases, jobCases, patchCases } from './cel-cases-of-patches.ts';
import { needs, targetCases, workloadCases } from './cel-cases-of-targets.ts';
import { statisticCases } from './cel-cases-of-statistics.ts';

const policyCases = casesOf(riskPolicyManifest(), [
  {
    field: 'spec.providers[0].prometheus.url',
    message: 'write an absolute http or https URL without user or password, e.g. http://prometheus.monitoring:9090',
    accept: [['spec.providers[0].prometheus.url', 'https://prometheus.example/base']],
    reject: [['spec.providers[0].prometheus.url', 'http://user:secret@prometheus:9090']],
  },
  {
    field: 'spec.signals[0]',
    message:
      'write exactly one of promQL, drift, calibration, burnRate, anomaly, fairness, performance, httpJSON, push, alert, workload, posture, report, comparison',
    accept: [
      ['spec.signals[0].promQL', undefined],
      ['spec.signals[0].drift', { live: 'sum by (namespace, model, version, le) (increase(score_bucket[10m]))' }],
    ],
    reject: [['spec.signals[0].push', {}]],
  },
  {
    field: 'spec.signals[0].promQL.query',
    message: 'keep every label of identity in the result, the namespace label above all: aggregate by (namespace, model, ...)',
    accept: [['spec.signals[0].promQL.query', 'approval_ratio{namespace!="",model!="",version!=""}']],
    reject: [['spec.signals[0].promQL.query', 'min by (model, version) (approval_ratio)']],
  },
  {
    field: 'spec.signals[1].drift.live',
    message:
      'keep le (or the label of category) and every label of identity in the result, the namespace label above all: aggregate by (namespace, model, ..., le)',
    accept: [['spec.signals[1].drift.live', 'increase(score_bucket{namespace!="",model!="",version!="",served!="",le!=""}[10m])']],
    reject: [['spec.signals[1].drift.live', 'sum by (namespace, model, version) (increase(score_bucket[10m]))']],
  },
  {
    field: 'spec.signals',
    message: 'every signals[].provider must name an entry of providers: add the provider or correct the name',
    accept: [
      ['spec.providers[1]', { name: 'thanos', prometheus: { url: 'http://thanos:9090' } }],
      ['spec.signals[0].provider', 'thanos'],
    ],
    reject: [['spec.signals[0].provider', 'thanos']],
  },
]);

const riskCases = casesOf(modelRiskManifest(), [
  {
    field: 'spec.indicators[0].signal',
    message: 'write exactly one of template, promQL, quorum',
    accept: [['spec.indicators[0].signal', { promQL: { provider: 'prometheus', query: 'a', countQuery: 'b', windowSeconds: 60 } }]],
    reject: [
      [
        'spec.indicators[0].signal',
        { template: { name: 'a' }, promQL: { provider: 'prometheus', query: 'a', countQuery: 'b', windowSeconds: 60 } },
      ],
    ],
  },
  {
    field: 'spec.indicators[2].signal.reference',
    message: 'a reference belongs to a template of the policy: leave it out beside promQL',
    accept: [['spec.indicators[2].signal', { template: { name: 'score-drift' }, reference: { upperBounds: [1, 2], counts: [1, 1, 1] } }]],
    reject: [['spec.indicators[2].signal.reference', { upperBounds: [1, 2], counts: [1, 1, 1] }]],
  },
  {
    field: 'spec.indicators[2].signal.baseline',
    message: 'a baseline belongs to an anomaly template: leave it out beside promQL',
    accept: [['spec.indicators[2].signal', { template: { name: 'volume' }, baseline: { mean: 10, standardDeviation: 2 } }]],
    reject: [['spec.indicators[2].signal.baseline', { mean: 10, standardDeviation: 2 }]],
  },
  {
    field: 'spec.indicators[0].threshold.warn',
    message: 'warn comes before breach: with direction Above write warn <= breach, with Below warn >= breach',
    accept: [['spec.indicators[0].threshold.warn', 0.8]],
    reject: [['spec.indicators[0].threshold.warn', 0.79]],
  },
  {
    field: 'spec.indicators[1].threshold.clear',
    message: 'clear lies on the good side of breach: with direction Above write clear <= breach, with Below clear >= breach',
    accept: [['spec.indicators[1].threshold.clear', 0.25]],
    reject: [['spec.indicators[1].threshold.clear', 0.3]],
  },
  {
    field: 'spec.indicators[1].threshold.breach',
    message:
      'such a burn rate is never exceeded: with every event bad it is 100 / (100 - targetPercent); write direction: Above and a breach below that',
    accept: [
      ['spec.indicators[1].threshold', { direction: 'Above', breach: 14.4 }],
      ['spec.indicators[1].objective', { targetPercent: 99 }],
    ],
    reject: [
      ['spec.indicators[1].threshold', { direction: 'Above', breach: 14.4 }],
      ['spec.indicators[1].objective', { targetPercent: 90 }],
    ],
  },
  {
    field: 'spec.indicators[0].threshold.severe',
    message: 'severe lies beyond breach: with direction Above write severe > breach, with Below severe < breach',
    accept: [['spec.indicators[0].threshold.severe', 0.79]],
    reject: [['spec.indicators[0].threshold.severe', 0.8]],
  },
  {
    field: 'spec.indicators[2].minSamples',
    message: 'without signal.promQL.countQuery the rows are unknown: write a countQuery, or minSamples: 0',
    accept: [
      ['spec.indicators[2].minSamples', 100],
      ['spec.indicators[2].signal.promQL.countQuery', 'sum(increase(requests[5m]))'],
    ],
    reject: [['spec.indicators[2].minSamples', 100]],
  },
  {
    field: 'spec.indicators',
    message: 'every indicators[].risk must name an entry of risks: add the risk to the register or correct the name',
    accept: [
      [
        'spec.risks',
        [
          { name: 'unfair-denials', category: 'Fairness' },
          { name: 'spare', category: 'Security' },
        ],
      ],
    ],
    reject: [['spec.indicators[0].risk', 'nowhere']],
  },
]);

const secondRoute = {
  name: 'second',
  httpRoute: {
    name: 'credit-2',
    candidate: { service: 'credit-v2', port: 8080 },
    safe: { service: 'credit-v1', port: 8080, version: '2.2.0' },
  },
};

const planCases = casesOf(planManifest(), [
  {
    field: 'spec.onContest',
    message: 'afterSeconds and retryAfterSeconds belong to action Yield: write action: Yield, or leave them out',
    accept: [['spec.onContest', { action: 'Yield', afterSeconds: 30 }]],
    reject: [['spec.onContest', { afterSeconds: 30 }]],
  },
  {
    field: 'spec.targets[1]',
    message: `write exactly one of ${targetKeys.join(', ')}`,
    accept: [['spec.targets[1].featureFlag.behind', undefined]],
    reject: [['spec.targets[1].httpRoute', secondRoute.httpRoute]],
  },
  {
    field: 'spec.stages[0].actions[0]',
    message: 'write exactly one of canaryLimit, shadow, flagRollback, pin, scale, patch, runJob',
    accept: [['spec.stages[0].actions[0]', { target: 'traffic', shadow: { percent: 10 } }]],
    reject: [['spec.stages[0].actions[0].shadow', { percent: 10 }]],
  },
  {
    field: 'spec.stages',
    message: 'every actions[].target must name an entry of targets: add the target or correct the name',
    accept: [['spec.stages[2].actions[1]', { target: 'flag', flagRollback: {} }]],
    reject: [['spec.stages[2].actions[1].target', 'nowhere']],
  },
  {
    field: 'spec.stages',
    message: needs('canaryLimit', trafficKeys),
    accept: [
      ['spec.targets[2]', secondRoute],
      ['spec.stages[2].actions[1]', { target: 'second', canaryLimit: { maxPercent: 5 } }],
    ],
    reject: [['spec.stages[2].actions[1]', { target: 'flag', canaryLimit: { maxPercent: 5 } }]],
  },
  {
    field: 'spec.stages',
    message: needs('shadow', mirroringKeys),
    accept: [
      ['spec.targets[2]', secondRoute],
      ['spec.stages[2].actions[1]', { target: 'second', shadow: {} }],
    ],
    reject: [['spec.stages[2].actions[1]', { target: 'flag', shadow: {} }]],
  },
  {
    field: 'spec.stages',
    message: needs('flagRollback', flagKeys),
    accept: [
      ['spec.targets[2]', { name: 'other-flag', featureFlag: { name: 'flags', flag: 'f', safeVariant: 'off' } }],
      ['spec.stages[2].actions[2]', { target: 'other-flag', flagRollback: {} }],
    ],
    reject: [
      ['spec.targets[2]', secondRoute],
      ['spec.stages[2].actions[2]', { target: 'second', flagRollback: {} }],
    ],
  },
  {
    field: 'spec.stages',
    message:
      'a stage must hold at least what the stage before holds: repeat each target with the same or a tighter action (shadow, a lower maxPercent, more minReplicas), or roll back a flag that is behind the route',
    accept: [['spec.stages[1].actions', [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }]]],
    reject: [['spec.stages[1].actions', [{ target: 'traffic', canaryLimit: { maxPercent: 11 } }]]],
  },
  {
    field: 'spec.stages',
    message: 'the last stage has nowhere to escalate to: leave escalateAfterSeconds out of it',
    accept: [['spec.stages[1].escalateAfterSeconds', undefined]],
    reject: [['spec.stages[2].escalateAfterSeconds', 60]],
  },
  {
    field: 'spec.stages',
    message: 'enterOn may name indicators of trigger.indicators only: add the indicator to the trigger or leave it out',
    accept: [['spec.stages[2].enterOn', ['approval-parity', 'score-drift']]],
    reject: [['spec.stages[2].enterOn', ['error-rate']]],
  },
  {
    field: 'spec.targets',
    message: 'behind must name a route among targets: add the route or leave behind out',
    accept: [
      ['spec.targets[2]', secondRoute],
      ['spec.targets[1].featureFlag.behind', 'second'],
    ],
    reject: [['spec.targets[1].featureFlag.behind', 'flag']],
  },
  {
    field: 'spec.targets',
    message: 'safe.version is judged once for the plan: write the same version in every route, or use two plans',
    accept: [['spec.targets[2]', secondRoute]],
    reject: [
      ['spec.targets[2]', secondRoute],
      ['spec.targets[2].httpRoute.safe.version', '2.1.0'],
    ],
  },
  {
    field: 'spec.stages',
    message: 'enterOnSevere may name indicators of trigger.indicators only: add the indicator to the trigger or leave it out',
    accept: [['spec.stages[2].enterOnSevere', ['approval-parity', 'score-drift']]],
    reject: [['spec.stages[2].enterOnSevere', ['error-rate']]],
  },
  {
    field: 'spec.approval',
    message: 'mode Approve, of the plan or of a stage, asks people: write approval.roles, or choose another mode',
    accept: [
      ['spec.mode', 'Approve'],
      ['spec.approval', { roles: ['risk'] }],
    ],
    reject: [['spec.mode', 'Approve']],
  },
]);

const holdCases = casesOf(decisionManifest('Hold'), [
  {
    field: 'spec.subjectRef.kind',
    message:
      'Approve, Reject, Acknowledge, Postmortem and FileReport are about a RiskIncident, Hold and Release about a MitigationPlan, Review, SignOff, Accept and ReportIncident about a ModelRisk, Review about a RiskPolicy too: write the kind that fits the action',
    accept: [['spec.role', 'compliance']],
    reject: [['spec.subjectRef.kind', 'RiskIncident']],
  },
  {
    field: 'spec.stage',
    message: 'write the stage for Approve and Reject, and leave it out otherwise',
    accept: [['spec.reason', 'none of your business']],
    reject: [['spec.stage', 0]],
  },
  {
    field: 'spec.expiresAt',
    message: 'a Hold and an Accept must end by themselves: write expiresAt',
    accept: [['spec.expiresAt', '2031-01-01T00:00:00+02:00']],
    reject: [['spec.expiresAt', undefined]],
  },
]);

const releaseCases = casesOf(decisionManifest('Release'), [
  {
    field: 'spec.engagement',
    message: 'write the engagement (status.memory.engagement of the plan) for Release, and leave it out otherwise',
    accept: [['spec.engagement', 9]],
    reject: [['spec.engagement', undefined]],
  },
]);

const reviewCases = casesOf(decisionManifest('Review'), [
  {
    field: 'spec.minutesSpent',
    message: 'write minutesSpent for Review, and leave it out otherwise',
    accept: [['spec.minutesSpent', 1]],
    reject: [['spec.minutesSpent', undefined]],
  },
]);

const headCases = casesOf(chainHeadManifest(), [
  {
    field: '',
    message: 'a namespace has one chain head: name it chain, or facts for that of the facts',
    accept: [['metadata.name', 'facts']],
    reject: [['metadata.name', 'another']],
  },
]);

/** Rules over a value as it was and is: tried by an update. */
export const transitionCases: readonly CELCase[] = [
  ...casesOf(incidentManifest(), [
    {
      field: 'spec',
      message: 'the spec of a record never changes: the operator opens a new incident instead',
      accept: [['metadata.labels', { seen: 'yes' }]],
      reject: [['spec.snapshot.mode', 'Observe']],
    },
  ]),
  ...casesOf(decisionManifest('Hold'), [
    {
      field: 'spec',
      message: 'a decision never changes: create another RiskDecision',
      accept: [['metadata.labels', { seen: 'yes' }]],
      reject: [['spec.expiresAt', '2031-01-01T00:00:00Z']],
    },
  ]),
];

export const celCases: readonly CELCase[] = [
  ...policyCases,
  ...statisticCases,
  ...sentCases,
  ...referenceCases,
  ...clusterCases,
  ...quorumCases,
  ...alertCases,
  ...gateCases,
  ...calendarCases,
  ...noticeCases,
  ...patchCases,
  ...jobCases,
  ...riskCases,
  ...planCases,
  ...workloadCases,
  ...holdCases,
  ...releaseCases,
  ...reviewCases,
  ...incidentCases,
  ...headCases,
];

const furtherPolicyCases = casesOf(riskPolicyManifest(), [
  {
    field: 'spec.signals[1].drift.live',
    message:
      'keep le (or the label of category) and every label of identity in the result, the namespace label above all: aggregate by (namespace, model, ..., le)',
    accept: [
      ['spec.signals[1].drift.live', 'sum by (namespace, model, version, served, purpose) (increase(applications_total[10m]))'],
      ['spec.signals[1].drift.category', 'purpose'],
    ],
    reject: [['spec.signals[1].drift.category', 'purpose']],
  },
]);

/** Further ways through a rule that has more than one. */
export const furtherCases = [
  ...furtherPolicyCases,
  ...furtherPlanCases,
  ...furtherQuorumCases,
  ...furtherNoticeCases,
  ...targetCases,
  ...furtherPatchCases,
];
