import type { ReportObjects } from '../../src/report/objects.ts';
import { decisionManifest, incidentManifest, modelRiskManifest, planManifest, riskPolicyManifest, stored } from './api.ts';
import type { DecisionAction, Manifest } from './api.ts';
import { aDossier } from './dossier.ts';

/** A programme as it stands at `reportedAt`, with something in every corner; every call answers fresh objects. */

export const reportedAt = '2026-07-01T00:00:00Z';
export const reportedMs = Date.parse(reportedAt);

const hash = 'a'.repeat(64);
const since = '2026-06-01T00:00:00Z';
const certain = (value: number) => ({ min: value, mode: value, max: value });

/** As it comes from a server: what is undefined is not there. */
function changed(manifest: Manifest, named: { readonly name: string; readonly namespace?: string }, changes: object): Manifest {
  const { spec = {}, ...rest } = changes as { readonly spec?: object };
  const whole = { ...manifest, metadata: { ...named }, spec: { ...manifest.spec, ...spec }, ...rest };
  return stored(JSON.parse(JSON.stringify(whole)) as Manifest, { uid: `uid-${named.name}` });
}

export function conditions(reasons: Readonly<Record<string, readonly [status: string, reason: string]>>): readonly object[] {
  return Object.entries(reasons).map(([type, [status, reason]]) => ({
    type,
    status,
    reason,
    message: `${type} ${reason}.`,
    lastTransitionTime: since,
  }));
}

const loss = (value: number) => ({
  value,
  low: value / 2,
  high: value * 2,
  inherent: value / 4,
  residual: value / 10,
  liveSharePercent: 10,
  currency: 'USD',
});

const fix = (name: string, cost: number, more: object = {}) => ({
  ...{ name, summary: `Do ${name}.`, owner: 'lending-ml', risks: ['unfair-denials'] },
  assessments: [{ assessor: 'ada', cost: certain(cost), weeks: certain(2), reducesLossPercent: certain(50), successPercent: 100 }],
  ...more,
});

export function reportedPolicy(changes: object = {}): Manifest {
  const tiers = [
    {
      name: 'High',
      when: { criticality: ['Critical', 'High'] },
      reviewEverySeconds: 15_552_000,
      signOffRoles: ['product', 'compliance'],
      requiredDocumentation: ['Objective', 'Ethics'],
      floors: { mode: 'Approve', categories: ['Fairness'] },
      playbook: { evaluationIntervalSeconds: 15, remediation: 'Follow the runbook.', runbookURL: 'https://runbooks.example/high' },
    },
    { name: 'Medium', reviewEverySeconds: 31_104_000 },
  ];
  return changed(riskPolicyManifest(), { name: 'default' }, { spec: { currency: 'USD', tiers, ...changes } });
}

/** Documented, priced, beyond a limit, half signed. */
export function creditModel(changes: object = {}): Manifest {
  const risk = {
    name: 'unfair-denials',
    category: 'Fairness',
    summary: 'Denies whom it should not.',
    likelihood: { incidents: 4, years: 4 },
  };
  return changed(
    modelRiskManifest(),
    { name: 'credit-default', namespace: 'lending' },
    {
      spec: {
        ...aDossier('error-rate'),
        criticality: 'High',
        risks: [
          { ...risk, impact: { revenue: { constant: 100_000 } } },
          { name: 'stale-population', category: 'DataQuality' },
        ],
        remediations: [
          fix('retrain', 10_000),
          fix('rules', 20_000, { dueTime: '2026-12-01T00:00:00Z' }),
          fix('law', 9_000_000, { mandatoryBy: '2026-11-01T00:00:00Z' }),
        ],
      },
      status: {
        conditions: conditions({
          Ready: ['True', 'Reconciled'],
          Breached: ['True', 'Breached'],
          Documented: ['True', 'Complete'],
          ReviewCurrent: ['True', 'Reviewed'],
          SignedOff: ['False', 'Missing'],
        }),
        tier: { inherent: 'High', message: 'Declared High.' },
        expectedAnnualLoss: loss(100_000),
        p95: 300_000,
        unquantifiedRisks: ['stale-population'],
        documentation: { missing: [], lineageCoveragePercent: 100 },
        missingSignOffs: ['compliance'],
        signOffs: [
          {
            role: 'product',
            author: 'pia',
            at: since,
            digest: `sha256:${hash}`,
            decision: 'credit-sign-off',
            expires: '2027-06-01T00:00:00Z',
          },
        ],
        review: { last: since, by: 'rita', minutesSpent: 90, next: '2026-12-01T00:00:00Z', reason: 'Cadence' },
        indicators: [
          {
            ...{ name: 'approval-parity', state: 'Firing', since, verdict: 'Breach', value: 0.74, sampleCount: 1200, dataTime: since },
            threshold: { direction: 'Below', warn: 0.85, breach: 0.8, clear: 0.85 },
            likelihoodRatio: 4,
          },
        ],
        openIncidents: ['ri-open'],
      },
      ...changes,
    },
  );
}

