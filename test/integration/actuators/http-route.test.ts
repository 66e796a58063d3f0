import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { httpRouteActuator as routes } from '../../../src/actuators/http-route/actuator.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import type { JSONValue } from '../../../src/shared/json.ts';
import {
  backend,
  cap,
  envoyGateway,
  mirrorTo,
  parentRefs,
  parentStatus,
  rule,
  ruleAt,
  shadow,
  surroundings,
  weightsOf,
} from '../../builders/http-route.ts';
import { operatorManager, startLiveTargets, userView } from '../../builders/live-target.ts';
import type { LiveTargets } from '../../builders/live-target.ts';

type Fields = { readonly [key: string]: JSONValue };

// kubectl takes a second a call on a busy machine.
jest.setTimeout(60_000);

let targets: LiveTargets;
let serial = 0;

beforeAll(async () => {
  targets = await startLiveTargets();
}, 120_000);

afterAll(() => targets.close());

const manifest = (name: string, rules: readonly Fields[], metadata: Fields = {}) => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name, namespace: targets.namespace, ...metadata },
  spec: { parentRefs, rules },
});

/** A route its user applied server-side, as GitOps does. */
async function aLiveRoute(rules: readonly Fields[], metadata: Fields = { annotations: { team: 'lending' }, labels: { app: 'credit' } }) {
  const name = `credit-${String(++serial)}`;
  const apply = (changed: readonly Fields[] = rules) =>
    targets.kubectl(['apply', '--server-side', '-f', '-'], manifest(name, changed, metadata));
  expect(await apply()).toMatchObject({ code: 0 });
  const claim = (make: typeof cap, percent: number, plan = 'credit') => make(percent, { holder: { plan }, target: { object: name } });
  const read = (): Promise<UntypedObject> => targets.read(routes, name);
  return { name, apply, claim, read, before: userView(await read()) };
}

const half = (more: Fields = {}) => [rule([backend('credit-v2', 50), backend('credit-v1', 50)], more)];

describe('engaged and released on a real API server', () => {
  it.each<[string, readonly Fields[], typeof cap, number]>([
    ['a cap', half(), cap, 10],
    ['a cap that has to multiply weights', [rule([backend('credit-v2', 1), backend('credit-v1', 2)])], cap, 10],
    ['weights left to the server’s default', [rule([backend('credit-v2', null), backend('credit-v1', null)])], cap, 10],
    ['a rule with the candidate alone', [rule([backend('credit-v2', null)])], shadow, 100],
    ['a shadow beside the user’s filters', half({ filters: [mirrorTo('audit')] }), shadow, 100],
    [
      'several rules, one of them named',
      [ruleAt('/a', [backend('credit-v2', 5)], { name: 'a' }), ruleAt('/b', [backend('other', 1)]), ...half()],
      shadow,
      100,
    ],
  ])('%s leaves not a byte behind', async (...[, rules, make, percent]) => {
    const route = await aLiveRoute(rules);
    expect(await targets.pass(routes, route.name, [route.claim(make, percent)])).toMatchObject({ kind: 'Patch', rejected: [] });
    expect(userView(await route.read())).not.toBe(route.before);
    expect(await targets.pass(routes, route.name, [route.claim(make, percent)])).toMatchObject({ kind: 'Unchanged' });
    await targets.release(routes, route.name);
    expect(userView(await route.read())).toBe(route.before);
  });

  it('also where the object had no annotations at all', async () => {
    const route = await aLiveRoute(half(), {});
    expect((await route.read()).metadata).not.toHaveProperty('annotations');
    await targets.pass(routes, route.name, [route.claim(cap, 10)]);
    expect(weightsOf(await route.read())).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
    await targets.release(routes, route.name);
    expect(userView(await route.read())).toBe(route.before);
    expect((await route.read()).metadata).not.toHaveProperty('annotations');
  });

  it('with what someone edited by kubectl meanwhile, bounded again at once', async () => {
    const route = await aLiveRoute(half());
    await targets.pass(routes, route.name, [route.claim(cap, 10)]);
    const patch = JSON.stringify([{ op: 'replace', path: '/spec/rules/0/backendRefs/0/weight', value: 70 }]);
    expect(await targets.kubectl(['patch', 'httproute', route.name, '--type=json', '-p', patch])).toMatchObject({ code: 0 });
    const again = await targets.pass(routes, route.name, [route.claim(cap, 10)]);
    expect(again).toMatchObject({ kind: 'Patch', foreignEdit: true, intent: 'credit-v2 58.3 %, credit-v1 41.7 %' });
    expect(weightsOf(await route.read())).toEqual({ 'credit-v2': 12, 'credit-v1': 108 });
    await targets.release(routes, route.name);
    const after = await route.read();
    expect(weightsOf(after)).toEqual({ 'credit-v2': 70, 'credit-v1': 50 });
    expect(after.metadata.annotations).toEqual({ team: 'lending' });
    expect(after.metadata.managedFields?.map(({ manager }) => manager)).not.toContain(operatorManager);
  });

  it('for two plans on one route, each in its turn', async () => {
    const route = await aLiveRoute(half());
    const strict = route.claim(cap, 10, 'strict');
    const mild = route.claim(cap, 40, 'mild');
    await targets.pass(routes, route.name, [mild]);
    await targets.pass(routes, route.name, [mild, strict]);
    expect(weightsOf(await route.read())).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
    await targets.pass(routes, route.name, [mild]);
    expect(weightsOf(await route.read())).toEqual({ 'credit-v2': 40, 'credit-v1': 60 });
    await targets.release(routes, route.name);
    expect(userView(await route.read())).toBe(route.before);
  });

  it('keeps the percent of a mirror where the CRD has it', async () => {
    const route = await aLiveRoute(half());
    const percent = shadow(10, { target: { object: route.name, whenPercentUnsupported: 'Refuse' } });
    const parents = [parentStatus(envoyGateway, { parentRef: parentRefs[0] ?? {} })].map((parent) => ({
      ...parent,
      conditions: (parent.conditions as object[]).map((condition) => ({ ...condition, lastTransitionTime: '2026-01-01T00:00:00Z' })),
    }));
    const status = JSON.stringify({ status: { parents } });
    const stamped = await targets.kubectl(['patch', 'httproute', route.name, '--subresource=status', '--type=merge', '-p', status]);
    expect(stamped).toMatchObject({ code: 0 });
    expect(await targets.pass(routes, route.name, [percent])).toMatchObject({ kind: 'Patch', rejected: [] });
    expect(JSON.stringify((await route.read()).spec)).toContain('"percent":10');
  });
});

