import { describe, expect, it } from '@jest/globals';
import { countsAsBreach, futureToleranceMs, judge, withinClear } from '../../../src/core/judge.ts';
import type { Observation } from '../../../src/core/model/observation.ts';
import { aValue, anAssessment, anIndicator, failedReading, identity, noReading, source, startMs } from '../../builders/core.ts';

function judged(observation: Observation, indicator = anIndicator()) {
  return judge({ indicator, identity, served: 'Live', observation, nowMs: startMs });
}

describe('judge', () => {
  it.each([
    ['Above', 0.0999, 'Ok'],
    ['Above', 0.1, 'Ok'],
    ['Above', 0.1001, 'Warn'],
    ['Above', 0.25, 'Warn'],
    ['Above', 0.2501, 'Breach'],
  ] as const)('%s: %p is %s; a value on a limit is within it', (_direction, value, verdict) => {
    expect(judged(aValue(value)).verdict).toBe(verdict);
  });

  it.each([
    [0.86, 'Ok'],
    [0.85, 'Ok'],
    [0.8499, 'Warn'],
    [0.8, 'Warn'],
    [0.7999, 'Breach'],
  ] as const)('Below: %p is %s', (value, verdict) => {
    const parity = anIndicator({ threshold: { direction: 'Below', warn: 0.85, breach: 0.8, clear: 0.85 } });

    expect(judged(aValue(value), parity).verdict).toBe(verdict);
  });

  it('takes clear for the border of Ok where there is no warn', () => {
    const indicator = anIndicator({ threshold: { warn: null, clear: 0.15 } });

    expect(judged(aValue(0.15), indicator).verdict).toBe('Ok');
    expect(judged(aValue(0.16), indicator).verdict).toBe('Warn');
  });

  it.each([
    [0.2501, 'Breach'],
    [0.25, 'NoData'],
    [0.15, 'NoData'],
    [0.05, 'NoData'],
  ] as const)('with a reservation %p is %s: all that is not a breach is what the reservation says', (value, verdict) => {
    const unless = { cause: 'Incomparable', message: 'region: gone' } as const;
    const { observation, ...assessed } = judged(aValue(value, { unless }));
    expect(assessed.verdict).toBe(verdict);
    if (verdict === 'NoData')
      expect({ ...assessed, observation }).toMatchObject({ windowStartMs: null, observation: { kind: 'NoData', ...unless, source } });
  });

  it('takes a reservation of too few rows for Insufficient, with what it rests on, and a stale value for stale', () => {
    const computation = { statistic: 'CramersV', parameters: {}, counts: {} };
    const unless = { cause: 'Insufficient', message: 'age: too few', sampleCount: 3, computation } as const;
    expect(judged(aValue(0.05, { unless }))).toMatchObject({
      verdict: 'Insufficient',
      observation: { kind: 'Insufficient', message: 'age: too few', sampleCount: 3, computation },
    });
    expect(judged(aValue(0.9, { unless, dataTimeMs: 0 }))).toMatchObject({ verdict: 'NoData', observation: { cause: 'Stale' } });
  });

  it('only warns while a value beyond breach could be chance', () => {
    expect(judged(aValue(0.3, { noiseFloor: 0.35 })).verdict).toBe('Warn');
    expect(judged(aValue(0.3, { noiseFloor: 0.3 })).verdict).toBe('Warn');
    expect(judged(aValue(0.3, { noiseFloor: 0.29 })).verdict).toBe('Breach');
  });

  it.each([
    ['is half of the limit', 0.125, 0.05, 'Ok'],
    ['is more than half of the limit', 0.126, 0.05, 'Insufficient'],
    ['is more than half of the limit, whatever the value', 0.126, 0.9, 'Insufficient'],
    ['is no number', NaN, 0.05, 'Insufficient'],
    ['is not known', null, 0.05, 'Ok'],
  ] as const)('without minSamples the rows are enough unless the noise floor %s', (_what, noiseFloor, value, verdict) => {
    expect(judged(aValue(value, { noiseFloor }), anIndicator({ minSamples: null })).verdict).toBe(verdict);
  });

  it('leaves the noise floor to the breach limit alone where its owner wrote a minSamples, or asks for significance alone', () => {
    expect(judged(aValue(0.05, { noiseFloor: 0.3 }), anIndicator({ minSamples: 0 })).verdict).toBe('Ok');
    const significance = anIndicator({ minSamples: null, threshold: { warn: null, breach: 0, clear: 0 } });
    expect(judged(aValue(0.3, { noiseFloor: 0.2 }), significance).verdict).toBe('Breach');
  });

  it.each([
    // All of it beyond: Breach. Straddling with the point beyond: Warn. Straddling with the point within: no verdict.
    ['Above', 0.4, { low: 0.26, high: 0.6 }, 'Breach'],
    ['Above', 0.4, { low: 0.25, high: 0.6 }, 'Warn'],
    ['Above', 0.05, { low: 0.01, high: 0.26 }, 'Insufficient'],
    ['Above', 0.2, { low: 0.15, high: 0.25 }, 'Warn'],
    ['Above', 0.05, { low: 0.01, high: 0.25 }, 'Ok'],
    ['Below', 0.7, { low: 0.6, high: 0.79 }, 'Breach'],
    ['Below', 0.7, { low: 0.6, high: 0.8 }, 'Warn'],
    ['Below', 0.9, { low: 0.79, high: 1 }, 'Insufficient'],
    ['Below', 0.9, { low: 0.8, high: 1 }, 'Ok'],
    ['Above', 0.05, { low: NaN, high: NaN }, 'Insufficient'],
    ['Above', 0.4, { low: NaN, high: NaN }, 'Warn'],
  ] as const)('%s: %p with interval %p is %s', (direction, value, interval, verdict) => {
    const threshold =
      direction === 'Above' ? { direction, warn: 0.1, breach: 0.25, clear: 0.1 } : { direction, warn: 0.85, breach: 0.8, clear: 0.85 };
    expect(judged(aValue(value, { interval }), anIndicator({ threshold })).verdict).toBe(verdict);
  });

  it('takes counts that are too few for a statistic for what they are', () => {
    const computation = { statistic: 'PSI', parameters: {}, counts: {} };
    const assessment = judged({ kind: 'Insufficient', message: 'one group only', sampleCount: 12, computation, source });
    expect(assessment).toMatchObject({ verdict: 'Insufficient', windowStartMs: null });
    expect(countsAsBreach(assessment)).toBe(false);
    expect(withinClear(assessment)).toBe(false);
  });

  it.each([
    [499, 'Insufficient'],
    [null, 'Insufficient'],
    [NaN, 'Insufficient'],
    [500, 'Breach'],
  ] as const)('with %p of 500 samples a bad value is %s', (sampleCount, verdict) => {
    expect(judged(aValue(0.9, { sampleCount }), anIndicator({ minSamples: 500 })).verdict).toBe(verdict);
  });

  it('needs no count where no minimum is set', () => {
    expect(judged(aValue(0.02), anIndicator({ minSamples: 0 })).verdict).toBe('Ok');
  });

  it.each([
    ['NotANumber', aValue(NaN)],
    ['Infinite', aValue(Infinity)],
    ['Infinite', aValue(-Infinity)],
    ['Stale', aValue(0.02, { dataTimeMs: startMs - 300_001 })],
    ['Stale', aValue(0.02, { dataTimeMs: NaN })],
    ['FutureTimestamp', aValue(0.02, { dataTimeMs: startMs + futureToleranceMs + 1 })],
  ] as const)('is NoData/%s with no window when the value can not be used', (cause, observation) => {
    expect(judged(observation)).toMatchObject({ verdict: 'NoData', windowStartMs: null, observation: { kind: 'NoData', cause } });
  });

  it.each([startMs - 300_000, startMs + futureToleranceMs])('still uses data of time %p, on the limit', (dataTimeMs) => {
    expect(judged(aValue(0.02, { dataTimeMs })).verdict).toBe('Ok');
  });

  it('keeps what the source said when it had nothing or failed', () => {
    expect(judged(noReading)).toMatchObject({ verdict: 'NoData', observation: noReading, windowStartMs: null });
    expect(judged(failedReading)).toMatchObject({ verdict: 'Error', observation: failedReading, windowStartMs: null });
  });

  it('starts the window as long before the data as the observation says', () => {
    expect(judged(aValue(0.02, { dataTimeMs: startMs - 5000, windowSeconds: 600 })).windowStartMs).toBe(startMs - 605_000);
  });
});

