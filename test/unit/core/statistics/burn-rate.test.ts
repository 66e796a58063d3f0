import { describe, expect, it } from '@jest/globals';
import binomialCDF from '@stdlib/stats-base-dists-binomial-cdf';
import { measureBurnRate, mostByChance, readBurnRate } from '../../../../src/core/statistics/burn-rate.ts';
import type { Row } from '../../../../src/core/statistics/row.ts';

const objective = { targetPercent: 99, falseAlarmProbability: 0.01 };

function readingOf(measured: ReturnType<typeof measureBurnRate>) {
  if (!measured.ok) throw new Error(`expected a reading, got ${measured.failure.message}`);
  return measured.value;
}

describe('measureBurnRate', () => {
  it('is the share of bad events in budgets, the lesser of the two windows', () => {
    const burning = readingOf(measureBurnRate(objective, { bad: 200, total: 1000 }, { bad: 18, total: 100 }));
    expect(burning.value).toBeCloseTo(18, 10);
    expect(burning.sampleCount).toBe(100);
    const over = readingOf(measureBurnRate(objective, { bad: 200, total: 1000 }, { bad: 0, total: 100 }));
    expect(over.value).toBe(0);
  });

  it('takes two bad events of two for chance, three of a hundred at a budget of a thousandth not', () => {
    const few = readingOf(measureBurnRate(objective, { bad: 2, total: 2 }, { bad: 2, total: 2 }));
    expect(few.value).not.toBeGreaterThan(few.noiseFloor ?? NaN);
    const strict = { ...objective, targetPercent: 99.9 };
    const three = readingOf(measureBurnRate(strict, { bad: 3, total: 100 }, { bad: 3, total: 100 }));
    expect(three.value).toBeGreaterThan(three.noiseFloor ?? NaN);
  });

  it.each([2 ** 53, 1e20, 1e100, Number.MAX_VALUE])(
    'regression: takes %d events for no count, and ends: the search for what chance explains of 1e20 never did, and all stood still with it',
    (total) => {
      const enough = { bad: 10, total: 1000 };
      const much = { bad: total / 1000, total };
      const strict = { ...objective, targetPercent: 99.9 };
      for (const [long, short, window] of [
        [much, enough, 'long'],
        [enough, much, 'short'],
      ] as const)
        expect(measureBurnRate(strict, long, short)).toMatchObject({
          ok: false,
          failure: {
            cause: 'Incomparable',
            message: expect.stringMatching(new RegExp(`^the ${window} window counts .* look at what the query adds up$`)),
          },
        });
    },
  );

  it('counts as far as counters do', () => {
    const most = { bad: 2 ** 43, total: 2 ** 53 - 1 };
    expect(readingOf(measureBurnRate({ ...objective, targetPercent: 99.9 }, most, most)).value).toBeCloseTo(0.9765625, 6);
  });

  it('needs both windows to be beyond chance, each at its own number of events', () => {
    const thinShort = readingOf(measureBurnRate(objective, { bad: 200, total: 1000 }, { bad: 2, total: 2 }));
    expect(thinShort.value).toBeCloseTo(20, 10);
    expect(thinShort.noiseFloor).toBeCloseTo(100, 10);
    const thinLong = readingOf(measureBurnRate(objective, { bad: 2, total: 2 }, { bad: 200, total: 1000 }));
    expect(thinLong.noiseFloor).toBeCloseTo(100, 10);
    // 18 of 1,000 at one in a hundred is what chance still explains.
    const thick = readingOf(measureBurnRate(objective, { bad: 200, total: 1000 }, { bad: 200, total: 1000 }));
    expect(thick.noiseFloor).toBeCloseTo(1.8, 10);
  });

  it.each([4, 10, 100])('exceeds its floor by chance no more often than it says where events come in clusters of %p', (designEffect) => {
    for (let total = 1000; total < 3e6; total = Math.ceil(total * 1.3)) {
      const rule = { targetPercent: 99.9, falseAlarmProbability: 0.01, designEffect };
      const floor = readingOf(measureBurnRate(rule, { bad: 0, total }, { bad: 0, total })).noiseFloor ?? NaN;
      const clusters = Math.ceil(total / designEffect);
      const most = Math.floor((floor * 0.001 * total) / designEffect + 1e-9);
      expect(1 - binomialCDF(most, clusters, 0.001)).toBeLessThanOrEqual(0.01);
    }
  });

  it('carries the counts it takes to compute it again', () => {
    const { value, computation } = readingOf(measureBurnRate(objective, { bad: 200, total: 1000 }, { bad: 18, total: 100 }));
    const [long, short] = [computation.counts['long'], computation.counts['short']].map(([bad = NaN, total = NaN] = []) => ({
      bad,
      total,
    }));
    if (long === undefined || short === undefined) throw new Error('no counts');
    expect(readingOf(measureBurnRate(objective, long, short)).value).toBe(value);
  });

  it.each([
    ['long', { bad: 0, total: 0 }, { bad: 0, total: 1 }],
    ['short', { bad: 0, total: 1 }, { bad: 0, total: 0 }],
  ])('says nothing without traffic in the %s window: that is not the same as no errors', (window, long, short) => {
    expect(measureBurnRate(objective, long, short)).toMatchObject({
      failure: { cause: 'Empty', message: expect.stringContaining(window) },
    });
  });

  it('says nothing of more bad events than events', () => {
    expect(measureBurnRate(objective, { bad: 3, total: 2 }, { bad: 1, total: 2 })).toMatchObject({ failure: { cause: 'Incomparable' } });
  });
});

describe('mostByChance', () => {
  it.each([
    // scipy.stats.binom.isf(0.01, n, 0.01), but never below two.
    [100, 0.01, 4],
    [1000, 0.01, 18],
    [10, 0.01, 2],
    [1_000_000, 0.01, 10_232],
  ])('of %p events at a rate of %p is %p', (total, rate, most) => {
    expect(mostByChance(total, rate, 0.01)).toBe(most);
  });

  it('ends for counts no counter reaches', () => {
    const most = mostByChance(1e15, 0.001, 0.01);
    expect(most).toBeGreaterThan(1e12);
    expect(most).toBeLessThan(1.0001e12);
  });
});

describe('readBurnRate', () => {
  const definition = { kind: 'BurnRate', ...objective } as const;
  const events: Readonly<Record<string, number>> = { value: 200, longTotal: 1000, shortBad: 18, shortTotal: 100 };

  function rows(changes: Readonly<Record<string, readonly number[]>> = {}) {
    return (part: string): readonly Row[] => (changes[part] ?? [events[part] ?? NaN]).map((value) => ({ labels: {}, value }));
  }

  it('takes an absent series for no events', () => {
    expect(readBurnRate(definition, rows({ shortBad: [] }))).toMatchObject({ ok: true, value: { value: 0 } });
    expect(readBurnRate(definition, rows({ shortTotal: [] }))).toMatchObject({ failure: { cause: 'Empty' } });
  });

  it.each([
    ['SeveralSeries', [1, 2]],
    ['NotANumber', [NaN]],
    ['Infinite', [Infinity]],
    ['Incomparable', [-1]],
  ])('gives no number, for %s', (cause, values) => {
    for (const part of Object.keys(events)) {
      expect(readBurnRate(definition, rows({ [part]: values }))).toMatchObject({
        failure: { cause, message: expect.stringContaining(part) },
      });
    }
  });
});
