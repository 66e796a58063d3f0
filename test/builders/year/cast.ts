import { parentRefs } from '../http-route.ts';
import type { MemoryAPI } from '../memory-api.ts';
import { acceptRoute } from './gateway.ts';

const apiVersion = 'modelrisk.dev/v1alpha1';
export const day = 86_400;

export const namespaces = ['lending', 'cards', 'fraud', 'pricing', 'claims'] as const;
export const criticalities = ['Critical', 'High', 'Medium', 'Low'] as const;
export const owners = ['olga', 'omar'] as const;

/** Who may do what, as the RoleBindings of a house would have it. */
export const signers: Readonly<Record<string, readonly string[]>> = {
  product: ['pia', 'paul'],
  compliance: ['carl', 'cora'],
  security: ['sven', 'sara'],
};

/** What people may change of a RiskPolicy in the year. */
export interface PolicyTerms {
  readonly highReviewDays: number;
  readonly warningDays: number;
  readonly reportHighWithinDays: number;
}

export const firstTerms: PolicyTerms = { highReviewDays: 180, warningDays: 30, reportHighWithinDays: 15 };

export function yearPolicy({ highReviewDays, warningDays, reportHighWithinDays }: PolicyTerms): object {
  const signal = (name: string) => ({
    ...{ name, provider: 'prometheus', windowSeconds: 3600, measurableIn: ['Live', 'Shadow'] },
    promQL: { query: `max by (namespace, model, version) (${name.replace('-', '_')})` },
    identity: { namespace: 'namespace', model: 'model', version: 'version' },
  });
  return {
    apiVersion,
    kind: 'RiskPolicy',
    metadata: { name: 'default' },
    spec: {
      currency: 'USD',
      roles: ['product', 'compliance', 'security', 'risk'],
      providers: [{ name: 'prometheus', prometheus: { url: 'http://prometheus.monitoring:9090' } }],
      signals: [signal('score-drift'), signal('approval-parity')],
      reviewWarningSeconds: warningDays * day,
      maxSignOffSeconds: 270 * day,
      maxAcceptanceSeconds: 45 * day,
      maxRenewals: 1,
      tiers: [
        {
          ...{ name: 'Critical', when: { criticality: ['Critical'] }, reviewEverySeconds: 90 * day, reviewRoles: ['risk', 'compliance'] },
          signOffRoles: ['product', 'compliance', 'security'],
        },
        {
          ...{ name: 'High', when: { criticality: ['High'] }, reviewEverySeconds: highReviewDays * day, reviewRoles: ['risk'] },
          signOffRoles: ['product', 'compliance'],
        },
        { name: 'Medium', when: { criticality: ['Medium'] }, reviewEverySeconds: 240 * day, signOffRoles: ['product'] },
        { name: 'Low' },
      ],
      reporting: [
        {
          ...{ name: 'serious', severities: ['High', 'Critical'], categories: ['Fairness', 'DataQuality'] },
          ...{ withinSeconds: reportHighWithinDays * day, warningSeconds: 3 * day },
        },
        { name: 'critical', severities: ['Critical'], withinSeconds: 2 * day, warningSeconds: day / 2 },
      ],
    },
  };
}

/** What people may change of a model. */
export interface ModelTerms {
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
  readonly criticality: (typeof criticalities)[number] | null;
  readonly owner: string;
  readonly objective: string;
  readonly breach: number;
  readonly remediations: readonly string[];
  readonly isFairness: boolean;
  readonly isRouted: boolean;
}

const spread = { min: 1, mode: 2, max: 3 };
const estimate = { assessor: 'rita', role: 'risk', cost: spread, weeks: spread, reducesLossPercent: spread, successPercent: 90 };

export function yearModel(terms: ModelTerms): object {
  const { namespace, name, version, criticality, owner, objective, breach, remediations, isFairness } = terms;
  const [risk, signal] = isFairness ? ['unfair', 'approval-parity'] : ['stale', 'score-drift'];
  return {
    apiVersion,
    kind: 'ModelRisk',
    // As admission stores it.
    metadata: { name, namespace, annotations: { 'modelrisk.dev/contributors': owner } },
    spec: {
      policyRef: { name: 'default' },
      model: { name, version },
      owner: { team: `${namespace}-ml`, contact: `#${namespace}-ml` },
      ...(criticality === null ? {} : { criticality }),
      documentation: { objective },
      risks: [
        { name: 'stale', category: 'DataQuality' },
        { name: 'unfair', category: 'Fairness' },
      ],
      evaluationIntervalSeconds: day,
      indicators: [
        {
          ...{ name: 'watched', risk, signal: { template: { name: signal } }, forSeconds: 0, clearForSeconds: 1, staleAfterSeconds: day },
          threshold: { direction: 'Above', warn: breach * 0.8, breach, clear: breach * 0.8 },
        },
      ],
      remediations: remediations.map((each) => ({ name: each, summary: 'As found.', owner, risks: [risk], assessments: [estimate] })),
    },
  };
}

const backend = (service: string) => ({ service, port: 8080 });

/** Half of them bound a share of requests, which the signal ends; of the others people have to say that it is over. */
export function yearPlan({ namespace, name, owner, isRouted }: ModelTerms): object {
  const target = isRouted
    ? { name: 'way', httpRoute: { name, candidate: backend('new'), safe: backend('old') } }
    : { name: 'way', featureFlag: { name, flag: 'use-new', safeVariant: 'off' } };
  const action = isRouted ? { canaryLimit: { maxPercent: 10 } } : { flagRollback: {} };
  return {
    apiVersion,
    kind: 'MitigationPlan',
    metadata: { name, namespace, annotations: { 'modelrisk.dev/contributors': owner } },
    spec: {
      riskRef: { name },
      owner: `${namespace}-ml`,
      mode: 'Enforce',
      trigger: { indicators: ['watched'] },
      targets: [target],
      stages: [{ name: 'bound', actions: [{ target: 'way', ...action }] }],
      recovery: { stepSeconds: 3600, flap: { maxEngagements: 16, windowSeconds: 7 * day } },
    },
  };
}

function yearFlag({ namespace, name }: ModelTerms): object {
  return {
    apiVersion: 'core.openfeature.dev/v1beta1',
    kind: 'FeatureFlag',
    metadata: { name, namespace },
    spec: { flagSpec: { flags: { 'use-new': { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'on' } } } },
  };
}

function yearRoute({ namespace, name }: ModelTerms): object {
  const refs = ['old', 'new'].map((service) => ({ group: '', kind: 'Service', name: service, port: 8080, weight: 50 }));
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name, namespace },
    spec: { parentRefs, rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/' } }], backendRefs: refs }] },
  };
}

/** What every model of a namespace can be moved to and from. */
export function furnish(api: MemoryAPI, namespace: string): void {
  for (const name of ['old', 'new']) {
    api.apply('services', { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { ports: [{ port: 8080 }] } });
    api.apply('endpointslices', {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${name}-1`, namespace, labels: { 'kubernetes.io/service-name': name } },
      endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
    });
  }
}

/** A model with its plan and what the plan acts on. */
export function enroll(api: MemoryAPI, terms: ModelTerms): void {
  if (terms.isRouted) {
    api.apply('httproutes', yearRoute(terms));
    acceptRoute(api, terms.namespace, terms.name);
  } else api.apply('featureflags', yearFlag(terms));
  api.apply('modelrisks', yearModel(terms));
  api.apply('mitigationplans', yearPlan(terms));
}
