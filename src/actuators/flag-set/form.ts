import type { Target } from '../../core/model/target.ts';
import type { JSONValue } from '../../shared/json.ts';
import type { Result } from '../../shared/result.ts';
import type { JSONObject } from '../json-reading.ts';
import type { PatchHalves } from '../metadata.ts';
import type { RefusalReason, TargetObject } from '../port.ts';

/** A flag as a plan names it. */
export interface NamedFlag {
  /** Unique within the object; what the journal calls it. */
  readonly id: string;
  /** What people call it. */
  readonly flag: string;
  readonly safeVariant: string;
}

/** The two members of a flag we may change, as the object keeps them; null = absent. */
export interface FlagMembers<Kept> {
  readonly defaultVariant: Kept | null;
  readonly targeting: Kept | null;
}

export interface StoredFlag<Kept> extends FlagMembers<Kept> {
  readonly id: string;
  readonly flag: string;
  /** What it means, all members. */
  readonly definition: JSONObject;
}

export interface Unreadable {
  readonly reason: Extract<RefusalReason, 'FlagMissing' | 'FlagsUnreadable' | 'ImmutableTarget'>;
  readonly message: string;
}

/** A flag as it stands, and its members as they should. */
export interface WantedFlag<Kept> {
  readonly stored: StoredFlag<Kept>;
  readonly wanted: FlagMembers<Kept>;
}

/** How one kind of object keeps flags; all else is the same for every kind. `Kept`: what a member is given back as. */
export interface FlagForm<Kept extends JSONValue> {
  /** Null: the target is of another kind. */
  named(target: Target): NamedFlag | null;
  /** `FlagMissing` says the flag is gone for good; any other failure may be over tomorrow. */
  read(live: TargetObject, id: string): Result<StoredFlag<Kept>, Unreadable>;
  /** What a member means. */
  valueOf(kept: Kept): JSONValue;
  /** How a value of ours is kept. */
  keep(value: JSONValue): Kept;
  /** Whether it comes back to the byte when it is put back. */
  isExact(kept: Kept): boolean;
  /** The operations that bring the flags to what is wanted of them, and the tests they rest on. */
  patch(live: TargetObject, flags: readonly WantedFlag<Kept>[]): PatchHalves;
}
