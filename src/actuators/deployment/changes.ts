import * as z from 'zod';

import type { Target } from '../../core/model/target.ts';
import type { JSONObject } from '../json-reading.ts';

export type DeploymentTarget = Extract<Target, { kind: 'Deployment' }>;

/** What we did to the pods, and what they go back to as long as the engagement lasts. Type aliases, not interfaces, so that they stay assignable to JSON. */
export type TemplateChange = {
  /** Revision the plan asked for; null: the one before. */
  readonly asked: number | null;
  /** Its number when it was found; what it is stays as it was found, whatever becomes of numbers since. */
  readonly revision: number;
  /** What users want instead; null: no stage in force asks for the revision, and what stands is theirs. */
  readonly intent: JSONObject | null;
  readonly applied: JSONObject;
  /** Of the object once our patch has landed: while it is this, whatever the template looks like is what the server made of ours. */
  readonly generation: number;
};

export type DeploymentChanges = {
  readonly template: TemplateChange | null;
  /** Null intent: users wrote none. */
  readonly replicas: { readonly intent: number | null; readonly applied: number } | null;
};

const count = z.int().min(0);
const template = z.record(z.string(), z.json());

export const deploymentChangesSchema: z.ZodType<DeploymentChanges> = z.strictObject({
  template: z
    .strictObject({ asked: count.nullable(), revision: count, intent: template.nullable(), applied: template, generation: count })
    .nullable(),
  replicas: z.strictObject({ intent: count.nullable(), applied: count }).nullable(),
});

const text = z.string().min(1).max(253);

export const deploymentTargetSchema: z.ZodType<DeploymentTarget> = z.strictObject({
  kind: z.literal('Deployment'),
  name: text,
  object: text,
  purpose: z.enum(['Pin', 'Scale']),
  revision: count.nullable(),
  behind: text.nullable(),
});
