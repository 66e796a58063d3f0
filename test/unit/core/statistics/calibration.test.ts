import { describe, expect, it } from '@jest/globals';
import {
  expectedCalibrationError,
  hosmerLemeshow,
  measureCalibration,
  readCalibration,
  type CalibrationBin,
  type CalibrationMetric,
} from '../../../../src/core/statistics/calibration.ts';
import { seededRandom } from '../../../../bench/statistics/random.ts';
import type { Row } from '../../../../src/core/statistics/row.ts';

/** The vector of risk-quant 2.3. */
const bins: readonly CalibrationBin[] = [bin(400, 0.08, 28), bin(300, 0.22, 75), bin(200, 0.41, 90), bin(80, 0.63, 48), bin(20, 0.85, 15)];

function bin(n: number, score: number, positives: number): CalibrationBin {
  return { n, scoreSum: n * score, positives };
}

function measure(metric: CalibrationMetric, of: readonly CalibrationBin[] = bins, falseAlarmProbability = 0.05) {
  return measureCalibration({ metric, falseAlarmProbability }, of);
}

function readingOf(measured: ReturnType<typeof measure>) {
  if (!measured.ok) throw new Error(`expected a reading, got ${measured.failure.message}`);
  return measured.value;
}

describe('measureCalibration', () => {
  it('gives the published error, ratio, slope and intercept', () => {
    expect(expectedCalibrationError(bins)).toBeCloseTo(0.0254, 10);
    expect(readingOf(measure('ExpectedCalibrationError')).value).toBeCloseTo(0.0254, 10);
    expect(readingOf(measure('ObservedExpectedRatio')).value).toBeCloseTo(1.03476, 5);
    expect(readingOf(measure('Slope')).value).toBeCloseTo(0.99214, 5);
    expect(readingOf(measure('Intercept')).value).toBeCloseTo(0.05656, 5);
  });

  it('puts the interval of the slope at its standard error', () => {
    const { interval } = readingOf(measure('Slope'));
    expect(interval?.low).toBeCloseTo(0.99214 - 1.959964 * 0.08169, 4);
    expect(interval?.high).toBeCloseTo(0.99214 + 1.959964 * 0.08169, 4);
  });

  it('puts the error above its noise floor exactly when the Hosmer-Lemeshow test is significant', () => {
    // The published test: 5.31727 with 5 degrees of freedom, p .37840. The last bin expects only 3 negatives, so it joins its neighbour here.
    const small = readingOf(measure('ExpectedCalibrationError'));
    expect(small.value).toBeLessThan(small.noiseFloor ?? NaN);
    const grossly = bins.map(({ n, scoreSum, positives }) => ({ n: n * 40, scoreSum: scoreSum * 40, positives: positives * 40 }));
    const large = readingOf(measure('ExpectedCalibrationError', grossly));
    expect(large.value).toBeCloseTo(small.value, 12);
    expect(large.value).toBeGreaterThan(large.noiseFloor ?? NaN);
  });

  it('is exactly 0 for a model that means what it says, with the floor chance alone would give', () => {
    const perfect = readingOf(measure('ExpectedCalibrationError', [bin(100, 0.2, 20), bin(100, 0.5, 50), bin(100, 0.8, 80)]));
    expect(perfect.value).toBe(0);
    expect(perfect.noiseFloor).toBeCloseTo(Math.sqrt(2 / Math.PI) * (2 * Math.sqrt(0.16 / 900) + Math.sqrt(0.25 / 900)), 10);
  });

  it('carries the counts it takes to compute it again', () => {
    const { value, computation, sampleCount } = readingOf(measure('ExpectedCalibrationError'));
    const { rows = [], scoreSum = [], positives = [] } = computation.counts;
    const again = rows.map((n, index) => ({ n, scoreSum: scoreSum[index] ?? NaN, positives: positives[index] ?? NaN }));
    expect(readingOf(measure('ExpectedCalibrationError', again)).value).toBe(value);
    expect(sampleCount).toBe(1000);
  });

  it('takes no luck for certainty: rows that all came true leave the ratio in doubt by what their scores promise', () => {
    // Three bins of 40 rows at 0.95: six others are expected, and none at all comes by chance once in 500 times; counted shares alone would say 1.0526 to 1.0526.
    const { value, interval } = readingOf(
      measure('ObservedExpectedRatio', [bin(40, 0.95, 40), bin(40, 0.95, 40), bin(40, 0.95, 40)], 0.01),
    );
    const half = (2.575829 * Math.sqrt(114 * 0.05)) / 114;
    expect(interval?.low).toBeCloseTo(value - half, 6);
    expect(interval?.high).toBeCloseTo(value + half, 6);
    expect(interval?.low).toBeLessThan(1);
  });

  it('breaches of a calibrated model with few others no more often than it says', () => {
    const random = seededRandom(20261126);
    const looks = 20_000;
    let beyond = 0;
    for (let look = 0; look < looks; look++) {
      const came = (): number => Array.from({ length: 50 }, random).filter((each) => each < 0.9).length;
      const measured = measure('ObservedExpectedRatio', [bin(50, 0.9, came()), bin(50, 0.9, came()), bin(50, 0.9, came())], 0.02);
      if (measured.ok && (measured.value.interval?.low ?? 0) > 1) beyond++;
    }
    expect(beyond / looks).toBeLessThanOrEqual(0.01 + 3 * Math.sqrt((0.01 * 0.99) / looks));
  });

  it.each([
    ['two bins only', 'Slope', [bin(100, 0.2, 20), bin(100, 0.5, 50)], '2 bins of scores'],
    ['separated outcomes', 'Slope', [bin(100, 0.2, 0), bin(100, 0.5, 0), bin(100, 0.8, 100)], 'separated'],
    ['outcomes that are all alike', 'Intercept', [bin(100, 0.2, 0), bin(100, 0.5, 0), bin(100, 0.8, 0)], 'all outcomes are alike'],
    ['too few positives', 'ObservedExpectedRatio', [bin(100, 0.2, 1), bin(100, 0.3, 2), bin(100, 0.4, 1)], '4 positives'],
    ['too few others', 'ObservedExpectedRatio', [bin(20, 0.95, 20), bin(20, 0.95, 20), bin(20, 0.95, 19)], '3 others'],
    ['bins too thin', 'ExpectedCalibrationError', [bin(3, 0.2, 1), bin(3, 0.3, 1), bin(3, 0.4, 1)], 'fewer than 3 bins'],
  ] as const)('says nothing of %s', (_what, metric, of, message) => {
    expect(measure(metric, of)).toMatchObject({ ok: false, failure: { cause: 'Insufficient', message: expect.stringContaining(message) } });
  });

  it('tells no outcomes and impossible counts from too few', () => {
    expect(measure('Slope', [bin(0, 0, 0)])).toMatchObject({ failure: { cause: 'Empty' } });
    expect(measure('Slope', [bin(10, 0.5, 11), bin(10, 0.4, 1), bin(10, 0.3, 1)])).toMatchObject({ failure: { cause: 'Incomparable' } });
  });
});

