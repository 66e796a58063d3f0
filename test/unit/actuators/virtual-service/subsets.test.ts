import { describe, expect, it } from '@jest/globals';

import {
  aVirtualService,
  actuator,
  cap,
  givenBack,
  http,
  httpAt,
  httpOf,
  passed,
  shadow,
  standing,
  to,
  weightsOf,
} from '../../../builders/virtual-service.ts';

const whole = http([to('credit-v2', 50), to('credit-v1', 50)]);
const ofSubset = httpAt('/batch', [to('credit-v2', 100, { subset: 'large' })]);

describe('a candidate named by its host', () => {
  it('regression: is bounded by whatever subset of it a rule sends requests to', () => {
    const live = aVirtualService([whole, ofSubset]);
    const bounded = standing(live, [cap(10)]);
    expect([0, 1].map((index) => weightsOf(bounded, index))).toEqual([
      { 'credit-v2': 10, 'credit-v1': 90 },
      { 'credit-v2/large': 10, 'credit-v1': 90 },
    ]);
    expect(givenBack(bounded)).toEqual(live);
  });

  it('regression: has no more than its limit under several names in one rule together', () => {
    const live = aVirtualService([http([to('credit-v2', 30), to('credit-v2', 20, { subset: 'large' }), to('credit-v1', 50)])]);
    const bounded = standing(live, [cap(10)]);
    expect(weightsOf(bounded)).toEqual({ 'credit-v2': 6, 'credit-v2/large': 4, 'credit-v1': 90 });
    expect(weightsOf(standing(live, [cap(0)]))).toEqual({ 'credit-v2': 0, 'credit-v2/large': 0, 'credit-v1': 100 });
    expect(weightsOf(standing(live, [cap(60)]))).toEqual(weightsOf(live));
    expect(givenBack(bounded)).toEqual(live);
  });

  it.each([1, 3, 7, 10, 33])('keeps to a limit of %p where the portions are no whole numbers', (percent) => {
    const live = aVirtualService([http([to('credit-v2', 17, { subset: 'a' }), to('credit-v2', 31, { subset: 'b' }), to('credit-v1', 52)])]);
    const weights = weightsOf(standing(live, [cap(percent)])) as Record<string, number>;
    const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
    const candidate = (weights['credit-v2/a'] ?? 0) + (weights['credit-v2/b'] ?? 0);
    expect(candidate * 100).toBeLessThanOrEqual(total * percent);
    expect(candidate * 100).toBeGreaterThan(total * (percent - 1));
  });

  it('composes with a plan for one of its subsets: neither limit is exceeded, in any order', () => {
    const live = aVirtualService([http([to('credit-v2', 30), to('credit-v2', 20, { subset: 'large' }), to('credit-v1', 50)])]);
    const ofHost = cap(20, { holder: { plan: 'host' } });
    const ofLarge = cap(1, { holder: { plan: 'large' }, target: { candidate: { host: 'credit-v2', subset: 'large' } } });
    const bounded = standing(live, [ofHost, ofLarge]);
    expect(weightsOf(bounded)).toEqual({ 'credit-v2': 12, 'credit-v2/large': 1, 'credit-v1': 87 });
    expect(standing(live, [ofLarge, ofHost])).toEqual(bounded);
  });

  it('gets copies once, under one of its names', () => {
    const live = aVirtualService([http([to('credit-v2', 30, { subset: 'a' }), to('credit-v2', 20, { subset: 'b' }), to('credit-v1', 50)])]);
    const mirrored = standing(live, [shadow(100)]);
    expect(weightsOf(mirrored)).toEqual({ 'credit-v2/a': 0, 'credit-v2/b': 0, 'credit-v1': 100 });
    expect(httpOf(mirrored)[0]?.mirrors).toEqual([{ destination: { host: 'credit-v2', subset: 'a' } }]);
    expect(givenBack(mirrored)).toEqual(live);
  });

  it('gets no second copy where users mirror to one of its subsets already', () => {
    const mirrors = [{ destination: { host: 'credit-v2', subset: 'large' } }];
    const live = aVirtualService([http([to('credit-v2', 50), to('credit-v1', 50)], { mirrors })]);
    expect(httpOf(standing(live, [shadow(100)]))[0]?.mirrors).toEqual(mirrors);
  });

  it('spares the subset that is the safe one', () => {
    const live = aVirtualService([http([to('credit', 50), to('credit', 50, { subset: 'v1' })])]);
    const target = { candidate: { host: 'credit', subset: null }, safe: { host: 'credit', subset: 'v1', minReadyEndpoints: 1 } };
    expect(weightsOf(standing(live, [cap(10, { target })]))).toEqual({ credit: 10, 'credit/v1': 90 });
  });

  it('regression: is refused where a subset of it is reached by connections', () => {
    const tcp = [{ route: [{ destination: { host: 'credit-v2', subset: 'large' } }] }];
    const { actuation } = passed(aVirtualService([whole], { spec: { tcp } }), [cap(10)]);
    expect(actuation).toMatchObject({ kind: 'Refused', rejected: [{ reason: 'UnboundedRoute' }] });
  });
});

describe('a candidate that is a subset', () => {
  const target = { candidate: { host: 'credit', subset: 'v2' }, safe: { host: 'credit', subset: 'v1', minReadyEndpoints: 1 } };
  const split = http([to('credit', 50, { subset: 'v2' }), to('credit', 50, { subset: 'v1' })]);
  const uncapped = (live: Parameters<typeof actuator.uncapped>[0]) => actuator.uncapped(live, cap(10, { target }).target);

  it('regression: is told of where another rule sends requests to its host as a whole, and that rule is left as it is', () => {
    const live = aVirtualService([split, httpAt('/batch', [to('credit', 100)])]);
    expect(uncapped(live)).toEqual([
      'Rule 2 of VirtualService lending/credit sends requests to credit, which no limit on target traffic (candidate credit/v2) reaches. Name a subset there, or let the plan name the host without one.',
    ]);
    const bounded = standing(live, [cap(10, { target })]);
    expect(weightsOf(bounded)).toEqual({ 'credit/v2': 10, 'credit/v1': 90 });
    expect(httpOf(bounded)[1]).toEqual(httpOf(live)[1]);
  });

  it('is bounded in every rule that names it, and other subsets are other models', () => {
    const live = aVirtualService([
      split,
      httpAt('/batch', [to('credit', 60, { subset: 'v2' }), to('credit', 40, { subset: 'v1' })]),
      httpAt('/old', [to('credit', 100, { subset: 'v0' })]),
    ]);
    expect(uncapped(live)).toEqual([]);
    const bounded = standing(live, [cap(10, { target })]);
    expect([0, 1, 2].map((index) => weightsOf(bounded, index))).toEqual([
      { 'credit/v2': 10, 'credit/v1': 90 },
      { 'credit/v2': 10, 'credit/v1': 90 },
      { 'credit/v0': 100 },
    ]);
  });

  it('regression: is told of where the safe one is the host as a whole: what is displaced goes to its own pods too', () => {
    const safe = { host: 'credit', subset: null, minReadyEndpoints: 1 };
    const live = aVirtualService([http([to('credit', 50, { subset: 'v2' }), to('credit', 50)])]);
    expect(actuator.uncapped(live, cap(10, { target: { ...target, safe } }).target)).toEqual([
      expect.stringContaining('sends requests to credit,'),
    ]);
    expect(weightsOf(standing(live, [cap(10, { target: { ...target, safe } })]))).toEqual({ 'credit/v2': 10, credit: 90 });
  });
});
