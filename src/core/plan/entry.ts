import { isSevere } from '../judge.ts';
import type { Assessment } from '../model/assessment.ts';
import type { PlanSnapshot, Stage } from '../model/plan.ts';

/** Stages a breaching indicator leads straight to: those that name it, beyond `severe` also those that name it for that. */
export function enteredStraight({ stages }: PlanSnapshot, breaching: readonly Assessment[]): readonly number[] {
  return stages.flatMap((stage, index) => (breaching.some((assessment) => leadsTo(stage, assessment)) ? [index] : []));
}

/** Whether people are asked before a stage is entered. In Observe mode nothing is entered, so nobody is. */
export function asksFirst({ mode, stages }: PlanSnapshot, index: number): boolean {
  return mode !== 'Observe' && (stages[index]?.mode ?? mode) === 'Approve';
}

/**
 * The stage to enter now on the way to `stage`: itself, or the highest one below that asks nobody, so that callers are protected while people make
 * up their minds. Null: all of them ask.
 */
export function enteredUnasked(snapshot: PlanSnapshot, stage: number): number | null {
  for (let index = stage; index >= 0; index--) if (!asksFirst(snapshot, index)) return index;
  return null;
}

function leadsTo(stage: Stage, { indicator, observation }: Assessment): boolean {
  if (stage.enterOn.includes(indicator.name)) return true;
  return stage.enterOnSevere.includes(indicator.name) && observation.kind === 'Value' && isSevere(indicator.threshold, observation);
}
