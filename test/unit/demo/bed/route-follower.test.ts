import { describe, expect, it } from '@jest/globals';

import { routeRequest } from '../../../../demo/bed/route-follower.ts';

const route = {
  metadata: { name: 'employment' },
  spec: {
    rules: [
      { matches: [{ headers: [{ name: 'x-model-version', value: 'safe' }] }], backendRefs: [{ name: 'v1', weight: 1 }] },
      {
        backendRefs: [
          { name: 'v2', weight: 10 },
          { name: 'v1', weight: 90 },
        ],
      },
    ],
  },
};

function withRule(rule: object) {
  return { ...route, spec: { rules: [rule] } };
}

function serviceAt(chance: number): string | null {
  return routeRequest(route, {}, chance).service;
}

describe('a request that follows the route object', () => {
  it('goes by weight', () => {
    expect([0, 0.0999, 0.1, 0.9999].map(serviceAt)).toEqual(['v2', 'v2', 'v1', 'v1']);
  });

  it('goes where its header says, whatever the chance', () => {
    expect(routeRequest(route, { 'x-model-version': 'safe' }, 0).service).toBe('v1');
    expect(routeRequest(route, { 'x-model-version': 'other' }, 0).service).toBe('v2');
  });

  it('never goes to a backend of weight 0, not even at the edge', () => {
    const none = withRule({
      backendRefs: [
        { name: 'v2', weight: 0 },
        { name: 'v1', weight: 1 },
      ],
    });
    expect([0, 0.5, 0.9999].map((chance) => routeRequest(none, {}, chance).service)).toEqual(['v1', 'v1', 'v1']);
  });

  it('goes nowhere where all weights are 0, or no rule matches, or there is no rule', () => {
    expect(routeRequest(withRule({ backendRefs: [{ name: 'v2', weight: 0 }] }), {}, 0).service).toBeNull();
    const onlySafe = { ...route, spec: { rules: route.spec.rules.slice(0, 1) } };
    expect(routeRequest(onlySafe, {}, 0)).toEqual({ service: null, mirrors: [] });
    expect(routeRequest({ metadata: {} }, {}, 0)).toEqual({ service: null, mirrors: [] });
  });

  it('is copied to every mirror of its rule', () => {
    const filters = [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'v2' } } }, { type: 'RequestHeaderModifier' }];
    expect(routeRequest(withRule({ backendRefs: [{ name: 'v1' }], filters }), {}, 0.5)).toEqual({ service: 'v1', mirrors: ['v2'] });
  });
});
