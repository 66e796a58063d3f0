import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { riskGates } from '../../../src/api/risk-gate.ts';
import type { APIClient, KubeObject } from '../../../testbed/api-client.ts';
import type { JSONValue } from '../../../src/shared/json.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { deployments, namespaces, refusal, refusedBy, startAdmissionBed } from '../../builders/admission-bed.ts';
import type { AdmissionBed } from '../../builders/admission-bed.ts';
import { grant, person } from '../../builders/people.ts';
import type { Person } from '../../builders/people.ts';
import { helm } from '../../builders/rendered.ts';

const [gated, watched, free, empty] = ['gated', 'watched', 'free', 'gated-empty'] as const;
const digest = `sha256:${'a'.repeat(64)}`;
const otherDigest = `sha256:${'b'.repeat(64)}`;
const inferenceServices = { group: 'serving.kserve.io', version: 'v1beta1', plural: 'inferenceservices' };
const rollouts = { group: 'argoproj.io', version: 'v1alpha1', plural: 'rollouts' };

let bed: AdmissionBed;
let admin: APIClient;
let maria: Person;

function gate(namespace: string): KubeObject {
  const model = (risk: string, rest: object) => ({
    risk,
    tier: 'High',
    signOffs: 'Required',
    roles: ['compliance', 'product'],
    approved: [],
    workloads: [],
    ...rest,
  });
  const models = [
    model('credit', { approved: [{ version: '2.3.0' }, { version: '2.2.0' }], workloads: [{ kind: 'Deployment', name: 'credit-v2' }] }),
    model('fraud', { approved: [{ version: '7', imageDigest: digest }] }),
    model('new', {}),
    model('toy', { signOffs: 'NotRequired', roles: [], tier: 'Low' }),
  ];
  return { apiVersion: 'modelrisk.dev/v1alpha1', kind: 'RiskGate', metadata: { name: 'gate', namespace }, spec: { models } };
}

interface Workload {
  readonly namespace?: string;
  readonly name?: string;
  readonly model?: string | null;
  readonly version?: string | null;
  readonly image?: string;
  readonly args?: readonly string[];
  readonly volumeImage?: string;
  readonly replicas?: number;
  readonly kind?: 'Deployment' | 'StatefulSet' | 'Rollout';
}

function workload(changes: Workload = {}): KubeObject {
  const {
    namespace = gated,
    name = 'credit',
    model = 'credit',
    version = '2.3.0',
    image = 'models/credit:2.3.0',
    args,
    volumeImage,
    replicas = 1,
    kind = 'Deployment',
  } = changes;
  const labels = { app: name };
  return {
    apiVersion: kind === 'Rollout' ? 'argoproj.io/v1alpha1' : 'apps/v1',
    kind,
    metadata: { name, namespace, ...(model === null ? {} : { labels: { 'modelrisk.dev/model': model } }) },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
      template: {
        metadata: { labels: { ...labels, ...(version === null ? {} : { 'modelrisk.dev/model-version': version }) } },
        spec: {
          containers: [{ name: 'server', image, ...(args === undefined ? {} : { args: [...args] }) }],
          ...(volumeImage === undefined ? {} : { volumes: [{ name: 'model', image: { reference: volumeImage } }] }),
        },
      },
    },
  };
}

interface Service {
  readonly model?: string | null;
  readonly version?: string;
  readonly storageUri?: string;
  readonly name?: string;
  readonly predictor?: JSONValue;
  readonly canary?: JSONValue;
}

function service(changes: Service = {}): KubeObject {
  const { model = 'credit', version = '2.3.0', storageUri = 's3://models/credit/2.3.0', name = 'credit' } = changes;
  const labels = { ...(model === null ? {} : { 'modelrisk.dev/model': model }), 'modelrisk.dev/model-version': version };
  const predictor = changes.predictor ?? { minReplicas: 1, model: { modelFormat: { name: 'sklearn' }, storageUri } };
  return {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: { name, namespace: gated, labels },
    spec: { predictor, ...(changes.canary === undefined ? {} : { canary: changes.canary }) },
  };
}

