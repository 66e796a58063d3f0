import { describe, expect, it } from '@jest/globals';

import { httpRouteActuator } from '../../../../src/actuators/http-route/actuator.ts';
import type { Claim } from '../../../../src/actuators/port.ts';
import * as given from '../../../builders/http-route.ts';
import { backend, cap, halfAndHalf, rule, ruleAt, weightsOf } from '../../../builders/http-route.ts';

describe('a cap moves weights', () => {
  const cases: readonly [string, Record<string, number | null>, number, Record<string, number>][] = [
    ['half and half', { 'credit-v2': 50, 'credit-v1': 50 }, 10, { 'credit-v2': 10, 'credit-v1': 90 }],
    ['already below', { 'credit-v2': 5, 'credit-v1': 95 }, 10, { 'credit-v2': 5, 'credit-v1': 95 }],
    ['to nothing', { 'credit-v2': 50, 'credit-v1': 50 }, 0, { 'credit-v2': 0, 'credit-v1': 100 }],
    ['where the share is not exact', { 'credit-v2': 1, 'credit-v1': 1 }, 10, { 'credit-v2': 20, 'credit-v1': 180 }],
    ['absent weights count as 1', { 'credit-v2': null, 'credit-v1': null }, 25, { 'credit-v2': 50, 'credit-v1': 150 }],
    [
      'a third backend keeps its share',
      { 'credit-v2': 40, 'credit-v1': 40, other: 20 },
      10,
      { 'credit-v2': 10, 'credit-v1': 70, other: 20 },
    ],
  ];
  it.each(cases)('%s', (...[, weights, maxPercent, expected]) => {
    const route = given.aRoute([rule(Object.entries(weights).map(([name, weight]) => backend(name, weight)))]);
    expect(weightsOf(given.settled(route, [cap(maxPercent)]))).toEqual(expected);
  });

  it('bounds every rule that sends requests to the candidate, and no other', () => {
    const route = given.aRoute([
      ruleAt('/a', [backend('credit-v2', 50), backend('credit-v1', 50)]),
      ruleAt('/b', [backend('other', null)]),
      ruleAt('/c', [backend('credit-v2', 30), backend('credit-v1', 70)]),
    ]);
    const bounded = given.settled(route, [cap(10)]);
    expect([0, 1, 2].map((index) => weightsOf(bounded, index))).toEqual([
      { 'credit-v2': 10, 'credit-v1': 90 },
      { other: undefined },
      { 'credit-v2': 10, 'credit-v1': 90 },
    ]);
    expect(given.rulesOf(bounded)[1]).toEqual(given.rulesOf(route)[1]);
  });

  it('takes the strictest of two plans, whatever their order', () => {
    const mild = cap(40, { holder: { plan: 'mild' } });
    const strict = cap(10, { holder: { plan: 'strict' } });
    const first = given.settled(halfAndHalf(), [mild, strict]);
    expect(weightsOf(first)).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
    expect(given.settled(halfAndHalf(), [strict, mild])).toEqual(first);
  });

  it('goes back to the milder plan when the strict one leaves', () => {
    const mild = cap(40, { holder: { plan: 'mild' } });
    const both = given.settled(halfAndHalf(), [mild, cap(10, { holder: { plan: 'strict' } })]);
    expect(weightsOf(given.settled(both, [mild]))).toEqual({ 'credit-v2': 40, 'credit-v1': 60 });
  });

  it('names the same Service by an explicit namespace equal to the route’s', () => {
    const route = given.aRoute([rule([backend('credit-v2', 50, { namespace: 'lending' }), backend('credit-v1', 50)])]);
    expect(weightsOf(given.settled(route, [cap(10)]))).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
  });

  const elsewhere: readonly [string, object][] = [
    ['in another namespace', { namespace: 'sandbox' }],
    ['of another port', { port: 9090 }],
    ['of another kind', { group: 'inference.networking.k8s.io', kind: 'InferencePool' }],
  ];
  it.each(elsewhere)('does not take a backend %s for the candidate', (_name, more) => {
    const route = given.aRoute([rule([backend('credit-v2', 50, { ...more }), backend('credit-v1', 50)])]);
    expect(given.pass(route, [cap(10)]).actuation).toMatchObject({ kind: 'Refused', rejected: [{ reason: 'CandidateAbsent' }] });
  });

  it('bounds a candidate that stands in a rule twice by both entries together', () => {
    const route = given.aRoute([rule([backend('credit-v2', 30), backend('credit-v1', 40), backend('credit-v2', 30)])]);
    const [bounded] = given.rulesOf(given.settled(route, [cap(10)]));
    expect((bounded?.backendRefs as { weight: number }[]).map(({ weight }) => weight)).toEqual([5, 90, 5]);
    expect(given.released(given.settled(route, [cap(10)]))).toEqual(route);
  });

  it('says before, after and intent in one line each', () => {
    const { actuation } = given.pass(halfAndHalf(), [cap(10)]);
    expect(actuation).toMatchObject({
      kind: 'Patch',
      before: 'credit-v2 50 %, credit-v1 50 %',
      after: 'credit-v2 10 %, credit-v1 90 %',
      intent: 'credit-v2 50 %, credit-v1 50 %',
      foreignEdit: false,
      rejected: [],
    });
  });

  it('tells rules apart in the summary only where they differ', () => {
    const route = given.aRoute([
      ruleAt('/a', [backend('credit-v2', 1), backend('credit-v1', 2)], { name: 'all' }),
      ruleAt('/b', [backend('credit-v2', null)]),
    ]);
    const { actuation } = given.pass(route, [cap(10)]);
    expect(actuation).toMatchObject({
      before: 'rule all: credit-v2 33.3 %, credit-v1 66.7 % | rule 2: credit-v2 100 %',
      after: 'credit-v2 10 %, credit-v1 90 %',
    });
  });

  it('has nothing to do the second time', () => {
    const bounded = given.settled(halfAndHalf(), [cap(10)]);
    expect(given.pass(bounded, [cap(10)]).actuation).toEqual({
      kind: 'Unchanged',
      rejected: [],
      effective: 'credit-v2 10 %, credit-v1 90 %',
    });
  });

  it('writes the journal alone when only the stage moved on', () => {
    const bounded = given.settled(halfAndHalf(), [cap(10)]);
    const { actuation } = given.pass(bounded, [cap(10, { holder: { stage: 1 } })]);
    expect(actuation.kind === 'Patch' && actuation.operations.filter(({ op }) => op !== 'test').map(({ path }) => path)).toEqual([
      '/metadata/annotations/modelrisk.dev~1journal',
      '/metadata/annotations/modelrisk.dev~1epoch',
    ]);
  });

  it('hands the holders and their claims back to a restart', () => {
    const claims: readonly Claim[] = [cap(10), cap(40, { holder: { plan: 'mild' } })];
    const reading = httpRouteActuator.readJournal(given.settled(halfAndHalf(), claims, { epoch: 7 }));
    expect(reading).toEqual({ kind: 'Engaged', claims, holders: claims.map(({ holder }) => holder), released: [], epoch: 7 });
  });
});

