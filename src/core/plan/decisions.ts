import type { EpochMs } from '../../shared/clock.ts';
import { assertNever } from '../../shared/assert-never.ts';
import type { DecisionInForce } from '../model/decision.ts';
import type { EngagedMemory, PlanMemory, Suppression } from '../model/plan.ts';
import type { Transition } from '../model/transition.ts';
import { verified } from './engaged-view.ts';
import { readTriggers } from './evidence.ts';
import type { PlanNote, PlanStep, PlanStepInput } from './input.ts';
import { withdraw } from './proposed.ts';
import { releasedFrom } from './recovery.ts';
import { servedIn } from './stage.ts';

/** Whoever set `suspend` in the plan: a person's act, though nobody knows whose. */
const suspension = 'suspend';

/** What people said comes before the machine: suspension, Release, Hold, in this order. Null when none of them applies. */
export function applyDecisions(input: PlanStepInput, memory: PlanMemory): PlanStep | null {
  if (input.suspend === 'Release') return suspendAndRelease(memory);
  const release = input.decisions.find(
    (decision) => decision.action === 'Release' && memory.phase === 'Engaged' && decision.engagement === memory.engagement,
  );
  if (release?.action === 'Release' && memory.phase === 'Engaged') return releaseByDecision(input, memory, release);
  const held = holder(input, memory);
  return held === null ? null : freeze(input, memory, held);
}

function suspendAndRelease(memory: PlanMemory): PlanStep {
  switch (memory.phase) {
    case 'Idle':
      return { memory, transition: null, notes: [] };
    case 'Proposed':
      return withdraw(memory, 'Suspended');
    case 'Engaged':
      return released(memory, { reason: 'Suspended', by: { actor: suspension }, suppressed: memory.suppressed });
    default:
      return assertNever(memory);
  }
}

/** At once, whatever the stage. What is not Clear now starts nothing until it was, or until the decision expires. */
function releaseByDecision(
  input: PlanStepInput,
  memory: EngagedMemory,
  release: Extract<DecisionInForce, { action: 'Release' }>,
): PlanStep {
  const readings = readTriggers({ ...input, memory }, servedIn(input.snapshot, memory.stage));
  const names = readings.filter(({ state }) => state !== 'Clear').map(({ name }) => name);
  const fresh: readonly Suppression[] = names.map((indicator) => ({ indicator, untilMs: release.expiresAtMs }));
  const earlier = memory.suppressed.filter(({ indicator }) => !names.includes(indicator));
  return released(memory, {
    reason: 'ReleasedByDecision',
    by: { actor: release.author, decision: release.name },
    suppressed: [...earlier, ...fresh],
  });
}

function released(
  memory: EngagedMemory,
  how: { readonly reason: string; readonly by: Pick<Transition, 'actor' | 'decision'>; readonly suppressed: readonly Suppression[] },
): PlanStep {
  const { engagement, stage } = memory;
  return {
    memory: { ...releasedFrom(memory), suppressed: how.suppressed },
    transition: { kind: 'Released', engagement, from: stage, to: null, reason: how.reason, ...how.by, assessments: [] },
    notes: [],
  };
}

interface HeldBy {
  readonly by: string;
  readonly untilMs: EpochMs | null;
}

/** A Hold decision is void while Idle; suspension holds there too. */
function holder({ suspend, decisions, nowMs }: PlanStepInput, memory: PlanMemory): HeldBy | null {
  if (suspend === 'Hold') return { by: suspension, untilMs: null };
  if (memory.phase === 'Idle') return null;
  const holds = decisions.flatMap((decision) => (decision.action === 'Hold' && decision.expiresAtMs > nowMs ? [decision] : []));
  const longest = holds.sort((a, b) => b.expiresAtMs - a.expiresAtMs)[0];
  return longest === undefined ? null : { by: longest.author, untilMs: longest.expiresAtMs };
}

/** Neither up nor down, and no question times out. Time under a hold counts for none of them, so all start their waits again after it. */
function freeze(input: PlanStepInput, memory: PlanMemory, { by, untilMs }: HeldBy): PlanStep {
  const notes: readonly PlanNote[] = [{ kind: 'Held', by, untilMs }];
  if (memory.phase === 'Idle') return { memory, transition: null, notes };
  if (memory.phase === 'Proposed') return { memory: { ...memory, wasHeld: true }, transition: null, notes };
  const frozen: EngagedMemory = { ...memory, wasHeld: true, verifiedAtMs: verified(input, memory), lastPolledAtMs: null, okSinceMs: null };
  return { memory: frozen, transition: null, notes };
}

/** The memory once nobody holds it any more: what was asked is waited for as if it were asked now. */
export function afterHold(memory: PlanMemory, nowMs: EpochMs): PlanMemory {
  if (memory.phase === 'Idle' || memory.wasHeld !== true) return memory;
  const { wasHeld: _, ...rest } = memory;
  if (rest.phase === 'Proposed') return { ...rest, sinceMs: nowMs };
  return { ...rest, proposal: rest.proposal === null ? null : { ...rest.proposal, sinceMs: nowMs } };
}
