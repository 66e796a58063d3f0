import { assertNever } from '../../shared/assert-never.ts';
import type { Constraint } from './constraint.ts';

/** What a stage does to one target. */
export type StageAction =
  | { readonly target: string; readonly kind: 'CanaryLimit'; readonly maxPercent: number }
  | { readonly target: string; readonly kind: 'Shadow'; readonly percent: number }
  | { readonly target: string; readonly kind: 'FlagRollback' }
  | { readonly target: string; readonly kind: 'Pin' }
  /** `readyWithinSeconds`: how long the routes of the stage may wait for the new pods before the next stage is looked at. */
  | { readonly target: string; readonly kind: 'Scale'; readonly minReplicas: number; readonly readyWithinSeconds: number }
  | { readonly target: string; readonly kind: 'Patch' };

/** The bound that holds while the stage does. */
export function toConstraint(action: StageAction): Constraint {
  switch (action.kind) {
    case 'CanaryLimit':
      return { kind: 'Cap', maxPercent: action.maxPercent };
    case 'Shadow':
      return { kind: 'Shadow', mirrorPercent: action.percent };
    case 'FlagRollback':
      return { kind: 'Flag' };
    case 'Pin':
      return { kind: 'Pin' };
    case 'Scale':
      return { kind: 'Replicas', minReplicas: action.minReplicas };
    case 'Patch':
      return { kind: 'Patch' };
    default:
      return assertNever(action);
  }
}