describe('hosmerLemeshow', () => {
  it('gives the published chi-square where every bin is thick enough', () => {
    const thick = bins.map(({ n, scoreSum, positives }) => ({ n: n * 2, scoreSum: scoreSum * 2, positives: positives * 2 }));
    expect(hosmerLemeshow(thick).chiSquare).toBeCloseTo(2 * 5.31727, 4);
    expect(hosmerLemeshow(thick).bins).toBe(5);
  });

  it('leaves no row out: what is too thin at the end joins the last thick bin', () => {
    const { chiSquare, bins: counted } = hosmerLemeshow([bin(100, 0.5, 50), bin(100, 0.5, 50), bin(4, 0.5, 4)]);
    expect(counted).toBe(2);
    // (54 - 52)^2 / (52 (1 - 52/104)); without the four rows it would be 0.
    expect(chiSquare).toBeCloseTo(4 / 26, 12);
  });

  it('joins neighbours until each expects five outcomes of either kind', () => {
    expect(hosmerLemeshow([bin(10, 0.2, 2), bin(10, 0.4, 4), bin(100, 0.5, 50), bin(4, 0.9, 4)]).bins).toBe(2);
    expect(hosmerLemeshow([bin(2, 0.5, 1)]).bins).toBe(0);
  });
});

describe('readCalibration', () => {
  const definition = { kind: 'Calibration', metric: 'Slope', binLabel: 'score_bin', falseAlarmProbability: 0.05 } as const;

  function rows(of: readonly CalibrationBin[], change: (part: string, row: Row) => Row = (_part, row) => row) {
    const row = (value: number, index: number): Row => ({ labels: { score_bin: String(index) }, value });
    const parts: Record<string, readonly Row[]> = {
      value: of.map(({ n }, index) => row(n, index)),
      scoreSum: of.map(({ scoreSum }, index) => row(scoreSum, index)),
      positives: of.map(({ positives }, index) => row(positives, index)),
    };
    return (part: string) => (parts[part] ?? []).map((each) => change(part, each));
  }

  it('reads bins in the order of their scores, not of their names', () => {
    const shuffled = readCalibration(definition, rows([...bins].reverse()));
    expect(shuffled).toEqual(readCalibration(definition, rows(bins)));
    expect(shuffled.ok && shuffled.value.value).toBeCloseTo(0.99214, 5);
  });

  it('takes a bin without positives for one that had none, and passes over empty ones', () => {
    const read = readCalibration(definition, rows([bin(50, 0.01, 0), ...bins.slice(1), bin(0, 0, 0)]));
    expect(read).toMatchObject({ ok: true, value: { sampleCount: 650 } });
  });

  it('gives no number without the sum of scores of a bin', () => {
    const lost = (part: string, row: Row): Row => (part === 'scoreSum' && row.labels['score_bin'] === '2' ? { ...row, labels: {} } : row);
    expect(readCalibration(definition, rows(bins, lost))).toMatchObject({
      failure: { cause: 'Incomparable', message: expect.stringContaining('score_bin="2"') },
    });
  });

  it.each(['value', 'scoreSum', 'positives'])('gives no number where a count of %s is NaN', (part) => {
    const broken = (of: string, row: Row): Row => (of === part ? { ...row, value: NaN } : row);
    expect(readCalibration(definition, rows(bins, broken))).toMatchObject({ failure: { cause: 'NotANumber' } });
  });

  it('gives no number without bins', () => {
    expect(readCalibration(definition, rows([]))).toMatchObject({ failure: { cause: 'Empty' } });
  });
});
