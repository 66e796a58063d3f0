import type { Claim, TargetObject } from '../port.ts';
import { asObject } from '../json-reading.ts';
import type { Progress } from './progress.ts';

/**
 * What keeps an update within a cap. `Hold`: paused where it stands, so that no later step begins. `Abort`: back to the stable
 * revision, tighter than was asked. `Aborted`: that has happened. `None`: there is nothing to keep.
 */
export type Lever = 'None' | 'Hold' | 'Abort' | 'Aborted';

/** The tightest cap of the claims in percent; 100: none of them limits anything. */
export function capOf(claims: readonly Claim[]): number {
  return Math.min(
    100,
    ...claims.flatMap(({ constraints }) => constraints.flatMap((each) => (each.kind === 'Cap' ? [each.maxPercent] : []))),
  );
}

/**
 * There is no way to say "30 %" from outside: weights are steps, and other steps make the controller begin again. So an update
 * stays where it is or goes back whole.
 */
export function leverOf(progress: Progress | null, maxPercent: number): Lever {
  if (progress === null || maxPercent >= 100 || !progress.isInProgress) return 'None';
  if (progress.isAborted) return 'Aborted';
  return maxPercent > 0 && progress.ceilingPercent <= maxPercent ? 'Hold' : 'Abort';
}

/** While a Rollout is paused its controller changes no replica counts, which is how an abort takes effect in these. */
export function abortNeedsScaling(live: TargetObject, { isByReplicas }: Progress): boolean {
  const { canary } = asObject(asObject(live.spec).strategy);
  return isByReplicas || asObject(canary).dynamicStableScale === true;
}
