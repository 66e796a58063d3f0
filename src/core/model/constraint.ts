import type { EpochMs } from '../../shared/clock.ts';
import type { FrozenReading } from './frozen-reading.ts';

/** A bound over user intent on a target. Percentages are integers 0-100 of a rule's live traffic. */
export type Constraint =
  | { readonly kind: 'Cap'; readonly maxPercent: number }
  | { readonly kind: 'Shadow'; readonly mirrorPercent: number }
  | { readonly kind: 'Flag' }
  /** Pods run the template of an earlier revision. */
  | { readonly kind: 'Pin' }
  /** A floor: users may want more, never fewer. */
  | { readonly kind: 'Replicas'; readonly minReplicas: number }
  | { readonly kind: 'Patch' };

/** A step of an engagement that was not on record yet when the next one was taken. */
export interface UnrecordedStep {
  readonly type: 'Engaged' | 'Escalated' | 'SteppedDown';
  readonly atMs: EpochMs;
  /** Names of the stages. */
  readonly before: string;
  readonly after: string;
}

/** Who lays a constraint, and everything a restart needs to know of the engagement. */
export interface Holder {
  readonly plan: string;
  readonly planUID: string;
  readonly planGeneration: number;
  /** Digest of the plan's spec the engagement runs on. */
  readonly planDigest: string;
  readonly engagement: number;
  readonly stage: number;
  readonly stageSinceMs: EpochMs;
  /** Creation time of the plan: the older plan wins where constraints can't be joined. */
  readonly planCreatedAtMs: EpochMs;
  /** Indicators that were Firing when the engagement began. */
  readonly triggeredBy: readonly string[];
  /** What the stage rests on, bounded: a crash before it is on record elsewhere must not lose it. */
  readonly readings: readonly FrozenReading[];
  /** Earlier steps, oldest first, bounded: a record that can't be written must not lose them when the operator ends. */
  readonly unrecorded: readonly UnrecordedStep[];
}
