import { describe, expect, it } from '@jest/globals';

import { expectedCalibrationError, hosmerLemeshow, measureCalibration } from '../../../../src/core/statistics/calibration.ts';
import type { CalibrationBin, CalibrationMetric } from '../../../../src/core/statistics/calibration.ts';
import { expectRelative, loadGolden } from '../../../builders/golden.ts';

/** Iterations end where their own tolerance lets them. */
const iterated = 1e-6;
/** Half width of the interval at this chance of a false alarm is one standard error. */
const oneSigma = 0.31731050786291415;

const vectors = loadGolden('calibration', 'bins').map(({ input, ...rest }) => ({
  ...rest,
  bins: input.bins.map(({ count, scoreSum, positives }): CalibrationBin => ({ n: count, scoreSum, positives })),
}));

function read(metric: CalibrationMetric, bins: readonly CalibrationBin[]) {
  const measured = measureCalibration({ metric, falseAlarmProbability: oneSigma }, bins);
  if (!measured.ok) throw new Error(measured.failure.message);
  const { value, interval } = measured.value;
  return { value, error: ((interval?.high ?? NaN) - (interval?.low ?? NaN)) / 2 };
}

describe('calibration against statsmodels and scipy', () => {
  it.each(vectors)('error and ratio: $name', ({ bins, expected }) => {
    expectRelative(expectedCalibrationError(bins), expected.ece, 1e-9);
    expectRelative(read('ObservedExpectedRatio', bins).value, expected.observedOverExpected, 1e-9);
  });

  it.each(vectors)('slope with its standard error: $name', ({ bins, expected }) => {
    const { value, error } = read('Slope', bins);

    expectRelative(value, expected.slope, iterated);
    expectRelative(error, expected.slopeSe, iterated);
  });

  it.each(vectors)('intercept in the large with its standard error: $name', ({ bins, expected }) => {
    const { value, error } = read('Intercept', bins);

    expectRelative(value, expected.citl, iterated);
    expectRelative(error, expected.citlSe, iterated);
  });

  const thick = vectors.filter(({ expected }) => expected.hosmerLemeshow.leastExpected >= 5);

  it.each(thick)('Hosmer-Lemeshow where no bin is too thin: $name', ({ bins, expected }) => {
    const { chiSquare, bins: df } = hosmerLemeshow(bins.filter(({ n }) => n > 0));

    expectRelative(chiSquare, expected.hosmerLemeshow.statistic, 1e-9);
    expect(df).toBe(expected.hosmerLemeshow.df);
  });
});
