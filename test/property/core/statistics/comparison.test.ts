import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { peekingScenarios, simulatePeeking } from '../../../../bench/statistics/peeking.ts';
import { seededRandom } from '../../../../bench/statistics/random.ts';
import { measureComparison } from '../../../../src/core/statistics/comparison.ts';
import { growSample, type ComparisonSample } from '../../../../src/core/statistics/comparison-sample.ts';

const aShare = fc
  .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1e6, noNaN: true }))
  .map(([rate, trials]) => ({ successes: rate * trials, trials: trials + 1 }));

describe('a comparison that is looked at all the time', () => {
  it.each(peekingScenarios)('alarms no more often than it says: $name', (scenario) => {
    const figures = simulatePeeking(scenario, { alpha: 0.05, samples: 400, looks: 200 }, seededRandom(41));
    expect(figures.alarmRate).toBeLessThanOrEqual(figures.alpha);
    // An interval for one look is fooled by so many.
    expect(figures.naiveAlarmRate).toBeGreaterThan(figures.alpha);
    expect(figures.naiveAlarmRate).toBeGreaterThan(2 * figures.alarmRate);
  });

  it('has a value inside its interval, inside what a difference can be, and the contrary of the one seen from the other side', () => {
    const rule = { falseAlarmProbability: 0.01, detectableEffect: 0.05, designEffect: 1 };
    fc.assert(
      fc.property(aShare, aShare, (own, other) => {
        const [there, back] = [measureComparison(rule, { own, other }), measureComparison(rule, { own: other, other: own })];
        expect(there.ok).toBe(back.ok);
        if (!there.ok || !back.ok) return;
        const { value, interval } = there.value;
        expect(interval?.low).toBeLessThanOrEqual(value);
        expect(interval?.high).toBeGreaterThanOrEqual(value);
        expect(interval?.low).toBeGreaterThanOrEqual(-1);
        expect(interval?.low).toBeCloseTo(-(back.value.interval?.high ?? NaN), 9);
      }),
    );
  });

  it('counts no row twice, whenever it is polled', () => {
    const poll = fc.record({ waitMs: fc.integer({ min: 1, max: 200_000 }), lateMs: fc.integer({ min: 0, max: 60_000 }) });
    fc.assert(
      fc.property(fc.array(poll, { minLength: 1, maxLength: 60 }), (polls) => {
        const windowMs = 60_000;
        const rule = { version: '1', windowSeconds: windowMs / 1000, sampleSeconds: 1e9 };
        let [sample, nowMs]: [ComparisonSample | null, number] = [null, 1_000_000];
        const counted: (readonly [number, number])[] = [];
        for (const { waitMs, lateMs } of polls) {
          nowMs += waitMs;
          const polled = { askedAtMs: nowMs, dataTimeMs: nowMs - lateMs, evidenceFromMs: null, rows: () => [{ labels: {}, value: 1 }] };
          const grown = growSample(sample, polled, rule);
          if (!grown.ok) throw new Error(grown.failure.message);
          if (grown.value !== sample) counted.push([nowMs - windowMs, nowMs]);
          sample = grown.value;
        }
        expect(sample?.own.trials).toBe(counted.length);
        for (const [index, [fromMs]] of counted.entries()) expect(fromMs).toBeGreaterThanOrEqual(counted[index - 1]?.[1] ?? -Infinity);
      }),
    );
  });
});
