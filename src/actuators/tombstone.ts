import type { Holder } from '../core/model/constraint.ts';
import { canonicalJSON } from '../shared/canonical-json.ts';
import type { JSONValue } from '../shared/json.ts';
import type { ActuationInput, Claim, ReleasedEngagement } from './port.ts';

const maxReleased = 64;

/** The most all that is kept for the record may take of one journal, in characters of JSON: a release must never be too large to write. */
const maxKeptLength = 8192;

/** Engagements in force before and not any more. */
export function leavers(before: readonly Claim[], after: readonly Claim[], input: ActuationInput): readonly ReleasedEngagement[] {
  const { actor, actors = {}, nowMs } = input;
  return before
    .filter((was) => !after.some((is) => is.holder.plan === was.holder.plan))
    .map(({ holder }) => ({
      planUID: holder.planUID,
      engagement: holder.engagement,
      actor: actors[holder.planUID] ?? actor,
      atMs: nowMs,
      ...lackedByRecord(holder, input),
    }));
}

/** Who has no operator to ask (restore) knows what the journal does: the steps before the one in force. */
function lackedByRecord(holder: Holder, { unrecorded }: ActuationInput): Pick<ReleasedEngagement, 'unrecorded'> {
  const steps = unrecorded === undefined ? holder.unrecorded : (unrecorded[holder.planUID] ?? []);
  return steps.length === 0 ? {} : { unrecorded: { steps, readings: holder.readings } };
}

export function succeeds({ holder }: Claim, entry: ReleasedEngagement): boolean {
  return holder.planUID === entry.planUID && holder.engagement > entry.engagement;
}

/**
 * The last word on each plan, and earlier ones that hold what their record lacked, newest last. Old ones fall off, their plans' status
 * has them by then; where too much is kept for the record, the oldest gives it up first.
 */
export function bounded(released: readonly ReleasedEngagement[]): readonly ReleasedEngagement[] {
  const newest = (planUID: string) => Math.max(...released.flatMap((each) => (each.planUID === planUID ? [each.engagement] : [])));
  const isFirst = (entry: ReleasedEngagement, index: number) =>
    released.findIndex(({ planUID, engagement }) => planUID === entry.planUID && engagement === entry.engagement) === index;
  const kept = released.filter(
    (entry, index) => isFirst(entry, index) && (entry.unrecorded !== undefined || entry.engagement === newest(entry.planUID)),
  );
  return withinLength(kept.slice(-maxReleased));
}

function withinLength(released: readonly ReleasedEngagement[]): readonly ReleasedEngagement[] {
  let left = maxKeptLength;
  return released
    .toReversed()
    .map((entry) => {
      left -= lengthOf(entry.unrecorded);
      if (left >= 0) return entry;
      const { unrecorded: _, ...word } = entry;
      return word;
    })
    .toReversed();
}

function lengthOf(unrecorded: ReleasedEngagement['unrecorded']): number {
  // Interfaces have no index signature, so TypeScript can't see that they are JSON.
  return unrecorded === undefined ? 0 : canonicalJSON(unrecorded as unknown as JSONValue).length;
}
