import * as z from 'zod';

import type { RouteGrammar } from './grammar.ts';

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
  /** Mirrors of ours; null = the percent is absent (all requests). */
  readonly mirrors: readonly { readonly id: string; readonly percent: number | null }[];
  /** The rule had no list of mirrors (filters) before ours. */
  readonly filtersCreated: boolean;
};

export type RouteChanges = {
  readonly rules: readonly RuleChanges[];
  /** The API server dropped a mirror percent here: asking again would only be dropped again. */
  readonly percentPruned: boolean;
};

// What bounds a journal is its length; this only keeps out what is none.
const most = 2048;
const id = z.string().min(1).max(800);

/** What of a route of this grammar we may have changed. */
export function routeChangesSchema({ minWeight, maxWeight, maxBackends, maxMirrors }: RouteGrammar): z.ZodType<RouteChanges> {
  const weight = z.int().min(minWeight).max(maxWeight);
  const backends = Math.min(most, maxBackends);
  const rule = z.strictObject({
    rule: z.string().min(1).max(300),
    ordinal: z.int().min(0).max(most),
    backends: z
      .array(z.strictObject({ id, intent: weight.nullable(), applied: weight.nullable() }))
      .max(backends)
      .readonly(),
    inserted: z
      .array(z.strictObject({ id, applied: weight }))
      .max(backends)
      .readonly(),
    mirrors: z
      .array(z.strictObject({ id, percent: z.int().min(0).max(100).nullable() }))
      .max(Math.min(most, maxMirrors))
      .readonly(),
    filtersCreated: z.boolean(),
  });
  return z.strictObject({ rules: z.array(rule).max(most).readonly(), percentPruned: z.boolean() });
}
