import type { JSONValue } from '../../src/shared/json.ts';

/** Manifests as a person writes them: only what has no default. Each call answers a fresh object. */

export type Manifest = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly spec: { readonly [field: string]: JSONValue };
  readonly [field: string]: unknown;
};

const apiVersion = 'modelrisk.dev/v1alpha1';
const someDigest = `sha256:${'0123456789abcdef'.repeat(4)}`;
export const someUID = '7f6b1f0e-6d0f-4a8b-9a55-0d8c2f1f6a01';
export const someInstant = '2026-06-01T12:00:00Z';

export function riskPolicyManifest(): Manifest {
  return {
    apiVersion,
    kind: 'RiskPolicy',
    metadata: { name: 'default' },
    spec: {
      providers: [
        { name: 'prometheus', prometheus: { url: 'http://prometheus.monitoring:9090' }, inlineQueries: { enforceLabel: 'namespace' } },
      ],
      signals: [
        {
          name: 'approval-parity',
          provider: 'prometheus',
          windowSeconds: 600,
          identity: { namespace: 'namespace', model: 'model', version: 'version' },
          promQL: {
            query: 'min by (namespace, model, version) (approval_ratio)',
            countQuery: 'sum by (namespace, model, version) (decisions)',
          },
        },
        {
          name: 'score-drift',
          provider: 'prometheus',
          windowSeconds: 600,
          measurableIn: ['Live', 'Shadow'],
          identity: { namespace: 'namespace', model: 'model', version: 'version', served: 'served' },
          drift: { live: 'sum by (namespace, model, version, served, le) (increase(score_bucket[10m]))' },
        },
      ],
    },
  };
}

/** Signals to add to the policy: of decisions by group, of outcomes by group and day, and of outcomes. */
export function fairnessSignal(): Entry {
  return {
    name: 'parity',
    provider: 'prometheus',
    windowSeconds: 604_800,
    identity: { namespace: 'namespace', model: 'model', version: 'version' },
    fairness: {
      decisions: 'sum by (namespace, model, version, group, decision) (increase(decisions[7d]))',
      metric: 'ParityRatio',
      favourableDecision: 'approve',
    },
  };
}

export function opportunitySignal(): Entry {
  return {
    ...fairnessSignal(),
    name: 'opportunity',
    fairness: {
      decisions: 'sum by (namespace, model, version, group, decision, outcome, day, region) (increase(outcomes[60d]))',
      metric: 'EqualOpportunity',
      favourableDecision: 'approve',
      outcomeLabel: 'outcome',
      positiveOutcome: 'repaid',
      stratifyBy: 'region',
      cohortLabel: 'day',
    },
  };
}

export function performanceSignal(): Entry {
  const { fairness: _fairness, ...common } = fairnessSignal();
  return {
    ...common,
    name: 'recall',
    performance: {
      outcomes: 'sum by (namespace, model, version, decision, outcome, day) (increase(outcomes[60d]))',
      metric: 'Recall',
      positiveDecision: 'deny',
      positiveOutcome: 'default',
      cohortLabel: 'day',
      labelled: { decisions: 'sum by (namespace, model, version, day) (increase(decisions[60d]))', minPercent: 80 },
      labelAge: { query: 'avg by (namespace, model, version) (label_age_seconds)', maxSeconds: 5_184_000 },
    },
  };
}

/** Signals that are read from a service, or sent to the operator. */
export function httpJSONTemplate(): Entry {
  const pointers = { value: '/drift/psi', time: '/measuredAt', sampleCount: '/rows' };
  return { name: 'sent', provider: 'drift-service', windowSeconds: 600, httpJSON: { path: '/{namespace}/{model}/{version}', ...pointers } };
}

export function pushTemplate(): Entry {
  return { name: 'sent', windowSeconds: 600, push: {} };
}

export function alertTemplate(): Entry {
  const alert = { alertName: 'ScoreDrift', heartbeat: 'Watchdog' };
  return { name: 'sent', windowSeconds: 600, identity: { namespace: 'namespace', model: 'model' }, alert };
}

