import { describe, expect, it } from '@jest/globals';

import { httpRouteActuator } from '../../../../src/actuators/http-route/actuator.ts';
import * as given from '../../../builders/http-route.ts';
import { backend, cap, editRules, editWeights, halfAndHalf, rule, ruleAt, shadow, weightsOf } from '../../../builders/http-route.ts';

describe('a release gives back the user’s latest intent', () => {
  it('to the byte, and leaves no trace', () => {
    const route = given.aRoute([
      ruleAt('/a', [backend('credit-v2', null), backend('credit-v1', 3)], { name: 'all' }),
      ruleAt('/b', [backend('credit-v2', 7)], { filters: [{ type: 'RequestHeaderModifier', requestHeaderModifier: {} }] }),
    ]);
    const engaged = given.settled(route, [shadow(100)]);
    expect(engaged).not.toEqual(route);
    expect(given.released(engaged)).toEqual(route);
  });

  it('with the annotation map gone again when it was made for the journal', () => {
    const route = halfAndHalf();
    const { annotations: _annotations, ...metadata } = route.metadata as Record<string, string>;
    const bare = { ...route, metadata };
    const engaged = given.settled(bare, [cap(10)]);
    expect(Object.keys(given.annotationsOf(engaged) ?? {})).toEqual(['modelrisk.dev/journal', 'modelrisk.dev/epoch']);
    expect(given.released(given.settled(engaged, [cap(5)]))).toEqual(bare);
  });

  it('but keeps annotations users added to that map', () => {
    const route = halfAndHalf();
    const { annotations: _annotations, ...metadata } = route.metadata as Record<string, string>;
    const engaged = given.withAnnotations(given.settled({ ...route, metadata }, [cap(10)]), { note: 'kept' });
    expect(given.annotationsOf(given.released(engaged))).toEqual({ note: 'kept' });
  });

  it('and an annotation map that was there stays, though its users emptied it', () => {
    const engaged = given.settled(halfAndHalf(), [cap(10)]);
    const { team: _team, ...annotations } = given.annotationsOf(engaged) ?? {};
    const emptied = { ...engaged, metadata: { ...(engaged.metadata as object), annotations } };
    expect(given.annotationsOf(given.released(emptied))).toEqual({});
  });

  it('with two backends and two mirrors of ours in one rule', () => {
    const route = given.aRoute([rule([backend('credit-v2', 50), backend('credit-v3', 50)])]);
    const held = ['credit-v2', 'credit-v3'].map((service) =>
      shadow(100, {
        holder: { plan: service },
        target: { candidate: { service, port: 8080 }, safe: { service: `safe-of-${service}`, port: 8080, minReadyEndpoints: 1 } },
      }),
    );
    const engaged = given.settled(route, held);
    expect(weightsOf(engaged)).toEqual({ 'credit-v2': 0, 'credit-v3': 0, 'safe-of-credit-v2': 50, 'safe-of-credit-v3': 50 });
    expect(given.rulesOf(engaged)[0]?.filters).toHaveLength(2);
    expect(given.released(engaged)).toEqual(route);
    const more = given.editRules(engaged, ([only]) => [{ ...only, filters: [given.mirrorTo('audit'), ...(only?.filters as [])] }]);
    expect(given.rulesOf(given.released(more))[0]?.filters).toEqual([given.mirrorTo('audit')]);
  });

  it('is a tombstone first, and only then nothing', () => {
    const engaged = given.settled(halfAndHalf(), [cap(10)], { epoch: 3 });
    const first = given.settled(engaged, [], { epoch: 3, actor: 'ann@example.com' });
    expect(weightsOf(first)).toEqual({ 'credit-v2': 50, 'credit-v1': 50 });
    const engagements = [{ planUID: 'credit-uid', engagement: 1, actor: 'ann@example.com', atMs: given.nowMs }];
    expect(httpRouteActuator.readJournal(first)).toEqual({ kind: 'Released', actor: 'ann@example.com', engagements, epoch: 3 });
    expect(given.pass(first, [], { epoch: 3 }).actuation.kind).toBe('Unchanged');
    expect(httpRouteActuator.finish(engaged)).toBeNull();
    expect(httpRouteActuator.finish(halfAndHalf())).toBeNull();
  });

  it('changes nothing where nothing was held', () => {
    expect(given.pass(halfAndHalf(), []).actuation).toMatchObject({ kind: 'Unchanged', rejected: [] });
  });
});

