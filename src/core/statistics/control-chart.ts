/** What a series does while nothing is wrong, captured once. */
export interface Baseline {
  readonly mean: number;
  readonly standardDeviation: number;
}

/** Weight of the newest reading; with a width of 2.962 an alarm without change comes every 500 readings (R spc, xewma.arl). */
export const ewmaWeight = 0.2;
/** Half of the shift to be found, in standard deviations; with a threshold of 8 an alarm without change comes every 9,483 readings (R spc). */
export const cusumSlack = 0.5;

/**
 * Exponentially weighted moving average of the readings, oldest first: how far it is from the mean, in standard deviations of its own at that
 * reading (Roberts 1959).
 */
export function ewmaDistance(readings: readonly number[], { mean, standardDeviation }: Baseline, weight = ewmaWeight): number {
  const average = readings.reduce((z, reading) => weight * reading + (1 - weight) * z, mean);
  const spread = Math.sqrt((weight / (2 - weight)) * (1 - (1 - weight) ** (2 * readings.length)));
  return Math.abs(average - mean) / (standardDeviation * spread);
}

/** The greater of the two one-sided cumulative sums after the last reading, in standard deviations (Page 1954). */
export function cusumDistance(readings: readonly number[], { mean, standardDeviation }: Baseline, slack = cusumSlack): number {
  let [above, below] = [0, 0];
  for (const reading of readings) {
    const deviation = (reading - mean) / standardDeviation;
    above = Math.max(0, above + deviation - slack);
    below = Math.max(0, below - deviation - slack);
  }
  return Math.max(above, below);
}

/**
 * Distance from the median of the same time in earlier seasons, in robust standard deviations: 1.4826 times the median absolute deviation, but
 * at least `floor`, or a series that never moved would alarm at its first step.
 */
export function robustDistance(reading: number, earlier: readonly number[], floor: number): number {
  const middle = median(earlier);
  const deviation = 1.4826 * median(earlier.map((each) => Math.abs(each - middle)));
  return Math.abs(reading - middle) / Math.max(deviation, floor);
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? NaN) + (sorted[Math.floor(half)] ?? NaN)) / 2;
}
