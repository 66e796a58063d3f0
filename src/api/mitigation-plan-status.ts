import * as z from 'zod';
import { conditionList, mitigationPlanConditionTypes } from './conditions.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import { lastDrill } from './drill.ts';
import { atomicList, count, digest, generation, instant, mapList, name, objectName, seconds, setList, text, uid } from './fields.ts';
import { heldFields } from './sign-off-status.ts';
import { suppliedTerms } from './supplied-terms.ts';

const stageIndex = (description: string) => z.int().min(0).max(7).meta({ description });

const engagements = {
  engagement: count(Number.MAX_SAFE_INTEGER, 'Number of the engagement, counted from 1; in phase Idle that of the last one, 0 for none.'),
  recentEngagementTimes: atomicList(instant('Start of an engagement.'), {
    max: 32,
    description: 'Starts of recent engagements, for flap.',
  }).default([]),
};
const triggeredBy = setList(name('Indicator.'), { max: 32, description: 'Indicators that were Firing when it began.' }).default([]);
const suppressed = mapList(
  z
    .object({ indicator: name('Indicator.'), until: instant('End at the latest; left out: only Clear ends it.').exactOptional() })
    .meta({ description: 'One indicator a person released.' }),
  'indicator',
  { max: 32, description: 'Indicators a RiskDecision released: they engage nothing until they were Clear once.' },
).default([]);
const rejectedStage = stageIndex(
  'Stage a RiskDecision rejected: not asked again until all is Clear or a worse stage is due.',
).exactOptional();

/** What the plan machine must remember across a restart; the rest it gathers anew. */
const memory = z
  .discriminatedUnion('phase', [
    z.object({ phase: z.literal('Idle'), ...engagements, rejectedStage, suppressed }),
    z.object({
      phase: z.literal('Proposed'),
      ...engagements,
      stage: stageIndex('Stage in force, or asked for.'),
      since: instant('Since when an answer is awaited.'),
      triggeredBy,
      suppressed,
    }),
    z.object({
      phase: z.literal('Engaged').meta({ description: 'Phase of the machine.' }),
      ...engagements,
      stage: stageIndex('Stage in force, or asked for.'),
      direction: z.enum(['Up', 'Down']).meta({ description: 'Way the last step went.' }),
      stageSince: instant('When the stage was taken.'),
      verifiedTime: instant('When every target was seen to carry the stage; evidence counts from here.').exactOptional(),
      evidencedSeconds: seconds(
        0,
        'How long there was evidence of the stage, in tenths of its escalateAfterSeconds; 0 when left out.',
      ).exactOptional(),
      probeAttempts: count(100, 'Probes taken in this engagement.').default(0),
      latch: z
        .enum(['Open', 'Latched'])
        .default('Open')
        .meta({ description: 'Latched: engaged too often, released only by a RiskDecision.' }),
      triggeredBy,
      proposal: z
        .object({ stage: stageIndex('Stage asked for.'), since: instant('Since when an answer is awaited.') })
        .meta({ description: 'Escalation that waits for an answer.' })
        .exactOptional(),
      rejectedStage,
      suppressed,
      usedDecisions: setList(objectName('RiskDecision.'), {
        max: 64,
        description: 'Approve and Reject decisions this engagement has used: each counts once.',
      }).default([]),
    }),
  ])
  .meta({ description: 'Memory of the plan machine across restarts.' });

const targetStatus = z
  .object({
    name: name('Entry of spec.targets.'),
    ref: z
      .object({
        kind: text(253, 'Kind of the object; of a patch Patch.RESOURCE.GROUP.'),
        name: objectName('Name of the object.'),
        uid: uid('UID of the object; absent while it is missing.').exactOptional(),
      })
      .meta({ description: 'The object.' }),
    intent: text(1024, 'What its owners want of it.').exactOptional(),
    effective: text(1024, 'What it gets under all constraints in force.').exactOptional(),
    observed: text(1024, 'What the watch shows.').exactOptional(),
    generation: generation('Generation of the object that was observed.').exactOptional(),
    verified: z
      .enum(['Verified', 'Waiting', 'Failed', 'Unconstrained'])
      .meta({ description: 'Whether the object and the controllers behind it carry the constraints.' })
      .exactOptional(),
    absentSince: instant(
      'Since when the object, or the candidate on it, is not to be found. Left out: it is found, or carried a constraint of this engagement before it went.',
    ).exactOptional(),
    message: text(1024, 'What is missing, or why it failed.').exactOptional(),
  })
  .meta({ description: 'One target as the operator sees it.' });

const remediation = z
  .object({
    name: name('Entry of spec.targets.'),
    job: objectName('Job it is, in the namespace of the plan.'),
    engagement: count(Number.MAX_SAFE_INTEGER, 'Engagement it belongs to: a job runs once in each.'),
    stage: name('Stage that ran it.'),
    state: z
      .enum(['Running', 'Succeeded', 'Failed', 'Refused'])
      .meta({ description: 'What came of it. Refused: it was not run, and the message says why.' }),
    startedAt: instant('When the Job was made.').exactOptional(),
    finishedAt: instant('When it ended.').exactOptional(),
    message: text(512, 'Why it failed or was not run.').exactOptional(),
  })
  .meta({ description: 'One run of a job.' });

const signed = z
  .object({
    risk: objectName('ModelRisk with which it was signed.'),
    digest: digest('Digest of what all signed.'),
    terms: mapList(z.object(heldFields).meta({ description: 'One term that waits.' }), 'field', {
      max: 32,
      description: 'What of the spec waits until all have signed it, and what is in force meanwhile.',
    }).default([]),
  })
  .meta({
    description:
      'That all who have to have signed the plan: what they signed stays in force, and to delete or suspend it needs the verb release.',
  });

export const mitigationPlanStatus = z
  .object({
    observedGeneration: generation('Generation the status speaks of.').exactOptional(),
    conditions: conditionList(mitigationPlanConditionTypes),
    phase: z
      .enum(['Idle', 'Proposed', 'Engaged', 'SteppingDown', 'Latched'])
      .meta({ description: 'One word for people; the conditions carry the truth.' })
      .exactOptional(),
    stage: z
      .object({ index: stageIndex('Place in the ladder, from 0.'), name: name('Name of the stage.'), since: instant('When it was taken.') })
      .meta({ description: 'Stage in force.' })
      .exactOptional(),
    digest: digest('Digest of the spec as it is; a RiskDecision on this plan repeats it.').exactOptional(),
    memory: memory.exactOptional(),
    targets: mapList(targetStatus, 'name', { max: 8, description: 'Each target with intent, effect and what was seen.' }).default([]),
    remediations: mapList(remediation, 'name', { max: 8, description: 'The newest run of each job.' }).default([]),
    incidentRef: z
      .object({ name: objectName('RiskIncident of the engagement.'), uid: uid('UID of the incident.').exactOptional() })
      .meta({ description: 'Record of the engagement.' })
      .exactOptional(),
    lastDrill: lastDrill.exactOptional(),
    signed: signed.exactOptional(),
    ...suppliedTerms,
  })
  .meta({ description: 'What the operator did and saw; written by the operator only.' });

export type MitigationPlanStatus = DeepReadonly<z.output<typeof mitigationPlanStatus>>;
export type PersistedPlanMemory = DeepReadonly<z.output<typeof memory>>;
export type TargetStatus = MitigationPlanStatus['targets'][number];