/** A canary as KServe 0.20 has it, which says its version in labels of its own where `labelled`. */
function canaryOf(version: string, labelled = true): JSONValue {
  const model = { name: 'kserve-container', modelFormat: { name: 'sklearn' }, storageUri: `s3://models/credit/${version}` };
  const labels = labelled ? { labels: { 'modelrisk.dev/model-version': version } } : {};
  return { trafficPercent: 10, predictor: { name: 'next', ...labels, model } };
}

const trial = { dryRun: true };
const tried = (changes: Workload) => maria.client.create(deployments, workload(changes), trial);

beforeAll(async () => {
  bed = await startAdmissionBed();
  ({ admin } = bed);
  for (const [name, mode] of [
    [gated, 'Enforce'],
    [watched, 'Audit'],
    [free, null],
    [empty, 'Enforce'],
  ] as const)
    await admin.create(namespaces, { metadata: { name, labels: mode === null ? {} : { 'modelrisk.dev/gate': mode } } });
  maria = await person(bed.plane, admin, { namespace: gated, name: 'maria' });
  const verbs = ['get', 'create', 'update', 'patch', 'delete'];
  const rules = [
    { apiGroups: ['apps'], resources: ['deployments', 'statefulsets', 'deployments/scale'], verbs },
    { apiGroups: ['argoproj.io'], resources: ['rollouts'], verbs },
    { apiGroups: ['serving.kserve.io'], resources: ['inferenceservices'], verbs },
    { apiGroups: ['modelrisk.dev'], resources: ['riskgates'], verbs },
  ];
  for (const namespace of [gated, watched, free, empty]) await grant(admin, maria, { namespace, rules });
  for (const namespace of [gated, watched]) await bed.operator.client.create(riskGates, gate(namespace));
  await eventually(() => refusedBy(tried({ version: '9.9.9' })), { timeoutMs: 30_000 });
  await eventually(async () => (await tried({})).metadata.name === 'credit', { timeoutMs: 30_000 });
}, 180_000);

afterAll(async () => {
  await maria.client.close();
  await bed.stop();
});

