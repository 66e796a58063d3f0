import { describe, expect, it } from '@jest/globals';

import { startCaller } from '../../../../demo/caller.ts';
import type { CallerOptions, Send } from '../../../../demo/caller.ts';
import { replayOnce, replayRoundAndRound } from '../../../../demo/calling/replay.ts';
import { censusRow } from '../../../builders/census-row.ts';
import { createManualClock } from '../../../builders/manual-clock.ts';
import type { ManualClock } from '../../../builders/manual-clock.ts';

const rows = [1, 2, 3].map((id) => censusRow({ id }));
const answered: Send = () => Promise.resolve({ status: 200, version: '2.0.0' });

function callerOn(clock: ManualClock, overrides: Partial<CallerOptions> = {}) {
  return startCaller({
    clock,
    send: answered,
    requestsPerSecond: 200,
    useCandidate: () => true,
    nextRow: replayRoundAndRound(rows),
    ...overrides,
  });
}

describe('a caller', () => {
  it('sends one row every five milliseconds at 200 a second', async () => {
    const clock = createManualClock(0);
    const caller = callerOn(clock);
    await clock.advance(1000);
    expect(caller.records.map(({ sentAtMs }) => sentAtMs)).toEqual(Array.from({ length: 201 }, (_, index) => index * 5));
    expect(caller.records.slice(0, 4).map(({ rowId }) => rowId)).toEqual([1, 2, 3, 1]);
  });

  it('catches up after the machine was busy, so that the rate holds', async () => {
    const clock = createManualClock(0);
    const late = { nowMs: () => clock.nowMs(), after: (delayMs: number, run: () => void) => clock.after(delayMs + 43, run) };
    const caller = callerOn(clock, { clock: late });
    await clock.advance(1000);
    expect(caller.records.length).toBeGreaterThanOrEqual(190);
    expect(caller.records.every(({ sentAtMs }, index) => sentAtMs >= index * 5)).toBe(true);
  });

  it('delays nobody because one answer is slow', async () => {
    const clock = createManualClock(0);
    let sent = 0;
    const send: Send = (row) => {
      sent += 1;
      return row.id === 1 ? new Promise<never>(() => undefined) : answered(row, false);
    };
    const caller = callerOn(clock, { send });
    await clock.advance(100);
    expect(sent).toBe(21);
    expect(caller.records.map(({ rowId }) => rowId)).not.toContain(1);
  });

  it('asks for the safe version when the flag is off at that moment', async () => {
    const clock = createManualClock(0);
    const asked: boolean[] = [];
    let flag = true;
    const send: Send = (row, askForSafe) => {
      asked.push(askForSafe);
      return answered(row, askForSafe);
    };
    const caller = callerOn(clock, { send, useCandidate: () => flag });
    await clock.advance(5);
    flag = false;
    await clock.advance(5);
    expect(asked).toEqual([false, false, true]);
    expect(caller.records.map(({ askedForSafe }) => askedForSafe)).toEqual(asked);
  });

  it('records what failed and how, and goes on', async () => {
    const clock = createManualClock(0);
    const send: Send = (row) => {
      if (row.id === 1) return Promise.reject(new Error('connection reset'));
      return Promise.resolve(row.id === 2 ? { status: 503, version: '2.0.0' } : { status: 200, version: '2.0.0' });
    };
    const caller = callerOn(clock, { send });
    await clock.advance(10);
    expect(caller.records.map(({ version, failure }) => ({ version, failure }))).toEqual([
      { version: null, failure: 'connection reset' },
      { version: null, failure: 'HTTP 503' },
      { version: '2.0.0', failure: null },
    ]);
  });

  it('is finished when the rows have run out and the last answer is there', async () => {
    const clock = createManualClock(0);
    const caller = callerOn(clock, { nextRow: replayOnce(rows) });
    await clock.advance(100);
    await caller.finished;
    expect(caller.records.map(({ rowId }) => rowId)).toEqual([1, 2, 3]);
    expect(clock.pending()).toBe(0);
  });

  it('sends nothing after it was stopped', async () => {
    const clock = createManualClock(0);
    const caller = callerOn(clock);
    await clock.advance(10);
    caller.stop();
    await caller.finished;
    await clock.advance(1000);
    expect(caller.records).toHaveLength(3);
  });
});
