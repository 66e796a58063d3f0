import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countsAsBreach, isSevere, judge, mayEscalate, withinClear } from '../../../src/core/judge.ts';
import type { Assessment } from '../../../src/core/model/assessment.ts';
import type { Indicator, Threshold } from '../../../src/core/model/indicator.ts';
import type { Interval } from '../../../src/core/model/observation.ts';
import { aValue, anIndicator, identity, startMs } from '../../builders/core.ts';

/** Quarters are exact, so that a value can stand on a limit. */
const quarter = fc.integer({ min: -40, max: 40 }).map((quarters) => quarters / 4);
const width = fc.integer({ min: 0, max: 12 }).map((quarters) => quarters / 4);

/** As the API server takes them: warn and clear on the good side of breach, severe beyond. */
const threshold: fc.Arbitrary<Threshold> = fc
  .record({
    direction: fc.constantFrom('Above', 'Below'),
    breach: quarter,
    warn: fc.option(width),
    clear: fc.option(width),
    severe: fc.option(width.map((each) => each + 0.25)),
  })
  .map(({ direction, breach, warn, clear, severe }) => {
    const sign = direction === 'Above' ? 1 : -1;
    const before = (by: number | null): number | null => (by === null ? null : breach - sign * by);
    return {
      ...{ direction, breach, warn: before(warn), clear: before(clear) ?? before(warn) ?? breach },
      severe: severe === null ? null : breach + sign * severe,
    };
  });

interface Reading {
  readonly value: number;
  readonly below: number;
  readonly above: number;
  readonly hasInterval: boolean;
  readonly sampleCount: number | null;
}

const reading: fc.Arbitrary<Reading> = fc.record({
  value: quarter,
  below: width,
  above: width,
  hasInterval: fc.boolean(),
  sampleCount: fc.option(fc.nat(20)),
});
const minSamples = fc.option(fc.nat(20));

const intervalOf = ({ value, below, above, hasInterval }: Reading): Interval | null =>
  hasInterval ? { low: value - below, high: value + above } : null;

function judged(limits: Threshold, read: Reading, changes: Partial<Omit<Indicator, 'threshold'>> = {}): Assessment {
  const observation = aValue(read.value, { interval: intervalOf(read), sampleCount: read.sampleCount });
  return judge({ indicator: anIndicator({ ...changes, threshold: limits }), identity, served: 'Live', observation, nowMs: startMs });
}

const worse = ({ direction }: Threshold, by: number): number => (direction === 'Above' ? by : -by);
/** How bad a verdict is; what is not known stands between. */
const badness: Readonly<Record<string, number>> = { Ok: 0, Insufficient: 1, Warn: 1, Breach: 2 };

