/** How an objective is watched: its budget must burn so fast in both windows, so that it is much and still going on. */
export interface BurnWindow {
  readonly longSeconds: number;
  readonly shortSeconds: number;
  /** Burn rate from which it counts, in budgets: 1 spends the budget in exactly the objective's window. */
  readonly factor: number;
  /** Fast ones wake people, slow ones make a ticket. */
  readonly pace: 'Fast' | 'Slow';
}

/** Share of the objective's window, and share of the budget gone at that pace within it (SRE Workbook, chapter 5; 30 days: 1 h, 6 h, 1 d, 3 d). */
const paces = [
  { share: 1 / 720, budget: 0.02, pace: 'Fast' },
  { share: 1 / 120, budget: 0.05, pace: 'Fast' },
  { share: 1 / 30, budget: 0.1, pace: 'Slow' },
  { share: 1 / 10, budget: 0.1, pace: 'Slow' },
] as const;

/** Shorter windows would see too few scrapes of the operator. */
const shortestSeconds = 120;

/** Those that can be exceeded at all: with every reading bad, `1 / (1 - target)` is the fastest there is. `windowSeconds` is at least a week. */
export function burnWindows({ targetPercent, windowSeconds }: { readonly targetPercent: number; readonly windowSeconds: number }) {
  const budget = 1 - targetPercent / 100;
  return paces
    .map(({ share, budget: spent, pace }): BurnWindow => {
      const longSeconds = Math.round((windowSeconds * share) / 60) * 60;
      const shortSeconds = Math.max(shortestSeconds, Math.round(longSeconds / 12 / 60) * 60);
      return { longSeconds, shortSeconds, factor: Number((spent / share).toFixed(4)), pace };
    })
    .filter(({ factor }) => factor * budget < 1);
}
