import type { PlanMemory, PlanSnapshot } from '../model/plan.ts';

/** Parts of `escalateAfterSeconds` in which a restart finds the timer again: as many writes a stage, and one of them lost at most. */
const keptParts = 10;

/**
 * Evidence of the stage in force that outlives the process, in whole seconds: never more than was gathered, so that no restart makes
 * a stage due earlier, and no more than makes it due, so that nothing is written while an answer is awaited. 0 where time leads nowhere.
 */
export function keptEvidenceSeconds({ stages }: Pick<PlanSnapshot, 'stages'>, memory: PlanMemory): number {
  if (memory.phase !== 'Engaged') return 0;
  const afterSeconds = stages[memory.stage]?.escalateAfterSeconds ?? null;
  if (afterSeconds === null) return 0;
  const evidencedSeconds = memory.evidencedMs / 1000;
  if (evidencedSeconds >= afterSeconds) return afterSeconds;
  const partSeconds = Math.ceil(afterSeconds / keptParts);
  return Math.floor(evidencedSeconds / partSeconds) * partSeconds;
}