describe('withinClear', () => {
  it('asks for Ok and a value within clear', () => {
    const strict = anIndicator({ threshold: { clear: 0.05 } });

    expect(withinClear(anAssessment(0.05, { indicator: strict }))).toBe(true);
    expect(withinClear(anAssessment(0.06, { indicator: strict }))).toBe(false);
  });

  it('is false for a warning even where clear is looser than warn', () => {
    const loose = anIndicator({ threshold: { clear: 0.2 } });

    expect(withinClear(anAssessment(0.15, { indicator: loose }))).toBe(false);
  });

  it.each([noReading, failedReading])('is false without a value', (observation) => {
    expect(withinClear(anAssessment(observation))).toBe(false);
  });
});

describe('countsAsBreach', () => {
  it.each(['Hold', 'Breach', 'Ignore'] as const)('with onNoData %s', (onNoData) => {
    expect(countsAsBreach(anAssessment(noReading, { indicator: anIndicator({ onNoData }) }))).toBe(onNoData === 'Breach');
  });

  it.each(['Hold', 'Breach'] as const)('with onError %s', (onError) => {
    expect(countsAsBreach(anAssessment(failedReading, { indicator: anIndicator({ onError, onNoData: 'Breach' }) }))).toBe(
      onError === 'Breach',
    );
  });

  it('is the verdict for a value: too few samples are no breach', () => {
    expect(countsAsBreach(anAssessment(0.9))).toBe(true);
    expect(countsAsBreach(anAssessment(0.9, { indicator: anIndicator({ minSamples: 1, onNoData: 'Breach' }) }))).toBe(false);
  });
});
