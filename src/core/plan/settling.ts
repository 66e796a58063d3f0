import type { EpochMs } from '../../shared/clock.ts';
import type { EngagedMemory, PlanSnapshot } from '../model/plan.ts';

/**
 * From when on a window can speak of the stage in force: since that was verified, and the callers of each flag it changed have had
 * `settleSeconds` to follow, because nothing tells when they have. On the way down a flag may have been given back that the stage
 * itself does not name. Null until it was verified. In Observe mode no flag is changed.
 */
export function settledAtMs(
  { mode, stages, targets }: PlanSnapshot,
  { stage, direction, verifiedAtMs }: Pick<EngagedMemory, 'stage' | 'direction' | 'verifiedAtMs'>,
): EpochMs | null {
  if (verifiedAtMs === null || mode === 'Observe') return verifiedAtMs;
  const changing = direction === 'Up' ? stages.slice(stage, stage + 1) : stages;
  const named = new Set(changing.flatMap(({ actions }) => actions.map(({ target }) => target)));
  const waits = targets.flatMap((target) => (target.kind === 'FeatureFlag' && named.has(target.name) ? [target.settleSeconds] : []));
  return verifiedAtMs + Math.max(0, ...waits) * 1000;
}
