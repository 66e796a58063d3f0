/** Losses in steps of one size: entry i of the masses on it is the probability of a loss of `i * step`. */
export interface LossGrid {
  readonly step: number;
  /** Entries: 0 to `size - 1` steps. What lies beyond is not held. */
  readonly size: number;
}

const steps = 2000;

/** Cantelli: at most 1 in 20 losses lies this many standard deviations above the mean, whatever their distribution. */
const deviationsTo95 = Math.sqrt(19);

/** A grid that holds the 95 % point of any loss with this mean and variance, in steps of 1/2000 of its span. */
export function gridTo95(mean: number, variance: number): LossGrid {
  const span = mean + deviationsTo95 * Math.sqrt(variance);
  return { step: span > 0 ? span / steps : 1, size: steps + 2 };
}

/** Puts weighted points on the grid, each on its two neighbours in proportion: the mean is kept to the last digit. */
export function disperse(points: Float64Array, weights: Float64Array, { step, size }: LossGrid): Float64Array {
  const masses = new Float64Array(size);
  for (let index = 0; index < points.length; index++) {
    const place = (points[index] ?? 0) / step;
    const below = Math.floor(place);
    const weight = weights[index] ?? 0;
    if (below >= size) continue;
    masses[below] = (masses[below] ?? 0) + weight * (1 - (place - below));
    if (below + 1 < size) masses[below + 1] = (masses[below + 1] ?? 0) + weight * (place - below);
  }
  return masses;
}

/** Masses of the sum of two independent losses, as far as the grid goes. */
export function convolve(first: Float64Array, second: Float64Array): Float64Array {
  const sum = new Float64Array(first.length);
  for (let i = 0; i < first.length; i++) {
    const mass = first[i] ?? 0;
    if (mass === 0) continue;
    for (let j = 0; i + j < sum.length; j++) sum[i + j] = (sum[i + j] ?? 0) + mass * (second[j] ?? 0);
  }
  return sum;
}

/** Steps the loss stays within with this probability; the whole grid where it does not hold so much. */
export function quantileStep(masses: Float64Array, probability: number): number {
  let within = 0;
  for (let index = 0; index < masses.length; index++) {
    within += masses[index] ?? 0;
    if (within >= probability) return index;
  }
  return masses.length - 1;
}
