import * as z from 'zod';

import type { Target } from '../../core/model/target.ts';
import type { JSONObject } from '../json-reading.ts';

export type FeatureFlagTarget = Extract<Target, { kind: 'FeatureFlag' }>;

/** What we did to one flag. Type aliases, not interfaces, so that they stay assignable to JSON. */
export type FlagChanges = {
  readonly flag: string;
  /** Null = the user had none. */
  readonly defaultVariant: { readonly intent: string | null; readonly applied: string };
  /** The user's rules, while `{}` stands in their place; null = we left targeting alone. */
  readonly targeting: JSONObject | null;
};

export type FeatureFlagChanges = { readonly flags: readonly FlagChanges[] };

const text = z.string().min(1).max(253);

export const featureFlagChangesSchema: z.ZodType<FeatureFlagChanges> = z.strictObject({
  flags: z
    .array(
      z.strictObject({
        flag: text,
        defaultVariant: z.strictObject({ intent: z.string().max(1024).nullable(), applied: text }),
        targeting: z.record(z.string(), z.json()).nullable(),
      }),
    )
    .max(64)
    .readonly(),
});

export const featureFlagTargetSchema: z.ZodType<FeatureFlagTarget> = z.strictObject({
  kind: z.literal('FeatureFlag'),
  name: text,
  object: text,
  flag: text,
  safeVariant: text,
  behind: z.string().max(253).nullable(),
  // Absent in journals of an earlier build.
  settleSeconds: z.number().min(0).default(0),
});