describe('an unforced server-side apply by the user', () => {
  it('would be refused while a patch of ours owns the rules', async () => {
    const route = await aLiveRoute(half());
    const actuation = routes.plan({
      live: await route.read(),
      claims: [route.claim(cap, 10)],
      epoch: 1,
      nowMs: 0,
      actor: 'operator',
      surroundings: surroundings(),
    });
    const operations = actuation.kind === 'Patch' ? actuation.operations : [];
    expect(await targets.clientFor(routes).patch({ namespace: targets.namespace, name: route.name }, operations)).toMatchObject({
      ok: true,
    });
    expect(await route.apply()).toMatchObject({ code: 1, text: expect.stringContaining('conflict') });
  });

  it('succeeds engaged, counts as new intent, and succeeds after the release', async () => {
    const route = await aLiveRoute(half());
    await targets.pass(routes, route.name, [route.claim(cap, 10)]);
    expect(await route.apply([rule([backend('credit-v2', 60), backend('credit-v1', 40)])])).toMatchObject({ code: 0 });
    expect(await targets.pass(routes, route.name, [route.claim(cap, 10)])).toMatchObject({ kind: 'Patch', foreignEdit: true });
    expect(weightsOf(await route.read())).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
    await targets.release(routes, route.name);
    expect(weightsOf(await route.read())).toEqual({ 'credit-v2': 60, 'credit-v1': 40 });
    expect(await route.apply([rule([backend('credit-v2', 30), backend('credit-v1', 70)])])).toMatchObject({ code: 0 });
    expect(weightsOf(await route.read())).toEqual({ 'credit-v2': 30, 'credit-v1': 70 });
  });

  it('can be a no-op for its user: the same manifest again keeps the cap and the intent', async () => {
    const route = await aLiveRoute(half());
    await targets.pass(routes, route.name, [route.claim(cap, 10)]);
    expect(await route.apply()).toMatchObject({ code: 0 });
    await targets.pass(routes, route.name, [route.claim(cap, 10)]);
    expect(weightsOf(await route.read())).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
    await targets.release(routes, route.name);
    expect(userView(await route.read())).toBe(route.before);
  });
});

it('a client-side apply keeps the journal, and its manifest is the new intent', async () => {
  const name = `client-side-${String(++serial)}`;
  const apply = (candidate: number) =>
    targets.kubectl(['apply', '-f', '-'], manifest(name, [rule([backend('credit-v2', candidate), backend('credit-v1', 50)])]));
  expect(await apply(50)).toMatchObject({ code: 0 });
  const claim = cap(10, { target: { object: name } });
  await targets.pass(routes, name, [claim]);
  expect(await apply(70)).toMatchObject({ code: 0 });
  expect(await targets.pass(routes, name, [claim])).toMatchObject({
    kind: 'Patch',
    foreignEdit: true,
    intent: 'credit-v2 58.3 %, credit-v1 41.7 %',
  });
  await targets.release(routes, name);
  expect(weightsOf(await targets.read(routes, name))).toEqual({ 'credit-v2': 70, 'credit-v1': 50 });
});

