import { afterAll, beforeAll, expect, it } from '@jest/globals';

import type { KubeObject } from '../../../testbed/api-client.ts';
import { publishBackend } from '../../../testbed/backend.ts';
import { connectControlPlane } from '../../../testbed/connect.ts';
import type { ConnectedControlPlane } from '../../../testbed/connect.ts';
import { crdSource, installCRDs } from '../../../testbed/crds.ts';
import { startFaultProxy } from '../../../testbed/fault-proxy.ts';
import { defaultExpectations } from '../../../testbed/invariants/expectations.ts';
import { judgeInvariants } from '../../../testbed/judge-invariants.ts';
import { recordedBeside, startRecorder, writesThrough } from '../../../testbed/recorder.ts';
import { aRouteAt } from '../../builders/timeline.ts';
import { createAPIClient } from '../../../testbed/api-client.ts';

const routes = { group: 'gateway.networking.k8s.io', version: 'v1', plural: 'httproutes' };
const resources = [routes, ...recordedBeside.filter(({ group }) => group === 'discovery.k8s.io')];

let plane: ConnectedControlPlane;

beforeAll(async () => {
  plane = connectControlPlane();
  await installCRDs(plane, (await crdSource('gateway-api')).path);
}, 60_000);

afterAll(() => plane.close());

function aRoute(namespace: string): KubeObject {
  const { metadata, spec } = aRouteAt(1);
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { namespace, name: 'credit', labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {} },
    spec,
  };
}

it('sees every revision of its namespace in order, and nothing of another', async () => {
  const namespace = await plane.createNamespace();
  const other = await plane.createNamespace();
  await plane.client.create(routes, aRoute(namespace));
  const recorder = await startRecorder({ cluster: plane, namespace, resources });
  await plane.client.create(routes, aRoute(other));
  const at = { namespace, name: 'credit' };
  for (const weight of [10, 20, 30]) {
    await plane.client.patch(routes, at, [{ op: 'replace', path: '/spec/rules/0/backendRefs/1/weight', value: weight }]);
  }
  await publishBackend(plane.client, { name: 'credit-v1', namespace, port: 8080 });
  await recorder.catchUp();
  await plane.client.delete(routes, at);
  await plane.client.create(routes, aRoute(namespace));
  await recorder.catchUp();
  const seen = recorder.timeline.flatMap((event) => (event.kind === 'Object' ? [`${event.change} ${event.resource}`] : [event.kind]));
  expect(seen.filter((text) => text.endsWith('httproutes'))).toEqual([
    'Added httproutes',
    ...['Modified httproutes', 'Modified httproutes', 'Modified httproutes'],
    'Deleted httproutes',
    'Added httproutes',
  ]);
  expect(seen).toContain('Added endpointslices');
  await recorder.stop();
}, 30_000);

it('convicts an operator that caps too little, through the proxy it wrote by', async () => {
  const namespace = await plane.createNamespace();
  await plane.client.create(routes, aRoute(namespace));
  await publishBackend(plane.client, { name: 'credit-v1', namespace, port: 8080 });
  const recorder = await startRecorder({ cluster: plane, namespace, resources });
  const proxy = await startFaultProxy(plane);
  const culprit = createAPIClient({ server: proxy.url, caFile: null, token: plane.adminToken });
  const { metadata, spec } = aRouteAt(1, { stable: 60, candidate: 40, stage: 0 });
  await culprit.merge(
    routes,
    { namespace, name: 'credit' },
    JSON.parse(JSON.stringify({ metadata: { annotations: metadata.annotations }, spec })) as never,
  );
  await recorder.catchUp();
  const timeline = [...recorder.timeline, ...writesThrough(proxy.records)];
  expect(timeline.filter(({ kind }) => kind === 'Write')).toHaveLength(1);
  const broken = judgeInvariants(timeline, defaultExpectations(namespace)).map(({ invariant, message }) => `${invariant} ${message}`);
  expect(broken).toEqual(['V2 credit-v2 gets 40 % under a cap of 10 %']);
  await culprit.close();
  await proxy.stop();
  await recorder.stop();
}, 30_000);

it('refuses to start where it would see nothing', async () => {
  const absent = { group: 'absent.example', version: 'v1', plural: 'things' };
  await expect(startRecorder({ cluster: plane, namespace: 'default', resources: [absent] })).rejects.toThrow(
    "the recorder can't list things: 404",
  );
});
