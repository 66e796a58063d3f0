import type { APIClient, KubeObject, Resource } from '../testbed/api-client.ts';
import { publishBackend } from '../testbed/backend.ts';
import { httpRoutes } from '../testbed/route-stamper.ts';

/** The models all live here. */
export const fleetNamespace = 'bench';
export const modelVersion = '2.0.0';
export const intervalSeconds = 1;
export const capPercent = 10;

const apiVersion = 'modelrisk.dev/v1alpha1';
const ours = (plural: string): Resource => ({ group: 'modelrisk.dev', version: 'v1alpha1', plural });
export const riskPolicies = ours('riskpolicies');
export const mitigationPlans = ours('mitigationplans');
const modelRisks = ours('modelrisks');
const policyName = 'bench';

export function modelNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `model-${String(index + 1).padStart(3, '0')}`);
}

/** Half and half between the versions of a model, in rules as users write them. */
export function aRoute(name: string, backends: readonly [safe: string, candidate: string]): KubeObject {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name, namespace: fleetNamespace },
    spec: {
      parentRefs: [{ name: 'edge', namespace: 'gateways' }],
      hostnames: [`${name}.example.com`],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/score' } }],
          backendRefs: backends.map((service) => ({ group: '', kind: 'Service', name: service, port: 8080, weight: 50 })),
        },
      ],
    },
  };
}

/** One template, so one query a second for all models. */
export function aPolicy(providerURL: string): KubeObject {
  return {
    apiVersion,
    kind: 'RiskPolicy',
    metadata: { name: policyName },
    spec: {
      providers: [{ name: 'prometheus', prometheus: { url: providerURL, timeoutSeconds: 5 } }],
      signals: [
        {
          name: 'score-drift',
          provider: 'prometheus',
          promQL: { query: 'max by (namespace, model, version) (score_drift)' },
          windowSeconds: 1,
          identity: { namespace: 'namespace', model: 'model', version: 'version' },
        },
      ],
    },
  };
}

function aModelRisk(name: string): KubeObject {
  return {
    apiVersion,
    kind: 'ModelRisk',
    metadata: { name, namespace: fleetNamespace },
    spec: {
      policyRef: { name: policyName },
      model: { name, version: modelVersion },
      owner: { team: 'bench', contact: '#bench' },
      risks: [{ name: 'stale-population', category: 'DataQuality' }],
      evaluationIntervalSeconds: intervalSeconds,
      indicators: [
        {
          name: 'score-drift',
          risk: 'stale-population',
          signal: { template: { name: 'score-drift' } },
          threshold: { direction: 'Above', warn: 0.1, breach: 0.25, clear: 0.1 },
          // A breach acts at the first look: what is timed is the operator, not the patience of an owner.
          forSeconds: 0,
          clearForSeconds: 1,
          staleAfterSeconds: 60,
        },
      ],
    },
  };
}

function aPlan(name: string, [safe, candidate]: readonly [safe: string, candidate: string]): KubeObject {
  return {
    apiVersion,
    kind: 'MitigationPlan',
    metadata: { name, namespace: fleetNamespace },
    spec: {
      riskRef: { name },
      owner: 'bench',
      mode: 'Enforce',
      trigger: { indicators: ['score-drift'] },
      targets: [
        { name: 'traffic', httpRoute: { name, candidate: { service: candidate, port: 8080 }, safe: { service: safe, port: 8080 } } },
      ],
      stages: [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: capPercent } }] }],
      // Each model breaches several times within minutes; none may be latched for it.
      recovery: { stepSeconds: 1, flap: { maxEngagements: 16, windowSeconds: 60 } },
    },
  };
}

/** Everything around one model: two versions with a ready endpoint each, its route, its risk and its plan. */
async function applyModel(client: APIClient, name: string): Promise<void> {
  const backends = [`${name}-v1`, `${name}-v2`] as const;
  for (const service of backends) await publishBackend(client, { name: service, namespace: fleetNamespace, port: 8080 });
  await client.apply(httpRoutes, aRoute(name, backends), { fieldManager: 'kubectl' });
  await client.create(modelRisks, aModelRisk(name));
  await client.create(mitigationPlans, aPlan(name, backends));
}

/** A few at a time: the machine is small. */
export async function applyFleet(client: APIClient, models: readonly string[], providerURL: string): Promise<void> {
  await client.create({ group: '', version: 'v1', plural: 'namespaces' }, { metadata: { name: fleetNamespace } });
  await client.create(riskPolicies, aPolicy(providerURL));
  const waiting = [...models];
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await applyModel(client, name);
  };
  await Promise.all([work(), work(), work(), work()]);
}

export async function pointPolicyAt(client: APIClient, providerURL: string): Promise<void> {
  await client.patch(riskPolicies, { name: policyName }, [{ op: 'replace', path: '/spec/providers/0/prometheus/url', value: providerURL }]);
}

/** The candidate's share of the route's live traffic, in percent. */
export function candidateShare(route: KubeObject, candidate: string): number {
  const { rules } = route['spec'] as { readonly rules: readonly { readonly backendRefs: readonly BackendRef[] }[] };
  const backends = rules[0]?.backendRefs ?? [];
  const total = backends.reduce((sum, { weight }) => sum + (weight ?? 1), 0);
  const own = backends.filter(({ name }) => name === candidate).reduce((sum, { weight }) => sum + (weight ?? 1), 0);
  return total === 0 ? 0 : (100 * own) / total;
}

interface BackendRef {
  readonly name: string;
  readonly weight?: number;
}
