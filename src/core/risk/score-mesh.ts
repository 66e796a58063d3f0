import normalCDF from '@stdlib/stats-base-dists-normal-cdf';

/** Strata of a standard normal score: what an amount is read at when no closed form will do. */
export interface ScoreMesh {
  /** Middle of each stratum. */
  readonly scores: Float64Array;
  /** Probability of each stratum; the sum is 1. */
  readonly weights: Float64Array;
}

const strata = 2048;
/** Beyond 7 standard deviations lies a probability of 3e-12. */
const widest = 7;

/** The mesh is the same for every amount: make it once and pass it on. */
export function createScoreMesh(): ScoreMesh {
  const width = (2 * widest) / strata;
  const scores = Float64Array.from({ length: strata }, (_, index) => -widest + (index + 0.5) * width);
  const weights = new Float64Array(strata);
  // From both ends to the middle: differences of probabilities near 1 would lose the upper tail.
  let below = 0;
  for (let index = 0; index < strata / 2; index++) {
    const upTo = index === strata / 2 - 1 ? 0.5 : normalCDF(-widest + (index + 1) * width, 0, 1);
    weights[index] = upTo - below;
    weights[strata - 1 - index] = upTo - below;
    below = upTo;
  }
  return { scores, weights };
}
