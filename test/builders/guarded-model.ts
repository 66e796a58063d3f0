import type { APIClient, KubeObject, Resource } from '../../testbed/api-client.ts';
import { publishBackend } from '../../testbed/backend.ts';

export const httpRoutes: Resource = { group: 'gateway.networking.k8s.io', version: 'v1', plural: 'httproutes' };
export const featureFlags: Resource = { group: 'core.openfeature.dev', version: 'v1beta1', plural: 'featureflags' };
const ours = (plural: string): Resource => ({ group: 'modelrisk.dev', version: 'v1alpha1', plural });
export const riskPolicies = ours('riskpolicies');
export const modelRisks = ours('modelrisks');
export const mitigationPlans = ours('mitigationplans');
export const riskIncidents = ours('riskincidents');
export const riskDecisions = ours('riskdecisions');

export interface GuardedModelOptions {
  readonly namespace: string;
  /** Of Prometheus or its stand-in. */
  readonly providerURL: string;
  /** Merged over the plan's spec. */
  readonly plan?: Readonly<Record<string, unknown>>;
  /** Merged over the indicator. */
  readonly indicator?: Readonly<Record<string, unknown>>;
  /** Receivers of the policy. */
  readonly receivers?: readonly object[];
}

/** The query of the template every guarded model uses. */
export const driftQuery = 'max by (namespace, model, version) (score_drift)';

const apiVersion = 'modelrisk.dev/v1alpha1';

export function aRoute(namespace: string): KubeObject {
  const backend = (name: string, weight: number) => ({ group: '', kind: 'Service', name, port: 8080, weight });
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'credit', namespace, labels: { team: 'lending' }, annotations: { 'example.com/owner': 'lending' } },
    spec: {
      parentRefs: [{ name: 'edge', namespace: 'gateways' }],
      hostnames: ['credit.example.com'],
      rules: [
        { matches: [{ path: { type: 'PathPrefix', value: '/score' } }], backendRefs: [backend('credit-v1', 50), backend('credit-v2', 50)] },
      ],
    },
  };
}

export function aFlag(namespace: string): KubeObject {
  return {
    apiVersion: 'core.openfeature.dev/v1beta1',
    kind: 'FeatureFlag',
    metadata: { name: 'credit-flags', namespace },
    spec: { flagSpec: { flags: { 'use-v2': { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'on' } } } },
  };
}

export function aPolicy({ namespace, providerURL, receivers = [] }: GuardedModelOptions): KubeObject {
  return {
    apiVersion,
    kind: 'RiskPolicy',
    metadata: { name: namespace },
    spec: {
      providers: [
        { name: 'prometheus', prometheus: { url: providerURL, timeoutSeconds: 2 }, inlineQueries: { enforceLabel: 'namespace' } },
      ],
      receivers,
      signals: [
        {
          name: 'score-drift',
          provider: 'prometheus',
          promQL: { query: driftQuery },
          windowSeconds: 1,
          measurableIn: ['Live', 'Shadow'],
          identity: { namespace: 'namespace', model: 'model', version: 'version' },
        },
      ],
    },
  };
}

export function aModelRisk({ namespace, indicator = {} }: GuardedModelOptions): KubeObject {
  return {
    apiVersion,
    kind: 'ModelRisk',
    metadata: { name: 'credit', namespace },
    spec: {
      policyRef: { name: namespace },
      model: { name: 'credit', version: '2.3.0' },
      owner: { team: 'lending-ml', contact: '#lending-ml' },
      risks: [{ name: 'stale-population', category: 'DataQuality' }],
      evaluationIntervalSeconds: 1,
      indicators: [
        {
          name: 'score-drift',
          risk: 'stale-population',
          signal: { template: { name: 'score-drift' } },
          threshold: { direction: 'Above', warn: 0.1, breach: 0.25, clear: 0.1 },
          forSeconds: 0,
          clearForSeconds: 1,
          staleAfterSeconds: 60,
          ...indicator,
        },
      ],
    },
  };
}

export function aPlan({ namespace, plan = {} }: GuardedModelOptions): KubeObject {
  return {
    apiVersion,
    kind: 'MitigationPlan',
    metadata: { name: 'credit', namespace },
    spec: {
      riskRef: { name: 'credit' },
      owner: 'lending-ml',
      mode: 'Enforce',
      trigger: { indicators: ['score-drift'] },
      targets: [
        {
          name: 'traffic',
          httpRoute: { name: 'credit', candidate: { service: 'credit-v2', port: 8080 }, safe: { service: 'credit-v1', port: 8080 } },
        },
        { name: 'flag', featureFlag: { name: 'credit-flags', flag: 'use-v2', safeVariant: 'off', behind: 'traffic' } },
      ],
      stages: [
        { name: 'limit', escalateAfterSeconds: 2, actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] },
        { name: 'shadow', escalateAfterSeconds: 2, actions: [{ target: 'traffic', shadow: { percent: 100 } }] },
        {
          name: 'rollback',
          actions: [
            { target: 'traffic', canaryLimit: { maxPercent: 0 } },
            { target: 'flag', flagRollback: {} },
          ],
        },
      ],
      recovery: { stepSeconds: 1, probeAfterSeconds: 2 },
      ...plan,
    },
  };
}

/** A model behind a route and a flag, with everything around it, as an owner would apply it. */
export async function applyGuardedModel(client: APIClient, options: GuardedModelOptions): Promise<void> {
  const { namespace } = options;
  await publishBackend(client, { name: 'credit-v1', namespace, port: 8080 });
  await publishBackend(client, { name: 'credit-v2', namespace, port: 8080 });
  // As a user would, so that what is tested of ownership is what a user meets.
  await client.apply(httpRoutes, aRoute(namespace), { fieldManager: 'kubectl' });
  await client.create(featureFlags, aFlag(namespace));
  await client.create(riskPolicies, aPolicy(options));
  await client.create(modelRisks, aModelRisk(options));
  await client.create(mitigationPlans, aPlan(options));
}
