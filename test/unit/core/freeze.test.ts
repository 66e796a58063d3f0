import { describe, expect, it } from '@jest/globals';
import { boundReadings, cutText, freezeReading, maxFrozenLength } from '../../../src/core/freeze.ts';
import { aValue, anAssessment, failedReading, source, startMs } from '../../builders/core.ts';

const computation = { statistic: 'PSI', parameters: { falseAlarmProbability: 0.01 }, counts: { live: [1, 2, 3] } };
const interval = { low: 0.3, high: 0.5 };
const reading = freezeReading(anAssessment(aValue(0.4, { sampleCount: 900, noiseFloor: 0.02, interval, computation })));

describe('a frozen reading', () => {
  it('keeps the value with its count, its chance and its limits', () => {
    expect(reading).toEqual({
      indicator: 'score-drift',
      verdict: 'Breach',
      provider: 'prometheus',
      query: 'score_drift',
      windowSeconds: 60,
      threshold: { direction: 'Above', warn: 0.1, breach: 0.25, clear: 0.1, severe: null },
      value: 0.4,
      sampleCount: 900,
      noiseFloor: 0.02,
      interval,
      computation,
      dataTimeMs: startMs,
      message: '',
    });
  });

  it('of too few counts keeps the counts', () => {
    const tooFew = anAssessment({ kind: 'Insufficient', message: 'one group only', sampleCount: 12, computation, source });
    expect(freezeReading(tooFew)).toMatchObject({ verdict: 'Insufficient', value: null, computation, message: 'one group only' });
  });

  it('says why there was no value', () => {
    expect(freezeReading(anAssessment(failedReading))).toMatchObject({ verdict: 'Error', value: null, message: 'connection refused' });
  });
});

describe('what fits beside a journal', () => {
  const long = (length: number) => ({ ...reading, query: 'q'.repeat(length) });

  it('leaves readings that fit as they are', () => {
    expect(boundReadings([reading])).toEqual([reading]);
  });

  it('leaves out counts before it cuts a text', () => {
    const heavy = { ...reading, computation: { ...computation, counts: { live: Array.from({ length: 1000 }, (_, bin) => bin) } } };
    expect(boundReadings([heavy])).toEqual([{ ...reading, computation: null }]);
  });

  it('cuts texts before it leaves out a reading, and shows that it cut', () => {
    const bounded = boundReadings([long(3000), long(3000)]);
    expect(bounded).toHaveLength(2);
    expect(bounded.map(({ query }) => query.at(-1))).toEqual(['…', '…']);
    expect(bounded.map(({ value }) => value)).toEqual([0.4, 0.4]);
  });

  it('leaves out the last of too many', () => {
    const many = Array.from({ length: 32 }, (_, index) => ({ ...reading, indicator: `indicator-${String(index)}` }));
    const bounded = boundReadings(many);
    expect(bounded.length).toBeGreaterThan(3);
    expect(bounded.map(({ indicator }) => indicator)).toEqual(many.slice(0, bounded.length).map(({ indicator }) => indicator));
    expect(JSON.stringify(bounded).length).toBeLessThanOrEqual(maxFrozenLength);
  });

  it('reads the provider and query from the observation it was judged on', () => {
    expect(freezeReading(anAssessment(aValue(0.4, { source: { ...source, query: 'other' } }))).query).toBe('other');
  });
});

describe('cutText', () => {
  it('never answers more than the limit, and cuts nothing that fits', () => {
    expect(cutText('abcd', 4)).toBe('abcd');
    expect(cutText('abcde', 4)).toBe('abc…');
    expect(cutText('abcde', 1)).toBe('…');
  });
});