/** Its review is overdue and its papers are wanting. */
export function churnModel(): Manifest {
  return changed(
    modelRiskManifest(),
    { name: 'churn', namespace: 'lending' },
    {
      spec: { model: { name: 'churn', version: '1.0.0' } },
      status: {
        conditions: conditions({
          Breached: ['False', 'WithinLimits'],
          Documented: ['False', 'Missing'],
          ReviewCurrent: ['False', 'Overdue'],
          SignedOff: ['True', 'NotRequired'],
        }),
        tier: { inherent: 'Medium', message: 'By the numbers.' },
        documentation: { missing: ['Ethics'], lineageCoveragePercent: 0 },
        review: { next: '2026-06-15T00:00:00Z', reason: 'NeverReviewed' },
        expectedAnnualLoss: loss(5000),
        p95: 9000,
        unquantifiedRisks: ['unfair-denials'],
      },
    },
  );
}

/** In another namespace, and nobody has looked. */
export function unseenModel(): Manifest {
  return changed(modelRiskManifest(), { name: 'fraud', namespace: 'payments' }, { spec: { model: { name: 'fraud', version: '7' } } });
}

export function engagedPlan(): Manifest {
  return changed(
    planManifest(),
    { name: 'credit-default', namespace: 'lending' },
    {
      spec: { holdingCostPerWeek: 700 },
      status: {
        phase: 'Engaged',
        conditions: conditions({ Engaged: ['True', 'Engaged'], Effective: ['True', 'Verified'], AwaitingApproval: ['True', 'Proposed'] }),
        stage: { index: 0, name: 'limit', since },
        targets: [{ name: 'traffic', ref: { kind: 'HTTPRoute', name: 'credit' }, effective: 'credit-v2 10 %, credit-v1 90 %' }],
      },
    },
  );
}

interface Told {
  readonly spec?: object;
  readonly status?: object;
  readonly types?: readonly (readonly [type: string, at: string])[];
}

export function anIncident(
  name: string,
  { spec = {}, status = {}, types = [['Engaged', '2026-06-20T00:00:00.000Z']] }: Told = {},
): Manifest {
  const entries = types.map(([type, at], seq) => ({
    ...{
      seq,
      at,
      type,
      actor: 'operator',
      target: 'HTTPRoute/credit',
      before: '',
      after: '',
      reason: `Because of ${type}.`,
      prevHash: hash,
      hash,
    },
  }));
  return changed(
    incidentManifest(),
    { name, namespace: 'lending' },
    { spec: { openedAt: '2026-06-20T00:00:00Z', ...spec }, status: { entries, ...status } },
  );
}

const closedAt = '2026-06-12T00:00:00Z';
const due = (at: string) => ({ name: 'ai-act', due: at, warnAt: at, state: 'Overdue' });
const report = {
  ...{ onsetAt: '2026-05-01T00:00:00Z', awareAt: '2026-06-10T00:00:00Z', knownFrom: 'Customer', category: 'Fairness' },
  ...{ harm: 'Refused for age.', decision: 'mine', by: 'ana' },
};
const reportedSpec = { report, planRef: undefined, engagement: undefined, snapshot: undefined };

/** One open that nobody took up and whose report is overdue, one told by a customer and closed, a drill. */
export function someIncidents(): readonly Manifest[] {
  return [
    anIncident('ri-open', {
      spec: { severity: 'High' },
      status: { deadlines: [due('2026-06-25T00:00:00Z')] },
      types: [
        ['Engaged', '2026-06-20T00:00:00.000Z'],
        ['Applied', '2026-06-20T00:00:01.000Z'],
        ['Verified', '2026-06-20T00:00:03.000Z'],
      ],
    }),
    anIncident('ri-told', {
      spec: { ...reportedSpec, openedAt: '2026-06-10T00:00:00Z', severity: 'Critical' },
      status: {
        closedAt,
        postmortem: { decision: 'pm', by: 'ana', at: closedAt, verdict: 'TruePositive', harmConfirmed: 'Confirmed', actualLoss: 12_000 },
        findings: [{ name: 'age', indicator: 'parity-age', state: 'Open' }],
      },
      types: [
        ['Reported', '2026-06-10T00:00:00.000Z'],
        ['Acknowledged', '2026-06-11T00:00:00.000Z'],
        ['Closed', '2026-06-12T00:00:00.000Z'],
      ],
    }),
    anIncident('ri-drill', { spec: { drill: { scope: 'DryRun' } } }),
  ];
}

function decided(action: DecisionAction, name: string, spec: object = {}): Manifest {
  const made = changed(decisionManifest(action), { name, namespace: 'lending' }, { spec: { author: 'ana', ...spec } });
  return { ...made, status: { conditions: conditions({ Valid: ['True', 'Valid'] }) } };
}

export function someDecisions(): readonly Manifest[] {
  return [
    decided('Accept', 'accept-drift', { expiresAt: '2026-07-10T00:00:00Z' }),
    decided('Review', 'review-june'),
    decided('SignOff', 'credit-sign-off'),
  ];
}

/** What no version of the schema ever allowed. */
export function unreadable(name: string): Manifest {
  return { ...stored(modelRiskManifest()), metadata: { name, namespace: 'lending' }, spec: {} };
}

export function reportedObjects(changes: Partial<ReportObjects> = {}): ReportObjects {
  return {
    modelRisks: [unseenModel(), creditModel(), unreadable('strange'), churnModel()],
    plans: [engagedPlan()],
    incidents: someIncidents(),
    decisions: someDecisions(),
    policies: [reportedPolicy()],
    ...changes,
  };
}
