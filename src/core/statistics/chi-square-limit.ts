import chiSquareQuantile from '@stdlib/stats-base-dists-chisquare-quantile';

/** What a chi-square with so many degrees of freedom stays under with this probability. */
export type ChiSquareLimit = (probability: number, degreesOfFreedom: number) => number;

/** Computed anew each time: where few are needed. */
export const chiSquareLimit: ChiSquareLimit = (probability, degreesOfFreedom) => chiSquareQuantile(probability, degreesOfFreedom);

/** Computed once each: all models of a template ask for the same one at every poll, and it takes longer than their distance. */
export function rememberChiSquareLimits(): ChiSquareLimit {
  const known = new Map<number, Map<number, number>>();
  return (probability, degreesOfFreedom) => {
    const ofProbability = known.get(probability) ?? new Map<number, number>();
    if (ofProbability.size === 0) known.set(probability, ofProbability);
    const remembered = ofProbability.get(degreesOfFreedom);
    if (remembered !== undefined) return remembered;
    const limit = chiSquareLimit(probability, degreesOfFreedom);
    ofProbability.set(degreesOfFreedom, limit);
    return limit;
  };
}
