import type { EpochMs } from '../../../shared/clock.ts';
import type { IncidentRate } from '../incident-rate.ts';

/** A bounded guess: PERT between `min` and `max`, or certain where the two are equal. */
export interface Estimate {
  readonly min: number;
  readonly mode: number;
  readonly max: number;
}

/** What one person expects of a remediation. */
export interface Assessment {
  readonly assessor: string;
  /** In the currency of the policy. */
  readonly cost: Estimate;
  /** Of work, until the fix is live. */
  readonly weeks: Estimate;
  /** Of the loss the named risks have now, in percent. */
  readonly reducesLossPercent: Estimate;
  /** Chance that it works at all. */
  readonly successPercent: number;
}

/** A lasting fix somebody proposes. Ids are `namespace/model risk/name`. */
export interface Remediation {
  readonly id: string;
  readonly summary: string;
  readonly owner: string;
  /** Ids of the risks it lowers. */
  readonly risks: readonly string[];
  /** At least one; several are pooled with equal weight. */
  readonly assessments: readonly Assessment[];
  /** Another way to the same end: of these only the best ranks. */
  readonly alternativeTo: string | null;
  /** What has to be done before. */
  readonly dependsOn: readonly string[];
  /** Not a matter of worth: by law or by contract it has to be done by then. */
  readonly mandatoryByMs: EpochMs | null;
  readonly dueMs: EpochMs | null;
}

/** What one risk costs while nothing is fixed, in the currency of the policy. */
export interface RiskExposure {
  readonly id: string;
  /** With live evidence, and as if no constraint held: a working rollback must not push its own fix off the list. */
  readonly rate: IncidentRate;
  /** Of one incident. */
  readonly meanImpact: number;
  /** What the constraints that hold because of this risk cost a year while they last. */
  readonly holdingCost: number;
}

export interface BacklogInput {
  readonly remediations: readonly Remediation[];
  readonly exposures: readonly RiskExposure[];
  /** What a benefit loses by coming a year later, in percent. */
  readonly discountPercent: number;
}
