import { asObject, asText, isObject, member } from '../json-reading.ts';
import type { JSONObject } from '../json-reading.ts';
import type { TargetObject } from '../port.ts';
import type { FeatureFlagChanges, FlagChanges } from './changes.ts';

/** One flag as its users want it, beside how it stands. */
export interface FlagIntent {
  readonly flag: string;
  readonly live: JSONObject;
  /** Null = absent. */
  readonly defaultVariant: string | null;
  /** Null = absent. */
  readonly targeting: JSONObject | null;
}

export interface FeatureFlagIntent {
  readonly flags: readonly FlagIntent[];
  /** Someone else changed what we had put there. */
  readonly foreignEdit: boolean;
}

/** Three-way, a field at a time: what stands as we applied it has the journaled intent, what differs is the user's new intent. */
export function intentOf(live: TargetObject, changes: FeatureFlagChanges | null): FeatureFlagIntent {
  const definitions = flagsOf(live);
  const journaled = changes?.flags ?? [];
  const flags = Object.keys(definitions).map((flag) =>
    flagIntent(flag, asObject(member(definitions, flag)), journaled.find((each) => each.flag === flag) ?? null),
  );
  return { flags, foreignEdit: journaled.some((each) => !standsAsApplied(member(definitions, each.flag), each)) };
}

export function flagsOf(live: TargetObject): JSONObject {
  return asObject(asObject(asObject(live.spec).flagSpec).flags);
}

export function targetingOf(definition: JSONObject): JSONObject | null {
  return isObject(definition.targeting) ? definition.targeting : null;
}

function flagIntent(flag: string, live: JSONObject, changes: FlagChanges | null): FlagIntent {
  const defaultVariant = asText(live.defaultVariant);
  const targeting = targetingOf(live);
  if (changes === null) return { flag, live, defaultVariant, targeting };
  return {
    flag,
    live,
    defaultVariant: defaultVariant === changes.defaultVariant.applied ? changes.defaultVariant.intent : defaultVariant,
    targeting: changes.targeting !== null && isNeutral(targeting) ? changes.targeting : targeting,
  };
}

function standsAsApplied(definition: FlagIntent['live'][string] | undefined, { defaultVariant, targeting }: FlagChanges): boolean {
  if (!isObject(definition)) return false;
  const variantChanged = defaultVariant.intent !== defaultVariant.applied && asText(definition.defaultVariant) !== defaultVariant.applied;
  return !variantChanged && (targeting === null || isNeutral(targetingOf(definition)));
}

/** `{}`: present, and no rule in it. Absent targeting is not what we write. */
function isNeutral(targeting: JSONObject | null): boolean {
  return targeting !== null && Object.keys(targeting).length === 0;
}
