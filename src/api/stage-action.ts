import * as z from 'zod';
import type { StageAction } from '../core/model/stage-action.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import { name, percent, seconds } from './fields.ts';

const actionTarget = { target: name('Entry of targets.') };

export const canaryLimit = z
  .object({ maxPercent: percent('Highest share of live traffic the candidate may get, in percent. 0: none.') })
  .meta({ description: 'Caps the live share of the candidate; the rest goes to the safe backend. For routes.' });

export const shadow = z
  .object({
    percent: z
      .int()
      .min(1)
      .max(100)
      .default(100)
      .meta({ description: 'Share of requests mirrored to the candidate, in percent. Default 100.' }),
  })
  .meta({
    description: 'No live traffic for the candidate, a mirrored copy instead, so that it can still be judged. For routes.',
  });

export const flagRollback = z.object({}).meta({ description: 'Sets the safe variant. For featureFlag targets.' });

const pin = z.object({}).meta({
  description: 'Pods of an earlier revision, as after kubectl rollout undo. For deployment targets; last to move, first to be given back.',
});

const scale = z
  .object({
    minReplicas: z.int().min(1).max(10_000).meta({
      description: 'Least replicas while the stage holds; where users want more they have more.',
    }),
    readyWithinSeconds: seconds(
      1,
      'Seconds the routes of this stage may wait for ready endpoints (safe.minReadyEndpoints) from when the stage began. After that the next stage that needs no safe backend is taken, if there is one. Default 120.',
    ).default(120),
  })
  .meta({
    description: 'More replicas, asked for before requests move, given back once the routes have been. For deployment targets.',
  });

const patch = z.object({}).meta({ description: 'Sets the values of the target. For patch targets.' });

const runJob = z.object({}).meta({
  description:
    'Runs the Job once an engagement, when the stage was entered and everything else of it was laid. Nothing waits for it, and nothing takes it back. For job targets.',
});

export const stageAction = z
  .union([
    z.object({ ...actionTarget, canaryLimit }),
    z.object({ ...actionTarget, shadow }),
    z.object({ ...actionTarget, flagRollback }),
    z.object({ ...actionTarget, pin }),
    z.object({ ...actionTarget, scale }),
    z.object({ ...actionTarget, patch }),
    z.object({ ...actionTarget, runJob }),
  ])
  .meta({ description: 'One constraint on one target.' });

type ActionSpec = DeepReadonly<z.output<typeof stageAction>>;
/** What is run, and bounds nothing. */
type RunSpec = Extract<ActionSpec, { readonly runJob: unknown }>;

export function toStageAction(spec: Exclude<ActionSpec, RunSpec>): StageAction {
  const { target } = spec;
  if ('canaryLimit' in spec) return { target, kind: 'CanaryLimit', maxPercent: spec.canaryLimit.maxPercent };
  if ('shadow' in spec) return { target, kind: 'Shadow', percent: spec.shadow.percent };
  if ('pin' in spec) return { target, kind: 'Pin' };
  if ('scale' in spec) return { target, kind: 'Scale', ...spec.scale };
  if ('patch' in spec) return { target, kind: 'Patch' };
  return { target, kind: 'FlagRollback' };
}

/** As an incident keeps it. */
export const stageActionSnapshot = z.discriminatedUnion('kind', [
  z.object({ target: z.string(), kind: z.literal('CanaryLimit'), maxPercent: z.int() }),
  z.object({ target: z.string(), kind: z.literal('Shadow'), percent: z.int() }),
  z.object({ target: z.string(), kind: z.literal('FlagRollback') }),
  z.object({ target: z.string(), kind: z.literal('Pin') }),
  z.object({ target: z.string(), kind: z.literal('Patch') }),
  z.object({ target: z.string(), kind: z.literal('Scale'), minReplicas: z.int(), readyWithinSeconds: z.number() }),
]);
