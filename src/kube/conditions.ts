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
  _previous: readonly Condition[],
  _now: readonly ConditionNow[],
  _seen: { readonly nowMs: EpochMs; readonly generation: number },
): readonly Condition[] {
  throw new Error('not built yet');
}
