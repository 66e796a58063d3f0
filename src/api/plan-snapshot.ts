import * as z from 'zod';
import type { PlanSnapshot } from '../core/model/plan.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { sentences } from './kind.ts';
import { stageActionSnapshot } from './stage-action.ts';
import { targetSnapshot } from './targets/target.ts';

/** The snapshot as an incident keeps it: the core's own shape, so that an engagement goes on exactly as it began. */
const indicator = z.object({
  name: z.string(),
  threshold: z.object({
    direction: z.enum(['Above', 'Below']),
    warn: z.number().nullable(),
    breach: z.number(),
    clear: z.number(),
    severe: z.number().nullable().default(null),
  }),
  minSamples: z.number().nullable(),
  forSeconds: z.number(),
  clearForSeconds: z.number(),
  staleAfterSeconds: z.number(),
  onNoData: z.enum(['Hold', 'Breach', 'Ignore']),
  onError: z.enum(['Hold', 'Breach']),
  windowSeconds: z.number(),
  measurableIn: z.array(z.enum(['Live', 'Shadow'])),
  scalesWith: z.enum(['Share', 'None']).default('Share'),
  releaseBy: z.literal('Decision').exactOptional(),
});

const snapshot = z.object({
  plan: z.object({
    namespace: z.string(),
    name: z.string(),
    uid: z.string(),
    generation: z.int(),
    digest: z.string(),
    createdAtMs: z.number(),
  }),
  risk: z.object({ name: z.string() }),
  mode: z.enum(['Observe', 'Approve', 'Enforce']),
  trigger: z.object({
    indicators: z.array(z.string()),
    match: z.enum(['Any', 'All']),
    standIns: z.array(z.object({ of: z.string(), by: z.array(z.string()) })).exactOptional(),
  }),
  indicators: z.array(indicator),
  sources: z.array(z.object({ indicator: z.string(), digest: z.string() })).default([]),
  version: z.string().nullable().default(null),
  targets: z.array(targetSnapshot),
  jobs: z.array(z.object({ name: z.string(), cronJob: z.string() })).exactOptional(),
  stages: z.array(
    z.object({
      name: z.string(),
      escalateAfterSeconds: z.number().nullable(),
      enterOn: z.array(z.string()),
      // Younger than the first incidents.
      enterOnSevere: z.array(z.string()).default([]),
      mode: z.enum(['Approve', 'Enforce']).nullable().default(null),
      actions: z.array(stageActionSnapshot),
      runs: z.array(z.string()).exactOptional(),
    }),
  ),
  recovery: z.object({
    stepSeconds: z.number(),
    probeAfterSeconds: z.number(),
    probeAttempts: z.int(),
    flap: z.object({ maxEngagements: z.int(), windowSeconds: z.number() }),
  }),
  approval: z.object({ roles: z.array(z.string()), timeoutSeconds: z.number(), onTimeout: z.enum(['Hold', 'Engage']) }),
  safeVersion: z.string().nullable(),
  onSharedCause: z.enum(['Notify', 'Engage']),
  // Younger than the first incidents.
  onContest: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('Reassert') }),
      z.object({ kind: z.literal('Yield'), afterSeconds: z.number(), retryAfterSeconds: z.number() }),
    ])
    .default({ kind: 'Reassert' }),
  onNoEvidence: z.enum(['Hold', 'Escalate']).default('Hold'),
}) satisfies z.ZodType<PlanSnapshot>;

/** Reads `spec.snapshot` of an incident. Never throws; each failure is one sentence that names the field. */
export function parsePlanSnapshot(value: unknown): Result<PlanSnapshot, readonly string[]> {
  const parsed = snapshot.safeParse(value);
  return parsed.success ? success(parsed.data) : failure(parsed.error.issues.flatMap((issue) => sentences(issue, ['spec', 'snapshot'])));
}
