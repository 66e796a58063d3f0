import { describe, expect, it } from '@jest/globals';
import { periodTimes, reportDue } from '../../../../src/core/report/schedule.ts';

const startingAtMs = Date.parse('2026-12-01T08:00:00Z');
const weekly = { startingAtMs, everySeconds: 604_800 };
const weekMs = 604_800_000;

describe('reportDue', () => {
  it.each<[string, number | null, number, ReturnType<typeof reportDue>]>([
    ['before the first', null, startingAtMs - 1, { kind: 'Later', atMs: startingAtMs }],
    ['when the first is due', null, startingAtMs, { kind: 'Now', dueMs: startingAtMs }],
    ['once that was sent', startingAtMs, startingAtMs, { kind: 'Later', atMs: startingAtMs + weekMs }],
    ['a moment before the second', startingAtMs, startingAtMs + weekMs - 1, { kind: 'Later', atMs: startingAtMs + weekMs }],
    ['when the second is due', startingAtMs, startingAtMs + weekMs, { kind: 'Now', dueMs: startingAtMs + weekMs }],
    [
      'after an outage of weeks: the latest alone',
      startingAtMs,
      startingAtMs + 3.5 * weekMs,
      { kind: 'Now', dueMs: startingAtMs + 3 * weekMs },
    ],
    ['sent late: the next is no later for it', startingAtMs, startingAtMs + 0.9 * weekMs, { kind: 'Later', atMs: startingAtMs + weekMs }],
    ['never sent, long after the start', null, startingAtMs + 10.2 * weekMs, { kind: 'Now', dueMs: startingAtMs + 10 * weekMs }],
    [
      'when the clock went back',
      startingAtMs + 5 * weekMs,
      startingAtMs + 2.5 * weekMs,
      { kind: 'Later', atMs: startingAtMs + 3 * weekMs },
    ],
  ])('%s', (_, sentForMs, nowMs, expected) => {
    expect(reportDue(periodTimes(weekly, nowMs), sentForMs)).toEqual(expected);
  });
});
