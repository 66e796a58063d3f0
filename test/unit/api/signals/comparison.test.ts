import { describe, expect, it } from '@jest/globals';
import { comparisonTemplate } from '../../../builders/statistic-template.ts';
import { resolveAlone } from '../../../builders/resolve.ts';

const indicator = {
  name: 'errors-than-safe',
  risk: 'unfair-denials',
  signal: { template: { name: 'error-comparison' }, reference: { champion: { version: '2.2.0' } } },
  threshold: { direction: 'Above', breach: 0.01 },
  staleAfterSeconds: 300,
};

describe('a comparison of versions', () => {
  it('asks for events and rows, and knows with whom it compares', () => {
    expect(resolveAlone(comparisonTemplate(), indicator)).toMatchObject({
      ok: true,
      value: {
        kind: 'Statistic',
        labels: [],
        parts: [{ name: 'total', labels: [], isBaseline: false }],
        statistic: {
          ...{ kind: 'Comparison', version: '2.2.0', windowSeconds: 60, sampleSeconds: 604_800 },
          ...{ detectableEffect: 0.05, designEffect: 1, falseAlarmProbability: 0.01 },
        },
      },
    });
  });

  it.each([
    ['no version to compare with', { signal: { template: { name: 'error-comparison' } } }, 'write signal.reference.champion.version'],
    [
      'counts of another time',
      { signal: { template: { name: 'error-comparison' }, reference: { seasonal: { offsetSeconds: 604_800 } } } },
      'write signal.reference.champion.version',
    ],
    [
      'itself',
      { signal: { template: { name: 'error-comparison' }, reference: { champion: { version: '2.3.0' } } } },
      'write another version than 2.3.0',
    ],
    ['a reading that is stale before the next window', { staleAfterSeconds: 119 }, 'write staleAfterSeconds: 180'],
  ])('refuses %s and says what to write', (_what, changes, message) => {
    expect(resolveAlone(comparisonTemplate(), { ...indicator, ...changes })).toEqual({
      ok: false,
      failure: expect.stringContaining(message),
    });
  });
});
