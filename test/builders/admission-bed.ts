import { createAPIClient } from '../../testbed/api-client.ts';
import { APIError } from '../../testbed/api-client.ts';
import type { APIClient, KubeObject } from '../../testbed/api-client.ts';
import { startControlPlane } from '../../testbed/control-plane.ts';
import type { ControlPlane } from '../../testbed/control-plane.ts';
import { crdSource, installCRDs } from '../../testbed/crds.ts';
import { eventually } from '../../testbed/eventually.ts';
import type { JSONValue } from '../../src/shared/json.ts';
import { decisionManifest, incidentManifest, planManifest, withValue } from './api.ts';
import type { Manifest } from './api.ts';
import { resourceOf, resources } from './api-resources.ts';
import { grant, person } from './people.ts';
import type { Person, Rule } from './people.ts';

/** Where everything happens. */
export const namespace = 'lending';
export const routes = { group: 'gateway.networking.k8s.io', version: 'v1', plural: 'httproutes' };
export const grpcRoutes = { group: 'gateway.networking.k8s.io', version: 'v1', plural: 'grpcroutes' };
export const virtualServices = { group: 'networking.istio.io', version: 'v1', plural: 'virtualservices' };
export const flags = { group: 'core.openfeature.dev', version: 'v1beta1', plural: 'featureflags' };
export const deployments = { group: 'apps', version: 'v1', plural: 'deployments' };
export const namespaces = { group: '', version: 'v1', plural: 'namespaces' };

/**
 * The shipped policies in force on a control plane of their own: they bind the whole cluster, and other tests write
 * what only the operator may.
 */
export interface AdmissionBed {
  readonly plane: ControlPlane;
  readonly admin: APIClient;
  /** With the token of the shipped ServiceAccount. */
  readonly operator: Person;
  /** Everyday rights on everything, and the role risk. */
  readonly alice: Person;
  /** Everyday rights on everything. */
  readonly bob: Person;
  /** Everyday rights, and the verbs release and restore. */
  readonly carol: Person;
  stop(): Promise<void>;
}

const everyday = ['get', 'list', 'create', 'update', 'patch', 'delete', 'deletecollection'];

/** Broad on purpose, so that what is refused is refused by a policy; never "*", which would hold release and restore. */
export const broad: readonly Rule[] = [
  {
    apiGroups: ['modelrisk.dev'],
    resources: [
      ...['modelrisks', 'mitigationplans', 'riskincidents', 'riskdecisions', 'riskchainheads', 'targetjournals'],
      ...['modelrisks/status', 'mitigationplans/status', 'riskincidents/status', 'riskdecisions/status'],
    ],
    verbs: everyday,
  },
];

const broadTargets: readonly Rule[] = [
  { apiGroups: ['gateway.networking.k8s.io'], resources: ['httproutes', 'grpcroutes'], verbs: everyday },
  { apiGroups: ['serving.kserve.io'], resources: ['inferenceservices'], verbs: everyday },
  { apiGroups: ['networking.istio.io'], resources: ['virtualservices'], verbs: everyday },
  { apiGroups: ['core.openfeature.dev'], resources: ['featureflags'], verbs: everyday },
  { apiGroups: ['apps'], resources: ['deployments'], verbs: everyday },
];

export async function startAdmissionBed(): Promise<AdmissionBed> {
  const plane = await startControlPlane();
  const admin = createAPIClient({ server: plane.server, caFile: plane.caFile, token: plane.adminToken });
  await installCRDs(plane, (await crdSource('gateway-api')).path);
  await installCRDs(plane, (await crdSource('istio')).path);
  await installCRDs(plane, (await crdSource('openfeature')).path);
  await installCRDs(plane, (await crdSource('kserve')).path);
  await installCRDs(plane, 'crds');
  const applied = await plane.kubectl(['apply', '--server-side', '-k', 'config/default']);
  if (applied.code !== 0) throw new Error(applied.stderr);
  await admin.create(namespaces, { metadata: { name: namespace } });
  const [operator, alice, bob, carol] = await Promise.all([
    person(plane, admin, { namespace: 'modelrisk-system', name: 'modelrisk-operator' }),
    person(plane, admin, { namespace, name: 'alice' }),
    person(plane, admin, { namespace, name: 'bob' }),
    person(plane, admin, { namespace, name: 'carol' }),
  ]);
  for (const who of [alice, bob, carol]) await grant(admin, who, { namespace, rules: [...broad, ...broadTargets] });
  await grant(admin, alice, { namespace, clusterRole: 'modelrisk-role-risk' });
  await grant(admin, carol, { namespace, clusterRole: 'modelrisk-restorer' });
  await grant(admin, carol, { namespace, clusterRole: 'modelrisk-restorer-deployments' });
  await grant(admin, operator, { namespace, clusterRole: 'modelrisk-operator-deployments' });
  await untilInForce(admin, bob);
  const stop = async (): Promise<void> => {
    await Promise.all([admin, operator.client, alice.client, bob.client, carol.client].map((client) => client.close()));
    await plane.stop();
  };
  return { plane, admin, operator, alice, bob, carol, stop };
}

