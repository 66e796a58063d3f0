import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Agent, request } from 'undici';
import { eventually } from '../../testbed/eventually.ts';
import { freePort } from '../../testbed/free-port.ts';
import { selfSigned } from '../builders/certificate.ts';
import { applyGuardedModel, httpRoutes, modelRisks, riskPolicies } from '../builders/guarded-model.ts';
import { openOperatorWorld } from '../builders/operator-world.ts';
import type { OperatorWorld } from '../builders/operator-world.ts';
import { grant, person } from '../builders/people.ts';
import type { Person } from '../builders/people.ts';
import { conditionOf, shareOf } from '../builders/traffic-view.ts';

describe('a reading that is pushed, from the bundle on the real API server', () => {
  const directory = mkdtempSync(join(tmpdir(), 'push-tls-'));
  const [certFile, keyFile] = [join(directory, 'tls.crt'), join(directory, 'tls.key')];
  const { cert, key } = selfSigned('operator');
  const agent = new Agent({ connect: { ca: cert } });
  let world: OperatorWorld;
  let pipeline: Person;
  let url: string;

  async function push(value: number, token: string): Promise<{ readonly status: number; readonly text: string }> {
    const { namespace } = world;
    const reading = { namespace, model: 'credit', version: '2.3.0', served: 'Live', signal: 'score-drift', value, time: Date.now() / 1000 };
    const answer = await request(`${url}/v1/readings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(reading),
      dispatcher: agent,
    });
    return { status: answer.statusCode, text: await answer.body.text() };
  }

  beforeAll(async () => {
    writeFileSync(certFile, cert);
    writeFileSync(keyFile, key);
    world = await openOperatorWorld();
    const { plane, namespace } = world;
    const rights = await plane.kubectl(['apply', '--server-side', '-f', 'config/push/rbac.yaml']);
    if (rights.code !== 0) throw new Error(rights.stderr);
    pipeline = await person(plane, plane.client, { namespace, name: 'pipeline' });
    await applyGuardedModel(plane.client, { namespace, providerURL: world.provider.url });
    const pushed = { name: 'score-drift', windowSeconds: 1, measurableIn: ['Live', 'Shadow'], push: {} };
    await plane.client.patch(riskPolicies, { name: namespace }, [{ op: 'replace', path: '/spec/signals/0', value: pushed }]);
    // So long that what happens here happens because of the push.
    const rarely = { op: 'replace', path: '/spec/evaluationIntervalSeconds', value: 600 } as const;
    await plane.client.patch(modelRisks, { namespace, name: 'credit' }, [rarely]);
    const port = await freePort();
    url = `https://127.0.0.1:${port}`;
    await world.start({ 'push-port': String(port), 'push-tls-cert-file': certFile, 'push-tls-key-file': keyFile });
  }, 120_000);

  afterAll(async () => {
    await agent.close();
    await pipeline.client.close();
    await world.close();
    rmSync(directory, { recursive: true });
  });

  it('is refused to who is nobody, and to who was not allowed, with what to do', async () => {
    expect(await push(0.9, 'made-up')).toMatchObject({ status: 401 });
    const token = await world.plane.tokenFor(world.namespace, 'pipeline');
    const refused = await push(0.9, token);
    expect(refused).toMatchObject({ status: 403, text: expect.stringContaining('bind ClusterRole modelrisk-pusher') });
    expect(shareOf(await world.get(httpRoutes, 'credit'), 'credit-v2')).toBe(50);
  });

  it('engages the plan at once, once its sender was allowed', async () => {
    await grant(world.plane.client, pipeline, { namespace: world.namespace, clusterRole: 'modelrisk-pusher' });
    const token = await world.plane.tokenFor(world.namespace, 'pipeline');
    await eventually(async () => (await push(0.9, token)).status === 200, { timeoutMs: 30_000 });
    await world.until(httpRoutes, 'credit', (live) => shareOf(live, 'credit-v2') <= 10);
    const risk = await world.until(modelRisks, 'credit', (object) => conditionOf(object, 'Breached')?.status === 'True');
    expect(conditionOf(risk, 'Ready')?.status).toBe('True');
  }, 60_000);
});
