import * as z from 'zod';

import type { Target } from '../../core/model/plan.ts';

export type HTTPRouteTarget = Extract<Target, { kind: 'HTTPRoute' }>;

/** What we did to one rule. Type aliases, not interfaces, so that they stay assignable to JSON. */
export type RuleChanges = {
  /** Finds the rule again when others move or edit it: its name, or a digest of its matches. */
  readonly rule: string;
  /** Which one, where several rules match the same. */
  readonly ordinal: number;
  /** Every backend of the user's; null = the weight is absent. */
  readonly backends: readonly { readonly id: string; readonly intent: number | null; readonly applied: number | null }[];
  /** Safe backends the user's rule lacks. */
  readonly inserted: readonly { readonly id: string; readonly applied: number }[];
  /** RequestMirror filters of ours; null = the percent is absent (all requests). */
  readonly mirrors: readonly { readonly id: string; readonly percent: number | null }[];
  /** The rule had no list of filters before ours. */
  readonly filtersCreated: boolean;
};

export type RouteChanges = {
  readonly rules: readonly RuleChanges[];
  /** The API server dropped a mirror percent here: asking again would only be dropped again. */
  readonly percentPruned: boolean;
};

const id = z.string().min(1).max(800);
const weight = z.int().min(0).max(1_000_000);

export const routeChangesSchema: z.ZodType<RouteChanges> = z.strictObject({
  rules: z
    .array(
      z.strictObject({
        rule: z.string().min(1).max(300),
        ordinal: z.int().min(0).max(64),
        backends: z
          .array(z.strictObject({ id, intent: weight.nullable(), applied: weight.nullable() }))
          .max(16)
          .readonly(),
        inserted: z
          .array(z.strictObject({ id, applied: weight }))
          .max(16)
          .readonly(),
        mirrors: z
          .array(z.strictObject({ id, percent: z.int().min(0).max(100).nullable() }))
          .max(16)
          .readonly(),
        filtersCreated: z.boolean(),
      }),
    )
    .max(64)
    .readonly(),
  percentPruned: z.boolean(),
});

const name = z.string().min(1).max(253);
const port = z.int().min(1).max(65_535);

export const routeTargetSchema: z.ZodType<HTTPRouteTarget> = z.strictObject({
  kind: z.literal('HTTPRoute'),
  name,
  object: name,
  candidate: z.strictObject({ service: name, port }),
  safe: z.strictObject({ service: name, port, minReadyEndpoints: z.int().min(0) }),
  whenPercentUnsupported: z.enum(['Refuse', 'MirrorAll']),
});
