import type { PlanStep, PlanStepInput } from './plan/input.ts';

/** One step of the plan machine: at most one transition, never an effect. Safety transitions win over recovery. */
export function stepPlan(_input: PlanStepInput): PlanStep {
  throw new Error('being written');
}
