import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { featureFlagActuator as flags } from '../../../src/actuators/feature-flag/actuator.ts';
import { httpRouteActuator as routes } from '../../../src/actuators/http-route/actuator.ts';
import type { Claim } from '../../../src/actuators/port.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import type { JSONValue } from '../../../src/shared/json.ts';
import { openArgoCD } from '../../../testbed/argocd.ts';
import type { ArgoCD, Reconciled } from '../../../testbed/argocd.ts';
import { exampleApplication } from '../../builders/application.ts';
import type { ApplicationChanges } from '../../builders/application.ts';
import { aFlag, rollback, targetingEU } from '../../builders/feature-flag.ts';
import { backend, cap, mirrorTo, parentRefs, rule, shadow, weightsOf } from '../../builders/http-route.ts';
import { startLiveTargets, userView } from '../../builders/live-target.ts';
import type { LiveTargets } from '../../builders/live-target.ts';

type Fields = { readonly [key: string]: JSONValue };

jest.setTimeout(120_000);

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

/** Stated in full: what the API server would add shows as drift. */
const service = (name: string, weight: number): Fields => backend(name, weight, { group: '', kind: 'Service' });

const half = (more: Fields = {}): Fields => rule([service('credit-v2', 50), service('credit-v1', 50)], more);

type Way = Omit<ApplicationChanges, 'namespace'>;

const ways: readonly [string, Way][] = [
  ['the example as it is', {}],
  ['server-side apply alone', { annotations: {} }],
  ['client-side apply', { annotations: {}, syncOptions: ['ApplyOutOfSyncOnly=true'] }],
];

/** One Application of one route named `credit` in a namespace of its own, as the example has it. */
async function anApplication(rules: readonly Fields[], changes: Way = {}) {
  const namespace = await targets.runtime.plane.createNamespace();
  const application = await exampleApplication({ namespace, ...changes });
  const git = { rules, hostnames: ['credit.example.com'], annotations: { team: 'lending' } as Fields };
  const manifest = (name = 'credit') => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name, namespace, annotations: git.annotations },
    spec: { parentRefs, hostnames: git.hostnames, rules: git.rules },
  });
  const look = (mode: 'Compare' | 'SelfHeal' | 'Sync'): Promise<Reconciled> =>
    argocd.reconcile({ application, targets: [manifest()], mode });
  const place = { name: 'credit', namespace };
  const world = {
    namespace,
    git,
    look,
    read: (): Promise<UntypedObject> => targets.read(routes, place),
    pass: (...claims: Claim[]) => targets.pass(routes, place, claims),
    release: () => targets.release(routes, place),
    /** Spec of a second route that was never constrained, from the same manifest: Git's word as the API server stores it. */
    async specOfGit(): Promise<unknown> {
      const applied = await targets.kubectl(['-n', namespace, 'apply', '-f', '-'], manifest('twin'));
      expect(applied).toMatchObject({ code: 0 });
      return (await targets.read(routes, { name: 'twin', namespace })).spec;
    },
  };
  expect(await look('SelfHeal')).toMatchObject({ phase: 'Succeeded', resources: [{ synced: expect.stringContaining('Synced') }] });
  expect(statusOf(await look('Compare'))).toBe('Synced');
  return world;
}

function statusOf({ resources }: Reconciled): string {
  return resources[0]?.status ?? 'absent';
}

/** Rounds of Argo CD's self-heal, each followed by a pass of the operator; what either wrote. */
async function healAndGuard(world: Awaited<ReturnType<typeof anApplication>>, claim: Claim, rounds: number) {
  const written = { argocd: 0, operator: 0 };
  for (let round = 0; round < rounds; round += 1) {
    if ((await world.look('SelfHeal')).phase !== '') written.argocd += 1;
    if ((await world.pass(claim)).kind === 'Patch') written.operator += 1;
  }
  return written;
}

