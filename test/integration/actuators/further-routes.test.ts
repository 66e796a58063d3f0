import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { experimentActuator } from '../../../src/actuators/experiment/actuator.ts';
import { grpcRouteActuator } from '../../../src/actuators/grpc-route/actuator.ts';
import type { Claim } from '../../../src/actuators/port.ts';
import { virtualServiceActuator } from '../../../src/actuators/virtual-service/actuator.ts';
import type { Constraint } from '../../../src/core/model/constraint.ts';
import type { KubeObject } from '../../../testbed/api-client.ts';
import { aClaim as experimentClaim } from '../../builders/experiment.ts';
import { aRouteClaim, inputFor } from '../../builders/http-route.ts';
import { operatorManager, startLiveTargets, userView } from '../../builders/live-target.ts';
import type { LiveTargets } from '../../builders/live-target.ts';
import { storyTargets } from '../../builders/story-target.ts';
import { aClaim } from '../../builders/virtual-service.ts';

// kubectl takes a second a call on a busy machine.
jest.setTimeout(60_000);

let targets: LiveTargets;
let serial = 0;

beforeAll(async () => {
  targets = await startLiveTargets();
}, 120_000);

afterAll(() => targets.close());

const kinds = [
  {
    kind: 'GRPCRoute',
    actuator: grpcRouteActuator,
    claim: (object: string, constraint: Constraint): Claim => aRouteClaim([constraint], { target: { kind: 'GRPCRoute', object } }),
  },
  {
    kind: 'VirtualService',
    actuator: virtualServiceActuator,
    claim: (object: string, constraint: Constraint): Claim => aClaim([constraint], { target: { object } }),
  },
  {
    kind: 'Experiment',
    actuator: experimentActuator,
    claim: (object: string, constraint: Constraint): Claim => experimentClaim([constraint], { target: { object } }),
  },
] as const;

describe.each(kinds)('a $kind on the real API server', ({ kind, actuator, claim }) => {
  const cap: Constraint = { kind: 'Cap', maxPercent: 10 };
  const story = storyTargets.find((each) => each.kind === kind);
  if (story === undefined) throw new Error(`no story of ${kind}`);

  /** Applied server-side by its user, as GitOps does. */
  async function aLiveRoute(bare = false) {
    const name = `credit-${String(++serial)}`;
    const manifest = (): KubeObject => {
      const { metadata, ...rest } = story?.manifest(targets.namespace) ?? { metadata: {} };
      const { labels = {}, annotations = {} } = metadata;
      return { ...rest, metadata: { name, namespace: targets.namespace, ...(bare ? {} : { labels, annotations }) } };
    };
    const apply = (changed = manifest()) => targets.kubectl(['apply', '--server-side', '-f', '-'], changed);
    expect(await apply()).toMatchObject({ code: 0 });
    const read = () => targets.read(actuator, name);
    return { name, manifest, apply, read, before: userView(await read()) };
  }

  it.each([false, true])('is capped, shadowed and given back to the byte (without annotations: %p)', async (bare) => {
    const route = await aLiveRoute(bare);
    await targets.pass(actuator, route.name, [claim(route.name, cap)]);
    expect(story.share((await route.read()) as KubeObject)).toBe(10);
    await targets.pass(actuator, route.name, [claim(route.name, { kind: 'Shadow', mirrorPercent: 100 })]);
    const shadowed = (await route.read()) as KubeObject;
    expect(story.share(shadowed)).toBe(0);
    expect(story.mirrored?.(shadowed) ?? null).toBe(story.mirrored === null ? null : true);
    await targets.release(actuator, route.name);
    expect(userView(await route.read())).toBe(route.before);
  });

  it('may be applied again by its user without force while it is held, which is new intent', async () => {
    const route = await aLiveRoute();
    await targets.pass(actuator, route.name, [claim(route.name, cap)]);
    expect(await route.apply(story.edit(route.manifest()))).toMatchObject({ code: 0 });
    expect(await targets.pass(actuator, route.name, [claim(route.name, cap)])).toMatchObject({ kind: 'Patch', foreignEdit: true });
    const held = await route.read();
    expect(story.share(held as KubeObject)).toBe(10);
    expect(held.metadata.managedFields?.map(({ manager }) => manager)).not.toContain(operatorManager);
    await targets.release(actuator, route.name);
    expect(story.share((await route.read()) as KubeObject)).toBe(70);
  });

  it('takes no patch computed from what it no longer is', async () => {
    const route = await aLiveRoute();
    const actuation = actuator.plan(inputFor(await route.read(), [claim(route.name, cap)]));
    expect(await route.apply(story.edit(route.manifest()))).toMatchObject({ code: 0 });
    const seen = userView(await route.read());
    const operations = actuation.kind === 'Patch' ? actuation.operations : [];
    const answer = await targets.clientFor(actuator).patch({ namespace: targets.namespace, name: route.name }, operations);
    expect(answer).toMatchObject({ failure: { kind: 'Conflict' } });
    expect(userView(await route.read())).toBe(seen);
  });
});

it('the percentage of a VirtualService’s mirror is kept by its CRD', async () => {
  const name = `credit-${String(++serial)}`;
  const manifest = storyTargets.find(({ kind }) => kind === 'VirtualService')?.manifest(targets.namespace);
  await targets.kubectl(['apply', '--server-side', '-f', '-'], { ...manifest, metadata: { name, namespace: targets.namespace } });
  const percent = aClaim([{ kind: 'Shadow', mirrorPercent: 25 }], { target: { object: name } });
  await targets.pass(virtualServiceActuator, name, [percent]);
  const held = await targets.read(virtualServiceActuator, name);
  expect(JSON.stringify(held.spec)).toContain('{"destination":{"host":"credit-v2","port":{"number":8080}},"percentage":{"value":25}}');
  expect(virtualServiceActuator.verify(inputFor(held, [percent]))).toEqual({ kind: 'Verified', unmet: [] });
});

it('a VirtualService of one rule with neither name, match nor weight gets the safe destination and loses it again', async () => {
  const name = `credit-${String(++serial)}`;
  const route = [{ destination: { host: 'credit-v2' } }];
  const manifest = { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: { name, namespace: targets.namespace } };
  const applied = await targets.kubectl(['apply', '--server-side', '-f', '-'], {
    ...manifest,
    spec: { hosts: ['credit'], http: [{ route }] },
  });
  expect(applied).toMatchObject({ code: 0 });
  const before = userView(await targets.read(virtualServiceActuator, name));
  await targets.pass(virtualServiceActuator, name, [aClaim([{ kind: 'Shadow', mirrorPercent: 100 }], { target: { object: name } })]);
  expect((await targets.read(virtualServiceActuator, name)).spec).toEqual({
    hosts: ['credit'],
    http: [
      {
        route: [
          { destination: { host: 'credit-v2' }, weight: 0 },
          { destination: { host: 'credit-v1' }, weight: 100 },
        ],
        mirrors: [{ destination: { host: 'credit-v2' } }],
      },
    ],
  });
  await targets.release(virtualServiceActuator, name);
  expect(userView(await targets.read(virtualServiceActuator, name))).toBe(before);
});
