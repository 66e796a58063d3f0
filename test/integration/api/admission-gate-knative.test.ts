import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { riskGates } from '../../../src/api/risk-gate.ts';
import type { KubeObject } from '../../../testbed/api-client.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { deployments, namespaces, refusal, refusedBy, startAdmissionBed } from '../../builders/admission-bed.ts';
import type { AdmissionBed } from '../../builders/admission-bed.ts';
import { grant, person } from '../../builders/people.ts';
import type { Person } from '../../builders/people.ts';

const gated = 'gated';
const trial = { dryRun: true };
const knative = (plural: string) => ({ group: 'serving.knative.dev', version: 'v1', plural });
const kinds = { services: 'Service', configurations: 'Configuration', revisions: 'Revision' } as const;
const clusterRoles = { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'clusterroles' };
const clusterRoleBindings = { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'clusterrolebindings' };

let bed: AdmissionBed;
let editor: Person;
let controller: Person;
let kserve: Person;

/** As Knative serves them, of any content. */
async function serveKnative(): Promise<void> {
  const definitions = { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' };
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  for (const [plural, kind] of Object.entries(kinds))
    await bed.admin.create(definitions, {
      metadata: { name: `${plural}.serving.knative.dev` },
      spec: {
        group: 'serving.knative.dev',
        names: { plural, kind, singular: kind.toLowerCase(), listKind: `${kind}List` },
        scope: 'Namespaced',
        versions: [{ name: 'v1', served: true, storage: true, subresources: { status: {} }, schema }],
      },
    });
}

const owned = (apiVersion: string, kind: string) => [{ apiVersion, kind, name: 'credit', uid: 'u', controller: true }];
const ofKnative = (kind: string) => owned('serving.knative.dev/v1', kind);

interface Made {
  readonly version?: string;
  /** Where the model is named. */
  readonly named?: 'Object' | 'Template' | 'Nowhere';
  readonly ownerReferences?: KubeObject['metadata']['ownerReferences'];
}

/** A template as KServe hands it on: the version in labels, the model fetched by another container. */
function made(apiVersion: string, kind: string, { version = '2.4.0', named = 'Object', ownerReferences }: Made = {}): KubeObject {
  const model = { 'modelrisk.dev/model': 'credit' };
  const labels = { app: 'credit', 'modelrisk.dev/model-version': version, ...(named === 'Template' ? model : {}) };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'server', image: 'kserve/sklearnserver:v0.20' }] } };
  return {
    ...{ apiVersion, kind },
    metadata: {
      ...{ name: 'credit', namespace: gated },
      ...(named === 'Object' ? { labels: model } : {}),
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
    },
    spec: { ...(kind === 'Deployment' ? { selector: { matchLabels: { app: 'credit' } } } : {}), template },
  };
}

const aService = (changes: Made = {}) => made('serving.knative.dev/v1', 'Service', changes);
const aDeployment = (changes: Made = {}) => made('apps/v1', 'Deployment', changes);