describe('a route without a safe backend', () => {
  const alone = (weight: number | null, more = {}) => given.aRoute([rule([backend('credit-v2', weight, more)])]);

  it.each([[null], [1], [100]])('gets one while capped, with the weight %p', (weight) => {
    const bounded = given.settled(alone(weight), [cap(10)]);
    expect(weightsOf(bounded)).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
    expect(given.released(bounded)).toEqual(alone(weight));
  });

  it('writes the reference like the candidate’s beside it', () => {
    const bounded = given.settled(alone(1, { group: '', kind: 'Service' }), [cap(10)]);
    const [only] = given.rulesOf(bounded);
    expect((only?.backendRefs as object[])[1]).toEqual({ group: '', kind: 'Service', name: 'credit-v1', port: 8080, weight: 90 });
    const bare = given.rulesOf(given.settled(alone(1), [cap(10)]))[0]?.backendRefs as object[];
    expect(bare[1]).toEqual({ name: 'credit-v1', port: 8080, weight: 90 });
  });

  it('changes the weight of what it inserted, not the backend, when the cap moves', () => {
    const bounded = given.settled(alone(100), [cap(10)]);
    const { actuation, live } = given.pass(bounded, [cap(30)]);
    expect(weightsOf(live)).toEqual({ 'credit-v2': 30, 'credit-v1': 70 });
    expect(actuation.kind === 'Patch' && actuation.operations.map(({ op, path }) => `${op} ${path}`)).toContain(
      'replace /spec/rules/0/backendRefs/1/weight',
    );
  });

  it('is refused when the rule has no room for one more backend', () => {
    const full = given.aRoute([
      rule([backend('credit-v2', 50), ...Array.from({ length: 15 }, (_, index) => backend(`b${String(index)}`, 1))]),
    ]);
    expect(given.pass(full, [cap(10)]).actuation).toMatchObject({ kind: 'Refused', rejected: [{ reason: 'TooManyBackends' }] });
  });
});
