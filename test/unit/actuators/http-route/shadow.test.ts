import { describe, expect, it } from '@jest/globals';

import { httpRouteActuator } from '../../../../src/actuators/http-route/actuator.ts';
import type { TargetObject } from '../../../../src/actuators/port.ts';
import * as given from '../../../builders/http-route.ts';
import { backend, cap, contour, envoyGateway, halfAndHalf, mirrorTo, rule, shadow, weightsOf } from '../../../builders/http-route.ts';

const header = { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x', value: 'y' }] } };
const shadowed = { 'credit-v2': 0, 'credit-v1': 100 };
const filtersOf = (live: TargetObject): unknown => given.rulesOf(live)[0]?.filters;
const withFilters = (filters: readonly (typeof header | ReturnType<typeof mirrorTo>)[]): TargetObject =>
  given.aRoute([rule([backend('credit-v2', 50), backend('credit-v1', 50)], { filters })]);

describe('shadow', () => {
  it('takes all live requests from the candidate and gives it copies', () => {
    const { live, actuation } = given.pass(halfAndHalf(), [shadow(100)]);
    expect(weightsOf(live)).toEqual(shadowed);
    expect(filtersOf(live)).toEqual([mirrorTo('credit-v2')]);
    expect(actuation).toMatchObject({ after: 'credit-v2 0 %, credit-v1 100 %; copies 100 % to credit-v2' });
    expect(given.released(live)).toEqual(halfAndHalf());
  });

  it('beats a cap', () => {
    const live = given.settled(halfAndHalf(), [cap(40, { holder: { plan: 'other' } }), shadow(100)]);
    expect(weightsOf(live)).toEqual(shadowed);
  });

  it('asks for a share of the requests where the controller keeps it', () => {
    const live = given.settled(halfAndHalf(), [shadow(10)]);
    expect(filtersOf(live)).toEqual([mirrorTo('credit-v2', { percent: 10 })]);
    expect(given.released(live)).toEqual(halfAndHalf());
  });

  it('takes the least of two shares', () => {
    const live = given.settled(halfAndHalf(), [shadow(10), shadow(40, { holder: { plan: 'other' } })]);
    expect(filtersOf(live)).toEqual([mirrorTo('credit-v2', { percent: 10 })]);
  });

  it('with 0 percent makes no copies', () => {
    const live = given.settled(halfAndHalf({ controllers: [contour] }), [shadow(0)]);
    expect(weightsOf(live)).toEqual(shadowed);
    expect(given.rulesOf(live)[0]).not.toHaveProperty('filters');
  });

  it('replaces its own filter when the share changes', () => {
    const live = given.settled(given.settled(withFilters([header]), [shadow(10)]), [shadow(100)]);
    expect(filtersOf(live)).toEqual([header, mirrorTo('credit-v2')]);
    expect(given.released(live)).toEqual(withFilters([header]));
  });

  it('appends to the user’s filters and takes out only its own', () => {
    const live = given.settled(withFilters([header]), [shadow(100)]);
    expect(filtersOf(live)).toEqual([header, mirrorTo('credit-v2')]);
    expect(given.released(live)).toEqual(withFilters([header]));
    const added = given.editRules(live, ([only]) => [{ ...only, filters: [mirrorTo('audit'), header, mirrorTo('credit-v2')] }]);
    expect(filtersOf(given.released(added))).toEqual([mirrorTo('audit'), header]);
  });

  it('keeps a list it had made when users have put something into it', () => {
    const live = given.settled(halfAndHalf(), [shadow(100)]);
    const added = given.editRules(live, ([only]) => [{ ...only, filters: [mirrorTo('credit-v2'), header] }]);
    expect(filtersOf(given.released(added))).toEqual([header]);
  });

  it('does not take for its own a list users have written anew', () => {
    const live = given.settled(halfAndHalf(), [shadow(100)]);
    const anew = given.editRules(live, ([only]) => [{ ...only, filters: [] }]);
    expect(filtersOf(given.released(given.settled(anew, [shadow(100)])))).toEqual([]);
  });

  it('leaves an empty list empty, not absent', () => {
    expect(given.released(given.settled(withFilters([]), [shadow(100)]))).toEqual(withFilters([]));
  });

  it('leaves a user’s mirror to the candidate, and adds none', () => {
    const mirrored = withFilters([mirrorTo('credit-v2', { percent: 5 })]);
    const live = given.settled(mirrored, [shadow(100)]);
    expect(weightsOf(live)).toEqual(shadowed);
    expect(filtersOf(live)).toEqual(filtersOf(mirrored));
    expect(given.released(live)).toEqual(mirrored);
  });

  it('takes an edited filter of its own for the user’s', () => {
    const live = given.settled(halfAndHalf(), [shadow(100)]);
    const edited = given.editRules(live, ([only]) => [{ ...only, filters: [mirrorTo('credit-v2', { percent: 5 })] }]);
    const { actuation, live: next } = given.pass(edited, [shadow(100)]);
    expect(actuation).toMatchObject({ kind: 'Patch', foreignEdit: true });
    expect(filtersOf(given.released(next))).toEqual([mirrorTo('credit-v2', { percent: 5 })]);
  });

  it('takes out one copy of its filter when users doubled it', () => {
    const live = given.settled(halfAndHalf(), [shadow(100)]);
    const doubled = given.editRules(live, ([only]) => [{ ...only, filters: [mirrorTo('credit-v2'), mirrorTo('credit-v2')] }]);
    expect(filtersOf(given.released(doubled))).toEqual([mirrorTo('credit-v2')]);
  });

  it('knows its filter again with the defaults the API server adds', () => {
    const live = given.settled(halfAndHalf(), [shadow(100)]);
    const backendRef = { group: '', kind: 'Service', name: 'credit-v2', port: 8080 };
    const defaulted = given.editRules(live, ([only]) => [{ ...only, filters: [{ type: 'RequestMirror', requestMirror: { backendRef } }] }]);
    expect(given.pass(defaulted, [shadow(100)]).actuation.kind).toBe('Unchanged');
    expect(given.released(defaulted)).toEqual(halfAndHalf());
  });

  it('is refused when the rule has no room for one more filter', () => {
    const full = withFilters(Array.from({ length: 16 }, () => header));
    expect(given.pass(full, [shadow(100)]).actuation).toMatchObject({ kind: 'Refused', rejected: [{ reason: 'TooManyBackends' }] });
  });

  it('gives way to a cap when the plan steps down', () => {
    const live = given.settled(given.settled(halfAndHalf(), [shadow(100)]), [cap(10)]);
    expect(live).toEqual(given.settled(given.settled(halfAndHalf(), [cap(10)]), [cap(10)]));
  });
});

describe('a share of the mirror is asked only of controllers known to keep it', () => {
  it.each([
    ['Contour, which copies all and says Accepted', [contour]],
    ['a controller nobody tried', ['example.com/gateway']],
    ['one of two', [envoyGateway, contour]],
    ['none that reports', []],
  ])('refused with %s', (_name, controllers) => {
    const { actuation } = given.pass(halfAndHalf({ controllers }), [shadow(10)]);
    expect(actuation).toMatchObject({ kind: 'Refused', rejected: [{ reason: 'MirrorPercentUnsupported' }] });
  });

  it('all requests can be copied anywhere', () => {
    expect(given.pass(halfAndHalf({ controllers: [contour] }), [shadow(100)]).actuation).toMatchObject({ kind: 'Patch', rejected: [] });
  });

  it('a plan may ask for all instead', () => {
    const all = shadow(10, { target: { whenPercentUnsupported: 'MirrorAll' } });
    expect(filtersOf(given.settled(halfAndHalf({ controllers: [contour] }), [all]))).toEqual([mirrorTo('credit-v2')]);
    expect(filtersOf(given.settled(halfAndHalf(), [all]))).toEqual([mirrorTo('credit-v2', { percent: 10 })]);
  });

  it('the status of a parent the route has left does not count', () => {
    const stale = given.parentStatus(contour, { parentRef: { name: 'old-edge' } });
    const route = { ...halfAndHalf(), status: { parents: [given.parentStatus(envoyGateway), stale] } };
    expect(given.pass(route, [shadow(10)]).actuation).toMatchObject({ kind: 'Patch', rejected: [] });
  });

  it('a cap in force stays when the shadow after it is refused', () => {
    const capped = given.settled(halfAndHalf({ controllers: [contour] }), [cap(10)]);
    const { live, actuation } = given.pass(capped, [shadow(10)]);
    expect(actuation).toMatchObject({ kind: 'Unchanged', rejected: [{ reason: 'MirrorPercentUnsupported' }] });
    expect(weightsOf(live)).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
  });
});

describe('an API server whose CRD drops the percent', () => {
  const asked = given.settled(halfAndHalf(), [shadow(10)]);
  const pruned = given.editRules(asked, ([only]) => [{ ...only, filters: [mirrorTo('credit-v2')] }]);

  it('is found by looking at what it stored', () => {
    const verification = httpRouteActuator.verify(given.inputFor(pruned, [shadow(10)]));
    expect(verification).toMatchObject({ kind: 'Failed', reason: 'ChangeNotKept' });
  });

  it('gets no copies at all rather than all of them, and is not asked again', () => {
    const { live, actuation } = given.pass(pruned, [shadow(10)]);
    expect(actuation).toMatchObject({ kind: 'Patch', rejected: [{ reason: 'MirrorPercentUnsupported' }] });
    expect(weightsOf(live)).toEqual(shadowed);
    expect(given.rulesOf(live)[0]).not.toHaveProperty('filters');
    expect(given.pass(live, [shadow(10)]).actuation).toMatchObject({
      kind: 'Unchanged',
      rejected: [{ reason: 'MirrorPercentUnsupported' }],
    });
    expect(httpRouteActuator.verify(given.inputFor(live, [shadow(10)]))).toMatchObject({ kind: 'Verified', unmet: [{}] });
    expect(given.released(live)).toEqual(halfAndHalf());
  });

  it('copies all where the plan says so', () => {
    const all = shadow(10, { target: { whenPercentUnsupported: 'MirrorAll' } });
    const live = given.settled(pruned, [all]);
    expect(filtersOf(live)).toEqual([mirrorTo('credit-v2')]);
    expect(httpRouteActuator.verify(given.inputFor(live, [all]))).toEqual({ kind: 'Verified', unmet: [] });
    expect(given.released(live)).toEqual(halfAndHalf());
  });
});
