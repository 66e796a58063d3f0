import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { connectControlPlane } from '../../../testbed/connect.ts';
import type { ConnectedControlPlane } from '../../../testbed/connect.ts';
import { crdSource, installCRDs } from '../../../testbed/crds.ts';

let plane: ConnectedControlPlane;

beforeAll(() => {
  plane = connectControlPlane();
});

afterAll(() => plane.close());

it('serves HTTPRoutes after installing the Gateway API', async () => {
  await installCRDs(plane, (await crdSource('gateway-api')).path);
  expect(await plane.client.list({ group: 'gateway.networking.k8s.io', version: 'v1', plural: 'httproutes' })).toEqual(expect.any(Array));
}, 60_000);

it('keeps the fields of a flag whichever definition is there', async () => {
  await installCRDs(plane, (await crdSource('openfeature')).path);
  const namespace = await plane.createNamespace();
  const spec = {
    flagSpec: {
      flags: {
        'use-v2': { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'on', targeting: { if: [true, 'on', 'off'] } },
      },
    },
  };
  const flags = { group: 'core.openfeature.dev', version: 'v1beta1', plural: 'featureflags' };
  const object = { apiVersion: 'core.openfeature.dev/v1beta1', kind: 'FeatureFlag', metadata: { namespace, name: 'flags' }, spec };
  expect((await plane.client.create(flags, object))['spec']).toEqual(spec);
  const wrong = {
    ...object,
    metadata: { namespace, name: 'wrong' },
    spec: { flagSpec: { flags: { f: { state: 'OFF', variants: {}, defaultVariant: 'a' } } } },
  };
  await expect(plane.client.create(flags, wrong)).rejects.toMatchObject({ status: 422 });
}, 60_000);
