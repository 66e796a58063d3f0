import { assertNever } from '../../shared/assert-never.ts';
import type { Constraint } from './constraint.ts';

/** What a stage does to one target. */
export type StageAction =
  | { readonly target: string; readonly kind: 'CanaryLimit'; readonly maxPercent: number }
  | { readonly target: string; readonly kind: 'Shadow'; readonly percent: number }
  | { readonly target: string; readonly kind: 'FlagRollback' };

/** The bound that holds while the stage does. */
export function toConstraint(action: StageAction): Constraint {
  switch (action.kind) {
    case 'CanaryLimit':
      return { kind: 'Cap', maxPercent: action.maxPercent };
    case 'Shadow':
      return { kind: 'Shadow', mirrorPercent: action.percent };
    case 'FlagRollback':
      return { kind: 'Flag' };
    default:
      return assertNever(action);
  }
}