describe('a workload in a namespace with the deployment gate', () => {
  it.each([
    ['of an approved version', {}],
    ['of an earlier approved version', { version: '2.2.0', image: 'models/credit:2.2.0' }],
    ['whose image has the signed digest', { model: 'fraud', version: '7', image: `models/fraud@${digest}` }],
    ['whose argument names the version', { image: 'triton:24.05', args: ['--model-store=s3://models/credit/2.3.0'] }],
    ['of a model whose tier asks for no sign-offs', { model: 'toy', version: null, image: 'toy:latest' }],
    ['whose image volume names the version', { image: 'triton:24.05', volumeImage: 'models/credit:2.3.0' }],
    ['that serves no model', { name: 'web', model: null, version: null, image: 'nginx:1' }],
  ])('%s is let in', async (_what, changes) => {
    await tried(changes);
  });

  it.each([
    [
      'of a version nobody signed',
      { version: '2.4.0', image: 'models/credit:2.4.0' },
      'version 2.4.0 of ModelRisk credit is not approved in namespace gated (approved: 2.3.0, 2.2.0); these roles must sign: compliance, product',
    ],
    [
      'of a model none of whose versions is signed',
      { model: 'new', version: '1' },
      'version 1 of ModelRisk new is not approved in namespace gated; these roles must sign: compliance, product',
    ],
    [
      'that says no version',
      { version: null },
      'serves ModelRisk credit but does not say which version: write the label modelrisk.dev/model-version',
    ],
    [
      'whose image is another than it says',
      { image: 'models/credit:2.4.0' },
      'runs something else: a container image must end with :2.3.0',
    ],
    [
      'whose image has another digest than was signed',
      { model: 'fraud', version: '7', image: `models/fraud@${otherDigest}` },
      `a container image must end with @${digest}`,
    ],
    ['of a model nobody knows', { model: 'ghost' }, 'namespace gated has no ModelRisk ghost'],
    [
      'that is among the workloadRefs, whatever label it lacks',
      { name: 'credit-v2', model: null, version: '2.4.0' },
      'version 2.4.0 of ModelRisk credit is not approved',
    ],
    [
      'that is among the workloadRefs of one model and names another',
      { name: 'credit-v2', model: 'toy', version: '2.4.0' },
      'version 2.4.0 of ModelRisk credit is not approved',
    ],
  ])('%s is refused, and told why', async (_what, changes, message) => {
    expect(await refusal(tried(changes), 'deployment-gate')).toContain(message);
  });

  it('tells how to sign and where to see what else is open', async () => {
    const said = await refusal(tried({ version: '2.4.0', image: 'models/credit:2.4.0' }), 'deployment-gate');
    expect(said).toContain('kubectl modelrisk sign-off credit -n gated --role ROLE');
    expect(said).toContain('kubectl modelrisk gate -n gated --model credit --version 2.4.0');
  });

  it('holds for StatefulSets and Rollouts too', async () => {
    const unsigned = { version: '2.4.0', image: 'models/credit:2.4.0' };
    const statefulSets = { ...deployments, plural: 'statefulsets' };
    for (const [resource, kind] of [
      [statefulSets, 'StatefulSet'],
      [rollouts, 'Rollout'],
    ] as const) {
      await maria.client.create(resource, workload({ kind }), trial);
      expect(await refusal(maria.client.create(resource, workload({ ...unsigned, kind }), trial), 'deployment-gate')).toContain(
        'is not approved',
      );
    }
  });

  it('is not asked again when it is scaled or annotated, and is when its image changes', async () => {
    await maria.client.create(deployments, workload({ name: 'running' }));
    await maria.client.patch(deployments, { namespace: gated, name: 'running' }, [{ op: 'replace', path: '/spec/replicas', value: 3 }]);
    const known = await maria.client.get(deployments, { namespace: gated, name: 'running' });
    const image = { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'models/credit:2.4.0' } as const;
    const changed = maria.client.patch(deployments, { namespace: gated, name: 'running' }, [image]);
    expect(await refusal(changed, 'deployment-gate')).toContain('runs something else');
    // Whatever version stands there by now: its controller writes status meanwhile.
    const { resourceVersion: _, ...metadata } = known.metadata;
    const unlabelled = { ...known, metadata: { ...metadata, labels: {} } };
    expect(await refusal(maria.client.update(deployments, unlabelled), 'deployment-gate')).toContain('can not be changed or removed');
  });

  it('that ran before its namespace opted in goes on, is scaled, and brings nothing new', async () => {
    await maria.client.create(deployments, workload({ namespace: free, name: 'old', version: '1.0.0', image: 'models/credit:1.0.0' }));
    await bed.operator.client.create(riskGates, gate(free));
    await admin.patch(namespaces, { name: free }, [{ op: 'add', path: '/metadata/labels/modelrisk.dev~1gate', value: 'Enforce' }]);
    await eventually(() => refusedBy(tried({ namespace: free, version: '9' })), { timeoutMs: 30_000 });
    const at = { namespace: free, name: 'old' };
    await maria.client.patch(deployments, at, [{ op: 'replace', path: '/spec/replicas', value: 2 }]);
    const image = { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'models/credit:1.0.1' } as const;
    expect(await refusal(maria.client.patch(deployments, at, [image]), 'deployment-gate')).toContain(
      'version 1.0.0 of ModelRisk credit is not approved',
    );
  });

  it('is moved by the operator whatever is signed: protection goes before', async () => {
    await grant(admin, bed.operator, { namespace: gated, rules: [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['create'] }] });
    await bed.operator.client.create(deployments, workload({ version: '1.0.0', image: 'models/credit:1.0.0' }), trial);
  });

  it('that names a model is refused while the operator has written no gate, and no other is', async () => {
    expect(await refusal(tried({ namespace: empty }), 'deployment-gate')).toContain('no params found');
    await tried({ namespace: empty, name: 'web', model: null, version: null });
  });

  it('is only warned of under Audit', async () => {
    const file = await written(workload({ namespace: watched, version: '2.4.0', image: 'models/credit:2.4.0' }));
    const applied = await bed.plane.kubectl(['apply', '--dry-run=server', '-f', file]);
    expect([applied.code, applied.stderr]).toEqual([
      0,
      expect.stringContaining('Warning: Validation failed for ValidatingAdmissionPolicy'),
    ]);
    expect(applied.stderr).toContain('version 2.4.0 of ModelRisk credit is not approved');
  });
});

