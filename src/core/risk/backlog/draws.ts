import { pertParameters } from '../amount.ts';
import { rateQuantile } from '../incident-rate.ts';
import type { IncidentRate } from '../incident-rate.ts';
import type { Estimate } from './remediation.ts';

/** Enough to tell chances apart by two percent; means are far more exact, since every draw is one of equally likely slices. */
export const drawCount = 1024;

/**
 * The order in which a quantity takes its 1,024 slices of probability (Latin hypercube sampling, McKay 1979). It depends on the name
 * of the quantity alone: the same estimate is drawn alike wherever it counts, and another number changes no other draw.
 */
export function slicesOf(name: string): Uint32Array {
  const random = xoshiro(seedOf(name));
  const slices = Uint32Array.from({ length: drawCount }, (_, index) => index);
  for (let last = drawCount - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const held = slices[last] ?? 0;
    slices[last] = slices[other] ?? 0;
    slices[other] = held;
  }
  return slices;
}

/** The probability in the middle of a slice. */
function midpoint(slice: number): number {
  return (slice + 0.5) / drawCount;
}

/** By slice: the value an estimate stays under with the probability in the middle of it. */
export function quantilesOf(estimate: Estimate): Float64Array {
  const { min, max } = estimate;
  if (max === min) return new Float64Array(drawCount).fill(min);
  const { alpha, beta } = pertParameters(estimate);
  return inverted((x) => x ** (alpha - 1) * (1 - x) ** (beta - 1)).map((x) => min + (max - min) * x);
}

/** By slice: incidents a year. */
export function rateQuantilesOf(rate: IncidentRate): Float64Array {
  const { shape, years } = rate;
  // Over the logarithm: at shapes below 1 the density itself has no bound.
  const [low, high] = [Math.log(rateQuantile(rate, leastChance) * years), Math.log(rateQuantile(rate, 1 - leastChance) * years)];
  const logAt = (x: number): number => low + (high - low) * x;
  const peak = Math.log(shape);
  return inverted((x) => Math.exp(shape * (logAt(x) - peak - Math.expm1(logAt(x) - peak)))).map((x) => Math.exp(logAt(x)) / years);
}

const leastChance = 1e-9;

/** Cells of the numeric integral of a density: errors stay below a hundred-thousandth, at a hundredth of the price of exact quantiles. */
const cells = 8192;

/** By slice: where between 0 and 1 the integral of `density` reaches the probability in the middle of it. */
function inverted(density: (x: number) => number): Float64Array {
  const cumulated = new Float64Array(cells + 1);
  for (let cell = 0; cell < cells; cell++) cumulated[cell + 1] = (cumulated[cell] ?? 0) + density((cell + 0.5) / cells);
  const total = cumulated[cells] ?? 1;
  let cell = 0;
  return Float64Array.from({ length: drawCount }, (_, slice) => {
    const reached = midpoint(slice) * total;
    while ((cumulated[cell + 1] ?? total) < reached) cell++;
    const [below, above] = [cumulated[cell] ?? 0, cumulated[cell + 1] ?? total];
    return (cell + (reached - below) / (above - below)) / cells;
  });
}

/** Four words from a text (FNV-1a with four offsets, finished as MurmurHash3 does). */
function seedOf(text: string): readonly [number, number, number, number] {
  const word = (offset: number): number => {
    let hash = 0x811c9dc5 ^ offset;
    for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) >>> 0;
  };
  return [word(1), word(2), word(3), word(4)];
}

/** xoshiro128** (Blackman and Vigna 2018): uniform in [0, 1). */
function xoshiro([first, second, third, fourth]: readonly [number, number, number, number]): () => number {
  let [a, b, c, d] = [first, second, third, fourth];
  return () => {
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return (result >>> 0) / 4_294_967_296;
  };
}
