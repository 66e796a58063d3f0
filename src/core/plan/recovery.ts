import type { EngagedMemory, PlanMemory } from '../model/plan.ts';
import type { EngagedView } from './engaged-view.ts';
import { moveTo, transitionOf } from './engaged-view.ts';
import { releasedByPeople } from './evidence.ts';
import type { PlanNote, PlanStep } from './input.ts';
import { actedOn, raisesLiveShare } from './stage.ts';

/**
 * Down one stage: on Ok evidence held long enough, or, where the step gives callers no answer of the candidate, as a probe
 * that makes evidence possible again. Out of the lowest stage only on evidence.
 */
export function recover(view: EngagedView): PlanStep {
  const { memory, input } = view;
  const stay: PlanStep = { memory, transition: null, notes: [] };
  if (memory.latched) return { ...stay, notes: [{ kind: 'AwaitingDecision', stage: memory.stage, cause: 'Latched' }] };
  if (memory.okSinceMs !== null)
    return input.nowMs - memory.okSinceMs >= input.snapshot.recovery.stepSeconds * 1000 ? stepDown(view) : stay;
  const probeAtMs = nextProbeAtMs(view);
  if (probeAtMs !== null && input.nowMs >= probeAtMs && !isBreaching(view)) return probe(view);
  return { ...stay, notes: awaited(view, probeAtMs) };
}

/** Idle after engagement `memory`, with nothing suppressed beyond what already was. */
export function releasedFrom({ engagement, recentEngagementsMs, suppressed }: EngagedMemory): Extract<PlanMemory, { phase: 'Idle' }> {
  return { phase: 'Idle', lastEngagement: engagement, recentEngagementsMs, rejectedStage: null, suppressed };
}

function stepDown(view: EngagedView): PlanStep {
  const below = stageBelow(view);
  if (below === null) {
    return {
      memory: releasedFrom(view.memory),
      transition: transitionOf(view, { kind: 'Released', to: null, reason: 'Recovered' }),
      notes: [],
    };
  }
  return {
    memory: moveTo(view, below, 'Down'),
    transition: transitionOf(view, { kind: 'SteppedDown', to: below, reason: 'Recovered' }),
    notes: [],
  };
}

function probe(view: EngagedView): PlanStep {
  const below = stageBelow(view);
  if (below === null) return { memory: view.memory, transition: null, notes: [] };
  const probeAttempts = view.memory.probeAttempts + 1;
  const transition = transitionOf(view, { kind: 'SteppedDown', to: below, reason: 'Probe' });
  return { memory: { ...moveTo(view, below, 'Down'), probeAttempts }, transition, notes: [] };
}

/** When the next probe is due; null when the step down would raise live share, none is left, or the stage is not yet verified. */
function nextProbeAtMs(view: EngagedView): number | null {
  const { memory, input } = view;
  const { recovery } = input.snapshot;
  if (memory.verifiedAtMs === null || !canProbe(view) || memory.probeAttempts >= recovery.probeAttempts) return null;
  return memory.verifiedAtMs + recovery.probeAfterSeconds * 1000;
}

/** Raising nothing is only known of two stages the snapshot has; out of the lowest one all share comes back. */
function canProbe(view: EngagedView): boolean {
  const { stages } = view.input.snapshot;
  const from = stages[view.memory.stage];
  const below = stageBelow(view);
  const to = below === null ? undefined : stages[below];
  return from !== undefined && to !== undefined && !raisesLiveShare(from, to, actedOn(view.input.snapshot));
}

function awaited(view: EngagedView, probeAtMs: number | null): readonly PlanNote[] {
  const { memory, readings, served, input } = view;
  const { stage, verifiedAtMs } = memory;
  const unmeasured = readings
    .filter(({ indicator }) => served === null || indicator?.measurableIn.includes(served) === false)
    .map(({ name }) => name);
  const usedUp = canProbe(view) && memory.probeAttempts >= input.snapshot.recovery.probeAttempts;
  const evidence: readonly PlanNote[] =
    unmeasured.length === 0 ? [] : [{ kind: 'AwaitingEvidence', stage, indicators: unmeasured, probeAtMs }];
  const slow = releasedByPeople(readings, memory.triggeredBy);
  if (slow.length > 0) return [...evidence, { kind: 'AwaitingDecision', stage, cause: 'SlowOutcomes', indicators: slow }];
  if (unmeasured.length === 0 || probeAtMs !== null || (verifiedAtMs === null && !usedUp)) return evidence;
  return [...evidence, { kind: 'AwaitingDecision', stage, cause: usedUp ? 'ProbesUsedUp' : 'NothingToMeasure' }];
}

function isBreaching({ readings }: EngagedView): boolean {
  return readings.some(({ assessment }) => assessment?.verdict === 'Breach');
}

/** A plan edited under an unrecorded engagement may have fewer stages than the one in force. */
function stageBelow({ memory, input }: EngagedView): number | null {
  const below = Math.min(memory.stage, input.snapshot.stages.length) - 1;
  return below < 0 ? null : below;
}
