import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { rolloutActuator as actuator } from '../../../src/actuators/rollout/actuator.ts';
import { restoreTarget } from '../../../src/cli/restore.ts';
import type { Claim } from '../../../src/actuators/port.ts';
import { createAPIClient } from '../../../testbed/api-client.ts';
import type { APIClient, KubeObject } from '../../../testbed/api-client.ts';
import { lookAtRollout, rollouts } from '../../../testbed/rollouts-stand-in.ts';
import { inputFor } from '../../builders/http-route.ts';
import { operatorManager, startLiveTargets, userView } from '../../builders/live-target.ts';
import type { LiveTargets } from '../../builders/live-target.ts';
import { cap } from '../../builders/rollout.ts';
import { storyTargets } from '../../builders/story-target.ts';

// kubectl takes a second a call on a busy machine.
jest.setTimeout(60_000);

let targets: LiveTargets;
let client: APIClient;
let serial = 0;

beforeAll(async () => {
  targets = await startLiveTargets();
  const { server, caFile, adminToken } = targets.runtime.plane;
  client = createAPIClient({ server, caFile, token: adminToken });
}, 120_000);

afterAll(async () => {
  await client.close();
  await targets.close();
});

const story = storyTargets.find(({ kind }) => kind === 'Rollout');

/** With the project's own definition; a stand-in reports what the controller would. */
async function aLiveRollout(bare = false) {
  const name = `credit-${String(++serial)}`;
  const { namespace } = targets;
  const { metadata = {}, ...rest } = story?.manifest(namespace) ?? {};
  const { labels = {}, annotations = {} } = metadata;
  const manifest: KubeObject = { ...rest, metadata: { name, namespace, ...(bare ? {} : { labels, annotations }) } };
  const apply = (changed = manifest) => targets.kubectl(['apply', '--server-side', '-f', '-'], changed);
  const read = () => targets.read(actuator, name);
  const look = async () => {
    await lookAtRollout(client, await client.get(rollouts, { namespace, name }));
  };
  expect(await apply()).toMatchObject({ code: 0 });
  await look();
  const claim = (percent: number): Claim => ({
    ...cap(percent),
    target: { kind: 'Rollout', name: 'update', object: name, settleSeconds: 0 },
  });
  /** As the controller of ours does: until there is nothing to send. */
  const stand = async (percent: number) => {
    const sent: string[] = [];
    for (;;) {
      const actuation = await targets.pass(actuator, name, [claim(percent)]);
      if (actuation.kind !== 'Patch') return sent;
      sent.push(actuation.subresource ?? 'object');
    }
  };
  return { name, manifest, apply, read, look, claim, stand, before: userView(await withoutReports(read)) };
}

/** Who writes reports owns their fields: nothing users wrote. */
async function withoutReports(read: () => ReturnType<LiveTargets['read']>) {
  const live = await read();
  const managedFields = (live.metadata.managedFields ?? []).filter(({ subresource }) => subresource === undefined);
  return { ...live, metadata: { ...live.metadata, managedFields } };
}

const statusOf = async (read: () => ReturnType<LiveTargets['read']>) => (await read())['status'] as { readonly abort?: boolean };

