import { describe, expect, it } from '@jest/globals';
import { mergeConditions } from '../../../src/kube/conditions.ts';
import type { Condition } from '../../../src/kube/conditions.ts';
import { someTimeMs } from '../../builders/manual-clock.ts';

const ready: Condition = {
  type: 'Ready',
  status: 'True',
  reason: 'Reconciled',
  message: 'all good',
  lastTransitionTime: '2026-01-01T00:00:00Z',
  observedGeneration: 1,
};

describe('mergeConditions', () => {
  it('keeps the time of the last change while the status stays', () => {
    const now = [{ type: 'Ready', status: 'True', reason: 'StillReconciled', message: 'even better' } as const];
    expect(mergeConditions([ready], now, { nowMs: someTimeMs, generation: 2 })).toEqual([
      { ...now[0], lastTransitionTime: '2026-01-01T00:00:00Z', observedGeneration: 2 },
    ]);
  });

  it('stamps whole seconds when the status changes', () => {
    const [condition] = mergeConditions([ready], [{ type: 'Ready', status: 'False', reason: 'R', message: '' }], {
      nowMs: someTimeMs + 789,
      generation: 1,
    });
    expect(condition?.lastTransitionTime).toBe('2026-06-01T12:00:00Z');
  });

  it('stamps a condition that is new', () => {
    const [condition] = mergeConditions([], [{ type: 'Engaged', status: 'Unknown', reason: 'R', message: '' }], {
      nowMs: someTimeMs,
      generation: 1,
    });
    expect(condition?.lastTransitionTime).toBe('2026-06-01T12:00:00Z');
  });

  it('follows the order of now and drops what is not in it', () => {
    const merged = mergeConditions(
      [ready, { ...ready, type: 'Old' }],
      [
        { type: 'Engaged', status: 'True', reason: 'R', message: '' },
        { type: 'Ready', status: 'True', reason: 'Reconciled', message: 'all good' },
      ],
      { nowMs: someTimeMs, generation: 1 },
    );
    expect(merged.map((condition) => condition.type)).toEqual(['Engaged', 'Ready']);
    expect(merged[1]).toEqual(ready);
  });
});
