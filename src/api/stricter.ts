import type { Direction } from '../core/model/indicator.ts';
import type { ThresholdSpec } from './threshold.ts';

/** The loosest limit there may be. */
export interface LimitFloor {
  readonly direction: Direction;
  readonly breach: number;
}

/**
 * The threshold where it is at least as strict as the floor, itself; else with the floor's limit, and all that must not lie beyond
 * that moved along. A limit on the other side bounds nothing on this one: the floor takes its place whole.
 */
export function stricterThreshold(written: ThresholdSpec | undefined, { direction, breach }: LimitFloor): ThresholdSpec {
  if (written?.direction !== direction) return { direction, breach };
  const tighter = direction === 'Above' ? Math.min : Math.max;
  if (tighter(written.breach, breach) === written.breach) return written;
  const { warn, clear, severe } = written;
  return {
    direction,
    breach,
    ...(warn === undefined ? {} : { warn: tighter(warn, breach) }),
    ...(clear === undefined ? {} : { clear: tighter(clear, breach) }),
    ...(severe === undefined ? {} : { severe }),
  };
}
