/** Counts of 2015's published scores by bucket: what the ModelRisk pins and the servers' histograms are cut by. */
export interface ReferenceScores {
  /** Inclusive upper bounds, ascending, without +Inf. */
  readonly upperBounds: readonly number[];
  /** One more than bounds; not cumulative. */
  readonly counts: readonly number[];
}

const boundDigits = 4;

/** Buckets that hold equal shares of the scores, the bounds rounded to what a person can read. */
export function binByQuantiles(scores: readonly number[], buckets: number): ReferenceScores {
  const sorted = [...scores].sort((a, b) => a - b);
  const upperBounds = Array.from({ length: buckets - 1 }, (_, index) => {
    const score = sorted[Math.floor(((index + 1) * sorted.length) / buckets)] ?? NaN;
    return Number(score.toPrecision(boundDigits));
  });
  return { upperBounds, counts: countScores(scores, upperBounds) };
}

/** Rows in each bucket (below, bound]; the last counts what is above all bounds. */
export function countScores(scores: readonly number[], upperBounds: readonly number[]): readonly number[] {
  const counts = Array.from({ length: upperBounds.length + 1 }, () => 0);
  for (const score of scores) {
    const found = upperBounds.findIndex((bound) => score <= bound);
    const bucket = found === -1 ? upperBounds.length : found;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return counts;
}
