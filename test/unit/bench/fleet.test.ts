import { describe, expect, it } from '@jest/globals';
import { aRoute, candidateShare, modelNames } from '../../../bench/fleet.ts';
import type { KubeObject } from '../../../testbed/api-client.ts';

function weighted(weights: readonly (number | undefined)[]): KubeObject {
  const names = ['m-v1', 'm-v2'];
  const backendRefs = weights.map((weight, index) => ({ name: names[index], ...(weight === undefined ? {} : { weight }) }));
  return { metadata: { name: 'm' }, spec: { rules: [{ backendRefs }] } };
}

describe('the fleet', () => {
  it('has names of its own for every model', () => {
    expect(new Set(modelNames(250)).size).toBe(250);
    expect(modelNames(1)).toEqual(['model-001']);
  });

  it.each([
    [[90, 10], 10],
    [[900, 100], 10],
    [[undefined, undefined], 50],
    [[1, 0], 0],
    [[0, 0], 0],
  ])('reads the candidate’s share of weights %j as %d %%', (weights, expected) => {
    expect(candidateShare(weighted(weights), 'm-v2')).toBe(expected);
  });

  it('starts every model at half', () => {
    expect(candidateShare(aRoute('m', ['m-v1', 'm-v2']), 'm-v2')).toBe(50);
  });
});
