import { describe, expect, it } from '@jest/globals';

import { aVirtualService, cap, givenBack, http, standing, to, weightsOf } from '../../../builders/virtual-service.ts';

const ofHost = cap(0, { holder: { plan: 'host' } });
const backTo = (subset: string | null) =>
  cap(10, {
    holder: { plan: 'newest' },
    target: { candidate: { host: 'credit-v3', subset: null }, safe: { host: 'credit-v2', subset, minReadyEndpoints: 0 } },
  });

describe('a plan whose safe backend is a subset of a host that another plan limits', () => {
  it('regression: pours nothing onto it where users take it out of the rule', () => {
    const before = aVirtualService([http([to('credit-v3', 50), to('credit-v0', 50), to('credit-v2', 0, { subset: 'large' })])]);
    const held = standing(before, [ofHost, backTo('large')]);
    const live = aVirtualService([http([to('credit-v3', 50), to('credit-v0', 50)])]);
    const bounded = standing({ ...live, metadata: held.metadata ?? {} }, [ofHost, backTo('large')]);
    expect(weightsOf(bounded)).toMatchObject({ 'credit-v3': 10, 'credit-v0': 50, 'credit-v1': 40 });
    expect(weightsOf(bounded)['credit-v2/large'] ?? 0).toBe(0);
    expect(givenBack(bounded)).toEqual(live);
  });

  it('regression: nor where the rule has another subset of it', () => {
    const subsets = [to('credit-v3', 50), to('credit-v2', 50, { subset: 'small' })];
    const before = aVirtualService([http([...subsets, to('credit-v2', 0, { subset: 'large' })])]);
    const held = standing(before, [ofHost, backTo('large')]);
    const live = aVirtualService([http(subsets)]);
    const bounded = standing({ ...live, metadata: held.metadata ?? {} }, [ofHost, backTo('large')]);
    expect(weightsOf(bounded)).toMatchObject({ 'credit-v3': 10, 'credit-v2/small': 0, 'credit-v1': 90 });
    expect(weightsOf(bounded)['credit-v2/large'] ?? 0).toBe(0);
    expect(givenBack(bounded)).toEqual(live);
  });

  it('does so with the host itself', () => {
    const live = aVirtualService([http([to('credit-v3', 50), to('credit-v0', 50)])]);
    const bounded = standing(live, [ofHost, backTo(null)]);
    expect(weightsOf(bounded)).toMatchObject({ 'credit-v3': 10, 'credit-v0': 50, 'credit-v1': 40 });
  });
});
