/** Shares of one outcome before and after a change; both strictly between 0 and 1. */
export interface Shares {
  readonly before: number;
  readonly after: number;
}

/** Keeps a share that was measured as exactly 0 or 1 from making a single request infinitely surprising. */
const extreme = 0.001;

/**
 * The most likely place of one change in a row of outcomes: the index of the first outcome after it, 0 to the length.
 * Traffic moves by chance, so no single request shows when a split of 50 % became one of 10 %; all together do. With those
 * shares the place is right to a handful of requests.
 */
export function mostLikelyChange(outcomes: readonly boolean[], { before, after }: Shares): number {
  const p = clamp(before);
  const q = clamp(after);
  let best = 0;
  let bestGain = 0;
  let gain = 0;
  outcomes.forEach((outcome, index) => {
    // Log-likelihood of this outcome still belonging to the time before, over belonging to the time after.
    gain += outcome ? Math.log(p / q) : Math.log((1 - p) / (1 - q));
    if (gain > bestGain) {
      bestGain = gain;
      best = index + 1;
    }
  });
  return best;
}

function clamp(share: number): number {
  return Math.min(1 - extreme, Math.max(extreme, share));
}
