import { readDrift, type DriftDefinition } from '../../src/core/statistics/drift.ts';
import type { BinnedCounts } from '../../src/core/statistics/histogram.ts';
import type { StatisticReading } from '../../src/core/statistics/reading.ts';
import type { Row } from '../../src/core/statistics/row.ts';

/** The vector of risk-quant 1.5: bins (0,1], (1,2], (2,5], (5,10], (10,+Inf). */
export const publishedReference: BinnedCounts = { upperBounds: [1, 2, 5, 10, Infinity], counts: [120, 300, 380, 150, 50] };
export const publishedLive: BinnedCounts = { upperBounds: [1, 2, 5, 10, Infinity], counts: [90, 260, 370, 200, 80] };

export function driftOf(changes: Partial<DriftDefinition> = {}): DriftDefinition {
  return {
    kind: 'Drift',
    metric: 'PSI',
    falseAlarmProbability: 0.01,
    designEffect: 1,
    counted: { kind: 'Buckets' },
    reference: { kind: 'PinnedBuckets', binned: publishedReference, isExactLayout: false },
    ...changes,
  };
}

/** Series of classic buckets, cumulative counts by `le`. */
export function bucketRows(cumulative: Readonly<Record<string, number>>): readonly Row[] {
  return Object.entries(cumulative).map(([le, value]) => ({ labels: { model: 'credit', le }, value }));
}

/** Series of classic buckets that hold these bins. */
export function rowsOf({ upperBounds, counts }: BinnedCounts): readonly Row[] {
  let below = 0;
  return upperBounds.map((bound, bin) => {
    below += counts[bin] ?? 0;
    return { labels: { le: bound === Infinity ? '+Inf' : String(bound) }, value: below };
  });
}

/** Series of a counter by the label `purpose`. */
export function categoryRows(counts: Readonly<Record<string, number>>): readonly Row[] {
  return Object.entries(counts).map(([purpose, value]) => ({ labels: { purpose }, value }));
}

/** What the definition makes of these rows, for version 2; `others` are rows of other parts and versions. */
export function readRows(definition: DriftDefinition, rows: readonly Row[], others: Readonly<Record<string, readonly Row[]>> = {}) {
  const from = (part: string, version?: string): readonly Row[] =>
    part === 'value' && version === undefined ? rows : (others[version ?? part] ?? []);
  return readDrift(definition, { version: '2', rows: from });
}

export function readingOf(drift: ReturnType<typeof readDrift>): StatisticReading {
  if (!drift.ok) throw new Error(`expected a reading, got ${drift.failure.message}`);
  return drift.value;
}
