import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createAPIClient } from '../../../testbed/api-client.ts';
import type { APIClient, KubeObject } from '../../../testbed/api-client.ts';
import { startControlPlane } from '../../../testbed/control-plane.ts';
import type { ControlPlane } from '../../../testbed/control-plane.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { helm } from '../../builders/rendered.ts';

/** A control plane of its own: what is installed here binds a whole cluster. */
let plane: ControlPlane;
let admin: APIClient;

const home = 'modelrisk-system';
const pods = { group: '', version: 'v1', plural: 'pods' };
const definitions = { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' };
const policies = { group: 'admissionregistration.k8s.io', version: 'v1', plural: 'validatingadmissionpolicies' };

beforeAll(async () => {
  plane = await startControlPlane();
  admin = createAPIClient({ server: plane.server, caFile: plane.caFile, token: plane.adminToken });
}, 60_000);

afterAll(async () => {
  await admin.close();
  await plane.stop();
});

async function kubectl(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await plane.kubectl(args);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** The pod the ReplicaSet was allowed to make; nothing runs it here. */
async function podMade(): Promise<KubeObject> {
  return eventually(async () => (await admin.list(pods, { namespace: home }))[0] ?? null, { timeoutMs: 30_000 });
}

/** May somebody do it? Asked of the authorizer, as the API server does for each request. */
async function may(
  user: string,
  action: {
    readonly verb: string;
    readonly group?: string;
    readonly resource: string;
    readonly namespace?: string;
    readonly name?: string;
  },
): Promise<boolean> {
  const [resource, subresource] = action.resource.split('/');
  const answer = await admin.raw({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user,
        groups: ['system:serviceaccounts', 'system:authenticated'],
        resourceAttributes: { ...action, resource, ...(subresource === undefined ? {} : { subresource }) },
      },
    },
  });
  return (answer.body as { readonly status: { readonly allowed: boolean } }).status.allowed;
}

describe('the chart', () => {
  it('installs on the real server, mutating policies found by itself, and says what to do next', async () => {
    const { code, stdout, stderr } = await helm([
      'install',
      'modelrisk',
      'charts/modelrisk-operator',
      '--namespace',
      home,
      '--create-namespace',
      '--kubeconfig',
      plane.kubeconfig,
    ]);
    expect([code, stderr.replaceAll(/^W.*$/gm, '').trim()]).toEqual([0, '']);
    expect(stdout).toContain(`kubectl --namespace ${home} rollout status deployment/modelrisk-operator`);
    expect(stdout).not.toContain('serves no MutatingAdmissionPolicy');
    expect(await admin.list({ ...policies, plural: 'mutatingadmissionpolicies' })).toHaveLength(2);
    await podMade();
  }, 120_000);

  it('leaves CRDs behind when it goes, and with them what people wrote', async () => {
    const { code } = await helm(['uninstall', 'modelrisk', '--namespace', home, '--wait', '--kubeconfig', plane.kubeconfig]);
    expect(code).toBe(0);
    expect(await admin.list(policies)).toEqual([]);
    const left = (await admin.list(definitions)).map(({ metadata }) => metadata.name ?? '');
    expect(left.filter((name) => name.endsWith('.modelrisk.dev'))).toHaveLength(8);
  }, 60_000);
});

