/**
 * A monotone map from one model's log-odds to another model's scale, through the quantiles both have on the same rows.
 * Ranks stay as they are; what changes is that equal scores of the two versions stand for equal shares of people, so
 * that one pinned reference can judge both.
 */
export interface Alignment {
  /** Ascending log-odds of the model that is aligned. */
  readonly logOdds: readonly number[];
  /** Score of the other model at the same quantile. */
  readonly scores: readonly number[];
}

/** Quantiles at `knots` even steps from the lowest to the highest row. Both lists hold the same rows' values, in any order. */
export function buildAlignment(logOdds: readonly number[], scores: readonly number[], knots: number): Alignment {
  const from = [...logOdds].sort((a, b) => a - b);
  const to = [...scores].sort((a, b) => a - b);
  const pairs = Array.from({ length: knots }, (_, index) => {
    const place = Math.round((index * (from.length - 1)) / (knots - 1));
    return { logOdds: Number((from[place] ?? 0).toFixed(5)), score: to[place] ?? 0 };
  });
  // Of knots at one log-odds the last stays: a map has one answer.
  const distinct = pairs.filter(({ logOdds: at }, index) => pairs[index + 1]?.logOdds !== at);
  return { logOdds: distinct.map((pair) => pair.logOdds), scores: distinct.map((pair) => pair.score) };
}

/** Linear between knots, constant beyond the first and the last. */
export function alignScore({ logOdds, scores }: Alignment, value: number): number {
  let low = 0;
  let high = logOdds.length - 1;
  if (value <= (logOdds[low] ?? NaN)) return scores[low] ?? NaN;
  if (value >= (logOdds[high] ?? NaN)) return scores[high] ?? NaN;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((logOdds[middle] ?? NaN) <= value) low = middle;
    else high = middle;
  }
  const [x0, x1, y0, y1] = [logOdds[low] ?? NaN, logOdds[high] ?? NaN, scores[low] ?? NaN, scores[high] ?? NaN];
  return y0 + ((y1 - y0) * (value - x0)) / (x1 - x0);
}
