import { describe, expect, it } from '@jest/globals';
import { formatRows, latencyRows, steadyRows } from '../../../bench/tables.ts';
import type { LatencyFigures } from '../../../bench/latency.ts';
import type { SteadyFigures } from '../../../bench/steady.ts';

const latency: LatencyFigures = {
  risks: 100,
  breaches: 220,
  missed: 0,
  intervalMs: 1000,
  measuredIntervalMs: { p50: 1000, p99: 1003 },
  visibleToPatchedMs: { p50: 510, p99: 1100 },
  queryToPatchedMs: { p50: 11, p99: 50 },
  barePatchMs: { p50: 4, p99: 16 },
  storm: null,
  realPrometheus: null,
  load: [0.5, 1.5],
};

const steady: SteadyFigures = {
  risks: 100,
  minutes: 5,
  writes: 0,
  leaseWrites: 100,
  gets: 0,
  lists: 0,
  watches: 40,
  queries: 300,
  expectedQueries: 300,
  signalChanges: 299,
  rssMiB: 90,
  cpuSecondsPerMinute: 1,
  load: [0.5, 1.5],
};

const missedIn = (rows: readonly { readonly what: string; readonly target?: { readonly met: boolean } }[]): readonly string[] =>
  rows.filter(({ target }) => target?.met === false).map(({ what }) => what);

describe('the table of latency', () => {
  it('meets its targets at their very edge', () => {
    expect(missedIn(latencyRows(latency))).toEqual([]);
  });

  it.each([
    [{ visibleToPatchedMs: { p50: 1, p99: 1100.01 } }, 'metric visible -> patch answered'],
    [{ queryToPatchedMs: { p50: 1, p99: 50.01 } }, 'query answered -> patch answered'],
    [{ missed: 1 }, 'breaches timed / without a cap'],
    [{ realPrometheus: { breaches: 60, missed: 0, visibleToPatchedMs: { p50: 1, p99: 2000 } } }, 'real Prometheus (60): visible -> patch'],
  ])('says so when %j is beyond its target', (changes, what) => {
    expect(missedIn(latencyRows({ ...latency, ...changes }))).toEqual([what]);
  });
});

describe('the table of the steady state', () => {
  it('allows the ruler one query at its ends', () => {
    expect(missedIn(steadyRows(steady))).toEqual([]);
    expect(missedIn(steadyRows({ ...steady, queries: 299 }))).toEqual([]);
    expect(missedIn(steadyRows({ ...steady, queries: 298 }))).toEqual(['queries, by Prometheus']);
  });

  it.each([
    [{ writes: 1 }, 'writes other than the lease'],
    [{ gets: 1 }, 'GET'],
    [{ lists: 1 }, 'LIST'],
  ])('says so when there is %j', (changes, what) => {
    expect(missedIn(steadyRows({ ...steady, ...changes }))).toEqual([what]);
  });
});

describe('a formatted table', () => {
  it('aligns what and figure, and shows a missed target in capitals', () => {
    const text = formatRows([
      { what: 'short', figure: '1 ms', target: { text: 'none', met: false } },
      { what: 'a longer name', figure: '1000 ms' },
    ]);
    expect(text).toBe('short             1 ms  MISSED: none\na longer name  1000 ms\n');
  });
});
