import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { deploymentActuator as actuator } from '../../../src/actuators/deployment/actuator.ts';
import type { Claim, Surroundings } from '../../../src/actuators/port.ts';
import { toRevision } from '../../../src/controllers/workload-fact.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { createResourceClient } from '../../../src/kube/resource-client.ts';
import { success } from '../../../src/shared/result.ts';
import type { KubeObject } from '../../../testbed/api-client.ts';
import { openArgoCD } from '../../../testbed/argocd.ts';
import type { ArgoCD } from '../../../testbed/argocd.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { exampleApplication } from '../../builders/application.ts';
import { around, floor, imageOf, pin } from '../../builders/deployment.ts';
import { annotationsOf } from '../../builders/http-route.ts';
import { operatorManager, startLiveTargets } from '../../builders/live-target.ts';
import type { LiveTargets } from '../../builders/live-target.ts';
import { storyTargets } from '../../builders/story-target.ts';

jest.setTimeout(90_000);

let targets: LiveTargets;
let argocd: ArgoCD;

beforeAll(async () => {
  targets = await startLiveTargets();
  argocd = await openArgoCD({ kubeconfig: targets.runtime.plane.kubeconfig });
}, 600_000);

afterAll(async () => {
  argocd.close();
  await targets.close();
});

const story = storyTargets.find(({ kind }) => kind === 'Deployment');
const ignoring = [{ group: 'apps', kind: 'Deployment', name: 'credit', jsonPointers: ['/spec/template', '/spec/replicas'] }];
const [earlier, wanted, edited] = ['models/credit:2.2.0', 'models/credit:2.3.0', 'models/credit:2.4.0'];
const replicaSets = { group: 'apps', version: 'v1', plural: 'replicasets', kind: 'ReplicaSet', namespaced: true };

type Spec = Readonly<Record<string, unknown>> & { readonly replicas?: number };
const specOf = (live: object): Spec => (live as { readonly spec: Spec }).spec;

/** Two revisions, brought by Argo CD as Git said them, with the real controller of Deployments behind it. */
async function deployed(changes: { readonly example?: 'models' | 'generated-route'; readonly alsoIgnored?: readonly object[] }) {
  if (story?.earlier === undefined) throw new Error('no story of a Deployment');
  const namespace = await targets.runtime.plane.createNamespace();
  const place = { name: 'credit', namespace };
  const application = await exampleApplication({ namespace, ...changes });
  const inGit = (written: KubeObject): KubeObject => ({ ...written, metadata: { ...written.metadata, ...place } });
  const written = inGit(story.manifest(namespace));
  // Where its template is ignored Argo CD sees the second version by this alone.
  const annotations = { ...written.metadata.annotations, 'example.com/image': '2.3.0' };
  const manifest = { ...written, metadata: { ...written.metadata, annotations } };
  const heal = async (target = manifest) => {
    const healed = await argocd.reconcile({ application, targets: [target], mode: 'SelfHeal' });
    await untilSeen();
    return healed;
  };
  const read = (): Promise<UntypedObject> => targets.read(actuator, place);
  const untilSeen = () =>
    eventually(async () => {
      const { metadata, status } = await read();
      return ((status as { readonly observedGeneration?: number } | undefined)?.observedGeneration ?? 0) >= (metadata.generation ?? 1);
    });
  const surroundings = async (): Promise<Surroundings> => {
    const { transport } = targets.runtime;
    const client = createResourceClient<UntypedObject>({ transport, resource: replicaSets, fieldManager: operatorManager });
    const listed = await client.listPage({ namespace });
    if (!listed.ok) throw new Error(JSON.stringify(listed.failure));
    const revisions = listed.value.items.flatMap((each) => toRevision(each) ?? []);
    return { ...around(), workload: () => success({ revisions, autoscaler: null }) };
  };
  const pass = async (claim: Claim) => {
    const actuation = await targets.pass(
      actuator,
      place,
      [{ ...claim, target: { ...claim.target, object: 'credit' } }],
      await surroundings(),
    );
    await untilSeen();
    return actuation;
  };
  await heal(inGit(story.earlier(namespace)));
  await heal();
  return { namespace, place, manifest, heal, read, pass };
}

