import type { EpochMs } from '../../shared/clock.ts';
import type { EngagedMemory, PlanSnapshot } from '../model/plan.ts';

/**
 * From when on a window can speak of the stage in force: since that was verified, and whoever follows each target it changed that has no status has had
 * `settleSeconds`, because nothing tells when they followed. On the way down a target may have been given back that the stage
 * itself does not name. Null until it was verified. In Observe mode nothing is changed.
 */
export function settledAtMs(
  { mode, stages, targets }: PlanSnapshot,
  { stage, direction, verifiedAtMs }: Pick<EngagedMemory, 'stage' | 'direction' | 'verifiedAtMs'>,
): EpochMs | null {
  if (verifiedAtMs === null || mode === 'Observe') return verifiedAtMs;
  const changing = direction === 'Up' ? stages.slice(stage, stage + 1) : stages;
  const named = new Set(changing.flatMap(({ actions }) => actions.map(({ target }) => target)));
  const waits = targets.flatMap((target) => ('settleSeconds' in target && named.has(target.name) ? [target.settleSeconds] : []));
  return verifiedAtMs + Math.max(0, ...waits) * 1000;
}