describe('an edit under constraint is new intent', () => {
  const engaged = given.settled(halfAndHalf(), [cap(10)]);

  it('a changed weight is stored, bounded again, and given back', () => {
    const edited = editWeights(engaged, { 'credit-v2': 30 });
    const { live, actuation } = given.pass(edited, [cap(10)]);
    expect(actuation).toMatchObject({ kind: 'Patch', foreignEdit: true, intent: 'credit-v2 37.5 %, credit-v1 62.5 %' });
    expect(weightsOf(live)['credit-v2']).toBe(8);
    expect(weightsOf(given.released(live))).toEqual({ 'credit-v2': 30, 'credit-v1': 50 });
  });

  it('weights beside ours, where we had multiplied them, stay in the scale their author saw', () => {
    const scaled = given.settled(given.aRoute([rule([backend('credit-v2', 1), backend('credit-v1', 1)])]), [cap(10)]);
    expect(weightsOf(scaled)).toEqual({ 'credit-v2': 20, 'credit-v1': 180 });
    expect(weightsOf(given.released(editWeights(scaled, { 'credit-v2': 60 })))).toEqual({ 'credit-v2': 60, 'credit-v1': 180 });
  });

  it('a whole rule written anew is taken as it is', () => {
    const scaled = given.settled(given.aRoute([rule([backend('credit-v2', 1), backend('credit-v1', 1)])]), [cap(10)]);
    const anew = editRules(scaled, () => [rule([backend('credit-v2', 1), backend('credit-v1', 2)])]);
    expect(given.rulesOf(given.released(anew))).toEqual(given.rulesOf(anew));
  });

  it('a weight taken away stays away', () => {
    const back = given.released(editWeights(engaged, { 'credit-v2': null }));
    expect(weightsOf(back)).toEqual({ 'credit-v2': undefined, 'credit-v1': 50 });
  });

  it.each([
    ['added', [backend('credit-v2', 10), backend('credit-v1', 90), backend('other', 5)], [50, 50, 5]],
    ['removed', [backend('credit-v2', 10)], [50]],
    ['moved', [backend('credit-v1', 90), backend('credit-v2', 10)], [50, 50]],
  ])('a backend %s', (_name, references, weights) => {
    const edited = editRules(engaged, ([only]) => [{ ...only, backendRefs: references }]);
    const back = given.rulesOf(given.released(edited))[0]?.backendRefs as { weight: number }[];
    expect(back.map(({ weight }) => weight)).toEqual(weights);
  });

  it('a backend we had inserted is the user’s once they weigh it', () => {
    const inserted = given.settled(given.aRoute([rule([backend('credit-v2', 100)])]), [cap(10)]);
    const edited = editWeights(inserted, { 'credit-v1': 60 });
    expect(given.pass(edited, [cap(10)]).actuation).toMatchObject({ foreignEdit: true });
    expect(weightsOf(given.released(edited))).toEqual({ 'credit-v2': 100, 'credit-v1': 60 });
  });

  it('of something we did not change is no quarrel', () => {
    const edited = editRules(engaged, (rules) => [ruleAt('/new', [backend('other', 1)]), ...rules]);
    expect(given.pass(edited, [cap(10)]).actuation).toEqual({
      kind: 'Unchanged',
      rejected: [],
      effective: 'credit-v2 10 %, credit-v1 90 %',
    });
  });

  it('a rule of ours that is gone is an edit', () => {
    const edited = editRules(engaged, () => [rule([backend('credit-v1', 1)])]);
    expect(given.pass(edited, [cap(10)]).actuation).toMatchObject({
      kind: 'Patch',
      foreignEdit: true,
      rejected: [{ reason: 'CandidateAbsent' }],
    });
  });

  it('so is one that another has taken the place of', () => {
    const edited = editRules(engaged, () => [ruleAt('/elsewhere', [backend('credit-v2', 5), backend('credit-v1', 95)])]);
    expect(given.pass(edited, [cap(10)]).actuation).toMatchObject({ kind: 'Patch', foreignEdit: true, rejected: [] });
  });
});

