import * as z from 'zod';

import type { Target } from '../../core/model/target.ts';

export type RolloutTarget = Extract<Target, { kind: 'Rollout' }>;

/** What we did to one Rollout. Type aliases, not interfaces, so that they stay assignable to JSON. */
export type RolloutChanges = {
  /** `spec.paused`; a null intent: absent. */
  readonly paused: { readonly intent: boolean | null; readonly applied: boolean } | null;
  /** The update we abort, by the hash of its revision; `seen`: its status has shown it, so one that is not aborted was begun again by somebody. */
  readonly abort: { readonly revision: string; readonly seen: boolean } | null;
};

const text = z.string().min(1).max(253);

export const rolloutChangesSchema: z.ZodType<RolloutChanges> = z.strictObject({
  paused: z.strictObject({ intent: z.boolean().nullable(), applied: z.boolean() }).nullable(),
  abort: z.strictObject({ revision: text, seen: z.boolean() }).nullable(),
});

export const rolloutTargetSchema: z.ZodType<RolloutTarget> = z.strictObject({
  kind: z.literal('Rollout'),
  name: text,
  object: text,
  settleSeconds: z.number().min(0),
});