describe.each(ways)('mode B with %s', (_way, changes) => {
  it.each<[string, readonly Fields[], Claim]>([
    ['a cap', [half()], cap(10)],
    ['a cap that multiplies weights', [rule([service('credit-v2', 1), service('credit-v1', 2)])], cap(10)],
    ['shadow', [half()], shadow(100)],
    ['shadow beside a mirror of the user’s', [half({ filters: [fullMirror('audit')] })], shadow(100)],
  ])('is Synced under %s, self-heal writes nothing, and the release leaves what Git says', async (_constraint, rules, claim) => {
    const world = await anApplication(rules, changes);
    const before = userView(await world.read());
    expect(await world.pass(claim)).toMatchObject({ kind: 'Patch', rejected: [] });
    const held = userView(await world.read());
    expect(held).not.toBe(before);
    expect(statusOf(await world.look('Compare'))).toBe('Synced');
    expect(await healAndGuard(world, claim, 3)).toEqual({ argocd: 0, operator: 0 });
    expect(userView(await world.read())).toBe(held);
    await world.release();
    expect(statusOf(await world.look('Compare'))).toBe('Synced');
    const after = await world.read();
    expect(userView(after)).toBe(before);
    expect(after.spec).toEqual(await world.specOfGit());
  });

  it.each<[string, readonly Fields[]]>([
    [
      'a match',
      [rule([service('credit-v2', 50), service('credit-v1', 50)], { matches: [{ path: { type: 'PathPrefix', value: '/v2' } }] })],
    ],
    [
      'a header',
      [half({ filters: [{ type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x-tier', value: 'gold' }] } }] })],
    ],
    ['a new backend', [rule([service('credit-v2', 50), service('credit-v1', 25), service('credit-v0', 25)])]],
    ['timeouts', [half({ timeouts: { request: '3s' } })]],
    ['a rule before it', [rule([service('docs', 1)], { matches: [{ path: { type: 'Exact', value: '/docs' } }] }), half()]],
  ])('an edit of %s in Git arrives while a cap is in force, is bounded again, and is what the release gives back', async (_edit, rules) => {
    const world = await anApplication([half()], changes);
    await world.pass(cap(10));
    world.git.rules = rules;
    expect(statusOf(await world.look('Compare'))).toBe('OutOfSync');
    expect(await world.look('SelfHeal')).toMatchObject({ phase: 'Succeeded' });
    expect(await world.pass(cap(10))).toMatchObject({ kind: 'Patch', foreignEdit: true, rejected: [] });
    expect(shareOfCandidate(await world.read())).toBe(10);
    expect(await healAndGuard(world, cap(10), 3)).toEqual({ argocd: 0, operator: 0 });
    await world.release();
    expect((await world.read()).spec).toEqual(await world.specOfGit());
    expect(statusOf(await world.look('Compare'))).toBe('Synced');
  });

  it('a change of weights alone is not seen, and comes with a change of an annotation beside it', async () => {
    const world = await anApplication([half()], changes);
    await world.pass(cap(10));
    world.git.rules = [rule([service('credit-v2', 20), service('credit-v1', 80)])];
    expect(await world.look('SelfHeal')).toMatchObject({ phase: '' });
    world.git.annotations = { team: 'lending', 'example.com/weights': 'canary at 20' };
    expect(await world.look('SelfHeal')).toMatchObject({ phase: 'Succeeded' });
    expect(await world.pass(cap(10))).toMatchObject({ kind: 'Patch', foreignEdit: true });
    expect(shareOfCandidate(await world.read())).toBe(10);
    await world.release();
    expect(weightsOf(await world.read())).toEqual({ 'credit-v2': 20, 'credit-v1': 80 });
  });

  it('a person’s sync of the whole Application leaves the route alone', async () => {
    const world = await anApplication([half()], changes);
    await world.pass(cap(10));
    expect(await world.look('Sync')).toMatchObject({ phase: 'Succeeded' });
    expect(await world.pass(cap(10))).toMatchObject({ kind: 'Unchanged' });
  });
});

function fullMirror(name: string): Fields {
  return mirrorTo(name, { backendRef: { group: '', kind: 'Service', name, port: 8080 } });
}

function shareOfCandidate(live: UntypedObject): number {
  const rules = (live.spec as { readonly rules: readonly { readonly backendRefs: readonly { name: string; weight: number }[] }[] }).rules;
  const own = rules.find(({ backendRefs }) => backendRefs.some(({ name }) => name === 'credit-v2'));
  const total = (own?.backendRefs ?? []).reduce((sum, { weight }) => sum + weight, 0);
  const weight = own?.backendRefs.find(({ name }) => name === 'credit-v2')?.weight ?? 0;
  return (100 * weight) / total;
}

describe('what docs/gitops.md warns of', () => {
  it.each(ways)(
    'RespectIgnoreDifferences with %s keeps edits of the rules out, constrained or not (argo-cd#17694)',
    async (_way, changes) => {
      const world = await anApplication([half()], {
        ...changes,
        syncOptions: [...(changes.syncOptions ?? ['ApplyOutOfSyncOnly=true', 'ServerSideApply=true']), 'RespectIgnoreDifferences=true'],
      });
      const before = (await world.read()).spec;
      world.git.rules = [half({ timeouts: { request: '3s' } })];
      for (let round = 0; round < 3; round += 1) {
        expect(await world.look('SelfHeal')).toMatchObject({ phase: 'Succeeded', resources: [{ status: 'OutOfSync' }] });
        expect((await world.read()).spec).toEqual(before);
      }
      await world.pass(cap(10));
      // It never stops trying; nothing of it reaches the cap, and nothing costs us a write.
      const held = (await world.read()).spec;
      expect(await healAndGuard(world, cap(10), 3)).toEqual({ argocd: 3, operator: 0 });
      expect((await world.read()).spec).toEqual(held);
      world.git.hostnames = ['scores.example.com'];
      await world.look('SelfHeal');
      expect((await world.read()).spec).toMatchObject({ hostnames: ['scores.example.com'] });
      expect(await world.pass(cap(10))).toMatchObject({ kind: 'Unchanged' });
    },
  );

  it('without ignoreDifferences each self-heal takes the cap off, and each costs one patch to lay it again', async () => {
    const world = await anApplication([half()], { ignoreDifferences: null });
    await world.pass(cap(10));
    expect(statusOf(await world.look('Compare'))).toBe('OutOfSync');
    expect(await healAndGuard(world, cap(10), 3)).toEqual({ argocd: 3, operator: 3 });
    expect(shareOfCandidate(await world.read())).toBe(10);
  });

  it('Replace=true takes the journal off with the cap', async () => {
    const world = await anApplication([half()], { syncOptions: ['Replace=true'] });
    await world.pass(cap(10));
    world.git.annotations = { team: 'payments' };
    await world.look('SelfHeal');
    expect((await world.read()).metadata.annotations).not.toHaveProperty('modelrisk.dev/journal');
  });

  it('a rule without the safe backend is OutOfSync under a cap, for the operator has to add it', async () => {
    const world = await anApplication([rule([service('credit-v2', 1)])]);
    expect(await world.pass(cap(10))).toMatchObject({ kind: 'Patch', rejected: [] });
    expect(statusOf(await world.look('Compare'))).toBe('OutOfSync');
    const whole = await anApplication([rule([service('credit-v2', 1), service('credit-v1', 0)])]);
    expect(await whole.pass(cap(10))).toMatchObject({ kind: 'Patch', rejected: [] });
    expect(statusOf(await whole.look('Compare'))).toBe('Synced');
  });

  it.each([
    ['server-side', {}, 'Synced'],
    ['structured', { annotations: {} }, 'OutOfSync'],
    ['three-way', { annotations: {}, syncOptions: ['ApplyOutOfSyncOnly=true'] }, 'OutOfSync'],
  ])('fields Git takes out of a list, which the API server’s defaults put back, with the %s diff', async (_diff, changes, expected) => {
    const world = await anApplication([half()], changes);
    world.git.rules = [rule([backend('credit-v2', 50), backend('credit-v1', 50)])];
    expect(statusOf(await world.look('Compare'))).toBe(expected);
  });
});

describe('mode C: weights in force become Git’s', () => {
  it('does not stay when the commit writes the numbers the operator wrote: they can’t be told from its own', async () => {
    const world = await anApplication([half()]);
    await world.pass(cap(10));
    world.git.rules = [rule([service('credit-v2', 10), service('credit-v1', 90)])];
    world.git.annotations = { team: 'lending', 'example.com/weights': 'canary at 10' };
    await world.look('SelfHeal');
    await world.pass(cap(10));
    await world.release();
    expect(weightsOf(await world.read())).toEqual({ 'credit-v2': 50, 'credit-v1': 50 });
  });

  it('stays after the release, when the commit writes the same split with other numbers', async () => {
    const world = await anApplication([half()]);
    await world.pass(cap(10));
    expect(weightsOf(await world.read())).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
    world.git.rules = [rule([service('credit-v2', 1), service('credit-v1', 9)])];
    world.git.annotations = { team: 'lending', 'example.com/weights': 'canary at 10' };
    await world.look('SelfHeal');
    expect(await world.pass(cap(10))).toMatchObject({ kind: 'Patch', foreignEdit: true });
    await world.release();
    expect((await world.read()).spec).toEqual(await world.specOfGit());
  });
});

it('a flag that was rolled back is Synced, and another flag that Git adds beside it arrives', async () => {
  const namespace = await targets.runtime.plane.createNamespace();
  const application = await exampleApplication({ namespace });
  const place = { name: 'credit-flags', namespace };
  const manifest = (others: Fields) => ({
    apiVersion: 'core.openfeature.dev/v1beta1',
    kind: 'FeatureFlag',
    metadata: place,
    spec: { flagSpec: { flags: { 'use-v2': aFlag({ targeting: targetingEU }), ...others } } },
  });
  const look = (others: Fields = {}) => argocd.reconcile({ application, targets: [manifest(others)], mode: 'SelfHeal' });
  const spec = async (): Promise<unknown> => (await targets.read(flags, place)).spec;
  await look();
  expect(await targets.pass(flags, place, [rollback()])).toMatchObject({ kind: 'Patch', rejected: [] });
  expect(await look()).toMatchObject({ phase: '', resources: [{ status: 'Synced' }] });
  const others = { 'use-cache': aFlag() };
  expect(await look(others)).toMatchObject({ phase: 'Succeeded' });
  await targets.pass(flags, place, [rollback()]);
  expect(await spec()).toMatchObject({ flagSpec: { flags: { 'use-v2': { defaultVariant: 'off', targeting: {} }, ...others } } });
  expect(await look(others)).toMatchObject({ phase: '' });
  await targets.release(flags, place);
  expect(await spec()).toEqual(manifest(others).spec);
});
