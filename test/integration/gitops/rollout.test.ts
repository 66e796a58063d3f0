import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { rolloutActuator as actuator } from '../../../src/actuators/rollout/actuator.ts';
import type { Claim } from '../../../src/actuators/port.ts';
import { createAPIClient } from '../../../testbed/api-client.ts';
import type { APIClient, KubeObject } from '../../../testbed/api-client.ts';
import { openArgoCD } from '../../../testbed/argocd.ts';
import type { ArgoCD } from '../../../testbed/argocd.ts';
import { lookAtRollout, rollouts } from '../../../testbed/rollouts-stand-in.ts';
import { exampleApplication } from '../../builders/application.ts';
import { startLiveTargets } from '../../builders/live-target.ts';
import type { LiveTargets } from '../../builders/live-target.ts';
import { cap } from '../../builders/rollout.ts';
import { storyTargets } from '../../builders/story-target.ts';

jest.setTimeout(60_000);

let targets: LiveTargets;
let argocd: ArgoCD;
let client: APIClient;

beforeAll(async () => {
  targets = await startLiveTargets();
  const { kubeconfig, server, caFile, adminToken } = targets.runtime.plane;
  client = createAPIClient({ server, caFile, token: adminToken });
  argocd = await openArgoCD({ kubeconfig });
}, 600_000);

afterAll(async () => {
  argocd.close();
  await client.close();
  await targets.close();
});

/** A stand-in reports for the Rollouts controller; Argo CD's diff, sync and health are its own code. */
async function deployed() {
  const namespace = await targets.runtime.plane.createNamespace();
  const place = { name: 'credit', namespace };
  const application = await exampleApplication({ namespace });
  const written = storyTargets.find(({ kind }) => kind === 'Rollout')?.manifest(namespace) ?? { metadata: {} };
  const manifest: KubeObject = { ...written, metadata: { ...written.metadata, ...place } };
  const heal = (target = manifest) => argocd.reconcile({ application, targets: [target], mode: 'SelfHeal' });
  const look = async () => {
    await lookAtRollout(client, await client.get(rollouts, place));
  };
  expect(await heal()).toMatchObject({ phase: 'Succeeded' });
  await look();
  const claim = (percent: number): Claim => ({
    ...cap(percent),
    target: { kind: 'Rollout', name: 'update', object: 'credit', settleSeconds: 0 },
  });
  const stand = async (percent: number) => {
    while ((await targets.pass(actuator, place, [claim(percent)])).kind === 'Patch') await look();
  };
  return { place, manifest, heal, stand, look, claim, read: () => targets.read(actuator, place) };
}

describe('a Rollout Git owns', () => {
  it.each([
    ['held', 20],
    ['aborted', 5],
  ])('is left alone by self-heal while it is %s, and after the release', async (_how, percent) => {
    const { place, heal, stand, claim, read } = await deployed();
    const before = (await read())['spec'];
    await stand(percent);
    expect(await heal()).toMatchObject({ phase: '', resources: [{ status: 'Synced' }] });
    expect(await targets.pass(actuator, place, [claim(percent)])).toMatchObject({ kind: 'Unchanged' });
    await targets.release(actuator, place);
    expect(await heal()).toMatchObject({ phase: '' });
    expect((await read())['spec']).toEqual(before);
  });

  it('takes the next revision of Git while it is held, which is held from its first step', async () => {
    const { place, manifest, heal, stand, look, read } = await deployed();
    await stand(20);
    const next = { ...manifest, spec: JSON.parse(JSON.stringify(manifest['spec']).replace('credit:2', 'credit:3')) as object };
    expect(await heal(next)).toMatchObject({ phase: 'Succeeded' });
    await look();
    await stand(20);
    expect(JSON.stringify((await read())['spec'])).toContain('credit:3');
    expect((await read())['spec']).toMatchObject({ paused: true });
    await targets.release(actuator, place);
    expect((await read())['spec']).not.toHaveProperty('paused');
  });
});