describe('rules are found again', () => {
  const route = given.aRoute([
    ruleAt('/a', [backend('credit-v2', 50), backend('credit-v1', 50)]),
    ruleAt('/b', [backend('credit-v2', 30), backend('credit-v1', 70)], { name: 'b' }),
  ]);
  const engaged = given.settled(route, [cap(10)]);
  const intents = (live: typeof route) => given.rulesOf(live).map((_, index) => weightsOf(given.released(live), index)['credit-v2']);

  it('when they change places', () => {
    expect(intents(editRules(engaged, ([a, b]) => [b ?? {}, a ?? {}]))).toEqual([30, 50]);
  });

  it('when others come before them', () => {
    const edited = editRules(engaged, (rules) => [ruleAt('/first', [backend('credit-v2', 1), backend('credit-v1', 99)]), ...rules]);
    expect(intents(edited)).toEqual([1, 50, 30]);
  });

  it('when their matches or names are edited and our weights left', () => {
    const edited = editRules(engaged, ([a, b]) => [
      { ...a, matches: [{ path: { type: 'Exact', value: '/x' } }] },
      { ...b, name: 'renamed' },
    ]);
    expect(intents(edited)).toEqual([50, 30]);
  });

  it('when keys and matches are written in another order', () => {
    const matches = [{ method: 'GET', path: { type: 'PathPrefix', value: '/a' } }, { method: 'PUT' }];
    const two = given.settled(given.aRoute([rule([backend('credit-v2', 50), backend('credit-v1', 50)], { matches })]), [cap(10)]);
    const turned = [{ method: 'PUT' }, { path: { value: '/a', type: 'PathPrefix' }, method: 'GET' }];
    expect(intents(editRules(editWeights(two, { 'credit-v1': 91 }), ([only]) => [{ ...only, matches: turned }]))).toEqual([50]);
  });

  it('when two match the same, by their order', () => {
    const twins = given.aRoute([
      rule([backend('credit-v2', 50), backend('credit-v1', 50)]),
      rule([backend('credit-v2', 30), backend('credit-v1', 70)]),
    ]);
    expect(intents(given.settled(twins, [cap(10)]))).toEqual([50, 30]);
  });

  it('when two match the same and one is edited, by its place', () => {
    const bounded = given.aRoute([
      rule([backend('credit-v2', 5), backend('credit-v1', 95)]),
      rule([backend('credit-v2', 30), backend('credit-v1', 70)]),
    ]);
    expect(intents(editWeights(given.settled(bounded, [cap(10)]), { 'credit-v1': 80 }, 1))).toEqual([5, 30]);
  });

  it('when a rule of the same matches is put before one that is edited too', () => {
    const single = editWeights(given.settled(halfAndHalf(), [cap(10)]), { 'credit-v1': 80 });
    expect(intents(editRules(single, (rules) => [rule([backend('other', 4)]), ...rules]))).toEqual([undefined, 50]);
  });

  it('when a rule with the same matches but other backends is put before them', () => {
    const single = given.settled(halfAndHalf(), [cap(10)]);
    expect(intents(editRules(single, (rules) => [rule([backend('other', 4)]), ...rules]))).toEqual([undefined, 50]);
  });
});

