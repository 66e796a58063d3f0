import { expect } from '@jest/globals';
import type { Computation, Interval } from '../../src/core/model/observation.ts';
import { recomputeDoubt } from '../../src/core/statistics/recompute-doubt.ts';

interface Reading {
  readonly noiseFloor: number | null;
  readonly interval: Interval | null;
}

const near = (a: number | null, b: number | null): boolean =>
  a === null || b === null ? a === b : Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));

/** What stands beside a value is one of what its counts come to. Answers whether the record holds all it takes. */
export function expectDoubtAgain({ noiseFloor, interval }: Reading, recorded: Computation): boolean {
  const again = recomputeDoubt(recorded);
  expect([recorded.statistic, again.kind]).not.toEqual([recorded.statistic, 'NoValue']);
  if (again.kind !== 'Possible') return false;
  const isOne = again.doubts.some(
    (each) =>
      near(each.noiseFloor, noiseFloor) &&
      near(each.interval?.low ?? null, interval?.low ?? null) &&
      near(each.interval?.high ?? null, interval?.high ?? null),
  );
  expect({ statistic: recorded.statistic, isOne, ...(isOne ? {} : { again, noiseFloor, interval }) }).toEqual({
    statistic: recorded.statistic,
    isOne: true,
  });
  return true;
}
