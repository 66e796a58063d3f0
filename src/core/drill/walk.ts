import type { EpochMs } from '../../shared/clock.ts';
import type { DrillRestore, DrillStep } from './outcome.ts';
import type { DrillObstacle } from './schedule.ts';

/** Where a drill over live objects stands. */
export type DrillWalk =
  /** Nothing is laid before it is on record: a crash must not leave an act nobody recorded. */
  | { readonly phase: 'Opening'; readonly startedAtMs: EpochMs }
  | {
      readonly phase: 'Climbing';
      readonly startedAtMs: EpochMs;
      /** The synthetic breach: when the first stage was laid. */
      readonly breachAtMs: EpochMs;
      readonly stage: number;
      readonly stageSinceMs: EpochMs;
      readonly timeToMitigateMs: number | null;
      readonly steps: readonly DrillStep[];
    }
  | {
      readonly phase: 'Returning';
      readonly startedAtMs: EpochMs;
      readonly breachAtMs: EpochMs;
      readonly sinceMs: EpochMs;
      readonly timeToMitigateMs: number | null;
      readonly steps: readonly DrillStep[];
    }
  | {
      readonly phase: 'Over';
      readonly startedAtMs: EpochMs;
      readonly timeToMitigateMs: number | null;
      readonly steps: readonly DrillStep[];
      readonly restored: DrillRestore;
      /** From the synthetic breach; null unless all was given back to the byte. */
      readonly timeToRestoreMs: number | null;
      /** Why it was given up; null: it was not. */
      readonly aborted: DrillObstacle | null;
    };

/** What is seen of the targets the drill holds. */
export interface DrillFacts {
  readonly nowMs: EpochMs;
  /** Names of stages, and of the targets each acts on. */
  readonly stages: readonly { readonly name: string; readonly targets: readonly string[] }[];
  readonly isOnRecord: boolean;
  /** When every target showed the stage in force; null while one does not. */
  readonly verifiedAtMs: EpochMs | null;
  readonly refusals: readonly { readonly target: string; readonly reason: string; readonly message: string }[];
  /** No target holds anything of the drill any more, nor its tombstone. */
  readonly isReleased: boolean;
  /** By target: how it differs from before the drill. Read once it is released. */
  readonly differences: readonly TargetDifference[];
  /** What comes before any drill: a real breach, a person's hold, an edit of the plan. */
  readonly obstacle: DrillObstacle | null;
}

export interface TargetDifference {
  readonly target: string;
  /** Null: equal to the byte outside our own fields. */
  readonly path: string | null;
  /** Who else wrote it meanwhile: then nobody can tell what it should be. Null: nobody. */
  readonly editedBy: string | null;
}

/** A stage that no controller takes within this is not taken; the same for the way back. */
export const drillPatienceMs = 60_000;

/** One step of a drill. Whatever happens it ends: each phase has a time after which it gives up. */
export function stepDrill(walk: DrillWalk, facts: DrillFacts): DrillWalk {
  if (walk.phase === 'Over') return walk;
  if (facts.obstacle !== null) return abort(walk, facts.obstacle);
  switch (walk.phase) {
    case 'Opening':
      return open(walk, facts);
    case 'Climbing':
      return climb(walk, facts);
    case 'Returning':
      return giveBack(walk, facts);
  }
}

function abort(walk: Exclude<DrillWalk, { phase: 'Over' }>, aborted: DrillObstacle): DrillWalk {
  const { startedAtMs } = walk;
  const known = walk.phase === 'Opening' ? { timeToMitigateMs: null, steps: [] } : walk;
  const { timeToMitigateMs, steps } = known;
  return { phase: 'Over', startedAtMs, timeToMitigateMs, steps, restored: 'NotCompared', timeToRestoreMs: null, aborted };
}

function open(walk: Extract<DrillWalk, { phase: 'Opening' }>, { isOnRecord, nowMs }: DrillFacts): DrillWalk {
  const { startedAtMs } = walk;
  if (isOnRecord)
    return { phase: 'Climbing', startedAtMs, breachAtMs: nowMs, stage: 0, stageSinceMs: nowMs, timeToMitigateMs: null, steps: [] };
  if (nowMs - startedAtMs < drillPatienceMs) return walk;
  const message = `The drill could not be put on record within ${drillPatienceMs / 1000} s, so nothing was touched.`;
  return abort(walk, { reason: 'NotRecorded', message });
}

