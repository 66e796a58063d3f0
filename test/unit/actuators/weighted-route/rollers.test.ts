import { describe, expect, it } from '@jest/globals';

import type { Roller, TargetObject } from '../../../../src/actuators/port.ts';
import { aRoute, backend, cap, journalOf, pass, released, rule, settled, surroundings } from '../../../builders/http-route.ts';
import { applyPatch } from '../../../builders/json-patch.ts';
import * as mesh from '../../../builders/virtual-service.ts';

const route = (
  metadata: Parameters<typeof aRoute>[1] = {},
  backends = [backend('credit-v2', 50), backend('credit-v1', 50)],
): TargetObject => aRoute([rule(backends)], metadata);

const rollout = (state: Roller['state'], services: readonly string[] = ['other-canary', 'other-stable']): Roller => ({
  kind: 'Rollout',
  name: 'credit',
  state,
  services,
});

const around = (...rollers: readonly Roller[]) => ({ surroundings: surroundings({ rollers }) });
const reasonsOf = (live: TargetObject, changes: Parameters<typeof pass>[2]) =>
  pass(live, [cap(10)], changes).actuation.rejected.map(({ reason }) => reason);

describe('a route a Rollout is moving requests on', () => {
  it('is left to it, with the target to add in words', () => {
    const { actuation } = pass(route(), [cap(10)], around(rollout('Active')));
    expect(actuation).toMatchObject({ kind: 'Refused', rejected: [{ reason: 'RolloutInProgress' }] });
    expect(actuation.rejected[0]?.message).toContain('add target rollout: {name: credit}');
  });

  it.each(['Promoted', 'Aborted'] as const)('is capped once its update is %s', (state) => {
    expect(reasonsOf(route(), around(rollout(state)))).toEqual([]);
  });

  it('keeps its record while the update lasts, and what the Rollout writes is never written over', () => {
    const capped = settled(route(), [cap(10)]);
    const moved = applyPatch(capped, [{ op: 'replace', path: '/spec/rules/0/backendRefs/0/weight', value: 30 }]);
    const { actuation } = pass(moved, [cap(10)], around(rollout('Active')));
    expect(actuation).toMatchObject({ kind: 'Refused', rejected: [{ reason: 'RolloutInProgress' }] });
    const after = pass(moved, [cap(10)], around(rollout('Promoted')));
    expect(after.actuation).toMatchObject({ kind: 'Patch', rejected: [] });
    expect(journalOf(after.live)).toMatchObject({ claims: [{ constraints: [{ kind: 'Cap', maxPercent: 10 }] }] });
  });

  it('can be given back at any moment', () => {
    const capped = settled(route(), [cap(10)]);
    expect(released(capped, around(rollout('Active')))).toEqual(route());
  });

  it('lets go of a plan that leaves while another stays', () => {
    const second = cap(20, { holder: { plan: 'second', planUID: 'second-uid', planCreatedAtMs: 3 } });
    const both = settled(route(), [cap(10), second]);
    const { live } = pass(both, [second], around(rollout('Active')));
    expect(journalOf(live)).toMatchObject({ claims: [{ holder: { plan: 'second' } }] });
  });

  it('asks nothing of it for a claim without constraints', () => {
    const silent = { ...cap(10), constraints: [] };
    const capped = settled(route(), [cap(10)]);
    expect(pass(capped, [silent], around(rollout('Active'))).actuation).toMatchObject({ kind: 'Patch', rejected: [] });
  });

  it('is known by the plugin’s label where no Rollout speaks of it, and not where one does', () => {
    const marked = route({ metadata: { labels: { 'rollouts.argoproj.io/gatewayapi-canary': 'in-progress' } } });
    expect(reasonsOf(marked, {})).toEqual(['RolloutInProgress']);
    expect(reasonsOf(marked, around(rollout('Promoted')))).toEqual([]);
    expect(reasonsOf(route({ metadata: { labels: { 'rollouts.argoproj.io/gatewayapi-canary': 'done' } } }), {})).toEqual([]);
  });

  it('is a VirtualService as well', () => {
    const { actuation } = mesh.passed(mesh.halfAndHalf(), [mesh.cap(10)], around(rollout('Active')));
    expect(actuation.rejected).toMatchObject([{ reason: 'RolloutInProgress' }]);
  });
});

describe('a route between the two Services of one Rollout', () => {
  it('can not limit what is promoted: both lead to the same pods', () => {
    const own = rollout('Promoted', ['credit-v2', 'credit-v1']);
    expect(pass(route(), [cap(10)], around(own)).actuation).toMatchObject({
      kind: 'Refused',
      rejected: [{ reason: 'SameRevision', message: expect.stringContaining('rollout: {name: credit}') }],
    });
    expect(reasonsOf(route(), around(rollout('Promoted', ['credit-v2'])))).toEqual([]);
    expect(reasonsOf(route(), around(rollout('Aborted', ['credit-v2', 'credit-v1'])))).toEqual([]);
  });
});

describe('a route Flagger writes', () => {
  const canary: Roller = { kind: 'Canary', name: 'credit', state: 'Active', services: ['credit-primary', 'credit-canary'] };
  const ownerReferences = [{ apiVersion: 'flagger.app/v1beta1', kind: 'Canary', name: 'credit', uid: 'u' }];
  const flagged = [backend('credit-v2', 50), backend('credit-v1', 50), backend('credit-primary', 0)];

  const tookOver = route({ metadata: { annotations: { 'flagger.kubernetes.io/original-configuration': '{}' } } });

  it('regression: is users’ again when its Canary is gone, whatever mark that left', () => {
    expect(reasonsOf(tookOver, {})).toEqual([]);
    expect(reasonsOf(tookOver, around(rollout('Promoted')))).toEqual([]);
    expect(released(settled(tookOver, [cap(10)]))).toEqual(tookOver);
  });

  it.each([
    ['an owner that does not say it controls', route({ metadata: { ownerReferences } }), []],
    ['what it keeps of a route it took over, and the Canary of its name', tookOver, [canary]],
    ['a Canary of its name, and its Services in it', route({}, flagged), [canary]],
  ])('is known by %s', (_sign, live, rollers) => {
    expect(reasonsOf(live, around(...rollers))).toEqual(['GeneratedTarget']);
  });

  it('is not every route of the same name, nor every owner called Canary', () => {
    expect(reasonsOf(route(), around(canary))).toEqual([]);
    const other = [{ apiVersion: 'example.com/v1', kind: 'Canary', name: 'credit', uid: 'u' }];
    expect(reasonsOf(route({ metadata: { ownerReferences: other } }), {})).toEqual([]);
  });
});
