import { describe, expect, it } from '@jest/globals';

import { describeRoute, routeStateOf } from '../../../../demo/watching/route-state.ts';

const safeRule = {
  matches: [{ headers: [{ name: 'x-model-version', value: 'safe' }] }],
  backendRefs: [{ name: 'employment-v1', weight: 1 }],
};

function route(rule: object) {
  return { metadata: { name: 'employment' }, spec: { rules: [safeRule, rule] } };
}

function split(candidate: number, safe: number): object {
  return {
    backendRefs: [
      { name: 'employment-v2', weight: candidate },
      { name: 'employment-v1', weight: safe },
    ],
  };
}

const mirror = { filters: [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'employment-v2' } } }] };

describe('what a route says of the candidate', () => {
  it('is its share by weight in the rule for everybody', () => {
    expect(routeStateOf(route(split(50, 50)))).toEqual({ candidateShare: 0.5, mirrored: false });
    expect(routeStateOf(route(split(1000, 9000)))).toEqual({ candidateShare: 0.1, mirrored: false });
  });

  it('counts a backend without a weight as 1, as the API does', () => {
    expect(routeStateOf(route({ backendRefs: [{ name: 'employment-v2' }] }))?.candidateShare).toBe(1);
  });

  it('is nothing where all weights are 0 or the candidate is gone', () => {
    expect(routeStateOf(route(split(0, 0)))?.candidateShare).toBe(0);
    expect(routeStateOf(route({ backendRefs: [{ name: 'employment-v1' }] }))?.candidateShare).toBe(0);
  });

  it('tells a mirror to the candidate from other filters', () => {
    expect(routeStateOf(route({ ...split(0, 100), ...mirror }))).toEqual({ candidateShare: 0, mirrored: true });
    expect(routeStateOf(route({ ...split(0, 100), filters: [{ type: 'RequestHeaderModifier' }] }))?.mirrored).toBe(false);
  });

  it('is unknown without a rule for everybody', () => {
    expect(routeStateOf({ metadata: {}, spec: { rules: [safeRule] } })).toBeNull();
    expect(routeStateOf({ metadata: {} })).toBeNull();
  });

  it('can be said in words', () => {
    expect(describeRoute({ candidateShare: 0.1, mirrored: false })).toBe('10 % of live traffic');
    expect(describeRoute({ candidateShare: 0, mirrored: true })).toBe('0 % of live traffic and a mirrored copy of every request');
  });
});
