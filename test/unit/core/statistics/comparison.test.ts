import { describe, expect, it } from '@jest/globals';
import { measureComparison, readComparison, type ComparisonDefinition } from '../../../../src/core/statistics/comparison.ts';
import type { ComparisonSample } from '../../../../src/core/statistics/comparison-sample.ts';

const rule = { falseAlarmProbability: 0.01, detectableEffect: 0.05, designEffect: 1 };
const definition: ComparisonDefinition = { kind: 'Comparison', version: '1', windowSeconds: 60, sampleSeconds: 3600, ...rule };
const share = (successes: number, trials: number) => ({ successes, trials });
const sample: ComparisonSample = {
  ...{ startMs: 1000, endMs: 241_000, askedAtMs: 245_000, windows: 4 },
  ...{ own: share(300, 1000), other: share(1800, 9000) },
};

describe('a comparison', () => {
  it('is the difference of two shares over the time of the whole sample, with what it takes to compute it again', () => {
    const reading = readComparison(definition, { version: '2', sample });
    expect(reading).toMatchObject({
      ok: true,
      value: {
        value: expect.closeTo(0.1, 12),
        sampleCount: 1000,
        noiseFloor: null,
        dataTimeMs: 241_000,
        windowSeconds: 240,
        computation: {
          statistic: 'Comparison',
          parameters: { ...rule, windows: 4, sampleSeconds: 3600 },
          counts: { own: [300, 1000], other: [1800, 9000] },
        },
      },
    });
  });

  it('keeps its interval where differences can be, and around the difference', () => {
    const measured = measureComparison({ ...rule, detectableEffect: 1 }, { own: share(30, 60), other: share(20, 60) });
    if (!measured.ok) throw new Error(measured.failure.message);
    const { value, interval } = measured.value;
    expect(interval?.low).toBeGreaterThanOrEqual(-1);
    expect(interval?.low).toBeLessThan(value);
    expect(interval?.high).toBeLessThanOrEqual(1);
    expect(interval?.high).toBeGreaterThan(value);
  });

  it.each([
    ['few rows', share(19, 40), share(400, 900)],
    ['few events anywhere', share(0, 400), share(4, 9000)],
    ['few others anywhere', share(400, 400), share(8990, 9000)],
  ])('is Insufficient with %s, and keeps the counts', (_why, own, other) => {
    const reading = readComparison(definition, { version: '2', sample: { ...sample, own, other } });
    expect(reading).toMatchObject({
      ok: false,
      failure: { cause: 'Insufficient', computation: { parameters: { windows: 4 }, counts: { own: [own.successes, own.trials] } } },
    });
  });

  it('sees a side without one event, where the other shows that some were to be expected', () => {
    const measured = measureComparison(rule, { own: share(0, 2000), other: share(2000, 10_000) });
    expect(measured).toMatchObject({ ok: true, value: { value: expect.closeTo(-0.2, 12) } });
    expect(measured.ok && measured.value.interval?.high).toBeLessThan(-0.15);
  });

  it('counts rows by their design effect', () => {
    const shares = { own: share(300, 1000), other: share(1800, 9000) };
    const [plain, alike] = [1, 10].map((designEffect) => measureComparison({ ...rule, designEffect }, shares));
    if (plain?.ok !== true || alike?.ok !== true) throw new Error('no value');
    expect(alike.value.value).toBe(plain.value.value);
    expect(alike.value.sampleCount).toBe(1000);
    expect(alike.value.interval?.low).toBeLessThan(plain.value.interval?.low ?? NaN);
    expect(measureComparison({ ...rule, designEffect: 40 }, shares)).toMatchObject({
      ok: false,
      failure: { cause: 'Insufficient', message: expect.stringContaining('designEffect 40') },
    });
  });

  it('is Insufficient before the first window of a stage, and has no value of a version and itself', () => {
    expect(readComparison(definition, { version: '2', sample: null })).toMatchObject({
      ok: false,
      failure: { cause: 'Insufficient', sampleCount: 0, computation: { statistic: 'Comparison', parameters: rule, counts: {} } },
    });
    expect(readComparison(definition, { version: '1', sample })).toMatchObject({ ok: false, failure: { cause: 'Incomparable' } });
  });
});
