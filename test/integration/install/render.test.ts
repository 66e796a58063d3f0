import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

import { auditSinkOf, readConfig } from '../../../src/config.ts';
import { success } from '../../../src/shared/result.ts';
import { helm, helmTemplate, kubernetes130, kubernetes136, kustomize } from '../../builders/rendered.ts';
import type { Installation, Rendered } from '../../builders/rendered.ts';

const home = ['--namespace', 'modelrisk-system'];

interface PodSpec {
  readonly securityContext: object;
  readonly serviceAccountName: string;
  readonly containers: readonly {
    readonly image: string;
    readonly securityContext: object;
    readonly env: readonly { readonly name: string; readonly value?: string }[];
    readonly resources: { readonly requests?: object; readonly limits?: object };
  }[];
}

function podOf(installation: Installation): PodSpec {
  const deployment = installation.get('Deployment/modelrisk-operator') as unknown as {
    readonly spec: { readonly template: { readonly spec: PodSpec } };
  };
  return deployment.spec.template.spec;
}

function containerOf(installation: Installation): PodSpec['containers'][number] {
  const [container] = podOf(installation).containers;
  if (container === undefined) throw new Error('no container');
  return container;
}

/** Without what only Helm says: that CRDs stay when the release goes. */
function comparable(object: Rendered): unknown {
  const { annotations = {}, ...metadata } = object.metadata;
  const own = Object.entries(annotations).filter(([key]) => key !== 'helm.sh/resource-policy');
  return { ...object, metadata: { ...metadata, ...(own.length === 0 ? {} : { annotations: Object.fromEntries(own) }) } };
}

let built: Installation;
let rendered: Installation;

beforeAll(async () => {
  [built, rendered] = await Promise.all([kustomize('config/default'), helmTemplate([...home, ...kubernetes136])]);
}, 120_000);

function patchKind(group: string, resource: string, kind: string): string {
  const fields = { group, version: 'v1', resource, kind };
  return Object.entries(fields)
    .map(([field, value]) => `patchKinds[0].${field}=${value}`)
    .join(',');
}

describe('kustomize and Helm', () => {
  it('install the same objects; the namespace is made by helm install itself', () => {
    expect([...rendered.keys(), 'Namespace/modelrisk-system'].sort()).toEqual([...built.keys()].sort());
  });

  it('install them with the same content', () => {
    for (const [key, object] of rendered) expect([key, comparable(object)]).toEqual([key, comparable(built.get(key) ?? object)]);
  });

  it('install the same where pushes are let in, and nothing of it where they are not', async () => {
    const [open, chart] = await Promise.all([
      kustomize('config/default-with-push'),
      helmTemplate([...home, ...kubernetes136, '--set', 'push.enabled=true']),
    ]);
    expect([...chart.keys(), 'Namespace/modelrisk-system'].sort()).toEqual([...open.keys()].sort());
    for (const [key, object] of chart) expect([key, comparable(object)]).toEqual([key, comparable(open.get(key) ?? object)]);
    expect([...open.keys()].filter((key) => !built.has(key)).sort()).toEqual([
      'ClusterRole/modelrisk-operator-push',
      'ClusterRoleBinding/modelrisk-operator-push',
      'Service/modelrisk-operator-push',
    ]);
  });

  it('install the eight kinds', () => {
    expect([...built.keys()].filter((key) => key.startsWith('CustomResourceDefinition/'))).toHaveLength(8);
  });

  it('bind every policy they bring', () => {
    for (const type of ['ValidatingAdmissionPolicy', 'MutatingAdmissionPolicy']) {
      const of = (kind: string) => [...built.values()].filter((object) => object.kind === kind);
      const names = of(type).map(({ metadata }) => metadata.name);
      expect(names.length).toBeGreaterThan(0);
      const bound = of(`${type}Binding`).map(({ spec }) => (spec as { readonly policyName: string }).policyName);
      expect([...new Set(bound)].sort()).toEqual(names.sort());
    }
  });

  it('leave the mutating policies out where none are served', async () => {
    const [older, chart] = await Promise.all([kustomize('config/kubernetes-1.30'), helmTemplate([...home, ...kubernetes130])]);
    expect([...chart.keys(), 'Namespace/modelrisk-system'].sort()).toEqual([...older.keys()].sort());
    const missing = [...built.keys()].filter((key) => !older.has(key));
    expect(missing.every((key) => key.startsWith('MutatingAdmissionPolicy'))).toBe(true);
    expect(missing).toHaveLength(4);
  });
});

