import * as z from 'zod';
import type { Target } from '../../core/model/target.ts';

export type InferenceServiceTarget = Extract<Target, { kind: 'InferenceService' }>;

/** Percent of live requests; null: the field is absent (of the latest revision: all of them). */
export type Percent = number | null;

/** What we did to one field, written before it is done. Type aliases, not interfaces, so that they stay assignable to JSON. */
export type FieldChange = {
  /** `predictor.name` of an entry of `spec.canary[]`, `name#1` of the second of that name; null: `spec.predictor.canaryTrafficPercent`. */
  readonly canary: string | null;
  readonly intent: Percent;
  readonly applied: Percent;
  /** Values of ours, or of the users as far as `intent` says so, that the object may show until `applied` has landed. */
  readonly was: readonly Percent[];
};

/** The generation the object had when this was written, and the time: by either it can be known that an earlier patch lands no more. */
export type Pending = { readonly generation: number; readonly sinceMs: number };

export type InferenceServiceChanges = {
  readonly fields: readonly FieldChange[];
  /** Null: all of it stands on the object. */
  readonly pending: Pending | null;
};

const text = z.string().min(1).max(253);
// The field has no bound in KServe's schema: a user's nonsense is given back as it was.
const percent = z.int().nullable();

export const inferenceServiceChangesSchema: z.ZodType<InferenceServiceChanges> = z.strictObject({
  fields: z
    .array(
      z.strictObject({
        canary: text.nullable(),
        intent: percent,
        applied: percent,
        was: z.array(percent).max(128).readonly(),
      }),
    )
    .max(64)
    .readonly(),
  pending: z.strictObject({ generation: z.int(), sinceMs: z.number() }).nullable(),
});

export const inferenceServiceTargetSchema: z.ZodType<InferenceServiceTarget> = z.strictObject({
  kind: z.literal('InferenceService'),
  name: text,
  object: text,
  canary: text.nullable(),
  settleSeconds: z.number().min(0),
});
