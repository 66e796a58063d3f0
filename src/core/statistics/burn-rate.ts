import binomialCDF from '@stdlib/stats-base-dists-binomial-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { success, type Result } from '../../shared/result.ts';
import type { StatisticGap, StatisticReading } from './reading.ts';
import { gap, readSingle, type Row } from './row.ts';

/** How fast the error budget of an objective burns, in a long and a short window: both must burn, so that it is much and still going on. */
export interface BurnRateDefinition {
  readonly kind: 'BurnRate';
  /** The objective: share of good events, in percent, below 100. */
  readonly targetPercent: number;
  /** Chance of exceeding the noise floor at exactly the budget's rate, per look and window. */
  readonly falseAlarmProbability: number;
  /** Rows that carry as much as one independent row, at least 1. Left out: 1. */
  readonly designEffect?: number;
}

/** No counter counts further one by one; from some 1e20 on no search by ones for what chance explains ends either. */
const mostEvents = Number.MAX_SAFE_INTEGER;

/** Bad events of all events of one window. */
export interface EventCounts {
  readonly bad: number;
  readonly total: number;
}

/** Fewer bad events than this are no trend, however few events there were (SRE Workbook, low traffic). */
const fewestBad = 3;

export function readBurnRate(
  definition: BurnRateDefinition,
  rows: (part: string) => readonly Row[],
): Result<StatisticReading, StatisticGap> {
  const counts: number[] = [];
  for (const part of ['value', 'longTotal', 'shortBad', 'shortTotal']) {
    const count = readCount(rows(part), part);
    if (!count.ok) return count;
    counts.push(count.value);
  }
  const [bad = 0, total = 0, shortBad = 0, shortTotal = 0] = counts;
  return measureBurnRate(definition, { bad, total }, { bad: shortBad, total: shortTotal });
}

/** The lesser of the two burn rates, in budgets: 1 spends the budget in exactly the objective's period. Its noise floor is the greater of the two. */
export function measureBurnRate(
  { targetPercent, falseAlarmProbability, designEffect = 1 }: Omit<BurnRateDefinition, 'kind'>,
  long: EventCounts,
  short: EventCounts,
): Result<StatisticReading, StatisticGap> {
  const budget = 1 - targetPercent / 100;
  for (const [window, { bad, total }] of [
    ['long', long],
    ['short', short],
  ] as const) {
    if (!(total > 0)) return gap('Empty', `no events in the ${window} window: no traffic is not the same as no errors`);
    if (total > mostEvents)
      return gap(
        'Incomparable',
        `the ${window} window counts ${String(total)} events, which no counter does: look at what the query adds up`,
      );
    if (bad > total * (1 + 1e-9)) return gap('Incomparable', `the ${window} window counts more bad events than events`);
  }
  const rateOf = ({ bad, total }: EventCounts): number => bad / total / budget;
  const floorOf = ({ total }: EventCounts): number => {
    const most = mostByChance(Math.floor(total), budget, falseAlarmProbability);
    const alike = designEffect > 1 ? mostOfAlike(total / designEffect, budget, falseAlarmProbability) * designEffect : 0;
    // Of events that come alike, too, fewer than three are no trend.
    return Math.max(most, alike, (fewestBad - 1) * designEffect) / total / budget;
  };
  return success({
    value: Math.min(rateOf(long), rateOf(short)),
    sampleCount: Math.floor(short.total),
    noiseFloor: Math.max(floorOf(long), floorOf(short)),
    interval: null,
    computation: {
      statistic: 'BurnRate',
      parameters: { targetPercent, falseAlarmProbability, designEffect },
      counts: { long: [long.bad, long.total], short: [short.bad, short.total] },
    },
  });
}

/** The largest number of bad events of `total` that chance explains at the budget's own rate: P(more than it) is at most `alpha`. */
export function mostByChance(total: number, rate: number, alpha: number): number {
  const isEnough = (count: number): boolean => count >= total || 1 - binomialCDF(count, total, rate) <= alpha;
  const lowest = fewestBad - 1;
  // Cornish-Fisher lands within a few counts of the answer; the search around it makes it exact.
  const z = normalQuantile(1 - alpha, 0, 1);
  const guess = total * rate + z * Math.sqrt(total * rate * (1 - rate)) + (z * z - 1) / 6;
  let high = Math.max(lowest, Math.floor(guess));
  for (let step = 1; !isEnough(high); step *= 2) high += step;
  let low = high;
  for (let step = 1; low > lowest && isEnough(low); step *= 2) low = Math.max(lowest, low - step);
  if (isEnough(low)) return low;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * The same for rows that come alike, in clusters: Cornish-Fisher and three quarters of a cluster, which is never below the binomial's own number (compared
 * for 20 to 3e6 rows) and, unlike that, never falls as clusters grow. The normal law alone forgets how skew few clusters are.
 */
function mostOfAlike(clusters: number, rate: number, alpha: number): number {
  const z = normalQuantile(1 - alpha, 0, 1);
  return clusters * rate + z * Math.sqrt(clusters * rate * (1 - rate)) + ((z * z - 1) / 6) * (1 - 2 * rate) + 0.75;
}

/** A series that is absent counted nothing; which of the totals are 0 is told apart later. */
function readCount(rows: readonly Row[], part: string): Result<number, StatisticGap> {
  const count = readSingle(rows, part);
  if (!count.ok) return count;
  if (count.value !== null && count.value < 0)
    return gap('Incomparable', `the ${part} query counts ${String(count.value)} events for this model`);
  return success(count.value ?? 0);
}
