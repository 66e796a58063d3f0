import type { EpochMs } from '../../shared/clock.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import type { StatisticGap } from './reading.ts';
import { gap, type Row } from './row.ts';

/** Outcomes counted by the day of their decision: a label that says which, and how long the outcome of a decision may take. */
export interface CohortRule {
  readonly label: string;
  readonly labelMaturitySeconds: number;
  /** Whole days: only decisions of this long before the newest mature day count. */
  readonly windowSeconds: number;
}

export interface MatureRows {
  readonly rows: readonly Row[];
  /** End of the newest day that counts: an outcome is as old as its decision. */
  readonly dataTimeMs: EpochMs;
}

const daySeconds = 86_400;
const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/**
 * Rows of the days whose outcomes have all had time to arrive. Fresh outcomes are the quick ones, and those are not like the rest: a default is known
 * sooner than a loan repaid. Days are UTC.
 */
export function matureRows(rows: readonly Row[], rule: CohortRule, askedAtMs: EpochMs): Result<MatureRows, StatisticGap> {
  const end = Math.floor((askedAtMs / 1000 - rule.labelMaturitySeconds) / daySeconds);
  const first = end - Math.floor(rule.windowSeconds / daySeconds);
  const mature: Row[] = [];
  let newest = -Infinity;
  for (const row of rows) {
    const cohort = Object.hasOwn(row.labels, rule.label) ? (row.labels[rule.label] ?? '') : '';
    const day = epochDay(cohort);
    if (day === null)
      return gap('Incomparable', `${rule.label}="${cohort}" is no day; write the day of the decision in UTC, e.g. 2026-06-01`);
    if (day < first || day >= end) continue;
    mature.push(row);
    // A day without decisions makes nothing fresher, and NaN is told of later.
    if (!(row.value <= 0)) newest = Math.max(newest, day);
  }
  if (newest > -Infinity) return success({ rows: mature, dataTimeMs: (newest + 1) * daySeconds * 1000 });
  if (rows.length === 0) return gap('Empty', 'the query has no series for this model');
  return failure({
    cause: 'Insufficient',
    message: `no decision in the window is ${String(rule.labelMaturitySeconds)} s old yet (model.labelMaturitySeconds): outcomes of younger ones don't count`,
    sampleCount: 0,
    computation: { statistic: 'Cohorts', parameters: { labelMaturitySeconds: rule.labelMaturitySeconds }, counts: {} },
  });
}

/** Days since 1970-01-01 of a text like 2026-06-01; null where it names no day. */
export function epochDay(text: string): number | null {
  const [, year = NaN, month = NaN, day = NaN] = (/^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []).map(Number);
  const [before, next] = [daysBefore[month - 1], daysBefore[month] ?? 365];
  if (before === undefined) return null;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const length = next - before + (isLeap && month === 2 ? 1 : 0);
  if (!(year >= 1970 && day >= 1 && day <= length)) return null;
  const leapDays = (through: number) => Math.floor(through / 4) - Math.floor(through / 100) + Math.floor(through / 400);
  const years = (year - 1970) * 365 + leapDays(year - 1) - leapDays(1969);
  return years + before + (isLeap && month > 2 ? 1 : 0) + day - 1;
}
