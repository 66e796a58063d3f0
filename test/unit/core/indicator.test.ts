import { describe, expect, it } from '@jest/globals';
import { initialIndicatorMemory, restartIndicator, stepIndicator } from '../../../src/core/indicator.ts';
import type { IndicatorMemory } from '../../../src/core/model/indicator.ts';
import type { Observation } from '../../../src/core/model/observation.ts';
import {
  anAssessment,
  anIndicator,
  breachValue,
  failedReading,
  intervalMs,
  noReading,
  okValue,
  startMs,
  warnValue,
} from '../../builders/core.ts';

const interval = intervalMs / 1000;

/** Feeds readings at seconds after the start and returns the memory after the last. */
function run(
  memory: IndicatorMemory,
  readings: readonly (readonly [atSeconds: number, reading: number | Observation])[],
  indicator = anIndicator(),
): IndicatorMemory {
  return readings.reduce((current, [atSeconds, reading]) => {
    const nowMs = startMs + atSeconds * 1000;
    return stepIndicator({ memory: current, assessment: anAssessment(reading, { atMs: nowMs, indicator }), nowMs, intervalMs });
  }, memory);
}

function every(fromSeconds: number, toSeconds: number, reading: number | Observation) {
  const readings: [number, number | Observation][] = [];
  for (let at = fromSeconds; at <= toSeconds; at += interval) readings.push([at, reading]);
  return readings;
}

const clear = initialIndicatorMemory(startMs);
const firing: IndicatorMemory = { state: 'Firing', sinceMs: startMs, lastPolledAtMs: startMs };

describe('going up', () => {
  it('fires once the breach held for forSeconds, not before', () => {
    expect(run(clear, every(0, 45, breachValue))).toMatchObject({ state: 'Pending', sinceMs: startMs });
    expect(run(clear, every(0, 60, breachValue))).toMatchObject({ state: 'Firing', sinceMs: startMs + 60_000 });
  });

  it('fires at once where forSeconds is 0', () => {
    expect(run(clear, [[0, breachValue]], anIndicator({ forSeconds: 0 })).state).toBe('Firing');
  });

  it('goes back to Clear when the value is within clear again', () => {
    expect(run(clear, [...every(0, 45, breachValue), [60, okValue]])).toMatchObject({ state: 'Clear', sinceMs: startMs + 60_000 });
  });

  it.each([
    ['a warning', warnValue],
    ['no data', noReading],
    ['an error', failedReading],
  ])('stays Pending through %s but starts its clock again', (_case, between) => {
    const interrupted = run(clear, [...every(0, 45, breachValue), [60, between]]);

    expect(interrupted).toMatchObject({ state: 'Pending', sinceMs: startMs });
    expect(run(interrupted, every(75, 120, breachValue)).state).toBe('Pending');
    expect(run(interrupted, every(75, 135, breachValue)).state).toBe('Firing');
  });

  it('forgets a Pending breach where missing data is to be ignored', () => {
    expect(
      run(
        clear,
        [
          [0, breachValue],
          [15, noReading],
        ],
        anIndicator({ onNoData: 'Ignore' }),
      ).state,
    ).toBe('Clear');
  });

  it.each([
    ['onNoData', noReading, { onNoData: 'Breach' }],
    ['onError', failedReading, { onError: 'Breach' }],
  ] as const)('counts a failed reading as breach where %s says so', (_policy, reading, policy) => {
    expect(run(clear, every(0, 60, reading), anIndicator(policy)).state).toBe('Firing');
  });

  it.each(['Hold', 'Ignore'] as const)('never fires on missing data with onNoData %s', (onNoData) => {
    expect(run(clear, every(0, 600, noReading), anIndicator({ onNoData })).state).toBe('Clear');
  });

  it('starts again after a gap longer than two intervals, not after one of exactly two', () => {
    expect(
      run(clear, [
        [0, breachValue],
        [31, breachValue],
        [61, breachValue],
      ]).state,
    ).toBe('Pending');
    expect(
      run(clear, [
        [0, breachValue],
        [30, breachValue],
        [60, breachValue],
      ]).state,
    ).toBe('Firing');
  });
});

describe('coming down', () => {
  it('is Clear once within clear for clearForSeconds', () => {
    expect(run(firing, every(15, 60, okValue))).toMatchObject({ state: 'Clearing', sinceMs: startMs + 15_000 });
    expect(run(firing, every(15, 75, okValue))).toMatchObject({ state: 'Clear', sinceMs: startMs + 75_000 });
  });

  it.each([
    ['between breach and clear', warnValue],
    ['without data', noReading],
    ['on an error', failedReading],
  ])('keeps Firing and its since %s', (_case, reading) => {
    expect(run(firing, every(15, 600, reading))).toMatchObject({ state: 'Firing', sinceMs: startMs });
  });

  it.each([
    ['a warning', warnValue],
    ['no data', noReading],
    ['an error', failedReading],
  ])('starts the clearing clock again after %s', (_case, between) => {
    const interrupted = run(firing, [...every(15, 60, okValue), [75, between]]);

    expect(interrupted.state).toBe('Clearing');
    expect(run(interrupted, every(90, 135, okValue)).state).toBe('Clearing');
    expect(run(interrupted, every(90, 150, okValue)).state).toBe('Clear');
  });

  it('fires again at once on a breach while Clearing', () => {
    expect(
      run(firing, [
        [15, okValue],
        [30, breachValue],
      ]),
    ).toMatchObject({ state: 'Firing', sinceMs: startMs + 30_000 });
  });

  it('does not count Ok values outside clear', () => {
    const strict = anIndicator({ threshold: { clear: 0.01 } });

    expect(run(firing, every(15, 600, okValue), strict).state).toBe('Firing');
  });

  it('writes no new instant while it waits between the limits, so that waiting costs no status write', () => {
    const waiting = run(firing, [
      [15, okValue],
      [30, warnValue],
    ]);

    expect(run(waiting, every(45, 600, warnValue))).toEqual(waiting);
  });
});

describe('restart', () => {
  it('keeps Firing with its since', () => {
    expect(run(restartIndicator(firing), [[3600, warnValue]])).toMatchObject({ state: 'Firing', sinceMs: startMs });
  });

  it('starts Pending and Clearing again at the next reading that supports them', () => {
    const pending = restartIndicator(run(clear, every(0, 45, breachValue)));
    const clearing = restartIndicator(run(firing, every(15, 60, okValue)));

    expect(run(pending, [[60, breachValue]])).toMatchObject({ state: 'Pending', sinceMs: startMs + 60_000 });
    expect(run(clearing, [[75, okValue]])).toMatchObject({ state: 'Clearing', sinceMs: startMs + 75_000 });
  });
});

describe('a clock that went back', () => {
  it('waits at most one whole forSeconds from now, and not less', () => {
    const pending = run(clear, every(0, 45, breachValue));

    expect(run(pending, every(-3600, -3555, breachValue))).toMatchObject({ state: 'Pending', sinceMs: startMs - 3_600_000 });
    expect(run(pending, every(-3600, -3540, breachValue)).state).toBe('Firing');
  });
});
