/** Shares of one outcome before and after a change. */
export interface Shares {
  readonly before: number;
  readonly after: number;
}

/** Indices of the first outcome after a change, 0 to the number of outcomes. */
export interface ChangePoint {
  readonly mostLikely: number;
  /** Every place in between is nearly as likely: the 95 % likelihood interval. */
  readonly earliest: number;
  readonly latest: number;
}

/** Keeps a share that was measured as exactly 0 or 1 from making a single request infinitely surprising. */
const extreme = 0.001;
/** Half the 95 % quantile of chi-square with one degree of freedom. */
const likelihoodDrop = 1.92;

/**
 * Where one change most likely lies in a row of outcomes. Traffic moves by chance, so no single request shows when a
 * split of 50 % became one of 10 %; all together do, to a handful of requests.
 */
export function findChange(outcomes: readonly boolean[], { before, after }: Shares): ChangePoint {
  const p = clamp(before);
  const q = clamp(after);
  // Log-likelihood of a change after so many outcomes, over that of a change before all of them.
  const gains = [0];
  let gain = 0;
  for (const outcome of outcomes) {
    gain += outcome ? Math.log(p / q) : Math.log((1 - p) / (1 - q));
    gains.push(gain);
  }
  const best = Math.max(...gains);
  const isLikely = (each: number): boolean => each >= best - likelihoodDrop;
  return { mostLikely: gains.indexOf(best), earliest: gains.findIndex(isLikely), latest: gains.findLastIndex(isLikely) };
}

function clamp(share: number): number {
  return Math.min(1 - extreme, Math.max(extreme, share));
}