export function modelRiskManifest(): Manifest {
  return {
    apiVersion,
    kind: 'ModelRisk',
    metadata: { name: 'credit-default', namespace: 'lending' },
    spec: {
      policyRef: { name: 'default' },
      model: { name: 'credit-default', version: '2.3.0' },
      owner: { team: 'lending-ml', contact: '#lending-ml' },
      risks: [{ name: 'unfair-denials', category: 'Fairness' }],
      indicators: [templateIndicator(), driftIndicator(), inlineIndicator()],
    },
  };
}

type Entry = { readonly [field: string]: JSONValue };

export function templateIndicator(): Entry {
  return {
    name: 'approval-parity',
    risk: 'unfair-denials',
    signal: { template: { name: 'approval-parity' } },
    threshold: { direction: 'Below', warn: 0.85, breach: 0.8, clear: 0.85 },
    minSamples: 500,
  };
}

export function driftIndicator(): Entry {
  return {
    name: 'score-drift',
    risk: 'unfair-denials',
    signal: { template: { name: 'score-drift' }, reference: { upperBounds: [0.25, 0.5, 0.75], counts: [10, 20, 30, 40] } },
    threshold: { direction: 'Above', warn: 0.1, breach: 0.25 },
  };
}

export function inlineIndicator(): Entry {
  return {
    name: 'error-rate',
    risk: 'unfair-denials',
    signal: { promQL: { provider: 'prometheus', query: 'sum(rate(errors[5m]))', windowSeconds: 300 } },
    threshold: { direction: 'Above', breach: 0.05 },
  };
}

export function planManifest(): Manifest {
  return {
    apiVersion,
    kind: 'MitigationPlan',
    metadata: { name: 'credit-default', namespace: 'lending' },
    spec: {
      riskRef: { name: 'credit-default' },
      owner: 'lending-ml',
      mode: 'Enforce',
      trigger: { indicators: ['approval-parity', 'score-drift'] },
      targets: [
        {
          name: 'traffic',
          httpRoute: {
            name: 'credit',
            candidate: { service: 'credit-v2', port: 8080 },
            safe: { service: 'credit-v1', port: 8080, version: '2.2.0' },
          },
        },
        { name: 'flag', featureFlag: { name: 'credit-flags', flag: 'use-v2', safeVariant: 'off', behind: 'traffic' } },
      ],
      stages: [
        { name: 'limit', escalateAfterSeconds: 900, actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] },
        { name: 'shadow', escalateAfterSeconds: 1800, enterOn: ['score-drift'], actions: [{ target: 'traffic', shadow: {} }] },
        {
          name: 'rollback',
          actions: [
            { target: 'traffic', canaryLimit: { maxPercent: 0 } },
            { target: 'flag', flagRollback: {} },
          ],
        },
      ],
    },
  };
}

export function incidentManifest(): Manifest {
  const subject = { name: 'credit-default', uid: someUID, generation: 3, digest: someDigest };
  return {
    apiVersion,
    kind: 'RiskIncident',
    metadata: { name: 'credit-default-1', namespace: 'lending' },
    spec: {
      planRef: subject,
      riskRef: subject,
      engagement: 1,
      openedAt: someInstant,
      trigger: [
        {
          indicator: 'score-drift',
          verdict: 'Breach',
          provider: 'prometheus',
          query: 'sum by (namespace, model, le) (increase(score_bucket[10m]))',
          value: 0.31,
          sampleCount: 1200,
          dataTime: someInstant,
          windowSeconds: 600,
          threshold: { direction: 'Above', breach: 0.25, clear: 0.1 },
        },
      ],
      snapshot: { mode: 'Enforce', nested: { kept: [1, 'two', null] } },
      firstPrevHash: '',
    },
  };
}

