import normalCDF from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import type { BreachChance } from './breach-chance.ts';

/** How often an indicator is looked at, and for how long it waits. */
export interface Looks {
  /** Data behind one look: looks at least so far apart share none. */
  readonly windowSeconds: number;
  readonly intervalSeconds: number;
  readonly forSeconds: number;
  readonly clearForSeconds: number;
}

/** Expected number of times an indicator fires in `seconds` while nothing is wrong: somewhere between the two. */
export interface FalseAlarms {
  readonly low: number;
  readonly high: number;
}

export const secondsPerMonth = 2_592_000;
export const secondsPerYear = 31_536_000;

/**
 * Bounds from the chance of a breach at one look, for looks whose windows overlap. An indicator fires when every look of `forSeconds` breaches, and
 * once fired it can't fire again before it was clear for `clearForSeconds`.
 */
export function falseAlarms(chance: BreachChance, looks: Looks, seconds: number): FalseAlarms {
  const high =
    (chance.holdsForSeconds === undefined ? mostFirings(chance, looks) : chance.atMost / leastSample(chance.holdsForSeconds, looks)) *
    seconds;
  return { low: Math.min(high, leastFirings(chance.atLeast, looks) * seconds), high };
}

/** What holds for all looks at a sample counts once in it: the engagement it leads to begins another. It ends before the window that would make it too long. */
function leastSample(holdsForSeconds: number, { windowSeconds }: Looks): number {
  return Math.max(windowSeconds, holdsForSeconds - windowSeconds);
}

/**
 * Firings a second, at most. Every run of looks that fires holds m = forSeconds/interval + 1 of them, so it covers one of every m looks that stand in
 * a row, and the number of runs is at most that of such looks in breach: p for each, whatever the overlap (the union bound, thinned out). Where
 * forSeconds outlasts k windows the run also holds k more looks that share no rows with it or each other, which must agree: p to the power k + 1.
 */
function mostFirings({ atMost: p, windowsAreIndependent }: BreachChance, looks: Looks): number {
  const { windowSeconds, intervalSeconds, forSeconds, clearForSeconds } = looks;
  const run = Math.ceil(forSeconds / intervalSeconds) + 1;
  const apart = Math.ceil(windowSeconds / intervalSeconds);
  const agreeing = windowsAreIndependent ? Math.floor((run - 1) / apart) : 0;
  const bounds = Array.from({ length: agreeing + 1 }, (_, k) => p ** (k + 1) / ((run - k * apart) * intervalSeconds));
  // However often it breaches: between two firings lie one clearing and one waiting.
  return Math.min(...bounds, 1 / (forSeconds + clearForSeconds + intervalSeconds));
}

/** Rarer than this no year shows it, and the integral below would be spent on nothing. */
const tooRare = 1e-12;

/**
 * Firings a second, at least, if the value wanders as a moving average of normal deviates does, windows being correlated by the share of rows they
 * have in common. Runs that begin a window and forSeconds apart share nothing. Within half a window looks are correlated by a half or more, so by
 * Slepian's inequality (1962) they breach together at least as often as equally correlated ones; longer waits are several such stretches, and
 * positively correlated ones (Pitt 1982) agree at least as often as independent ones.
 */
function leastFirings(p: number, { windowSeconds, intervalSeconds, forSeconds, clearForSeconds }: Looks): number {
  if (p < tooRare) return 0;
  const looks = Math.ceil(forSeconds / intervalSeconds) + 1;
  const stretches = Math.max(1, Math.ceil(((looks - 1) * intervalSeconds) / (windowSeconds / 2)));
  const looksEach = Math.ceil(looks / stretches);
  const correlation = Math.max(0, 1 - ((looksEach - 1) * intervalSeconds) / windowSeconds);
  const together = allBeyond(p, looksEach, correlation) ** stretches;
  const cycleSeconds = windowSeconds + forSeconds + intervalSeconds;
  const firings = (together * (1 - together)) / cycleSeconds;
  // What alarms while an alarm still stands is no new one.
  return firings / (1 + firings * (cycleSeconds + clearForSeconds));
}

/** Chance that `looks` equally correlated normal deviates are all beyond what one of them is beyond with chance p. */
function allBeyond(p: number, looks: number, correlation: number): number {
  if (looks <= 1 || p <= 0) return p;
  if (p >= 1) return 1;
  const limit = normalQuantile(1 - p, 0, 1);
  const [common, own] = [Math.sqrt(correlation), Math.sqrt(1 - correlation)];
  // Simpson's rule over the part they have in common.
  const [from, steps, width] = [-9, 720, 0.025];
  let sum = 0;
  for (let step = 0; step <= steps; step++) {
    const z = from + step * width;
    const weight = step === 0 || step === steps ? 1 : 2 + 2 * (step % 2);
    sum += weight * Math.exp(-(z * z) / 2) * normalCDF((common * z - limit) / own, 0, 1) ** looks;
  }
  return ((width / 3) * sum) / Math.sqrt(2 * Math.PI);
}