/** Another image in Git, and an annotation beside it where Argo CD is to see it. */
function withImage(manifest: KubeObject, annotations: Readonly<Record<string, string>> = {}): KubeObject {
  const written = story?.edit(manifest) ?? manifest;
  return { ...written, metadata: { ...written.metadata, annotations: { ...manifest.metadata.annotations, ...annotations } } };
}

describe.each([
  ['B, Git owns the route', 'models'],
  ['A, the operator makes the route', 'generated-route'],
] as const)('a pinned Deployment in mode %s, nothing of it ignored', (_mode, example) => {
  it('is undone by each self-heal and laid again by the next pass, its journal kept', async () => {
    const { heal, read, pass } = await deployed({ example });
    expect(await pass(pin())).toMatchObject({ kind: 'Patch', rejected: [] });
    for (const _ of [1, 2]) {
      expect(imageOf(await read())).toBe(earlier);
      expect(await heal()).toMatchObject({ phase: 'Succeeded' });
      expect(imageOf(await read())).toBe(wanted);
      expect(annotationsOf(await read())?.['modelrisk.dev/journal']).toBeDefined();
      expect(await pass(pin())).toMatchObject({ kind: 'Patch', foreignEdit: true, rejected: [] });
    }
  });

  it('gives back what Git says in the end', async () => {
    const { heal, place, read, pass } = await deployed({ example });
    expect(await pass(pin())).toMatchObject({ kind: 'Patch', rejected: [] });
    await heal();
    expect(await pass(pin())).toMatchObject({ kind: 'Patch', rejected: [] });
    await targets.release(actuator, place);
    expect(imageOf(await read())).toBe(wanted);
    expect(await heal()).toMatchObject({ phase: '', resources: [{ status: 'Synced' }] });
  });
});

describe.each(['models', 'generated-route'] as const)('a pinned Deployment whose template and replicas are ignored (%s)', (example) => {
  it('is left alone by self-heal, and after the release', async () => {
    const { heal, place, read, pass } = await deployed({ example, alsoIgnored: ignoring });
    expect(await pass(pin())).toMatchObject({ kind: 'Patch', rejected: [] });
    expect(await heal()).toMatchObject({ phase: '', resources: [{ status: 'Synced' }] });
    expect(await pass(pin())).toMatchObject({ kind: 'Unchanged' });
    await targets.release(actuator, place);
    expect(await heal()).toMatchObject({ phase: '' });
    expect(imageOf(await read())).toBe(wanted);
  });

  it('takes another image from Git with an annotation beside it, holds that back, and gives it at the release; without one it is not seen', async () => {
    const { heal, place, manifest, read, pass } = await deployed({ example, alsoIgnored: ignoring });
    expect(await pass(pin())).toMatchObject({ kind: 'Patch', rejected: [] });
    expect(await heal(withImage(manifest))).toMatchObject({ phase: '' });
    const committed = withImage(manifest, { 'example.com/image': '2.4.0' });
    expect(await heal(committed)).toMatchObject({ phase: 'Succeeded' });
    expect(imageOf(await read())).toBe(edited);
    expect(await pass(pin())).toMatchObject({ kind: 'Patch', foreignEdit: true, rejected: [] });
    expect(imageOf(await read())).toBe(earlier);
    expect(await heal(committed)).toMatchObject({ phase: '' });
    await targets.release(actuator, place);
    expect(imageOf(await read())).toBe(edited);
  });
});

it('a floor of replicas is left alone where Git names no replicas, with nothing ignored', async () => {
  const { heal, place, manifest, read, pass } = await deployed({});
  const { replicas: _, ...spec } = specOf(manifest);
  const silent = { ...manifest, spec };
  await heal(silent);
  const before = specOf(await read()).replicas;
  await pass(floor(4));
  expect(await heal(silent)).toMatchObject({ phase: '', resources: [{ status: 'Synced' }] });
  expect(specOf(await read()).replicas).toBe(4);
  await targets.release(actuator, place);
  expect(specOf(await read()).replicas).toBe(before);
});
