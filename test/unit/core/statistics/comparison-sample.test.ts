import { describe, expect, it } from '@jest/globals';
import { growSample, type ComparisonSample, type PolledWindow } from '../../../../src/core/statistics/comparison-sample.ts';
import type { Row } from '../../../../src/core/statistics/row.ts';

const rule = { version: '1', windowSeconds: 60, sampleSeconds: 300 };
const startMs = 1_000_000;

type Counts = readonly [ownEvents: number, ownTotal: number, otherEvents: number, otherTotal: number];

function polled(afterSeconds: number, counts: Counts = [3, 10, 20, 90], changes: Partial<PolledWindow> = {}): PolledWindow {
  const atMs = startMs + afterSeconds * 1000;
  const [ownEvents, ownTotal, otherEvents, otherTotal] = counts;
  const row = (value: number): readonly Row[] => [{ labels: {}, value }];
  const rows = (part: string, version?: string) => {
    if (version === undefined) return row(part === 'value' ? ownEvents : ownTotal);
    return version === '1' ? row(part === 'value' ? otherEvents : otherTotal) : [];
  };
  return { askedAtMs: atMs, dataTimeMs: atMs - 4000, evidenceFromMs: null, rows, ...changes };
}

function grown(before: ComparisonSample | null, poll: PolledWindow): ComparisonSample | null {
  const result = growSample(before, poll, rule);
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

describe('growSample', () => {
  it('begins with the first window', () => {
    expect(grown(null, polled(0))).toEqual({
      ...{ startMs: startMs - 64_000, endMs: startMs - 4000, askedAtMs: startMs, windows: 1 },
      ...{ own: { successes: 3, trials: 10 }, other: { successes: 20, trials: 90 } },
    });
  });

  it('adds a window only once it shares no row with those before, however often it is polled', () => {
    const first = grown(null, polled(0));
    expect([15, 30, 60, 63].map((seconds) => grown(first, polled(seconds, [9, 9, 9, 9])))).toEqual([first, first, first, first]);
    expect(grown(first, polled(64, [1, 10, 5, 90]))).toMatchObject({
      ...{ startMs: startMs - 64_000, endMs: startMs + 60_000, windows: 2 },
      ...{ own: { successes: 4, trials: 20 }, other: { successes: 25, trials: 180 } },
    });
  });

  it('counts frozen data once', () => {
    const first = grown(null, polled(0));
    expect(grown(first, polled(600, [3, 10, 20, 90], { dataTimeMs: startMs - 4000 }))).toBe(first);
  });

  it('begins anew where evidence does, with the first window after it', () => {
    const first = grown(null, polled(0));
    const evidenceFromMs = startMs + 30_000;
    expect(grown(first, polled(80, [9, 9, 9, 9], { evidenceFromMs }))).toBeNull();
    const anew = grown(null, polled(94, [1, 10, 5, 90], { evidenceFromMs }));
    expect(anew).toMatchObject({ startMs: evidenceFromMs, windows: 1, own: { successes: 1, trials: 10 } });
    expect(grown(anew, polled(160, [1, 10, 5, 90], { evidenceFromMs }))).toMatchObject({ startMs: evidenceFromMs, windows: 2 });
  });

  it('begins anew before it is longer than it may be', () => {
    let sample = grown(null, polled(0));
    for (const seconds of [64, 128, 192]) sample = grown(sample, polled(seconds));
    expect(sample).toMatchObject({ windows: 4 });
    expect(grown(sample, polled(256, [1, 10, 5, 90]))).toMatchObject({ windows: 1, own: { successes: 1 } });
  });

  it('begins anew where the clock went back', () => {
    expect(grown(grown(null, polled(0)), polled(-3600))).toMatchObject({ windows: 1, askedAtMs: startMs - 3_600_000 });
  });

  it.each([
    ['this version', [0, 0, 20, 90]],
    ['the other', [3, 10, 0, 0]],
  ] as const)('stays as it is, and grows old, without rows of %s', (_whose, counts) => {
    const first = grown(null, polled(0));
    expect(grown(first, polled(64, counts))).toBe(first);
    expect(growSample(null, polled(64, counts), rule)).toMatchObject({ ok: false, failure: { cause: 'Empty' } });
  });

  it('takes events that extrapolation put a little above their total for all of it', () => {
    expect(grown(null, polled(0, [10.5, 10, 20, 90]))).toMatchObject({ own: { successes: 10, trials: 10 } });
  });

  it.each([
    ['NaN', [NaN, 10, 20, 90], 'NotANumber'],
    ['infinite', [3, Infinity, 20, 90], 'Infinite'],
    ['below 0', [3, 10, -1, 90], 'Incomparable'],
    ['more than all', [30, 10, 20, 90], 'Incomparable'],
  ] as const)('refuses counts that are %s', (_what, counts, cause) => {
    expect(growSample(null, polled(0, counts), rule)).toMatchObject({ ok: false, failure: { cause } });
  });

  it('refuses two series where one may be', () => {
    const rows = () => [
      { labels: { pod: 'a' }, value: 1 },
      { labels: { pod: 'b' }, value: 2 },
    ];
    expect(growSample(null, polled(0, [1, 1, 1, 1], { rows }), rule)).toMatchObject({ ok: false, failure: { cause: 'SeveralSeries' } });
  });
});
