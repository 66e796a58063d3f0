import { describe, expect, it } from '@jest/globals';
import { createRestartLog } from '../../../../src/signals/cluster/restart-log.ts';
import { pod, podContainer } from '../../../builders/workload.ts';

function restarted(restarts: number, endedAtMs: number | null = null) {
  return pod('a', { containers: [podContainer({ restarts, endedAtMs })] });
}

function logOf(...seen: readonly (readonly [restarts: number, endedAtMs: number | null, nowMs: number])[]) {
  const log = createRestartLog();
  for (const [restarts, endedAtMs, nowMs] of seen) log.see(restarted(restarts, endedAtMs), nowMs);
  return log;
}

const nothingBefore = { unseen: 0, unseenUntilMs: 0, lastUnseenAtMs: null };

describe('the restarts of a container', () => {
  it('are those that were seen, when it ended, or else when they were seen', () => {
    const log = logOf([0, null, 100], [1, 150, 200], [3, null, 300]);
    expect(log.historyOf(pod('a'), 'server')).toEqual({ ...nothingBefore, seenAtMs: [150, 300, 300] });
  });

  it('that were there when it was first seen are told apart', () => {
    expect(logOf([7, 90, 100], [8, 150, 200]).historyOf(pod('a'), 'server')).toEqual({
      unseen: 7,
      unseenUntilMs: 90,
      lastUnseenAtMs: 90,
      seenAtMs: [150],
    });
    expect(logOf([7, null, 100]).historyOf(pod('a'), 'server')).toMatchObject({ unseenUntilMs: 100, lastUnseenAtMs: null });
  });

  it('are none where the count only went down, and count on from there', () => {
    expect(logOf([0, null, 1], [5, 10, 10], [2, 10, 20], [3, 30, 30]).historyOf(pod('a'), 'server')?.seenAtMs).toEqual([
      10, 10, 10, 10, 10, 30,
    ]);
  });

  it('are bounded, the newest kept', () => {
    const log = logOf([0, null, 1], [1_000_000, 10, 10], [1_000_001, 20, 20]);
    const { seenAtMs = [] } = log.historyOf(pod('a'), 'server') ?? {};
    expect([seenAtMs.length, seenAtMs.at(-1)]).toEqual([256, 20]);
  });

  it('are nothing of a container that never restarted, and unknown of a pod nobody saw', () => {
    const log = logOf([0, null, 1]);
    expect(log.historyOf(pod('a'), 'server')).toEqual({ ...nothingBefore, seenAtMs: [] });
    expect(log.historyOf(pod('b'), 'server')).toBeNull();
  });

  it('are forgotten with the pod, and all of them with the watch', () => {
    const log = logOf([7, 90, 100]);
    log.forget('uid-a');
    expect(log.historyOf(pod('a'), 'server')).toBeNull();
    log.see(restarted(1), 200);
    log.clear();
    expect(log.historyOf(pod('a'), 'server')).toBeNull();
  });
});
