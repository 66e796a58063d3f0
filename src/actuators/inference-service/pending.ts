import { canonicalJSON } from '../../shared/canonical-json.ts';
import type { EpochMs } from '../../shared/clock.ts';
import type { FieldChange, InferenceServiceChanges, Pending } from './changes.ts';

/** The server takes no longer than this over a request nobody waits for any more. */
const latestLandingMs = 30_000;

interface Now {
  readonly generation: number;
  readonly nowMs: EpochMs;
}

/** Whether no patch this journal or one before it speaks of can land: each tests the generation it was computed from. */
export function landsNoMore(pending: Pending | null, { generation, nowMs }: Now): boolean {
  return pending === null || generation > pending.generation || nowMs - pending.sinceMs >= latestLandingMs;
}

/**
 * Null when everything stands. The last patch that may land counts from when it is sent, so sending it again begins anew; where
 * there is nothing to send, only to wait for, a repetition must not look new.
 */
export function pendingSince(
  fields: readonly FieldChange[],
  journaled: InferenceServiceChanges | null,
  { isSending, ...now }: Now & { readonly isSending: boolean },
): Pending | null {
  if (fields.every(({ was }) => was.length === 0)) return null;
  const known = journaled?.pending ?? null;
  const isSame = !isSending && known?.generation === now.generation && canonicalJSON(fields) === canonicalJSON(journaled?.fields ?? []);
  return isSame ? known : { generation: now.generation, sinceMs: now.nowMs };
}
