import type { EpochMs } from '../shared/clock.ts';
import type { Constraint } from './model/constraint.ts';

/** One backend of a rule. `id` is whatever tells backends apart; weights are integers >= 0. */
export interface WeightedBackend {
  readonly id: string;
  readonly weight: number;
}

/** What one plan asks of one candidate in a rule. */
export interface SplitDemand {
  readonly planUID: string;
  /** The older plan wins; at equal age the name that sorts first. */
  readonly precedence: { readonly createdAtMs: EpochMs; readonly name: string };
  readonly candidate: string;
  readonly safe: string;
  readonly constraints: readonly Constraint[];
}

export interface SplitInput {
  /** The intent: what users or Git want of this rule. */
  readonly backends: readonly WeightedBackend[];
  readonly demands: readonly SplitDemand[];
}

export interface Split {
  /** In the order of the intent; safe backends the intent lacks follow at the end. */
  readonly weights: readonly WeightedBackend[];
  readonly mirrors: readonly { readonly id: string; readonly percent: number }[];
  readonly rejected: readonly { readonly planUID: string; readonly reason: 'NoSafeBackend' | 'Conflicted' }[];
}

export function composeSplit(_input: SplitInput): Split {
  throw new Error('being written');
}
