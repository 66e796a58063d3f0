import { asObject } from '../json-reading.ts';
import type { TargetObject } from '../port.ts';
import type { RolloutChanges } from './changes.ts';
import { progressOf } from './progress.ts';

export interface RolloutIntent {
  /** `spec.paused` as users want it; null = absent. */
  readonly paused: boolean | null;
  readonly changes: RolloutChanges;
  readonly foreignEdit: boolean;
}

const nothing: RolloutChanges = { paused: null, abort: null };

/** `spec.paused` is three-way: as we applied it, it has the journaled intent. An abort is a command, not a field anybody wants back. */
export function intentOf(live: TargetObject, journaled: RolloutChanges | null): RolloutIntent {
  const changes = journaled ?? nothing;
  const paused = pausedOf(live);
  const stands = changes.paused !== null && paused === changes.paused.applied;
  return {
    paused: changes.paused !== null && stands ? changes.paused.intent : paused,
    changes,
    foreignEdit: (changes.paused !== null && !stands) || isRetried(live, changes),
  };
}

export function pausedOf(live: TargetObject): boolean | null {
  const { paused } = asObject(live.spec);
  return typeof paused === 'boolean' ? paused : null;
}

/** Somebody began the update again that we had aborted. A new revision is an update of its own. */
function isRetried(live: TargetObject, { abort }: RolloutChanges): boolean {
  const progress = progressOf(live);
  return (
    abort !== null && abort.seen && progress !== null && progress.current === abort.revision && !progress.isAborted && progress.isInProgress
  );
}