describe('a tombstone', () => {
  const tombstone = given.settled(given.settled(halfAndHalf(), [cap(10)]), []);

  it.each([1, 0])('refuses engagement %p of the plan it names', (engagement) => {
    const { actuation } = given.pass(tombstone, [cap(10, { holder: { engagement } })]);
    expect(actuation).toMatchObject({ kind: 'Refused', rejected: [{ planUID: 'credit-uid', target: 'traffic', reason: 'Released' }] });
  });

  it('gives way to a newer engagement', () => {
    const next = given.settled(tombstone, [cap(10, { holder: { engagement: 2 } })]);
    expect(weightsOf(next)).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
    expect(httpRouteActuator.readJournal(next)).toMatchObject({ kind: 'Engaged', released: [] });
  });

  it('stays in force while another plan engages', () => {
    const other = cap(10, { holder: { plan: 'other' } });
    const next = given.settled(tombstone, [other, cap(0)]);
    expect(weightsOf(next)).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
    expect(given.pass(next, [other, cap(0)]).actuation).toMatchObject({ kind: 'Unchanged', rejected: [{ reason: 'Released' }] });
  });

  it('is kept for a plan that leaves while another stays', () => {
    const stays = cap(40, { holder: { plan: 'stays' } });
    const both = given.settled(halfAndHalf(), [cap(10), stays]);
    const one = given.settled(both, [stays], { actor: 'ann' });
    const ended = [{ planUID: 'credit-uid', engagement: 1, actor: 'ann', atMs: given.nowMs }];
    expect(httpRouteActuator.readJournal(one)).toMatchObject({ kind: 'Engaged', released: ended });
    expect(given.pass(one, [stays, cap(10)]).actuation).toMatchObject({ kind: 'Unchanged', rejected: [{ reason: 'Released' }] });
    expect(httpRouteActuator.readJournal(given.settled(one, []))).toMatchObject({
      kind: 'Released',
      engagements: [...ended, { planUID: 'stays-uid', engagement: 1, actor: 'operator', atMs: given.nowMs }],
    });
  });
});

describe('two plans released by one patch', () => {
  it('regression: are each in the name of who released them', () => {
    const both = given.settled(halfAndHalf(), [cap(10), cap(40, { holder: { plan: 'other' } })]);
    const released = given.settled(both, [], { actors: { 'credit-uid': 'ann', 'other-uid': 'operator' } });
    expect(httpRouteActuator.readJournal(released)).toMatchObject({
      kind: 'Released',
      engagements: expect.arrayContaining([
        { planUID: 'credit-uid', engagement: 1, actor: 'ann', atMs: given.nowMs },
        { planUID: 'other-uid', engagement: 1, actor: 'operator', atMs: given.nowMs },
      ]),
    });
  });
});

describe('a plan that asks nothing of a target for now', () => {
  const nothing = given.aRouteClaim([]);

  it('keeps its journal, so that it may act again in the same engagement', () => {
    const paused = given.settled(given.settled(halfAndHalf(), [cap(10)]), [nothing]);
    expect(weightsOf(paused)).toEqual({ 'credit-v2': 50, 'credit-v1': 50 });
    expect(httpRouteActuator.readJournal(paused)).toMatchObject({ kind: 'Engaged', claims: [nothing] });
    expect(weightsOf(given.settled(paused, [cap(10)]))).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
  });

  it('writes nothing on a target it never touched', () => {
    expect(given.pass(halfAndHalf(), [nothing]).actuation).toMatchObject({ kind: 'Unchanged' });
  });
});

it('a plan of the same name under a new uid adopts what it finds', () => {
  const engaged = given.settled(halfAndHalf(), [cap(10)]);
  const adopted = given.settled(engaged, [cap(10, { holder: { planUID: 'restored-uid' } })]);
  expect(weightsOf(adopted)).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
  expect(httpRouteActuator.readJournal(adopted)).toMatchObject({ kind: 'Engaged', holders: [{ planUID: 'restored-uid' }], released: [] });
  expect(given.released(adopted)).toEqual(halfAndHalf());
});
