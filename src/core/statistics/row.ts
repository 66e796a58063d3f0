import { failure, success, type Result } from '../../shared/result.ts';
import type { NativeHistogram } from './native-histogram.ts';
import type { StatisticGap } from './reading.ts';

/** One series of a query's answer: its labels and its number. */
export interface Row {
  readonly labels: Readonly<Record<string, string>>;
  /** NaN for a native histogram, which is no number. */
  readonly value: number;
  readonly histogram?: NativeHistogram;
}

/** One number for each combination of label values that occurred. */
export interface Tally {
  /** Values of the labels, in the order they were asked for; an absent label is the empty text. */
  readonly keys: readonly string[];
  readonly count: number;
}

/**
 * Numbers by the values of some labels, sorted by code point so that nothing depends on the order of the answer. Two series with equal values are
 * SeveralSeries: somebody forgot to aggregate, and adding them up would be a guess. Counts are finite and not negative, or the gap says why not.
 */
export function tally(
  rows: readonly Row[],
  labels: readonly string[],
  unnamed: readonly string[] = [],
): Result<readonly Tally[], StatisticGap> {
  const byKey = new Map<string, Tally>();
  for (const row of rows) {
    const keys = labels.map((label) => labelOf(row, label));
    const [only] = keys;
    const key = keys.length === 1 && only !== undefined ? only : JSON.stringify(keys);
    if (byKey.has(key) || !(row.value >= 0 && row.value < Infinity))
      return unusable(row.value, { labels, keys, isRepeated: byKey.has(key), unnamed });
    byKey.set(key, { keys, count: row.value });
  }
  const sorted = [...byKey.keys()].sort();
  return success(sorted.flatMap((key) => byKey.get(key) ?? []));
}

/** An absent label is the empty text. */
export function labelOf({ labels }: Row, label: string): string {
  return Object.hasOwn(labels, label) ? (labels[label] ?? '') : '';
}

interface Place {
  readonly labels: readonly string[];
  readonly keys: readonly string[];
  readonly isRepeated: boolean;
  readonly unnamed: readonly string[];
}

function unusable(count: number, { labels, keys, isRepeated, unnamed }: Place): { readonly ok: false; readonly failure: StatisticGap } {
  const where = labels
    .map((label, position) => (unnamed.includes(label) ? `one value of ${label}` : `${label}="${keys[position] ?? ''}"`))
    .join(', ');
  if (isRepeated) return gap('SeveralSeries', `several series have ${where}; aggregate by the identity labels and ${labels.join(', ')}`);
  if (Number.isNaN(count)) return gap('NotANumber', `the count of ${where} is NaN`);
  if (!Number.isFinite(count)) return gap('Infinite', `the count of ${where} is ${String(count)}`);
  return gap('Incomparable', `the count of ${where} is ${String(count)}; counts are increases of counters, never below 0`);
}

/** The number of a part that answers one series a model; null where it answers none. */
export function readSingle(rows: readonly Row[], part: string): Result<number | null, StatisticGap> {
  const [only] = rows;
  if (only === undefined) return success(null);
  if (rows.length > 1)
    return gap('SeveralSeries', `the ${part} query has ${String(rows.length)} series for this model; aggregate it by the identity labels`);
  if (Number.isNaN(only.value)) return gap('NotANumber', `the ${part} query gives NaN for this model`);
  if (!Number.isFinite(only.value)) return gap('Infinite', `the ${part} query gives ${String(only.value)} for this model`);
  return success(only.value);
}

export function gap(
  cause: Exclude<StatisticGap['cause'], 'Insufficient'>,
  message: string,
): { readonly ok: false; readonly failure: StatisticGap } {
  return failure({ cause, message });
}
