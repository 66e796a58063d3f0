import type { EpochMs } from '../../shared/clock.ts';
import type { Assessment } from '../model/assessment.ts';
import type { DecisionInForce } from '../model/decision.ts';
import type { Indicator, IndicatorMemory } from '../model/indicator.ts';
import type { PlanMemory, PlanSnapshot, Suspend } from '../model/plan.ts';
import type { Transition } from '../model/transition.ts';

/** What is known of one indicator at this instant. */
export interface IndicatorReading {
  readonly indicator: Indicator;
  readonly memory: IndicatorMemory;
  /** Newest assessment of the guarded version, in the answers `servedIn` names for the stage in force; null when there is none. */
  readonly assessment: Assessment | null;
}

export interface PlanStepInput {
  readonly snapshot: PlanSnapshot;
  readonly memory: PlanMemory;
  /** By indicator name; a trigger indicator that is not here counts as unknown: it neither engages nor releases. */
  readonly indicators: Readonly<Record<string, IndicatorReading>>;
  /** The same indicators, judged on `snapshot.safeVersion`. */
  readonly safeAssessments: Readonly<Record<string, Assessment | null>>;
  readonly decisions: readonly DecisionInForce[];
  readonly suspend: Suspend;
  /** When the watch showed the stage in `memory` on every target; null while it does not. */
  readonly verifiedAtMs: EpochMs | null;
  /** Names of targets that refuse the stage in `memory` because its safe backend is missing or not ready. */
  readonly targetsWithoutSafeBackend: readonly string[];
  /** Those of them that want nothing but more ready endpoints. */
  readonly targetsShortOfReplicas: readonly string[];
  /** Names of targets that refuse the stage in `memory`, whatever for. */
  readonly refusedTargets: readonly string[];
  /** Names of targets that refuse the stage in `memory` until somebody mends something: what it asks of them is not in force. */
  readonly unservedTargets: readonly string[];
  /** Those of them that refuse copies of requests alone: a limit could still be had. */
  readonly targetsWithoutMirror: readonly string[];
  /** Names of targets that were not to be found, or lacked the candidate, all this engagement and for long enough that they need not be on their way. */
  readonly absentTargets: readonly string[];
  /** Names of targets left to another writer: what the stage in `memory` asks of them is not in force. */
  readonly yieldedTargets: readonly string[];
  /** None of the targets exists: the stage in `memory` changes nothing for callers, and neither does its end. */
  readonly holdsNothing: boolean;
  readonly nowMs: EpochMs;
  /** Time between two polls; an assessment older than two of them is not fresh. */
  readonly intervalMs: number;
}

/** Why the machine stands where it stands: facts for conditions, events and notifications. Never a step. */
export type PlanNote =
  | { readonly kind: 'SharedCause'; readonly assessments: readonly Assessment[]; readonly safeAssessments: readonly Assessment[] }
  | {
      readonly kind: 'AwaitingApproval';
      readonly engagement: number;
      readonly stage: number;
      readonly sinceMs: EpochMs;
      readonly overdue: boolean;
    }
  /** `indicators` can't be measured in this stage; `probeAtMs` is when the next probe supplies answers, null when only a decision will. */
  | {
      readonly kind: 'AwaitingEvidence';
      readonly stage: number;
      readonly indicators: readonly string[];
      readonly probeAtMs: EpochMs | null;
    }
  | { readonly kind: 'AwaitingDecision'; readonly stage: number; readonly cause: 'Latched' | 'ProbesUsedUp' | 'NothingToMeasure' }
  /** The outcomes these count take too long for their Ok to be of this stage. */
  | { readonly kind: 'AwaitingDecision'; readonly stage: number; readonly cause: 'SlowOutcomes'; readonly indicators: readonly string[] }
  | { readonly kind: 'Held'; readonly by: string; readonly untilMs: EpochMs | null }
  /** `engagement` it is said in; null while there is none. */
  | {
      readonly kind: 'Accepted';
      readonly indicators: readonly string[];
      readonly by: string;
      readonly untilMs: EpochMs;
      readonly engagement: number | null;
    }
  | { readonly kind: 'Suppressed'; readonly indicators: readonly string[] }
  | { readonly kind: 'NotAskedAgain'; readonly stage: number };

export interface PlanStep {
  readonly memory: PlanMemory;
  readonly transition: Transition | null;
  readonly notes: readonly PlanNote[];
}
