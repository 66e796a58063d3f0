import { describe, expect, it } from '@jest/globals';
import { improbability, measureAnomaly, readAnomaly, type AnomalyMethod } from '../../../../src/core/statistics/anomaly.ts';
import type { Row } from '../../../../src/core/statistics/row.ts';

const baseline = { mean: 10, standardDeviation: 2 };
const four = ['earlier1', 'earlier2', 'earlier3', 'earlier4'];

function measure(method: AnomalyMethod, now: number, earlier: readonly number[]) {
  return measureAnomaly({ method, earlierParts: four }, now, earlier);
}

function valueOf(measured: ReturnType<typeof measure>): number {
  if (!measured.ok) throw new Error(`expected a reading, got ${measured.failure.message}`);
  return measured.value.value;
}

describe('measureAnomaly', () => {
  it('reads a series from its oldest reading to its newest', () => {
    const rising = valueOf(measure({ kind: 'EWMA', baseline }, 14, [13, 12, 11, 10]));
    const falling = valueOf(measure({ kind: 'EWMA', baseline }, 10, [11, 12, 13, 14]));
    expect(rising).toBeGreaterThan(falling);
    // A sum that came back to the mean has been eaten up by the slack.
    expect(valueOf(measure({ kind: 'CUSUM', baseline }, 10, [10, 10, 10, 14]))).toBe(0);
    expect(valueOf(measure({ kind: 'CUSUM', baseline }, 14, [10, 10, 10, 10]))).toBe(1.5);
  });

  it('carries what it takes to compute it again', () => {
    const measured = measure({ kind: 'Seasonal', floor: 0.5 }, 14, [13, 12, 11, 10]);
    expect(measured).toMatchObject({
      ok: true,
      value: {
        sampleCount: 5,
        noiseFloor: null,
        interval: null,
        computation: { statistic: 'Seasonal', parameters: { floor: 0.5 }, counts: { now: [14], earlier: [13, 12, 11, 10] } },
      },
    });
    expect(measure({ kind: 'CUSUM', baseline }, 14, [1, 2, 3, 4])).toMatchObject({ value: { computation: { parameters: baseline } } });
  });

  it('needs every reading of a chart, and four seasons of however many', () => {
    expect(measure({ kind: 'EWMA', baseline }, 14, [13, 12, 11])).toMatchObject({
      ok: false,
      failure: { cause: 'Insufficient', sampleCount: 3, message: '3 earlier windows have a reading, 4 are needed' },
    });
    const eight = { earlierParts: [...four, 'a', 'b', 'c', 'd'], method: { kind: 'Seasonal', floor: 1 } } as const;
    expect(measureAnomaly(eight, 14, [13, 12, 11, 10]).ok).toBe(true);
    expect(measureAnomaly(eight, 14, [13, 12, 11]).ok).toBe(false);
  });
});

describe('improbability', () => {
  it('is the exact conditional test: of 6 events in two equal windows all in the newer is one chance in 64', () => {
    expect(improbability(6, 0, 1)).toBeCloseTo(Math.log10(64), 10);
  });

  it.each([
    ['no event', 0, 40],
    ['as many as ever', 10, 40],
  ])('of %s is small', (_what, now, earlier) => {
    expect(improbability(now, earlier, 4)).toBeLessThan(0.5);
  });

  it('grows with the events of the newest window and ends where numbers end', () => {
    expect(improbability(30, 40, 4)).toBeGreaterThan(improbability(20, 40, 4));
    expect(improbability(1e7, 0, 12)).toBe(323);
  });
});

describe('readAnomaly', () => {
  const definition = { kind: 'Anomaly', method: { kind: 'EventCount' }, earlierParts: four } as const;

  function rows(changes: Readonly<Record<string, readonly number[]>> = {}) {
    return (part: string): readonly Row[] => (changes[part] ?? [3]).map((value) => ({ labels: {}, value }));
  }

  it('reads every part', () => {
    expect(readAnomaly(definition, rows({ value: [40] }))).toMatchObject({
      ok: true,
      value: { computation: { counts: { now: [40], earlier: [3, 3, 3, 3] } } },
    });
  });

  it('gives no number without a newest reading, and says how many earlier ones are missing', () => {
    expect(readAnomaly(definition, rows({ value: [] }))).toMatchObject({ failure: { cause: 'Empty' } });
    expect(readAnomaly(definition, rows({ earlier2: [] }))).toMatchObject({ failure: { cause: 'Insufficient', sampleCount: 3 } });
  });

  it.each([
    ['SeveralSeries', [1, 2]],
    ['NotANumber', [NaN]],
    ['Infinite', [-Infinity]],
  ])('gives no number, for %s', (cause, values) => {
    for (const part of ['value', ...four]) {
      expect(readAnomaly(definition, rows({ [part]: values }))).toMatchObject({
        failure: { cause, message: expect.stringContaining(part) },
      });
    }
  });
});
