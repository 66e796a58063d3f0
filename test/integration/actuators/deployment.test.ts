import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { deploymentActuator as actuator } from '../../../src/actuators/deployment/actuator.ts';
import type { Surroundings } from '../../../src/actuators/port.ts';
import { toRevision } from '../../../src/controllers/workload-fact.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { createResourceClient } from '../../../src/kube/resource-client.ts';
import { success } from '../../../src/shared/result.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { stampPods } from '../../../testbed/pod-stamper.ts';
import { createAPIClient } from '../../../testbed/api-client.ts';
import type { APIClient } from '../../../testbed/api-client.ts';
import { around, floor, imageOf, pin } from '../../builders/deployment.ts';
import { inputFor, journalOf } from '../../builders/http-route.ts';
import { operatorManager, startLiveTargets, userView } from '../../builders/live-target.ts';
import type { LiveTargets } from '../../builders/live-target.ts';
import { storyTargets } from '../../builders/story-target.ts';

// kubectl takes a second a call on a busy machine.
jest.setTimeout(90_000);

let targets: LiveTargets;
let admin: APIClient;
let serial = 0;

beforeAll(async () => {
  targets = await startLiveTargets();
  const { server, caFile, adminToken: token } = targets.runtime.plane;
  admin = createAPIClient({ server, caFile, token });
}, 120_000);

afterAll(async () => {
  await admin.close();
  await targets.close();
});

const story = storyTargets.find(({ kind }) => kind === 'Deployment');
const replicaSets = { group: 'apps', version: 'v1', plural: 'replicasets', kind: 'ReplicaSet', namespaced: true };

/** Applied server-side by its user, one version after the other, with the real controller of Deployments behind it. */
async function aLiveDeployment() {
  const name = `credit-${String(++serial)}`;
  const named = (manifest: { readonly metadata: object }) => ({
    ...manifest,
    metadata: { ...manifest.metadata, name, namespace: targets.namespace },
  });
  const manifest = () => named(story?.manifest(targets.namespace) ?? { metadata: {} });
  const read = (): Promise<UntypedObject> => targets.read(actuator, name);
  const apply = async (changed: object = manifest()) => {
    expect(await targets.kubectl(['apply', '--server-side', '-f', '-'], changed)).toMatchObject({ code: 0 });
    await untilSeen();
  };
  const untilSeen = () =>
    eventually(async () => {
      const { metadata, status } = await read();
      return ((status as { readonly observedGeneration?: number } | undefined)?.observedGeneration ?? 0) >= (metadata.generation ?? 1);
    });
  const surroundings = async (): Promise<Surroundings> => {
    const { uid } = (await read()).metadata;
    const client = createResourceClient<UntypedObject>({
      transport: targets.runtime.transport,
      resource: replicaSets,
      fieldManager: operatorManager,
    });
    const listed = await client.listPage({ namespace: targets.namespace });
    if (!listed.ok) throw new Error(JSON.stringify(listed.failure));
    const facts = listed.value.items.map(toRevision).filter((fact) => fact?.owner === uid);
    return { ...around(), workload: () => success({ revisions: facts.flatMap((fact) => fact ?? []), autoscaler: null }) };
  };
  const pass = async (...claims: ReturnType<typeof pin>[]) => {
    const actuation = await targets.pass(
      actuator,
      name,
      claims.map((claim) => ({ ...claim, target: { ...claim.target, object: name } })),
      await surroundings(),
    );
    await untilSeen();
    return actuation;
  };
  await apply(named(story?.earlier?.(targets.namespace) ?? { metadata: {} }));
  await apply();
  return { name, manifest, apply, read, pass, untilSeen, surroundings, before: ownView(await read()) };
}

/** But for the number its controller counts revisions by. */
function ownView(live: UntypedObject): string {
  return userView(live).replace(/"deployment.kubernetes.io\/revision":"\d+",?/, '');
}

