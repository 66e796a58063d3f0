/** Half and ninety-nine of a hundred measurements were at most this. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
}

/** Nearest rank: always one of the measurements, never a value nobody saw. `percent` in (0, 100]. */
export function percentile(measurements: readonly number[], percent: number): number {
  const sorted = measurements.toSorted((a, b) => a - b);
  const ranked = sorted[Math.ceil((percent / 100) * sorted.length) - 1];
  if (ranked === undefined) throw new Error('there is no percentile of no measurements: nothing was measured');
  return ranked;
}

/** To a hundredth. */
export function spreadOf(measurements: readonly number[]): Spread {
  return { p50: toHundredth(percentile(measurements, 50)), p99: toHundredth(percentile(measurements, 99)) };
}

export function toHundredth(value: number): number {
  return Math.round(value * 100) / 100;
}