describe('the pod', () => {
  it('is restricted', () => {
    expect(podOf(built).securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65_532,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(containerOf(built).securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('asks for memory and is bounded in it', () => {
    expect(containerOf(built).resources).toMatchObject({
      requests: { memory: expect.any(String) },
      limits: { memory: expect.any(String) },
    });
  });
});

describe('values', () => {
  const withValues = (...values: readonly string[]) =>
    helmTemplate([...home, ...kubernetes136, ...values.flatMap((value) => ['--set', value])]);

  it('name the audit sink as the operator reads it, and leave everything else as it was', async () => {
    const chosen = ['auditSink.url=https://audit.example/modelrisk?tenant=a,b', 'auditSink.secret=audit-sink/token'];
    const installed = await withValues(...chosen.map((value) => value.replace(',', '\\,')));
    const environment = Object.fromEntries(
      containerOf(installed).env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
    );
    const config = readConfig([], { ...environment, MODELRISK_NAMESPACE: 'modelrisk-system' });
    if (!config.ok) throw new Error(config.failure.join('; '));
    expect(auditSinkOf(config.value)).toEqual(
      success({ url: 'https://audit.example/modelrisk?tenant=a,b', secretRef: { name: 'audit-sink', key: 'token' } }),
    );
    expect([...installed.keys()].sort()).toEqual([...rendered.keys()].sort());
    for (const [key, object] of installed) if (object.kind !== 'Deployment') expect(object).toEqual(rendered.get(key));
    const without = containerOf(rendered).env.map(({ name }) => name);
    expect(
      containerOf(installed)
        .env.map(({ name }) => name)
        .filter((name) => !without.includes(name)),
    ).toEqual(['MODELRISK_AUDIT_SINK_URL', 'MODELRISK_AUDIT_SINK_SECRET']);
    const open = await withValues('auditSink.url=https://audit.example/in');
    expect(containerOf(open).env.map(({ name }) => name)).not.toContain('MODELRISK_AUDIT_SINK_SECRET');
  });

  it('carry namespace and ServiceAccount into every place that knows the operator by name', async () => {
    const other = await helmTemplate(['--namespace', 'elsewhere', ...kubernetes136, '--set', 'serviceAccount.name=guard']);
    expect(JSON.stringify([...other.values()])).not.toMatch(/modelrisk-system|serviceaccount:[a-z-]+:modelrisk-operator/);
    expect(other.get('ClusterRoleBinding/modelrisk-operator')).toMatchObject({
      subjects: [{ kind: 'ServiceAccount', name: 'guard', namespace: 'elsewhere' }],
    });
    expect(other.has('ServiceAccount/guard')).toBe(true);
    expect(podOf(other).serviceAccountName).toBe('guard');
    expect(JSON.stringify(other.get('ValidatingAdmissionPolicy/operator-writes.modelrisk.dev'))).toContain(
      'system:serviceaccount:elsewhere:guard',
    );
  });

  it.each([
    { values: ['image.tag=1.2.3'], image: 'modelrisk-operator:1.2.3' },
    {
      values: ['image.repository=example/op', `image.digest=sha256:${'a'.repeat(64)}`, 'image.tag=1.2.3'],
      image: `example/op@sha256:${'a'.repeat(64)}`,
    },
  ])('choose the image $image', async ({ values, image }) => {
    expect(containerOf(await withValues(...values)).image).toBe(image);
  });

  it('set replicas, timings, log level and resources', async () => {
    const changed = await withValues(
      'replicas=2',
      'leaderElection.leaseSeconds=30',
      'leaderElection.renewSeconds=5',
      'requestTimeoutSeconds=8',
      'logLevel=debug',
      'resources.limits.memory=1Gi',
    );
    expect(changed.get('Deployment/modelrisk-operator')).toMatchObject({ spec: { replicas: 2 } });
    const { env, resources } = containerOf(changed);
    expect(env).toEqual(
      expect.arrayContaining([
        { name: 'MODELRISK_LEASE_SECONDS', value: '30' },
        { name: 'MODELRISK_LEASE_RENEW_SECONDS', value: '5' },
        { name: 'MODELRISK_REQUEST_TIMEOUT_SECONDS', value: '8' },
        { name: 'MODELRISK_LOG_LEVEL', value: 'debug' },
      ]),
    );
    expect(resources).toMatchObject({ limits: { memory: '1Gi' } });
  });

  it('let the operator read the state of the cluster, which it may not by default, as the kustomization does', async () => {
    const key = 'ClusterRoleBinding/modelrisk-operator-cluster-signals';
    expect([rendered.has(key), rendered.has('ClusterRole/modelrisk-operator-cluster-signals')]).toEqual([false, true]);
    const binding = (await withValues('clusterSignals.enabled=true')).get(key);
    expect(binding).toEqual((await kustomize('config/cluster-signals')).get(key));
    expect(binding).toMatchObject({ roleRef: { name: 'modelrisk-operator-cluster-signals' } });
  });

  it('let the operator read references in ConfigMaps, which it may not by default, as the kustomization does', async () => {
    const key = 'ClusterRoleBinding/modelrisk-operator-config-map-references';
    expect([rendered.has(key), rendered.has('ClusterRole/modelrisk-operator-config-map-references')]).toEqual([false, true]);
    const binding = (await withValues('configMapReferences.enabled=true')).get(key);
    expect(binding).toEqual((await kustomize('config/config-map-references')).get(key));
    expect(binding).toMatchObject({ roleRef: { name: 'modelrisk-operator-config-map-references' } });
  });

  it('make for each role what is there for role risk, and for none twice', async () => {
    const given = await withValues('roles={product,risk,no}');
    for (const kind of ['role', 'acceptor', 'policy-reviewer']) {
      const shipped = rendered.get(`ClusterRole/modelrisk-${kind}-risk`);
      expect(shipped).toEqual((await kustomize('config/rbac')).get(`ClusterRole/modelrisk-${kind}-risk`));
      for (const role of ['product', 'no'])
        expect(given.get(`ClusterRole/modelrisk-${kind}-${role}`)).toEqual(
          JSON.parse(
            JSON.stringify(shipped).replace(`modelrisk-${kind}-risk`, `modelrisk-${kind}-${role}`).replace('["risk"]', `["${role}"]`),
          ),
        );
    }
    expect(given.size).toBe(rendered.size + 6);
  });

  it('let plans of single namespaces act on Deployments, as config/opt-in does, and of none by default', async () => {
    const name = 'modelrisk-operator-deployments';
    expect([rendered.has(`RoleBinding/${name}`), rendered.has(`ClusterRole/${name}`)]).toEqual([false, true]);
    const binding = (await withValues('optIn.deployments={lending}')).get(`RoleBinding/${name}`);
    const shipped = parse(readFileSync('config/opt-in/deployments.yaml', 'utf8')) as Rendered;
    expect(binding).toEqual({ ...shipped, metadata: { ...shipped.metadata, namespace: 'lending' } });
    const { stdout } = await helm([
      'template',
      'm',
      'charts/modelrisk-operator',
      ...kubernetes136,
      '--set',
      'optIn.deployments={lending,claims}',
    ]);
    expect(stdout.match(/^ {2}namespace: (?:lending|claims)$/gm)).toEqual(['  namespace: lending', '  namespace: claims']);
  });

  it('turn policies off', async () => {
    const open = await withValues('admission.enabled=false');
    expect([...open.keys()].filter((key) => key.includes('AdmissionPolicy'))).toEqual([]);
  });

  it('turn CRDs off, or let them go with the release', async () => {
    const without = await withValues('crds.enabled=false');
    expect([...without.keys()].filter((key) => key.startsWith('CustomResourceDefinition/'))).toEqual([]);
    const key = 'CustomResourceDefinition/modelrisks.modelrisk.dev';
    expect(rendered.get(key)?.metadata.annotations).toEqual({ 'helm.sh/resource-policy': 'keep' });
    expect((await withValues('crds.keep=false')).get(key)?.metadata.annotations).toBeUndefined();
  });

  it.each([
    { value: 'replica=2', says: /replica/ },
    { value: 'image.digest=latest', says: /digest/ },
    { value: 'logLevel=loud', says: /logLevel/ },
    { value: 'leaderElection.renewSeconds=5', says: /leaderElection\.leaseSeconds must be more than .* = 15, else/ },
    { value: 'requestTimeoutSeconds=10', says: /leaderElection\.leaseSeconds must be more than .* = 16, else/ },
    { value: 'requestTimeoutSeconds=0', says: /requestTimeoutSeconds/ },
    { value: 'admission.enabled=maybe', says: /admission/ },
    { value: 'serviceAccount.name=Guard', says: /serviceAccount/ },
    { value: 'auditSink.url=http://audit.example/in', says: /auditSink/ },
    { value: 'auditSink.url=https://user:pass@audit.example/in', says: /auditSink/ },
    { value: 'auditSink.secret=audit-sink/token', says: /auditSink\.secret goes with auditSink\.url/ },
    { value: 'optIn.deployments={Lending}', says: /optIn/ },
    { value: 'optIn.everything={lending}', says: /optIn/ },
    { value: patchKind('', 'nodes', 'Node'), says: /patchKinds/ },
    { value: patchKind('apps', 'deployments', 'Deployment'), says: /patchKinds/ },
  ])('refuse $value', async ({ value, says }) => {
    const { code, stderr } = await helm(['template', 'modelrisk', 'charts/modelrisk-operator', ...kubernetes136, '--set', value]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(says);
  });

  it('pass the linter', async () => {
    const { code, stdout, stderr } = await helm(['lint', '--strict', 'charts/modelrisk-operator']);
    expect([code, stdout + stderr]).toEqual([0, expect.stringContaining('0 chart(s) failed')]);
  });
});