describe('a Deployment on the real API server, with its real controller', () => {
  it('is taken back to the revision before, scaled, and given back to the byte', async () => {
    const pods = await aLiveDeployment();
    expect(await pods.pass(pin(), floor(4))).toMatchObject({ kind: 'Patch', rejected: [] });
    const held = await pods.read();
    expect([imageOf(held), (held.spec as { replicas: number }).replicas]).toEqual(['models/credit:2.2.0', 4]);
    expect(await pods.pass(pin(), floor(4))).toMatchObject({ kind: 'Unchanged' });
    await targets.release(actuator, pods.name);
    expect(ownView(await pods.read())).toBe(pods.before);
  });

  it('moves its generation by one, as the journal foretells', async () => {
    const pods = await aLiveDeployment();
    await pods.pass(pin());
    const held = await pods.read();
    const { changes } = journalOf(held) as { readonly changes: { readonly template: { readonly generation: number } } };
    expect(changes.template.generation).toBe(held.metadata.generation);
  });

  it('may be applied again by its user without force while it is held, which is new intent', async () => {
    const pods = await aLiveDeployment();
    await pods.pass(pin());
    const edited = story?.edit(pods.manifest()) ?? {};
    await pods.apply(edited);
    expect(await pods.pass(pin())).toMatchObject({ kind: 'Patch', foreignEdit: true });
    expect(imageOf(await pods.read())).toBe('models/credit:2.2.0');
    await targets.release(actuator, pods.name);
    const back = await pods.read();
    expect(imageOf(back)).toBe('models/credit:2.4.0');
    await pods.apply(edited);
    expect((await pods.read()).spec).toEqual(back.spec);
  });

  it('keeps what its user wants when they restart its pods meanwhile', async () => {
    const pods = await aLiveDeployment();
    await pods.pass(pin());
    expect(await targets.kubectl(['rollout', 'restart', `deployment/${pods.name}`])).toMatchObject({ code: 0 });
    await pods.pass(pin());
    expect(imageOf(await pods.read())).toBe('models/credit:2.2.0');
    await targets.release(actuator, pods.name);
    const back = await pods.read();
    expect(imageOf(back)).toBe('models/credit:2.3.0');
    expect(JSON.stringify(back.spec)).toContain('kubectl.kubernetes.io/restartedAt');
  });

  it('is not engaged by what kubectl rollout undo brings back: copies its controller made of our marks', async () => {
    const pods = await aLiveDeployment();
    await pods.pass(pin());
    await targets.release(actuator, pods.name);
    await pods.untilSeen();
    expect(await targets.kubectl(['rollout', 'undo', `deployment/${pods.name}`])).toMatchObject({ code: 0 });
    const undone = await pods.read();
    expect(imageOf(undone)).toBe('models/credit:2.2.0');
    expect(undone.metadata.annotations?.['modelrisk.dev/journal']).toBeDefined();
    expect(actuator.readJournal(undone)).toMatchObject({ kind: 'Foreign' });
  });

  it('is verified once pods of the revision are ready, and not before', async () => {
    const pods = await aLiveDeployment();
    await pods.pass(pin());
    const claims = [{ ...pin(), target: { ...pin().target, object: pods.name } }];
    const verify = async () => actuator.verify(inputFor(await pods.read(), claims, { surroundings: await pods.surroundings() }));
    expect((await verify()).kind).toBe('Waiting');
    const stamper = stampPods(admin, { namespace: targets.namespace });
    await eventually(async () => (await verify()).kind === 'Verified', { timeoutMs: 60_000 });
    await stamper.stop();
  });

  it('takes no patch computed from what it no longer is', async () => {
    const pods = await aLiveDeployment();
    const actuation = actuator.plan(
      inputFor(await pods.read(), [{ ...pin(), target: { ...pin().target, object: pods.name } }], {
        surroundings: await pods.surroundings(),
      }),
    );
    expect(await targets.kubectl(['scale', `deployment/${pods.name}`, '--replicas', '3'])).toMatchObject({ code: 0 });
    const operations = actuation.kind === 'Patch' ? actuation.operations : [];
    const answer = await targets.clientFor(actuator).patch({ namespace: targets.namespace, name: pods.name }, operations);
    expect(answer).toMatchObject({ failure: { kind: 'Conflict' } });
    expect(imageOf(await pods.read())).toBe('models/credit:2.3.0');
  });
});