describe('an InferenceService behind the gate', () => {
  const create = (changes: Service) => maria.client.create(inferenceServices, service(changes), trial);

  it('is let in with an approved version its storageUri says', async () => {
    await create({});
  });

  it.each([
    [
      'of a version nobody signed',
      { version: '2.4.0', storageUri: 's3://models/credit/2.4.0' },
      'version 2.4.0 of ModelRisk credit is not approved',
    ],
    ['whose storageUri is another', { storageUri: 's3://models/credit/2.4.0' }, 'runs something else'],
    ['that names no model', { model: null }, 'name its ModelRisk in the label modelrisk.dev/model'],
  ])('%s is refused', async (_what, changes, message) => {
    expect(await refusal(create(changes), 'deployment-gate')).toContain(message);
  });

  it.each([
    ['an approved canary', { canary: [canaryOf('2.2.0')] }],
    [
      'storageUris that say the version',
      { predictor: { model: { modelFormat: { name: 'sklearn' } }, storageUris: [{ uri: 's3://models/credit/2.3.0' }] } },
    ],
  ])('is let in with %s', async (_what, changes) => {
    await create(changes);
  });

  it.each([
    ['of a version nobody signed', canaryOf('2.4.0'), 'version 2.4.0 of ModelRisk credit is not approved'],
    [
      'that says no version and runs another',
      canaryOf('2.4.0', false),
      'says it serves version 2.3.0 of ModelRisk credit, but runs something else',
    ],
  ])('is refused a canary %s, from the start and later', async (_what, canary, message) => {
    expect(await refusal(create({ canary: [canary] }), 'deployment-gate')).toContain(message);
    const name = 'canaries';
    await maria.client.create(inferenceServices, service({ name })).catch(() => null);
    const added = [{ op: 'add', path: '/spec/canary', value: [canary] }] as const;
    expect(await refusal(maria.client.patch(inferenceServices, { namespace: gated, name }, added), 'deployment-gate')).toContain(message);
  });

  it('that ran unsigned may lose its canary and get an approved one', async () => {
    const name = 'expired';
    const old = { version: '1.0.0', storageUri: 's3://models/credit/1.0.0', canary: [canaryOf('1.0.1')] };
    await grant(admin, bed.operator, {
      namespace: gated,
      rules: [{ apiGroups: ['serving.kserve.io'], resources: ['inferenceservices'], verbs: ['create'] }],
    });
    await bed.operator.client.create(inferenceServices, service({ ...old, name }));
    const at = { namespace: gated, name };
    await maria.client.patch(inferenceServices, at, [{ op: 'replace', path: '/spec/canary/0/trafficPercent', value: 0 }]);
    await maria.client.patch(inferenceServices, at, [{ op: 'replace', path: '/spec/canary/0', value: canaryOf('2.3.0') }]);
    await maria.client.patch(inferenceServices, at, [{ op: 'remove', path: '/spec/canary' }]);
  });

  it.each([
    ['runtime', '/spec/predictor/model/runtime', 'other-runtime'],
    ['storageUris', '/spec/predictor/storageUris', [{ uri: 's3://models/credit/1.0.1' }]],
  ])('that ran unsigned brings something new by its %s', async (_what, path, value) => {
    const name = `old-${path.split('/').at(-1)?.toLowerCase() ?? ''}`;
    await bed.operator.client.create(inferenceServices, service({ version: '1.0.0', name }));
    const changed = maria.client.patch(inferenceServices, { namespace: gated, name }, [{ op: 'add', path, value }]);
    expect(await refusal(changed, 'deployment-gate')).toContain('version 1.0.0 of ModelRisk credit is not approved');
  });

  it('may have what KServe makes for it, since the gate was asked before, and nobody else may say that it is KServe', async () => {
    const made = workload({ version: '2.4.0' });
    const owner = { apiVersion: 'serving.kserve.io/v1beta1', kind: 'InferenceService', name: 'credit', uid: 'u', controller: true };
    const owned = { ...made, metadata: { ...made.metadata, ownerReferences: [owner] } };
    expect(await refusal(maria.client.create(deployments, owned, trial), 'deployment-gate')).toContain('version 2.4.0 of ModelRisk credit');
    const kserve = await person(bed.plane, admin, { namespace: gated, name: 'kserve-controller-manager' });
    const rules = [
      { apiGroups: ['apps'], resources: ['deployments'], verbs: ['create'] },
      { apiGroups: ['serving.kserve.io'], resources: ['inferenceservices/status'], verbs: ['get', 'patch', 'update'] },
    ];
    await grant(admin, kserve, { namespace: gated, rules });
    await eventually(async () => (await kserve.client.create(deployments, owned, trial)).metadata.name === 'credit', { timeoutMs: 30_000 });
    await kserve.client.close();
  });
});

