import * as z from 'zod';
import type { NewObject, UntypedObject } from '../kube/kube-object.ts';
import type { JSONValue } from '../shared/json.ts';
import { hashText } from './evidence.ts';

/** Jobs of ours; no others are listed or watched. */
export const remediationLabel = 'modelrisk.dev/remediation';

const planAnnotation = 'modelrisk.dev/plan';

/** One run of one job of a plan. */
export interface RunIdentity {
  readonly plan: string;
  readonly planUID: string;
  readonly engagement: number;
  /** Name of the target. */
  readonly name: string;
  readonly cronJob: string;
}

const longestPrefix = 46;

/** Fixed by what it is a run of: whoever asks for it again, after a crash too, finds it there. Short enough for the label its pods get. */
export function jobName({ planUID, engagement, name, cronJob }: RunIdentity): string {
  const digest = hashText(`${planUID}/${String(engagement)}/${name}`).slice(0, 16);
  return `${cronJob.slice(0, longestPrefix).replace(/[-.]+$/, '')}-${digest}`;
}

const strings = z.record(z.string(), z.string());
const template = z.object({
  suspend: z.boolean().default(false),
  jobTemplate: z.object({
    metadata: z.object({ labels: strings.default({}), annotations: strings.default({}) }).prefault({}),
    spec: z.record(z.string(), z.json()),
  }),
});

/** What its CronJob makes of it; null while that is not suspended, or can't be read. */
export function jobFrom(
  cronJob: UntypedObject,
  run: RunIdentity,
  { incident, stage }: { readonly incident: string; readonly stage: string },
): NewObject<UntypedObject> | null {
  const parsed = template.safeParse(cronJob['spec']);
  if (!parsed.success || !parsed.data.suspend) return null;
  const { metadata, spec } = parsed.data.jobTemplate;
  const { namespace = '', name, uid } = cronJob.metadata;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(run),
      namespace,
      labels: { ...metadata.labels, [remediationLabel]: 'true' },
      annotations: {
        ...metadata.annotations,
        [planAnnotation]: run.plan,
        'modelrisk.dev/incident': incident,
        'modelrisk.dev/stage': stage,
      },
      // Not its controller: a CronJob takes away finished Jobs it controls, and so would the result go before it is on record.
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name, uid }],
    },
    spec: spec as JSONValue,
  };
}

/** `namespace/name` of the plan a Job of ours was run for. */
export function planKeyOf({ metadata }: UntypedObject): string {
  return `${metadata.namespace ?? ''}/${metadata.annotations?.[planAnnotation] ?? ''}`;
}

export type JobOutcome =
  { readonly state: 'Running' } | { readonly state: 'Succeeded' | 'Failed'; readonly finishedAt: string; readonly message: string };

const jobStatus = z.object({
  conditions: z
    .array(
      z.object({
        type: z.string(),
        status: z.string(),
        reason: z.string().default(''),
        message: z.string().default(''),
        lastTransitionTime: z.string(),
      }),
    )
    .default([]),
});

/** What came of it, as its controller says. */
export function outcomeOf(job: UntypedObject): JobOutcome {
  const parsed = jobStatus.safeParse(job['status'] ?? {});
  const ended = (parsed.success ? parsed.data.conditions : []).find(
    ({ type, status }) => status === 'True' && (type === 'Complete' || type === 'Failed'),
  );
  if (ended === undefined) return { state: 'Running' };
  const { type, reason, message, lastTransitionTime } = ended;
  if (type === 'Complete') return { state: 'Succeeded', finishedAt: lastTransitionTime, message: '' };
  return {
    state: 'Failed',
    finishedAt: lastTransitionTime,
    message: [reason, message]
      .filter((each) => each !== '')
      .join(': ')
      .slice(0, 400),
  };
}
