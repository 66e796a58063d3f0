import { describe, expect, it } from '@jest/globals';

import { httpRouteActuator } from '../../../../src/actuators/http-route/actuator.ts';
import type { TargetObject } from '../../../../src/actuators/port.ts';
import * as given from '../../../builders/http-route.ts';
import { backend, cap, ruleAt, weightsOf } from '../../../builders/http-route.ts';

const score = ruleAt('/score', [backend('credit-v2', 50), backend('credit-v1', 50)]);
const byPort = (weight: number, more = {}) => ruleAt('/batch', [backend('credit-v2', weight, { port: 9090, ...more })]);
const uncapped = (live: TargetObject) => httpRouteActuator.uncapped(live, given.aRouteTarget());

describe('a rule that sends requests to the candidate’s Service by another port', () => {
  const route = given.aRoute([score, byPort(1)]);

  it('regression: is named, with the object and what to do, before and while the limit holds', () => {
    const told = [
      'Rule 2 of HTTPRoute lending/credit sends requests to credit-v2:9090, which no limit on target traffic (candidate credit-v2:8080) reaches. Where the candidate’s model answers there too, write a target for that port, or take the backend out of the rule.',
    ];
    expect(uncapped(route)).toEqual(told);
    expect(uncapped(given.settled(route, [cap(10)]))).toEqual(told);
  });

  it('is left as it is: what a safe backend would be for that port the plan does not say', () => {
    const bounded = given.settled(route, [cap(10)]);
    expect(weightsOf(bounded)).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
    expect(given.rulesOf(bounded)[1]).toEqual(given.rulesOf(route)[1]);
    expect(given.released(bounded)).toEqual(route);
  });

  it('regression: stands in the receipt beside what was bounded', () => {
    const { actuation } = given.pass(route, [cap(10)]);
    expect(actuation).toMatchObject({
      after: 'rule 1: credit-v2:8080 10 %, credit-v1 90 % | rule 2: credit-v2:9090 100 %',
      before: 'rule 1: credit-v2:8080 50 %, credit-v1 50 % | rule 2: credit-v2:9090 100 %',
    });
  });

  it.each([
    ['has no share', given.aRoute([score, ruleAt('/batch', [backend('credit-v2', 0, { port: 9090 }), backend('credit-v1', 1)])])],
    ['is of another namespace', given.aRoute([score, byPort(1, { namespace: 'other' })])],
    ['is another Service whose name begins alike', given.aRoute([score, ruleAt('/b', [backend('credit-v22', 1, { port: 9090 })])])],
  ])('is not told of where it %s', (_where, live) => {
    expect(uncapped(live)).toEqual([]);
  });

  it('is not told of where it is the safe backend of the plan', () => {
    const target = given.aRouteTarget({ safe: { service: 'credit-v2', port: 9090, minReadyEndpoints: 1 } });
    expect(httpRouteActuator.uncapped(route, target)).toEqual([]);
  });

  it('is told of once a rule, however often the rule names it', () => {
    const twice = given.aRoute([score, ruleAt('/b', [backend('credit-v2', 1, { port: 9090 }), backend('credit-v2', 2, { port: 9090 })])]);
    expect(uncapped(twice)).toHaveLength(1);
  });
});

it('another rule of the route that sends requests to the same port of the candidate is bounded, named or not', () => {
  const route = given.aRoute([score, ruleAt('/batch', [backend('credit-v2', 1)], { name: 'batch' })]);
  const bounded = given.settled(route, [cap(10)]);
  expect(weightsOf(bounded, 1)).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
  expect(uncapped(route)).toEqual([]);
});
