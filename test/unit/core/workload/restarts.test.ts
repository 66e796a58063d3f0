import { describe, expect, it } from '@jest/globals';
import type { RestartHistory } from '../../../../src/core/workload/facts.ts';
import { someTimeMs } from '../../../builders/manual-clock.ts';
import { measureOf, pod, podContainer } from '../../../builders/workload.ts';

const restarts = { kind: 'Restarts' } as const;
const minuteMs = 60_000;

function history(changes: Partial<RestartHistory>): () => RestartHistory {
  return () => ({ unseen: 0, unseenUntilMs: 0, lastUnseenAtMs: null, seenAtMs: [], ...changes });
}

/** One pod, a day old, whose container restarted so often. */
function restarted(count: number, endedAtMs: number | null = null) {
  return { pods: [pod('a', { containers: [podContainer({ restarts: count, endedAtMs })] })] };
}

describe('restarts', () => {
  it('are none where nothing restarted', () => {
    expect(measureOf(restarts)).toMatchObject({ value: 0, sampleCount: 2, interval: null, detail: '' });
  });

  it('count those that were seen within the window, and name container and pod', () => {
    const seenAtMs = [someTimeMs - 11 * minuteMs, someTimeMs - 9 * minuteMs, someTimeMs - minuteMs];
    expect(measureOf(restarts, restarted(3), { restartsOf: history({ seenAtMs }) })).toMatchObject({
      value: 2,
      interval: null,
      detail: 'server of pod a restarted 2 times',
    });
  });

  it('are all of those of a pod younger than the window, whoever saw them', () => {
    const young = pod('a', { createdAtMs: someTimeMs - 5 * minuteMs, containers: [podContainer({ restarts: 4 })] });
    expect(measureOf(restarts, { pods: [young] })).toMatchObject({ value: 4, interval: null });
  });

  it('before anybody looked lie between the one whose end is known and all there were', () => {
    const lastUnseenAtMs = someTimeMs - minuteMs;
    const restartsOf = history({ unseen: 7, unseenUntilMs: lastUnseenAtMs, lastUnseenAtMs });
    expect(measureOf(restarts, restarted(7, lastUnseenAtMs), { restartsOf })).toMatchObject({
      value: 1,
      interval: { low: 1, high: 7 },
      detail: 'server of pod a restarted 1 to 7 times',
    });
  });

  it('before anybody looked are none once the last of them lies before the window', () => {
    const restartsOf = history({ unseen: 7, unseenUntilMs: someTimeMs - 11 * minuteMs });
    expect(measureOf(restarts, restarted(7), { restartsOf })).toMatchObject({ value: 0, interval: null });
  });

  it('whose last end nobody wrote down may all lie in the window, or none', () => {
    expect(measureOf(restarts, restarted(2))).toMatchObject({ value: 0, interval: { low: 0, high: 2 } });
  });

  it('are not known without a pod', () => {
    expect(measureOf(restarts, { pods: [] })).toMatchObject({ cause: 'Empty', message: 'no pod of Deployment credit-v2 runs' });
  });

  it("are not those of another workload's pods with the same labels", () => {
    const stranger = pod('x', { owner: { kind: 'ReplicaSet', name: 'credit-v2-canary-abc' }, containers: [podContainer({ restarts: 9 })] });
    expect(measureOf(restarts, { pods: [pod('a'), stranger] })).toMatchObject({ value: 0, sampleCount: 1 });
  });
});