/** Policies count a moment after they are stored. */
async function untilInForce(admin: APIClient, bob: Person): Promise<void> {
  const trial = { dryRun: true };
  await eventually(async () => {
    const made = await admin.create(resources.MitigationPlan, named(planManifest(), 'probe'), trial);
    return made.metadata.annotations?.['modelrisk.dev/authored-by'] !== undefined;
  });
  await eventually(() => refusedBy(admin.create(resources.RiskIncident, named(incidentManifest(), 'probe'), trial)));
  await eventually(() => refusedBy(bob.client.create(resources.RiskDecision, named(decisionManifest(), 'probe'), trial)));
  await eventually(() => refusedBy(bob.client.create(routes, route('probe', { 'modelrisk.dev/journal': '{}' }), trial)));
}

export function named(manifest: Manifest, name: string): Manifest {
  return withValue(withValue(manifest, 'metadata.namespace', namespace), 'metadata.name', name);
}

export function route(name: string, annotations: Readonly<Record<string, string>> = {}): KubeObject {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name, namespace, annotations },
    spec: { rules: [{ backendRefs: [{ name: 'credit-v1', port: 8080, weight: 1 }] }] },
  };
}

export function grpcRoute(name: string, annotations: Readonly<Record<string, string>> = {}): KubeObject {
  return { ...route(name, annotations), kind: 'GRPCRoute' };
}

export function virtualService(name: string, annotations: Readonly<Record<string, string>> = {}): KubeObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace, annotations },
    spec: { hosts: ['credit'], http: [{ route: [{ destination: { host: 'credit-v1' }, weight: 100 }] }] },
  };
}

export function flag(name: string, annotations: Readonly<Record<string, string>> = {}): KubeObject {
  return {
    apiVersion: 'core.openfeature.dev/v1beta1',
    kind: 'FeatureFlag',
    metadata: { name, namespace, annotations },
    spec: { flagSpec: { flags: { 'use-v2': { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'on' } } } },
  };
}

export function deployment(name: string, annotations: Readonly<Record<string, string>> = {}): KubeObject {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, annotations },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'server', image: 'models/credit:2.3.0' }] } },
    },
  };
}

/** Null when the server took it. */
export async function refusedBy(attempt: Promise<unknown>): Promise<APIError | null> {
  try {
    await attempt;
    return null;
  } catch (error) {
    if (error instanceof APIError) return error;
    throw error;
  }
}

/** The words of the named policy; throws when nobody, or somebody else, refused it. */
export async function refusal(attempt: Promise<unknown>, policy: string): Promise<string> {
  const error = await refusedBy(attempt);
  if (error === null) throw new Error('nobody refused it');
  if (!error.message.includes(`ValidatingAdmissionPolicy '${policy}.modelrisk.dev'`)) throw error;
  return error.message.replace(/^.* denied request: /s, '');
}

/** Writes the whole status of an object of one of our kinds. */
export async function writeStatus(who: Person, object: { readonly kind: string; readonly name: string }, status: JSONValue): Promise<void> {
  const { kind, name } = object;
  const location = { ...(kind === 'RiskPolicy' ? {} : { namespace }), name, subresource: 'status' };
  await who.client.patch(resourceOf(kind), location, [{ op: 'add', path: '/status', value: status }]);
}

/** Marks a plan engaged as the operator does. */
export async function engage(operator: Person, name: string): Promise<void> {
  const condition = { type: 'Engaged', status: 'True', reason: 'Engaged', message: '', lastTransitionTime: '2026-06-01T12:00:00Z' };
  await writeStatus(operator, { kind: 'MitigationPlan', name }, { phase: 'Engaged', conditions: [condition] });
}
