import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { scenarios } from '../../../../bench/statistics/scenarios.ts';
import { seededRandom } from '../../../../bench/statistics/random.ts';
import { chiSquareLimit } from '../../../../src/core/statistics/chi-square-limit.ts';
import { computeStatistic } from '../../../../src/core/statistics/definition.ts';
import { recomputeDoubt } from '../../../../src/core/statistics/recompute-doubt.ts';

const parameters = { falseAlarmProbability: 0.01, designEffect: 1 };
const doubtOf = (statistic: string, counts: Readonly<Record<string, readonly number[]>>, changes: Readonly<Record<string, number>> = {}) =>
  recomputeDoubt({ statistic, parameters: { ...parameters, ...changes }, counts });

describe('recomputeDoubt', () => {
  it('finds all it takes in the record of these statistics', () => {
    const known = scenarios.flatMap(({ judgedBy, draw }) => {
      const counts = draw(seededRandom(5), 'Stated');
      const reading = computeStatistic(
        judgedBy.statistic,
        { version: '1', askedAtMs: 0, rows: (part) => counts[part] ?? [] },
        chiSquareLimit,
      );
      return reading.ok && recomputeDoubt(reading.value.computation).kind === 'Possible' ? [reading.value.computation.statistic] : [];
    });
    for (const statistic of ['PSI', 'JensenShannon', 'KolmogorovSmirnov', 'ExpectedCalibrationError', 'BurnRate'])
      expect(known).toContain(statistic);
  });

  it('by a known case: Wilson of 80 in 100 at 99 %, or by Clopper and Pearson', () => {
    const doubt = doubtOf('Recall', { confusion: [80, 0, 20, 0] });
    if (doubt.kind !== 'Possible') throw new Error(doubt.kind);
    const [wilson, exact] = doubt.doubts;
    expect(wilson?.interval?.low).toBeCloseTo(0.679824, 5);
    expect(wilson?.interval?.high).toBeCloseTo(0.88284, 5);
    expect(exact?.interval?.low).toBeCloseTo(0.678774, 5);
    expect(exact?.interval?.high).toBeCloseTo(0.891589, 5);
    expect([wilson?.noiseFloor, exact?.noiseFloor]).toEqual([null, null]);
  });

  it.each([
    ['Precision', { confusion: [0, 0, 7, 9] }],
    ['Recall', { confusion: [0, 3, 0, 9] }],
    ['FalsePositiveRate', { confusion: [5, 0, 3, 0] }],
    ['F1', { confusion: [0, 0, 0, 9] }],
    ['MCC', { confusion: [4, 0, 0, 0] }],
    ['PrecisionDrop/Pinned', { confusion: [0, 0, 7, 9], reference: [4, 1, 2, 9] }],
    ['AUC', { positive: [0, 0, 0], other: [1, 2, 3] }],
    ['ExpectedCalibrationError', { rows: [0, 0], scoreSum: [0, 0], positives: [0, 0] }],
    ['Slope', { rows: [9], scoreSum: [3], positives: [3] }],
  ])('comes to no value where nothing is in the denominator of %s', (statistic, counts) => {
    expect(doubtOf(statistic, counts)).toEqual({ kind: 'NoValue' });
  });

  it('comes to no burn rate without events, and to no comparison of shares too small', () => {
    expect(doubtOf('BurnRate', { long: [0, 0], short: [0, 0] }, { targetPercent: 99 })).toEqual({ kind: 'NoValue' });
    expect(doubtOf('Comparison', { own: [1, 5], other: [1, 5] }, { detectableEffect: 0.1 })).toEqual({ kind: 'NoValue' });
  });

  it.each([
    ['what it was told', { falseAlarmProbability: NaN }, { confusion: [1, 1, 1, 1] }, 'Recall'],
    ['a chance that is none', { falseAlarmProbability: 1 }, { confusion: [1, 1, 1, 1] }, 'Recall'],
    ['a design effect below one', { designEffect: 0 }, { confusion: [1, 1, 1, 1] }, 'Recall'],
    ['one of the cells', {}, { confusion: [1, 1, 1] }, 'Recall'],
    ['the reference', {}, { confusion: [1, 1, 1, 1] }, 'RecallDrop/Pinned'],
    ['one of the sides', {}, { positive: [1] }, 'AUC'],
    ['the objective', {}, { long: [1, 2], short: [1, 2] }, 'BurnRate'],
    ['what it compares to', { detectableEffect: 0.1 }, { own: [40, 90] }, 'Comparison'],
    ['a floor of one distance, of many features', { features: 3 }, { upperBounds: [1], reference: [5, 5], live: [5, 5] }, 'PSI'],
    ['counts of groups', {}, { 'group: a': [1, 2] }, 'ParityRatio/Highest'],
    ['a statistic it knows', {}, { confusion: [1, 1, 1, 1] }, 'toString'],
  ])('does not know without %s', (_what, changes, counts, statistic) => {
    expect(doubtOf(statistic, counts as never, changes as never)).toEqual({ kind: 'Unknown' });
  });

  it('never throws, whatever stands there', () => {
    const kinds = new Map<string, number>();
    const number = fc.oneof(fc.constantFrom(0, 1, 0.01, 0.5, 3, 1e6, NaN, Infinity, -1), fc.nat(500));
    const names = [
      'upperBounds',
      'reference',
      'live',
      'rows',
      'scoreSum',
      'positives',
      'long',
      'short',
      'own',
      'other',
      'confusion',
      'positive',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(
          'PSI',
          'Hellinger',
          'CramersV',
          'Wasserstein',
          'Slope',
          'Intercept',
          'BurnRate',
          'Comparison',
          'AUC',
          'MCC',
          'F1',
          'RecallDrop/Version',
        ),
        fc.dictionary(fc.constantFrom('falseAlarmProbability', 'designEffect', 'targetPercent', 'detectableEffect', 'lowestBound'), number),
        fc.dictionary(
          fc.constantFrom(...names),
          fc.oneof(
            { weight: 5, arbitrary: fc.array(fc.nat(3), { minLength: 4, maxLength: 4 }) },
            { weight: 1, arbitrary: fc.array(number, { maxLength: 8 }) },
          ),
          { minKeys: 5 },
        ),
        (statistic, told, counts) => {
          const { kind } = recomputeDoubt({ statistic, parameters: { ...parameters, ...told }, counts });
          kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        },
      ),
      { numRuns: 1500 },
    );
    for (const kind of ['Possible', 'NoValue', 'Unknown']) expect([kind, (kinds.get(kind) ?? 0) > 20]).toEqual([kind, true]);
  });
});
