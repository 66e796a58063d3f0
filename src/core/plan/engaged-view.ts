import type { EpochMs } from '../../shared/clock.ts';
import type { Assessment } from '../model/assessment.ts';
import type { Served } from '../model/observation.ts';
import type { EngagedMemory } from '../model/plan.ts';
import type { Transition } from '../model/transition.ts';
import type { TriggerReading } from './evidence.ts';
import type { PlanStepInput } from './input.ts';

/** Everything a step up or down looks at. */
export interface EngagedView {
  readonly input: PlanStepInput;
  readonly memory: EngagedMemory;
  readonly readings: readonly TriggerReading[];
  readonly served: Served | null;
}

/** The new stage begins later than the one before even if the clock went back: records of one engagement are ordered by it. */
export function moveTo(view: EngagedView, stage: number, direction: EngagedMemory['direction']): EngagedMemory {
  return {
    ...view.memory,
    stage,
    direction,
    stageSinceMs: Math.max(view.input.nowMs, view.memory.stageSinceMs + 1),
    verifiedAtMs: null,
    evidencedMs: 0,
    okSinceMs: null,
    proposal: null,
  };
}

export function transitionOf(
  view: EngagedView,
  step: Pick<Transition, 'kind' | 'to' | 'reason'> & {
    readonly actor?: string;
    readonly decision?: string;
    readonly assessments?: readonly Assessment[];
  },
): Transition {
  const { engagement, stage } = view.memory;
  const fresh = view.readings.flatMap((reading) => reading.assessment ?? []);
  return { engagement, from: stage, actor: 'operator', assessments: fresh, ...step };
}

/**
 * When the stage in force was verified. A time before the stage began is about another stage and does not count;
 * a later one than remembered does (the stage was broken in between). Observe mode lays nothing on a target, so there is nothing to wait for.
 */
export function verified({ snapshot, verifiedAtMs, nowMs }: PlanStepInput, memory: EngagedMemory): EpochMs | null {
  if (snapshot.mode === 'Observe') return memory.verifiedAtMs ?? Math.min(memory.stageSinceMs, nowMs);
  const isOfEarlierStage = verifiedAtMs !== null && verifiedAtMs < memory.stageSinceMs && memory.stageSinceMs <= nowMs;
  if (verifiedAtMs === null || isOfEarlierStage) return memory.verifiedAtMs;
  if (memory.verifiedAtMs === null) return Math.min(verifiedAtMs, nowMs);
  // From before the clock went back: taking it again at every step would push the evidence ahead of us for ever.
  return verifiedAtMs > nowMs ? memory.verifiedAtMs : Math.max(memory.verifiedAtMs, verifiedAtMs);
}
