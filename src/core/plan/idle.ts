import type { Assessment } from '../model/assessment.ts';
import type { EngagedMemory, PlanMemory, PlanSnapshot } from '../model/plan.ts';
import type { Transition } from '../model/transition.ts';
import { enteredStraight, enteredUnasked } from './entry.ts';
import { engaging, matches, readTriggers } from './evidence.ts';
import type { PlanNote, PlanStep, PlanStepInput } from './input.ts';
import { withEngagement } from './memory.ts';
import { breachReason, sharedCauseNote } from './safe-version.ts';
import { servedIn } from './stage.ts';

type IdleMemory = Extract<PlanMemory, { phase: 'Idle' }>;

/** Engages, or where every stage so far asks first asks, on fresh breaches of indicators that fire; never on old state. */
export function stepIdle(input: PlanStepInput, memory: IdleMemory): PlanStep {
  const readings = readTriggers({ ...input, memory }, servedIn(input.snapshot, null));
  const notes: PlanNote[] =
    memory.suppressed.length === 0 ? [] : [{ kind: 'Suppressed', indicators: memory.suppressed.map((each) => each.indicator) }];
  const stay: PlanStep = { memory, transition: null, notes };
  const breaching = engaging(readings);
  if (!matches(input.snapshot, breaching) || input.snapshot.stages.length === 0) return stay;
  const shared = sharedCauseNote(input, breaching);
  if (shared !== null) return { ...stay, notes: [...notes, shared] };
  const stage = entryStage(input.snapshot, breaching);
  const unasked = enteredUnasked(input.snapshot, stage);
  if (unasked !== null) return engage({ input, memory, stage: unasked, breaching, reason: breachReason(input, breaching), decision: null });
  if (memory.rejectedStage !== null && stage <= memory.rejectedStage)
    return { ...stay, notes: [...notes, { kind: 'NotAskedAgain', stage }] };
  return propose(input, memory, { stage, breaching });
}

/** The lowest stage, or the highest one a breaching indicator leads straight to. */
export function entryStage(snapshot: PlanSnapshot, breaching: readonly Assessment[]): number {
  return Math.max(0, ...enteredStraight(snapshot, breaching));
}

interface Engagement {
  readonly input: PlanStepInput;
  readonly memory: Exclude<PlanMemory, EngagedMemory>;
  readonly stage: number;
  readonly breaching: readonly Assessment[];
  readonly reason: string;
  /** Who said so, if a person did. */
  readonly decision: { readonly name: string; readonly author: string } | null;
}

export function engage({ input, memory, stage, breaching, reason, decision }: Engagement): PlanStep {
  const engagement = memory.phase === 'Proposed' ? memory.engagement : memory.lastEngagement + 1;
  const engaged: EngagedMemory = {
    phase: 'Engaged',
    engagement,
    stage,
    direction: 'Up',
    stageSinceMs: input.nowMs,
    verifiedAtMs: null,
    evidencedMs: 0,
    lastPolledAtMs: input.nowMs,
    okSinceMs: null,
    probeAttempts: 0,
    latched: false,
    recentEngagementsMs: withEngagement(input.snapshot, memory.recentEngagementsMs, input.nowMs),
    triggeredBy: breaching.length > 0 || memory.phase === 'Idle' ? names(breaching) : memory.triggeredBy,
    proposal: null,
    rejectedStage: null,
    suppressed: memory.suppressed,
    usedDecisions: decision === null ? [] : [decision.name],
  };
  const by = decision === null ? { actor: 'operator' } : { actor: decision.author, decision: decision.name };
  const transition: Transition = { kind: 'Engaged', engagement, from: null, to: stage, reason, ...by, assessments: breaching };
  return { memory: engaged, transition, notes: [] };
}

export function propose(
  input: PlanStepInput,
  memory: Exclude<PlanMemory, EngagedMemory>,
  ask: { readonly stage: number; readonly breaching: readonly Assessment[] },
): PlanStep {
  const engagement = memory.phase === 'Proposed' ? memory.engagement : memory.lastEngagement + 1;
  const { stage, breaching } = ask;
  return {
    memory: {
      phase: 'Proposed',
      engagement,
      stage,
      sinceMs: input.nowMs,
      recentEngagementsMs: memory.recentEngagementsMs,
      triggeredBy: names(breaching),
      suppressed: memory.suppressed,
    },
    transition: {
      kind: 'Proposed',
      engagement,
      from: null,
      to: stage,
      reason: breachReason(input, breaching),
      actor: 'operator',
      assessments: breaching,
    },
    notes: [{ kind: 'AwaitingApproval', engagement, stage, sinceMs: input.nowMs, overdue: false }],
  };
}

function names(assessments: readonly Assessment[]): readonly string[] {
  return assessments.map((assessment) => assessment.indicator.name);
}