beforeAll(async () => {
  bed = await startAdmissionBed();
  const { admin, plane } = bed;
  await serveKnative();
  await admin.create(namespaces, { metadata: { name: gated, labels: { 'modelrisk.dev/gate': 'Enforce' } } });
  [editor, controller, kserve] = (await Promise.all(
    ['editor', 'knative', 'kserve'].map((name) => person(plane, admin, { namespace: gated, name })),
  )) as [Person, Person, Person];
  const all = ['get', 'list', 'create', 'update', 'patch', 'delete'];
  const workloads = { apiGroups: ['apps'], resources: ['deployments'], verbs: all };
  // What knative-serving-namespaced-edit grants in one namespace, status too.
  const everything = { apiGroups: ['serving.knative.dev'], resources: ['*'], verbs: all };
  await grant(admin, editor, { namespace: gated, rules: [workloads, everything] });
  await grant(admin, kserve, {
    namespace: gated,
    rules: [everything, { apiGroups: ['serving.kserve.io'], resources: ['inferenceservices/status'], verbs: ['update'] }],
  });
  await grant(admin, controller, { namespace: gated, rules: [workloads, everything] });
  await admin.create(clusterRoles, { metadata: { name: 'knative-serving' }, rules: [everything] });
  const subjects = [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: controller.user }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'knative-serving' };
  await admin.create(clusterRoleBindings, { metadata: { name: 'knative-serving' }, roleRef, subjects });
  const roles = ['compliance', 'product'];
  const credit = { risk: 'credit', tier: 'High', signOffs: 'Required', roles, approved: [{ version: '2.3.0' }], workloads: [] };
  const gate = { apiVersion: 'modelrisk.dev/v1alpha1', kind: 'RiskGate', metadata: { name: 'gate', namespace: gated } };
  await bed.operator.client.create(riskGates, { ...gate, spec: { models: [credit] } });
  await eventually(() => refusedBy(editor.client.create(deployments, aDeployment(), trial)), { timeoutMs: 30_000 });
  await eventually(() => refusedBy(editor.client.create(knative('services'), aService(), trial)), { timeoutMs: 30_000 });
}, 180_000);

afterAll(async () => {
  await Promise.all([editor, controller, kserve].map(({ client }) => client.close()));
  await bed.stop();
});

describe('what Knative makes of an InferenceService that passed the gate', () => {
  it.each(Object.keys(kinds))(
    'regression: is let in whoever owns it in turn, though it ties no version to an image: %s',
    async (plural) => {
      const owner = ({ services: 'Service', configurations: 'Service', revisions: 'Configuration' } as const)[plural as keyof typeof kinds];
      const object = made('serving.knative.dev/v1', kinds[plural as keyof typeof kinds], { ownerReferences: ofKnative(owner) });
      await eventually(async () => (await controller.client.create(knative(plural), object, trial)).metadata.name === 'credit', {
        timeoutMs: 30_000,
      });
    },
  );

  it('regression: its Deployment is let in: the gate asked it for an image with the version', async () => {
    await controller.client.create(deployments, aDeployment({ ownerReferences: ofKnative('Revision') }), trial);
  });

  it('its Knative Service is KServe’s, which was asked before', async () => {
    const owner = owned('serving.kserve.io/v1beta1', 'InferenceService');
    await kserve.client.create(knative('services'), aService({ ownerReferences: owner }), trial);
  });
});

describe('what anybody else sends by way of Knative', () => {
  it.each(['Service', 'Configuration', 'Revision'])(
    'a Deployment that says a %s owns it is asked: status in one namespace makes nobody Knative',
    async (kind) => {
      const attempt = editor.client.create(deployments, aDeployment({ ownerReferences: ofKnative(kind) }), trial);
      expect(await refusal(attempt, 'deployment-gate')).toContain('version 2.4.0 of ModelRisk credit is not approved');
    },
  );

  it.each([
    ['in its labels', 'Object'],
    ['in those of its template only, which its Deployment will carry', 'Template'],
  ] as const)('a Knative Service that names a model %s is asked', async (_, named) => {
    const attempt = editor.client.create(knative('services'), aService({ named }), trial);
    expect(await refusal(attempt, 'deployment-gate')).toContain('version 2.4.0 of ModelRisk credit is not approved');
  });

  it('one of an approved version has to run it', async () => {
    const attempt = editor.client.create(knative('services'), aService({ version: '2.3.0' }), trial);
    expect(await refusal(attempt, 'deployment-gate')).toContain(
      'says it serves version 2.3.0 of ModelRisk credit, but runs something else',
    );
  });

  it('one that names no model is none', async () => {
    await editor.client.create(knative('services'), aService({ named: 'Nowhere' }), trial);
  });

  it('an owner that does not control it makes nothing of it', async () => {
    const [owner] = ofKnative('Revision');
    const loose = aDeployment({ ownerReferences: [{ ...owner, controller: false }] as never });
    expect(await refusal(controller.client.create(deployments, loose, trial), 'deployment-gate')).toContain('is not approved');
  });
});