function climb(walk: Extract<DrillWalk, { phase: 'Climbing' }>, facts: DrillFacts): DrillWalk {
  const { stages, verifiedAtMs, refusals, nowMs } = facts;
  const { startedAtMs, stage, stageSinceMs } = walk;
  const here = stages[stage];
  if (here === undefined) return comeDown(walk, nowMs);
  if (refusals.length > 0) {
    const refused = refusals.map(({ target, reason, message }) => refusal(here.name, target, { reason, message }));
    return comeDown({ ...walk, steps: [...walk.steps, ...refused] }, nowMs);
  }
  if (verifiedAtMs === null) {
    if (nowMs - stageSinceMs < drillPatienceMs) return walk;
    const message = `The stage was not in effect within ${drillPatienceMs / 1000} s.`;
    const late = here.targets.map((target) => refusal(here.name, target, { reason: 'NotVerified', message }));
    return comeDown({ ...walk, steps: [...walk.steps, ...late] }, nowMs);
  }
  const steps = [...walk.steps, ...here.targets.map((target) => ok(here.name, target))];
  const timeToMitigateMs = walk.timeToMitigateMs ?? Math.max(0, verifiedAtMs - stageSinceMs);
  const next = { ...walk, steps, timeToMitigateMs };
  if (stage + 1 >= stages.length) return comeDown(next, nowMs);
  // Later than the stage before even within one millisecond: records of one engagement are ordered by it.
  return { ...next, startedAtMs, stage: stage + 1, stageSinceMs: Math.max(nowMs, stageSinceMs + 1) };
}

function comeDown(walk: Extract<DrillWalk, { phase: 'Climbing' }>, sinceMs: EpochMs): DrillWalk {
  const { startedAtMs, breachAtMs, timeToMitigateMs, steps } = walk;
  return { phase: 'Returning', startedAtMs, breachAtMs, sinceMs, timeToMitigateMs, steps };
}

function giveBack(walk: Extract<DrillWalk, { phase: 'Returning' }>, facts: DrillFacts): DrillWalk {
  const { startedAtMs, timeToMitigateMs, sinceMs, steps } = walk;
  const over = { phase: 'Over', startedAtMs, timeToMitigateMs, aborted: null } as const;
  const targets = [...new Set(facts.stages.flatMap((stage) => stage.targets))];
  if (!facts.isReleased) {
    if (facts.nowMs - sinceMs < drillPatienceMs) return walk;
    const message = `It was not given back within ${drillPatienceMs / 1000} s; it is tried again until it is.`;
    const late = targets.map((target) => refusal(null, target, { reason: 'NotReleased', message }));
    return { ...over, steps: [...steps, ...late], restored: 'NotRestored', timeToRestoreMs: null };
  }
  const compared = facts.differences.map(compare);
  const restored = facts.differences.some(({ path, editedBy }) => path !== null && editedBy === null)
    ? 'NotRestored'
    : facts.differences.some(({ path }) => path !== null)
      ? 'NotCompared'
      : 'Restored';
  const timeToRestoreMs = restored === 'Restored' ? Math.max(0, facts.nowMs - walk.breachAtMs) : null;
  return { ...over, steps: [...steps, ...compared], restored, timeToRestoreMs };
}

function compare({ target, path, editedBy }: TargetDifference): DrillStep {
  if (path === null) return ok(null, target);
  if (editedBy !== null) {
    const message = `${editedBy} edited it during the drill, so nobody can tell whether all of it was given back.`;
    return { stage: null, target, outcome: 'Ok', reason: 'Edited', message };
  }
  return refusal(null, target, { reason: 'NotRestored', message: `It is not as it was before the drill: ${path} differs.` });
}

function ok(stage: string | null, target: string): DrillStep {
  return { stage, target, outcome: 'Ok', reason: '', message: '' };
}

function refusal(stage: string | null, target: string, why: Pick<DrillStep, 'reason' | 'message'>): DrillStep {
  return { stage, target, outcome: 'Refused', ...why };
}
