import type { EpochMs } from '../../shared/clock.ts';
import type { Indicator } from './indicator.ts';
import type { StageAction } from './stage-action.ts';
import type { Target } from './target.ts';

export type Mode = 'Observe' | 'Approve' | 'Enforce';
export type Suspend = 'None' | 'Hold' | 'Release';

/** One rung of the ladder: the constraints that hold while it is engaged. */
export interface Stage {
  readonly name: string;
  /** Null: this stage never escalates by time. */
  readonly escalateAfterSeconds: number | null;
  /** Indicators that lead straight to this stage. */
  readonly enterOn: readonly string[];
  /** Indicators that do so only beyond `severe`. */
  readonly enterOnSevere: readonly string[];
  /** Whether people are asked before this stage; null: as the plan's mode says. */
  readonly mode: 'Approve' | 'Enforce' | null;
  readonly actions: readonly StageAction[];
  /** Names of the jobs it runs when it is entered. Absent: none. */
  readonly runs?: readonly string[];
}

/** A remediation that is run once an engagement. */
export interface RemediationJob {
  readonly name: string;
  /** What it is made from. */
  readonly cronJob: string;
}

export interface Trigger {
  readonly indicators: readonly string[];
  readonly match: 'Any' | 'All';
  /** Indicators that count for one of the plan's beside it, each named in `indicators` too. Absent: none. */
  readonly standIns?: readonly { readonly of: string; readonly by: readonly string[] }[];
}

export interface Recovery {
  readonly stepSeconds: number;
  readonly probeAfterSeconds: number;
  readonly probeAttempts: number;
  readonly flap: { readonly maxEngagements: number; readonly windowSeconds: number };
}

export interface Approval {
  readonly roles: readonly string[];
  readonly timeoutSeconds: number;
  /** What happens when nobody answers: keep asking, or engage. */
  readonly onTimeout: 'Hold' | 'Engage';
}

/** What a plan does where another writer keeps undoing it. Yielding lets the candidate's share rise, so it is never the default. */
export type OnContest =
  | { readonly kind: 'Reassert' }
  | {
      readonly kind: 'Yield';
      /** How long a target may be contested before it is left to the other writer. */
      readonly afterSeconds: number;
      /** How long it is left alone before it is laid once more. */
      readonly retryAfterSeconds: number;
    };

/** What time in a stage means while a trigger that fires has no usable reading: it does not count, or it counts as if the breach went on. */
export type OnNoEvidence = 'Hold' | 'Escalate';

/** A plan as an engagement runs on it. */
export interface PlanSnapshot {
  readonly plan: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    readonly generation: number;
    readonly digest: string;
    readonly createdAtMs: EpochMs;
  };
  readonly risk: { readonly name: string };
  readonly mode: Mode;
  readonly trigger: Trigger;
  /** The trigger indicators as they were when the engagement began; empty while there is none. */
  readonly indicators: readonly Indicator[];
  /** Digests of what those indicators were read from then: the signal, and whose series answer it. */
  readonly sources: readonly { readonly indicator: string; readonly digest: string }[];
  /** The version under guard then; null while there is no engagement. */
  readonly version: string | null;
  readonly targets: readonly Target[];
  /** Absent: none. */
  readonly jobs?: readonly RemediationJob[];
  readonly stages: readonly Stage[];
  readonly recovery: Recovery;
  readonly approval: Approval;
  /** Version we would move to, judged by the same indicators; null when it is not assessed. */
  readonly safeVersion: string | null;
  readonly onSharedCause: 'Notify' | 'Engage';
  readonly onContest: OnContest;
  readonly onNoEvidence: OnNoEvidence;
}

/** A person released this indicator's constraint: it starts nothing until it was Clear once, or until `untilMs`. */
export interface Suppression {
  readonly indicator: string;
  readonly untilMs: EpochMs | null;
}

/** Memory of the plan machine: bounded, persisted in the plan's status and, per holder, on the target. */
export type PlanMemory =
  | {
      readonly phase: 'Idle';
      readonly lastEngagement: number;
      readonly recentEngagementsMs: readonly EpochMs[];
      readonly rejectedStage: number | null;
      readonly suppressed: readonly Suppression[];
    }
  | {
      readonly phase: 'Proposed';
      /** Somebody held it at the last step; not persisted. Absent: nobody did. */
      readonly wasHeld?: true;
      readonly engagement: number;
      readonly stage: number;
      readonly sinceMs: EpochMs;
      readonly recentEngagementsMs: readonly EpochMs[];
      readonly triggeredBy: readonly string[];
      readonly suppressed: readonly Suppression[];
    }
  | EngagedMemory;

export interface EngagedMemory {
  readonly phase: 'Engaged';
  /** As in a proposal. */
  readonly wasHeld?: true;
  readonly engagement: number;
  readonly stage: number;
  readonly direction: 'Up' | 'Down';
  /** When the stage began; within an engagement strictly later than the stage before, even if the clock went back. */
  readonly stageSinceMs: EpochMs;
  /** When the watch showed this stage on every target; evidence counts from here. */
  readonly verifiedAtMs: EpochMs | null;
  /** Time with evidence since the stage was verified; after a restart what was kept of it. */
  readonly evidencedMs: number;
  readonly lastPolledAtMs: EpochMs | null;
  /** Since when every trigger indicator has been Clear with a fresh, stage-qualified Ok; null otherwise. */
  readonly okSinceMs: EpochMs | null;
  readonly probeAttempts: number;
  readonly latched: boolean;
  readonly recentEngagementsMs: readonly EpochMs[];
  readonly triggeredBy: readonly string[];
  /** In Approve mode, the stage an escalation waits for and since when. */
  readonly proposal: { readonly stage: number; readonly sinceMs: EpochMs } | null;
  readonly rejectedStage: number | null;
  readonly suppressed: readonly Suppression[];
  /** Names of the Approve and Reject decisions this engagement has used: each counts once. */
  readonly usedDecisions: readonly string[];
}