describe('a verdict', () => {
  it('never gets better as the value gets worse, its doubt unchanged', () => {
    let changes = 0;
    fc.assert(
      fc.property(threshold, reading, width, minSamples, (limits, read, by, least) => {
        const before = judged(limits, read, { minSamples: least }).verdict;
        const after = judged(limits, { ...read, value: read.value + worse(limits, by) }, { minSamples: least }).verdict;
        if (before !== after) changes += 1;
        expect(badness[after]).toBeGreaterThanOrEqual(badness[before] ?? NaN);
      }),
      { numRuns: 2000 },
    );
    expect(changes).toBeGreaterThan(40);
  });

  it('is Breach only where all of the doubt is beyond the limit, and Ok only where none of it is', () => {
    const seen = { Ok: 0, Breach: 0 };
    fc.assert(
      fc.property(threshold, reading, (limits, read) => {
        const interval = intervalOf(read) ?? { low: read.value, high: read.value };
        const ends = [interval.low, interval.high];
        const beyond = ends.filter((end) => (limits.direction === 'Above' ? end > limits.breach : end < limits.breach)).length;
        const { verdict } = judged(limits, read, { minSamples: 0 });
        if (verdict !== 'Ok' && verdict !== 'Breach') return;
        seen[verdict] += 1;
        expect(beyond).toBe(verdict === 'Ok' ? 0 : 2);
      }),
      { numRuns: 1000 },
    );
    expect(Math.min(seen.Ok, seen.Breach)).toBeGreaterThan(50);
  });

  it('never gets surer as the doubt grows: what is Ok or Breach with more doubt is so with less', () => {
    let decided = 0;
    fc.assert(
      fc.property(threshold, reading, width, width, (limits, read, below, above) => {
        const sure = { ...read, hasInterval: true };
        const doubtful = judged(limits, { ...sure, below: read.below + below, above: read.above + above }, { minSamples: 0 }).verdict;
        if (doubtful !== 'Breach' && doubtful !== 'Ok') return;
        decided += 1;
        expect(judged(limits, sure, { minSamples: 0 }).verdict).toBe(doubtful);
        expect(judged(limits, { ...sure, hasInterval: false }, { minSamples: 0 }).verdict).toBe(doubtful);
      }),
      { numRuns: 2000 },
    );
    expect(decided).toBeGreaterThan(300);
  });

  it('is the same in a mirror: above the limit as below its opposite', () => {
    fc.assert(
      fc.property(threshold, reading, minSamples, (limits, read, least) => {
        const flip = (each: number | null): number | null => (each === null ? null : -each);
        const mirrored: Threshold = {
          ...{ direction: limits.direction === 'Above' ? 'Below' : 'Above', breach: -limits.breach, clear: -limits.clear },
          ...{ warn: flip(limits.warn), severe: flip(limits.severe) },
        };
        const [here, there] = [
          judged(limits, read, { minSamples: least }),
          judged(mirrored, { ...read, value: -read.value, below: read.above, above: read.below }, { minSamples: least }),
        ];
        expect([there.verdict, withinClear(there), mayEscalate(there)]).toEqual([here.verdict, withinClear(here), mayEscalate(here)]);
      }),
      { numRuns: 1000 },
    );
  });

  it('is no matter of units: all times two, and the same', () => {
    fc.assert(
      fc.property(threshold, reading, (limits, read) => {
        const twice = (each: number | null): number | null => (each === null ? null : each * 2);
        const scaled: Threshold = {
          ...{ direction: limits.direction, breach: limits.breach * 2, clear: limits.clear * 2 },
          ...{ warn: twice(limits.warn), severe: twice(limits.severe) },
        };
        const read2 = { ...read, value: read.value * 2, below: read.below * 2, above: read.above * 2 };
        expect(judged(scaled, read2).verdict).toBe(judged(limits, read).verdict);
      }),
    );
  });

  it('on the limit is no breach, and on the border of Ok is Ok', () => {
    fc.assert(
      fc.property(threshold, (limits) => {
        const on = (value: number) => judged(limits, { value, below: 0, above: 0, hasInterval: false, sampleCount: null }).verdict;
        expect(on(limits.breach)).not.toBe('Breach');
        expect(on(limits.breach + worse(limits, 0.25))).toBe('Breach');
        expect(on(limits.warn ?? limits.clear)).toBe('Ok');
      }),
    );
  });

  it('with too few rows is never Ok and never a breach, whatever the value', () => {
    fc.assert(
      fc.property(threshold, reading, fc.integer({ min: 1, max: 20 }), (limits, read, least) => {
        const isEnough = read.sampleCount !== null && read.sampleCount >= least;
        const { verdict } = judged(limits, read, { minSamples: least });
        if (isEnough) expect(verdict).toBe(judged(limits, read, { minSamples: 0 }).verdict);
        else expect(verdict).toBe('Insufficient');
      }),
    );
  });

  it('of what is no number, or carries no time, or an impossible one, is NoData', () => {
    const odd = fc.constantFrom(NaN, Infinity, -Infinity);
    fc.assert(
      fc.property(threshold, odd, fc.boolean(), (limits, each, isValue) => {
        const observation = isValue ? aValue(each) : aValue(0, { dataTimeMs: each });
        const indicator = anIndicator({ threshold: limits });
        expect(judge({ indicator, identity, served: 'Live', observation, nowMs: startMs }).verdict).toBe('NoData');
      }),
    );
  });
});

describe('what follows from a verdict', () => {
  it('within clear is Ok, and Ok is no breach; a breach beyond severe may always escalate', () => {
    let severe = 0;
    fc.assert(
      fc.property(threshold, reading, minSamples, fc.constantFrom('Share', 'None'), (limits, read, least, scalesWith) => {
        const assessment = judged(limits, read, { minSamples: least, scalesWith });
        if (withinClear(assessment)) expect(assessment.verdict).toBe('Ok');
        if (assessment.verdict === 'Ok') expect([countsAsBreach(assessment), mayEscalate(assessment)]).toEqual([false, false]);
        expect(mayEscalate(assessment) && !countsAsBreach(assessment)).toBe(false);
        const beyond = isSevere(limits, { value: read.value, interval: intervalOf(read) });
        if (beyond && assessment.verdict !== 'Insufficient') {
          severe += 1;
          expect([assessment.verdict, mayEscalate(assessment)]).toEqual(['Breach', true]);
        }
        if (mayEscalate(assessment)) expect(beyond || scalesWith === 'Share').toBe(true);
      }),
      { numRuns: 2000 },
    );
    expect(severe).toBeGreaterThan(60);
  });

  it('of a failed reading is what its owner said of it, and it never escalates', () => {
    const fails = [
      { kind: 'NoData', cause: 'Empty', message: '', source: { provider: 'p', query: 'q', queriedAtMs: startMs } },
      { kind: 'Error', cause: 'Timeout', message: '', source: { provider: 'p', query: 'q', queriedAtMs: startMs } },
    ] as const;
    for (const observation of fails)
      for (const onNoData of ['Hold', 'Breach', 'Ignore'] as const)
        for (const onError of ['Hold', 'Breach'] as const) {
          const indicator = anIndicator({ onNoData, onError });
          const assessment = judge({ indicator, identity, served: 'Live', observation, nowMs: startMs });
          const said = observation.kind === 'NoData' ? onNoData : onError;
          expect([countsAsBreach(assessment), mayEscalate(assessment), withinClear(assessment)]).toEqual([said === 'Breach', false, false]);
        }
  });
});
