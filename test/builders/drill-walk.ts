import type { DrillFacts, DrillWalk } from '../../src/core/drill/walk.ts';
import { startMs } from './core.ts';

export const opening: DrillWalk = { phase: 'Opening', startedAtMs: startMs };

/** Nothing seen yet of a ladder of two stages, the second over both targets. */
export function drillFacts(changes: Partial<DrillFacts> = {}): DrillFacts {
  return {
    nowMs: startMs,
    stages: [
      { name: 'limit', targets: ['traffic'] },
      { name: 'rollback', targets: ['traffic', 'flag'] },
    ],
    isOnRecord: true,
    verifiedAtMs: null,
    refusals: [],
    isReleased: false,
    differences: [],
    obstacle: null,
    ...changes,
  };
}