describe('the RiskGate', () => {
  it('is written by the operator only, one in a namespace', async () => {
    expect(await refusal(maria.client.create(riskGates, gate(free), trial), 'operator-writes')).toContain(
      'riskgates is written by the modelrisk operator only',
    );
    const known = await maria.client.get(riskGates, { namespace: gated, name: 'gate' });
    expect(await refusal(maria.client.update(riskGates, { ...known, spec: { models: [] } }), 'operator-writes')).toContain('riskgates');
  });
});

let folder = '';
afterAll(() => (folder === '' ? undefined : rm(folder, { recursive: true })));

async function written(object: KubeObject): Promise<string> {
  if (folder === '') folder = await mkdtemp(join(tmpdir(), 'modelrisk-gate-'));
  const file = join(folder, `${object.metadata.name ?? ''}.yaml`);
  await writeFile(file, stringify(object));
  return file;
}

describe('tools people deploy with', () => {
  it('kubectl apply is refused with the sentence, client-side and server-side', async () => {
    const file = await written(workload({ version: '2.4.0', image: 'models/credit:2.4.0' }));
    for (const how of [[], ['--server-side']]) {
      const applied = await bed.plane.kubectl(['apply', ...how, '-f', file]);
      expect([applied.code, applied.stderr]).toEqual([1, expect.stringContaining('these roles must sign: compliance, product')]);
    }
    expect((await bed.plane.kubectl(['apply', '-f', await written(workload({ name: 'by-kubectl' }))])).code).toBe(0);
  });

  it('helm installs what is approved, refuses the upgrade that is not, and leaves the release as it was', async () => {
    const chart = join(await mkdtemp(join(tmpdir(), 'modelrisk-chart-')), 'credit');
    await mkdir(join(chart, 'templates'), { recursive: true });
    await writeFile(join(chart, 'Chart.yaml'), stringify({ apiVersion: 'v2', name: 'credit', version: '1.0.0' }));
    const text = stringify(workload({ name: 'by-helm', version: '{{ .Values.version }}', image: 'models/credit:{{ .Values.version }}' }));
    await writeFile(join(chart, 'templates', 'deployment.yaml'), text);
    const run = (verb: string, version: string) =>
      helm([verb, 'credit', chart, '--namespace', gated, '--kubeconfig', bed.plane.kubeconfig, '--set-string', `version=${version}`]);
    expect(await run('install', '2.2.0')).toMatchObject({ code: 0 });
    expect(await run('upgrade', '2.3.0')).toMatchObject({ code: 0 });
    const refused = await run('upgrade', '2.4.0');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('version 2.4.0 of ModelRisk credit is not approved')]);
    const live = await admin.get(deployments, { namespace: gated, name: 'by-helm' });
    expect(JSON.stringify(live['spec'])).toContain('models/credit:2.3.0');
    await rm(chart, { recursive: true });
  }, 60_000);
});
