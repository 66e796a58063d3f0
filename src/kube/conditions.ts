import type { EpochMs } from '../shared/clock.ts';

/** metav1.Condition. */
export type Condition = {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  /** RFC 3339, whole seconds, UTC. */
  readonly lastTransitionTime: string;
  readonly observedGeneration?: number;
};

/** A condition as a controller sees it now. */
export type ConditionNow = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/**
 * The new list: `now` in its order, each with `observedGeneration` and the time of its last change of status;
 * types absent from `now` are dropped. Pure.
 */
export function mergeConditions(
  previous: readonly Condition[],
  now: readonly ConditionNow[],
  seen: { readonly nowMs: EpochMs; readonly generation: number },
): readonly Condition[] {
  const changedAt = `${new Date(seen.nowMs).toISOString().slice(0, 19)}Z`;
  return now.map((condition) => {
    const before = previous.find((candidate) => candidate.type === condition.type);
    return {
      type: condition.type,
      status: condition.status,
      reason: condition.reason,
      message: condition.message,
      lastTransitionTime: before?.status === condition.status ? before.lastTransitionTime : changedAt,
      observedGeneration: seen.generation,
    };
  });
}
