import type { ReferenceScores } from '../../demo/census/reference-scores.ts';
import { multinomial, type Random } from './random.ts';
import { bucketRows, verdictOf, type JudgedBy } from './verdicts.ts';

/** Counts of scores in the buckets of the reference. */
export interface MixedPopulations {
  readonly reference: ReferenceScores;
  readonly everybody: readonly number[];
  /** Of the people who are mixed into a window of everybody. */
  readonly mixedIn: readonly number[];
}

const buckets = 10;
/** 2 chi-square(0.99, 9) / 0.1, rounded up: from here on chance stays under half the limit (risk-quant 1.3). */
const minSamples = 434;
export const psiLimit = 0.1;
const wantedPower = 0.8;

/** PSI of deciles against a pinned reference, breach at 0.1. `counts` are not cumulative. */
export function driftVerdict({ upperBounds, counts: pinned }: ReferenceScores, counts: readonly number[]): string {
  if (pinned.length !== buckets) throw new Error(`the minimum of rows holds for ${buckets} buckets, not for ${pinned.length}`);
  const judgedBy: JudgedBy = {
    statistic: {
      ...{ kind: 'Drift', metric: 'PSI', designEffect: 1, falseAlarmProbability: 0.01, counted: { kind: 'Buckets' } },
      reference: { kind: 'PinnedBuckets', binned: { upperBounds: [...upperBounds, Infinity], counts: pinned }, isExactLayout: false },
    },
    threshold: { direction: 'Above', warn: null, breach: psiLimit, clear: psiLimit, severe: null },
    minSamples,
  };
  return verdictOf(judgedBy, { value: bucketRows(upperBounds, counts) });
}

export interface MixedWindows {
  readonly rows: number;
  readonly sharePercent: number;
  readonly windows: number;
}

/** Share of drawn windows the operator calls a breach. */
export function powerOfMixing(
  { reference, everybody, mixedIn }: MixedPopulations,
  { rows, sharePercent, windows }: MixedWindows,
  random: Random,
): number {
  const ofMixed = Math.round((rows * sharePercent) / 100);
  const [all, some] = [everybody, mixedIn].map(toShares);
  let found = 0;
  for (let window = 0; window < windows; window++) {
    const mixed = multinomial(ofMixed, some ?? [], random);
    const counts = multinomial(rows - ofMixed, all ?? [], random).map((count, bin) => count + (mixed[bin] ?? 0));
    if (driftVerdict(reference, counts) === 'Breach') found++;
  }
  return found / windows;
}

/** Least whole share of mixed-in rows that is found in at least 80 % of windows; null where none up to all of them is. */
export function detectableSharePercent(
  populations: MixedPopulations,
  { rows, windows }: Omit<MixedWindows, 'sharePercent'>,
  random: Random,
): number | null {
  for (let sharePercent = 1; sharePercent <= 100; sharePercent++) {
    if (powerOfMixing(populations, { rows, sharePercent, windows }, random) >= wantedPower) return sharePercent;
  }
  return null;
}

function toShares(counts: readonly number[]): readonly number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / total);
}
