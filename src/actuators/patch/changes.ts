import * as z from 'zod';

import type { Target } from '../../core/model/target.ts';
import type { JSONValue } from '../../shared/json.ts';
import type { PatchResource } from './resource.ts';
import { whyForbiddenPath } from './path.ts';

export type PatchTarget = Extract<Target, { kind: 'Patch' }>;

/** What we did at one path. Type aliases, not interfaces, so that they stay assignable to JSON. */
export type PathChange = {
  readonly path: string;
  /** Null: the user had nothing there. */
  readonly intent: { readonly value: JSONValue } | null;
  readonly applied: JSONValue;
};

export type PatchChanges = {
  readonly values: readonly PathChange[];
  /** Objects made to hold them: they go again when nothing is left in them. */
  readonly parents: readonly string[];
};

const text = z.string().min(1).max(253);
const path = z
  .string()
  .max(512)
  .refine((pointer) => whyForbiddenPath(pointer) === null, 'a path no patch may touch');

export const patchChangesSchema: z.ZodType<PatchChanges> = z.strictObject({
  values: z
    .array(z.strictObject({ path, intent: z.strictObject({ value: z.json() }).nullable(), applied: z.json() }))
    .max(1024)
    .readonly(),
  parents: z
    .array(path.or(z.enum(['/metadata/labels', '/metadata/annotations'])))
    .max(1024)
    .readonly(),
});

/** Of this resource alone: the journal of one kind says nothing of another. */
export function patchTargetSchema({ group, plural }: Pick<PatchResource, 'group' | 'plural'>): z.ZodType<PatchTarget> {
  return z.strictObject({
    kind: z.literal('Patch'),
    name: text,
    object: text,
    group: z.literal(group),
    resource: z.literal(plural),
    values: z
      .array(z.strictObject({ path: z.string().max(512), value: z.json() }))
      .max(16)
      .readonly(),
    settleSeconds: z.number().min(0),
  });
}
