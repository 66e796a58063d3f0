import * as z from 'zod';

import type { JSONValue } from '../../shared/json.ts';

/** What we did to one flag. Type aliases, not interfaces, so that they stay assignable to JSON. */
export type FlagChanges<Kept extends JSONValue> = {
  /** Unique within the object. */
  readonly flag: string;
  /** Null = the user had none. */
  readonly defaultVariant: { readonly intent: Kept | null; readonly applied: string };
  /** The user's rules, while `{}` stands in their place; null = we left targeting alone. */
  readonly targeting: Kept | null;
};

export type FlagSetChanges<Kept extends JSONValue> = { readonly flags: readonly FlagChanges<Kept>[] };

interface KeptShapes<Kept> {
  readonly id: z.ZodType<string>;
  readonly defaultVariant: z.ZodType<Kept>;
  readonly targeting: z.ZodType<Kept>;
}

/** What of a set of flags we may have changed. */
export function flagSetChangesSchema<Kept extends JSONValue>({
  id,
  defaultVariant,
  targeting,
}: KeptShapes<Kept>): z.ZodType<FlagSetChanges<Kept>> {
  const flag = z.strictObject({
    flag: id,
    defaultVariant: z.strictObject({ intent: defaultVariant.nullable(), applied: z.string().min(1).max(253) }),
    targeting: targeting.nullable(),
  });
  return z.strictObject({ flags: z.array(flag).max(64).readonly() });
}