describe('a Rollout on the real API server', () => {
  it.each([false, true])('is held and given back to the byte (without annotations: %p)', async (bare) => {
    const rollout = await aLiveRollout(bare);
    expect(await rollout.stand(10)).toEqual(['object']);
    const held = await rollout.read();
    expect(held['spec']).toMatchObject({ paused: true });
    expect(actuator.verify(inputFor(held, [rollout.claim(10)])).kind).toBe('Waiting');
    await rollout.look();
    expect(actuator.verify(inputFor(await rollout.read(), [rollout.claim(10)])).kind).toBe('Verified');
    await targets.release(actuator, rollout.name);
    expect(userView(await withoutReports(rollout.read))).toBe(rollout.before);
  });

  it('is aborted by a second patch, of its status, leaves no trace of us there, and stays aborted when it is given back', async () => {
    const rollout = await aLiveRollout();
    expect(await rollout.stand(5)).toEqual(['object', 'status', 'object']);
    const aborted = await rollout.read();
    expect(aborted['status']).toMatchObject({ abort: true });
    expect(aborted.metadata.managedFields?.map(({ manager }) => manager)).not.toContain(operatorManager);
    await rollout.look();
    expect(actuator.verify(inputFor(await rollout.read(), [rollout.claim(5)])).kind).toBe('Verified');
    await targets.release(actuator, rollout.name);
    expect(userView(await withoutReports(rollout.read))).toBe(rollout.before);
    expect(await statusOf(rollout.read)).toMatchObject({ abort: true });
  });

  it('takes no abort once its record is off, or when another revision has come', async () => {
    const rollout = await aLiveRollout();
    await targets.pass(actuator, rollout.name, [rollout.claim(0)]);
    const abort = actuator.plan(inputFor(await rollout.read(), [rollout.claim(0)]));
    if (abort.kind !== 'Patch' || abort.subresource !== 'status') throw new Error('expected an abort');
    const send = () => targets.clientFor(actuator).patch({ namespace: targets.namespace, name: rollout.name }, abort.operations, 'status');
    await client.raw({
      method: 'PATCH',
      path: `/apis/argoproj.io/v1alpha1/namespaces/${targets.namespace}/rollouts/${rollout.name}/status`,
      body: { status: { currentPodHash: 'another' } },
      contentType: 'application/merge-patch+json',
    });
    expect(await send()).toMatchObject({ failure: { kind: 'Conflict' } });
    await targets.release(actuator, rollout.name);
    await rollout.look();
    expect(await send()).toMatchObject({ failure: { kind: 'Conflict' } });
    expect((await statusOf(rollout.read)).abort ?? false).toBe(false);
  });

  it('may be applied again by its user without force while it is held: going on is new intent, held again and given back', async () => {
    const rollout = await aLiveRollout();
    await rollout.stand(10);
    expect(await rollout.apply(story?.edit(rollout.manifest))).toMatchObject({ code: 0 });
    expect(await targets.pass(actuator, rollout.name, [rollout.claim(10)])).toMatchObject({ kind: 'Patch', foreignEdit: true });
    expect((await rollout.read())['spec']).toMatchObject({ paused: true });
    await targets.release(actuator, rollout.name);
    expect((await rollout.read())['spec']).toMatchObject({ paused: false });
  });

  it('is given back by restore, from the object alone', async () => {
    const rollout = await aLiveRollout();
    await rollout.stand(10);
    const at = { namespace: targets.namespace, name: rollout.name };
    const restored = await restoreTarget({ client: targets.clientFor(actuator, 'kubectl-modelrisk'), actuator, ...at, nowMs: 0 });
    expect(restored).toMatchObject({ ok: true, value: { restored: true, message: expect.stringContaining('paused -> ') } });
    expect((await rollout.read())['spec']).not.toHaveProperty('paused');
  });

  it('holds for a retry as its own plugin sends it: aborted again', async () => {
    const rollout = await aLiveRollout();
    await rollout.stand(5);
    await rollout.look();
    // What `kubectl argo rollouts retry` patches.
    await client.raw({
      method: 'PATCH',
      path: `/apis/argoproj.io/v1alpha1/namespaces/${targets.namespace}/rollouts/${rollout.name}/status`,
      body: { status: { abort: false } },
      contentType: 'application/merge-patch+json',
    });
    await rollout.look();
    expect(await targets.pass(actuator, rollout.name, [rollout.claim(5)])).toMatchObject({ foreignEdit: true, isPartial: true });
    expect(await rollout.stand(5)).toEqual(['status', 'object']);
    expect(await statusOf(rollout.read)).toMatchObject({ abort: true });
  });
});