export type DecisionAction =
  | 'Approve'
  | 'Reject'
  | 'Hold'
  | 'Release'
  | 'Acknowledge'
  | 'Review'
  | 'SignOff'
  | 'Accept'
  | 'Postmortem'
  | 'ReportIncident'
  | 'FileReport';

const ofModel: readonly string[] = ['Review', 'SignOff', 'Accept', 'ReportIncident'];
const ofIncident: readonly string[] = ['Approve', 'Reject', 'Acknowledge', 'Postmortem', 'FileReport'];

/** What an action needs beside what all have. */
const ofAction: Readonly<Partial<Record<DecisionAction, object>>> = {
  Approve: { stage: 1 },
  Reject: { stage: 1 },
  Release: { engagement: 4 },
  Review: { minutesSpent: 90 },
  SignOff: { signed: '{}' },
  Accept: { indicators: ['score-drift'], expiresAt: '2030-01-01T00:00:00Z' },
  Hold: { expiresAt: '2030-01-01T00:00:00Z' },
  Postmortem: {
    postmortem: {
      verdict: 'TruePositive',
      harmConfirmed: 'RuledOut',
      findings: [{ name: 'retrain', summary: 'Retrain each quarter.', remediation: 'retrain-quarterly' }],
    },
  },
  ReportIncident: {
    report: {
      onsetAt: '2026-05-01T00:00:00Z',
      awareAt: '2026-05-03T00:00:00Z',
      knownFrom: 'Customer',
      category: 'Fairness',
      severity: 'High',
      harm: 'Applicants over 60 were refused for their age.',
    },
  },
  FileReport: { filed: { reporting: 'ai-act', at: '2026-05-04T00:00:00Z', reference: 'MSA-2026-17' } },
};

export function decisionManifest(action: DecisionAction = 'Hold'): Manifest {
  const kind = ofIncident.includes(action) ? 'RiskIncident' : ofModel.includes(action) ? 'ModelRisk' : 'MitigationPlan';
  return {
    apiVersion,
    kind: 'RiskDecision',
    metadata: { name: `some-${action.toLowerCase()}`, namespace: 'lending' },
    spec: {
      action,
      role: 'risk',
      subjectRef: { kind, name: 'credit-default', uid: someUID },
      ...(action === 'ReportIncident' ? {} : { digest: someDigest }),
      reason: 'The campaign explains the shift.',
      ...ofAction[action],
    },
  };
}

export function chainHeadManifest(): Manifest {
  return {
    apiVersion,
    kind: 'RiskChainHead',
    metadata: { name: 'chain', namespace: 'lending' },
    spec: { tails: [{ incident: 'credit-default-1', seq: 4, hash: someDigest }], last: { incident: 'credit-default-1', hash: someDigest } },
  };
}

export function targetJournalManifest(): Manifest {
  return {
    apiVersion,
    kind: 'TargetJournal',
    metadata: { name: `inferenceservice-${someUID}`, namespace: 'lending' },
    spec: {
      target: { group: 'serving.kserve.io', resource: 'inferenceservices', kind: 'InferenceService', name: 'credit', uid: someUID },
      journal: '{}',
      epoch: 1,
    },
  };
}

/** The manifest as the API server returns it. */
export function stored(manifest: Manifest, metadata: { readonly [field: string]: unknown } = {}): Manifest {
  return {
    ...manifest,
    metadata: { ...manifest.metadata, uid: someUID, resourceVersion: '7', creationTimestamp: someInstant, generation: 3, ...metadata },
  };
}

/** A copy with the value at a path like `spec.indicators[0].threshold.warn` set, or taken out when it is undefined. */
export function withValue<T>(manifest: T, path: string, value: unknown): T {
  const copy = structuredClone(manifest);
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '');
  const last = keys.pop() ?? '';
  let holder = copy as Record<string, unknown>;
  for (const key of keys) holder = holder[key] as Record<string, unknown>;
  if (value === undefined) Reflect.deleteProperty(holder, last);
  else holder[last] = value;
  return copy;
}
