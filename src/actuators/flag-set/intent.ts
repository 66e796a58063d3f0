import type { JSONValue } from '../../shared/json.ts';
import { asText, isObject } from '../json-reading.ts';
import type { TargetObject } from '../port.ts';
import type { FlagChanges, FlagSetChanges } from './changes.ts';
import type { FlagForm, FlagMembers, StoredFlag } from './form.ts';

/** What we changed before, from which each flag's intent follows once it is known which flags count. */
export interface FlagSetIntent<Kept extends JSONValue> {
  readonly journaled: readonly FlagChanges<Kept>[];
  /** Someone else changed what we had put there. */
  readonly foreignEdit: boolean;
}

export function flagSetIntent<Kept extends JSONValue>(
  live: TargetObject,
  changes: FlagSetChanges<Kept> | null,
  form: FlagForm<Kept>,
): FlagSetIntent<Kept> {
  const journaled = changes?.flags ?? [];
  const stands = (each: FlagChanges<Kept>): boolean => {
    const read = form.read(live, each.flag);
    return read.ok && standsAsApplied(read.value, each, form);
  };
  return { journaled, foreignEdit: !journaled.every(stands) };
}

/** Three-way, a member at a time: what stands as we applied it has the journaled intent, what differs is the user's new intent. */
export function intentOf<Kept extends JSONValue>(
  { defaultVariant, targeting }: StoredFlag<Kept>,
  changes: FlagChanges<Kept> | null,
  form: FlagForm<Kept>,
): FlagMembers<Kept> {
  if (changes === null) return { defaultVariant, targeting };
  const { intent, applied } = changes.defaultVariant;
  const isOurs = variantOf(intent, form) !== applied && variantOf(defaultVariant, form) === applied;
  return {
    defaultVariant: isOurs ? intent : defaultVariant,
    targeting: changes.targeting !== null && isNeutral(targeting, form) ? changes.targeting : targeting,
  };
}

/** Null: there is none, or it is no name of a variant. */
export function variantOf<Kept extends JSONValue>(kept: Kept | null, form: FlagForm<Kept>): string | null {
  return kept === null ? null : asText(form.valueOf(kept));
}

/** Anything but `{}` answers before the default does: evaluators take a bare value (`"v2"`) for the variant itself. */
export function hasRules<Kept extends JSONValue>(targeting: Kept | null, form: FlagForm<Kept>): boolean {
  const value = targeting === null ? null : form.valueOf(targeting);
  return value !== null && !isEmpty(value);
}

/** Rules a rollback takes out of the way: those it can give back. */
export function takesRules<Kept extends JSONValue>(targeting: Kept | null, form: FlagForm<Kept>): targeting is Kept {
  return targeting !== null && hasRules(targeting, form) && form.isExact(targeting);
}

function isEmpty(value: JSONValue): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

function standsAsApplied<Kept extends JSONValue>(
  stored: StoredFlag<Kept>,
  { defaultVariant, targeting }: FlagChanges<Kept>,
  form: FlagForm<Kept>,
): boolean {
  const { intent, applied } = defaultVariant;
  const variantChanged = variantOf(intent, form) !== applied && variantOf(stored.defaultVariant, form) !== applied;
  return !variantChanged && (targeting === null || isNeutral(stored.targeting, form));
}

/** `{}`: present, and no rule in it. Absent targeting is not what we write. */
function isNeutral<Kept extends JSONValue>(targeting: Kept | null, form: FlagForm<Kept>): boolean {
  return targeting !== null && isEmpty(form.valueOf(targeting));
}