describe('a write of the numbers that a limit has put there already', () => {
  const capped = [rule([backend('credit-v2', 10), backend('credit-v1', 90)])];
  const ownersOf = ({ metadata }: UntypedObject) =>
    (metadata.managedFields ?? []).flatMap((entry) => {
      const { manager, operation, fieldsV1 } = entry as { manager?: string; operation?: string; fieldsV1?: { 'f:spec'?: object } };
      return 'f:rules' in (fieldsV1?.['f:spec'] ?? {}) ? [`${manager ?? ''} ${operation ?? ''}`] : [];
    });
  const anUnderLimit = async () => {
    const route = await aLiveRoute(half());
    await targets.pass(routes, route.name, [route.claim(cap, 10)]);
    return { ...route, under: await route.read() };
  };

  it.each([
    ['a patch', ['--type=json', '-p', JSON.stringify([{ op: 'replace', path: '/spec/rules/0/backendRefs/0/weight', value: 10 }])]],
    ['a merge', ['--type=merge', '-p', JSON.stringify({ spec: { rules: capped } })]],
  ])('leaves no trace where it is %s: the object is not written at all', async (_what, patch) => {
    const { name, under, read } = await anUnderLimit();
    expect(await targets.kubectl(['patch', 'httproute', name, ...patch])).toMatchObject({ code: 0 });
    expect(await read()).toEqual(under);
  });

  it('makes whoever applies it server-side owner of the rules, and so does an apply that only carries them over from the cluster', async () => {
    const meant = await anUnderLimit();
    const copied = await anUnderLimit();
    expect([meant, copied].map(({ under }) => ownersOf(under))).toEqual([[], []]);
    expect(await meant.apply(capped)).toMatchObject({ code: 0 });
    // As Argo CD does with RespectIgnoreDifferences, and who reads, adds a label and applies.
    const { spec } = copied.under as unknown as { readonly spec: Fields };
    const { metadata, ...rest } = manifest(copied.name, [], { annotations: { team: 'lending' }, labels: { app: 'credit', more: 'yes' } });
    expect(await targets.kubectl(['apply', '--server-side', '-f', '-'], { ...rest, metadata, spec })).toMatchObject({ code: 0 });
    const [byIntent, byCopy] = [await meant.read(), await copied.read()];
    expect(ownersOf(byIntent)).toEqual(ownersOf(byCopy));
    expect(ownersOf(byIntent)).toEqual(['kubectl Apply']);
    // Nothing tells the two apart, and a copy taken for a wish would keep the limit for ever.
    for (const { name, claim } of [meant, copied])
      expect(await targets.pass(routes, name, [claim(cap, 10)])).toMatchObject({ kind: 'Unchanged' });
    for (const { name, read } of [meant, copied]) {
      await targets.release(routes, name);
      expect(weightsOf(await read())).toEqual({ 'credit-v2': 50, 'credit-v1': 50 });
    }
  });

  it('is new intent in other numbers of the same split', async () => {
    const { name, apply, claim, read } = await anUnderLimit();
    expect(await apply([rule([backend('credit-v2', 1), backend('credit-v1', 9)])])).toMatchObject({ code: 0 });
    expect(await targets.pass(routes, name, [claim(cap, 10)])).toMatchObject({ kind: 'Patch', foreignEdit: true });
    await targets.release(routes, name);
    expect(weightsOf(await read())).toEqual({ 'credit-v2': 1, 'credit-v1': 9 });
  });
});

describe('what the API server answers', () => {
  it('to a test that does not hold: a conflict, 422 without causes, and nothing written', async () => {
    const route = await aLiveRoute(half());
    const stale = await route.read();
    const patch = JSON.stringify([{ op: 'replace', path: '/spec/rules/0/backendRefs/1/weight', value: 51 }]);
    await targets.kubectl(['patch', 'httproute', route.name, '--type=json', '-p', patch]);
    const seen = userView(await route.read());
    const actuation = routes.plan({
      live: stale,
      claims: [route.claim(cap, 10)],
      epoch: 1,
      nowMs: 0,
      actor: 'operator',
      surroundings: surroundings(),
    });
    const operations = actuation.kind === 'Patch' ? actuation.operations : [];
    const answer = await targets.runtime.plane.client.raw({
      method: 'PATCH',
      path: `/apis/gateway.networking.k8s.io/v1/namespaces/${targets.namespace}/httproutes/${route.name}`,
      body: operations,
      contentType: 'application/json-patch+json',
    });
    expect(answer.status).toBe(422);
    expect((answer.body as { details?: { causes?: unknown } }).details?.causes).toBeUndefined();
    const client = targets.clientFor(routes);
    expect(await client.patch({ namespace: targets.namespace, name: route.name }, operations)).toMatchObject({
      failure: { kind: 'Conflict' },
    });
    expect(userView(await route.read())).toBe(seen);
  });

  it('to the word "no managers": it drops the last entry, which an empty list would keep', async () => {
    const name = `owned-${String(++serial)}`;
    const client = targets.clientFor(routes);
    const { metadata, ...rest } = manifest(name, half());
    await client.create({ ...rest, metadata: { name, namespace: metadata.namespace } });
    const operations = routes.disown(await targets.read(routes, name), operatorManager) ?? [];
    expect(await client.patch({ namespace: targets.namespace, name }, operations)).toMatchObject({ ok: true });
    expect((await targets.read(routes, name)).metadata.managedFields ?? []).toEqual([]);
  });
});
