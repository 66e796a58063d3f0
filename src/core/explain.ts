import type { Assessment } from './model/assessment.ts';
import type { PlanSnapshot } from './model/plan.ts';
import type { Transition } from './model/transition.ts';
import type { PlanNote } from './plan/input.ts';

/** One sentence: which indicator of which model, the value with its limits, and why it counts or does not. */
export function explainAssessment(_assessment: Assessment): string {
  throw new Error('being written');
}

/** What the plan did, on which evidence, and what a person can do about it. */
export function explainTransition(_snapshot: PlanSnapshot, _transition: Transition): string {
  throw new Error('being written');
}

/** Why the plan stands where it stands and what would move it. */
export function explainNote(_snapshot: PlanSnapshot, _note: PlanNote): string {
  throw new Error('being written');
}

/** One line for a stage: "limit: traffic at most 10 % live". */
export function explainStage(_snapshot: PlanSnapshot, _index: number | null): string {
  throw new Error('being written');
}