describe('kustomize', () => {
  it('installs on the real server, over what Helm left', async () => {
    await kubectl('apply', '--server-side', '--force-conflicts', '-k', 'config/default');
    expect(await admin.list(policies)).toHaveLength(14);
  }, 60_000);

  it('is stored as it is written: applying it again changes nothing', async () => {
    await kubectl('diff', '--server-side', '-k', 'config/default');
  }, 60_000);

  it('makes a pod that passes the restricted standard its namespace enforces', async () => {
    const namespace = await admin.get({ group: '', version: 'v1', plural: 'namespaces' }, { name: home });
    expect(namespace.metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    expect((await podMade()).metadata.name).toMatch(/^modelrisk-operator-/);
  }, 60_000);

  it('brings policies whose expressions the server finds nothing wrong with', async () => {
    const warnings = await eventually(async () => {
      const all = (await admin.list(policies)) as readonly {
        readonly metadata: object;
        readonly status?: {
          readonly observedGeneration?: number;
          readonly typeChecking?: { readonly expressionWarnings?: readonly object[] };
        };
      }[];
      return (
        all.every(({ status }) => status?.observedGeneration !== undefined) &&
        all.map(({ status }) => status?.typeChecking?.expressionWarnings ?? [])
      );
    });
    expect(warnings.flat()).toEqual([]);
  });
});

describe('the ServiceAccount', () => {
  const user = `system:serviceaccount:${home}:modelrisk-operator`;
  const own = 'modelrisk.dev';
  const gateway = 'gateway.networking.k8s.io';
  const leases = 'coordination.k8s.io';

  it.each([
    { verb: 'watch', group: own, resource: 'riskpolicies' },
    { verb: 'list', group: own, resource: 'mitigationplans', namespace: 'lending' },
    { verb: 'patch', group: own, resource: 'mitigationplans', namespace: 'lending' },
    { verb: 'patch', group: own, resource: 'riskincidents/status', namespace: 'lending' },
    { verb: 'create', group: own, resource: 'riskincidents', namespace: 'lending' },
    { verb: 'update', group: own, resource: 'riskchainheads', namespace: 'lending' },
    { verb: 'patch', group: gateway, resource: 'httproutes', namespace: 'lending' },
    { verb: 'patch', group: gateway, resource: 'grpcroutes', namespace: 'lending' },
    { verb: 'patch', group: 'networking.istio.io', resource: 'virtualservices', namespace: 'lending' },
    { verb: 'patch', group: 'argoproj.io', resource: 'rollouts/status', namespace: 'lending' },
    { verb: 'list', group: 'flagger.app', resource: 'canaries' },
    { verb: 'patch', group: 'mlops.seldon.io', resource: 'experiments', namespace: 'lending' },
    { verb: 'patch', group: 'core.openfeature.dev', resource: 'featureflags', namespace: 'lending' },
    { verb: 'patch', group: 'serving.kserve.io', resource: 'inferenceservices', namespace: 'lending' },
    { verb: 'delete', group: own, resource: 'targetjournals', namespace: 'lending' },
    { verb: 'create', group: gateway, resource: 'httproutes', namespace: 'lending' },
    { verb: 'watch', group: 'discovery.k8s.io', resource: 'endpointslices' },
    { verb: 'create', group: 'events.k8s.io', resource: 'events', namespace: 'lending' },
    { verb: 'update', group: leases, resource: 'leases', namespace: home, name: 'modelrisk-operator' },
    { verb: 'create', group: leases, resource: 'leases', namespace: home },
    { verb: 'get', group: '', resource: 'secrets', namespace: home, name: 'chat-hook' },
  ])('may $verb $resource', async (action) => {
    expect(await may(user, action)).toBe(true);
  });

  it.each([
    { verb: 'get', group: '', resource: 'secrets', namespace: 'lending' },
    { verb: 'list', group: '', resource: 'secrets', namespace: home },
    { verb: 'watch', group: '', resource: 'secrets', namespace: home },
    { verb: 'get', group: '', resource: 'configmaps', namespace: home },
    { verb: 'list', group: '', resource: 'configmaps' },
    { verb: 'patch', group: '', resource: 'configmaps', namespace: 'lending' },
    { verb: 'get', group: own, resource: 'riskpolicies' },
    { verb: 'get', group: '', resource: 'services', namespace: 'lending' },
    { verb: 'list', group: '', resource: 'pods' },
    { verb: 'create', group: own, resource: 'riskdecisions', namespace: 'lending' },
    { verb: 'delete', group: own, resource: 'riskincidents', namespace: 'lending' },
    { verb: 'delete', group: own, resource: 'mitigationplans', namespace: 'lending' },
    { verb: 'patch', group: own, resource: 'modelrisks', namespace: 'lending' },
    { verb: 'patch', group: own, resource: 'riskpolicies' },
    { verb: 'delete', group: own, resource: 'riskchainheads', namespace: 'lending' },
    { verb: 'create', group: gateway, resource: 'grpcroutes', namespace: 'lending' },
    { verb: 'update', group: gateway, resource: 'httproutes', namespace: 'lending' },
    { verb: 'delete', group: gateway, resource: 'httproutes', namespace: 'lending' },
    { verb: 'update', group: 'serving.kserve.io', resource: 'inferenceservices', namespace: 'lending' },
    { verb: 'update', group: own, resource: 'targetjournals', namespace: 'lending' },
    { verb: 'update', group: 'networking.istio.io', resource: 'virtualservices', namespace: 'lending' },
    { verb: 'get', group: 'networking.istio.io', resource: 'destinationrules', namespace: 'lending' },
    { verb: 'update', group: 'argoproj.io', resource: 'rollouts', namespace: 'lending' },
    { verb: 'get', group: 'flagger.app', resource: 'canaries', namespace: 'lending' },
    { verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'lending' },
    { verb: 'patch', group: '', resource: 'services', namespace: 'lending' },
    { verb: 'update', group: leases, resource: 'leases', namespace: home, name: 'another' },
    { verb: 'update', group: leases, resource: 'leases', namespace: 'kube-system', name: 'modelrisk-operator' },
    { verb: 'delete', group: leases, resource: 'leases', namespace: home, name: 'modelrisk-operator' },
    { verb: 'approve', group: own, resource: 'riskroles', namespace: 'lending', name: 'risk' },
    { verb: 'release', group: own, resource: 'mitigationplans', namespace: 'lending' },
    { verb: 'restore', group: gateway, resource: 'httproutes', namespace: 'lending' },
    { verb: 'impersonate', group: '', resource: 'users' },
    { verb: 'delete', group: 'admissionregistration.k8s.io', resource: 'validatingadmissionpolicies' },
  ])('may not $verb $resource in group "$group"', async (action) => {
    expect(await may(user, action)).toBe(false);
  });
});

describe('the ServiceAccount with signals about the cluster', () => {
  const user = `system:serviceaccount:${home}:modelrisk-operator`;

  it('may read what they are read from, and write none of it', async () => {
    await kubectl('apply', '--server-side', '-k', 'config/cluster-signals');
    await eventually(() => may(user, { verb: 'watch', group: '', resource: 'pods' }));
    expect(await may(user, { verb: 'list', group: 'metrics.k8s.io', resource: 'pods', namespace: 'lending' })).toBe(true);
    expect(await may(user, { verb: 'watch', group: 'aquasecurity.github.io', resource: 'vulnerabilityreports' })).toBe(true);
    for (const verb of ['get', 'create', 'patch', 'delete'])
      expect([verb, await may(user, { verb, group: '', resource: 'pods', namespace: 'lending' })]).toEqual([verb, false]);
    expect(await may(user, { verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'lending' })).toBe(false);
    await kubectl('delete', '-k', 'config/cluster-signals');
  }, 60_000);
});

describe('roles for people', () => {
  it('join view and edit', async () => {
    const aggregated = async (role: string): Promise<string> =>
      JSON.stringify(
        (await admin.get({ group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'clusterroles' }, { name: role }))['rules'],
      );
    await eventually(
      async () => (await aggregated('view')).includes('riskincidents') && (await aggregated('edit')).includes('riskdecisions'),
    );
    expect(await aggregated('view')).toContain('riskpolicies');
    expect(await aggregated('edit')).not.toMatch(/"resources":\["riskpolicies"\],"verbs":\[[^\]]*(create|patch|update|delete)/);
    expect(await aggregated('view')).not.toContain('riskroles');
    expect(await aggregated('edit')).not.toContain('riskroles');
  });
});
