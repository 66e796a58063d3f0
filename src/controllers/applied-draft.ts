import { toInstant } from '../api/instant.ts';
import type { Actuation, TargetKind } from '../actuators/port.ts';
import type { EntryDraft } from '../core/audit-chain.ts';
import { cutText } from '../core/freeze.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { AppliedRun, PlanState } from './plan-state.ts';

/** Two writers that never tire must not fill the record: within this time their edits are one entry, then one more. */
const repeatWindowMs = 3_600_000;
const maxTextLength = 512;

function appliedDraft(
  target: string,
  facts: { readonly atMs: EpochMs; readonly before: string; readonly after: string; readonly reason: string },
) {
  const { before, after, reason } = facts;
  const texts = { before: cutText(before, maxTextLength), after: cutText(after, maxTextLength), reason: cutText(reason, maxTextLength) };
  return { at: toInstant(facts.atMs), type: 'Applied', actor: 'operator', target, ...texts } as const;
}

function repeatDrafts(target: string, { sinceMs, lastMs, before, after, repeats }: AppliedRun): readonly EntryDraft[] {
  if (repeats === 0) return [];
  const reason = `Patched ${repeats} more times since ${toInstant(sinceMs)}, because others keep changing fields under constraint; each of their edits was stored as the new intent, and this was the last time.`;
  return [appliedDraft(target, { atMs: lastMs, before, after, reason })];
}

/** What of repeated patches is not on record yet; nothing is repeated after this. */
export function endRuns(plan: PlanState): readonly EntryDraft[] {
  const drafts = [...plan.applied].flatMap(([target, run]) => repeatDrafts(target, run));
  plan.applied.clear();
  return drafts;
}

export interface AppliedTo {
  readonly kind: TargetKind;
  readonly object: string;
  readonly contested: boolean;
  /** It was another object of the same name that carried the constraint before. */
  readonly remade: boolean;
  /** Since when it is left to another writer; null while it is not. */
  readonly leftSinceMs: EpochMs | null;
}

/** What a patch that moved something, or kept a foreign edit, adds to the record: nothing when it repeats the one before. */
export function appliedDrafts(
  plan: PlanState,
  { kind, object, contested, remade, leftSinceMs }: AppliedTo,
  { actuation, nowMs }: { readonly actuation: Extract<Actuation, { kind: 'Patch' }>; readonly nowMs: EpochMs },
): readonly EntryDraft[] {
  const target = `${kind}/${object}`;
  const { before, after, foreignEdit } = actuation;
  const run = plan.applied.get(target);
  const same = run?.before === before && run.after === after;
  // That it was left to another writer is told; how often it is laid once more and undone is only counted.
  const repeatsWhat = (of: AppliedRun): boolean => (leftSinceMs === null ? foreignEdit && (contested || same) : of.sinceMs >= leftSinceMs);
  if (run !== undefined && repeatsWhat(run) && nowMs - run.sinceMs < repeatWindowMs) {
    plan.applied.set(target, { ...run, before, after, lastMs: nowMs, repeats: run.repeats + 1 });
    return [];
  }
  plan.applied.set(target, { sinceMs: nowMs, before, after, lastMs: nowMs, repeats: 0 });
  const edited = remade
    ? 'Somebody deleted the object and made it anew: what it says is stored as the new intent and bounded again.'
    : 'Somebody changed a field under constraint: stored as the new intent and bounded again.';
  const reason = foreignEdit ? edited : 'The patch was acknowledged.';
  return [...(run === undefined ? [] : repeatDrafts(target, run)), appliedDraft(target, { atMs: nowMs, before, after, reason })];
}
