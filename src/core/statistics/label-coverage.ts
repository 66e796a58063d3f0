import type { EpochMs } from '../../shared/clock.ts';
import { success, type Result } from '../../shared/result.ts';
import { matureRows, type CohortRule } from './cohort.ts';
import type { StatisticGap, StatisticReading } from './reading.ts';
import { gap, tally, type Row } from './row.ts';

/** Which of the decisions have an outcome by now, and how long one took; a part is null where its query is not given. */
export interface CoverageRule {
  readonly labelledShare: { readonly minPercent: number } | null;
  readonly labelAge: { readonly maxSeconds: number } | null;
}

/** The vectors of one model: what its signal asks for beside the value. */
export interface ModelRows {
  rows(part: string): readonly Row[];
  readonly askedAtMs: EpochMs;
}

/** A reading, and all outcomes behind it: the sample count of a rate is that of its denominator. */
export interface Measured {
  readonly reading: StatisticReading;
  readonly outcomes: number;
}

interface Coverage {
  /** What was found, for the record. */
  readonly parameters: Readonly<Record<string, number>>;
  /** Why the outcomes can't stand for the decisions; null when they can. */
  readonly lack: string | null;
}

/** Outcomes that came early, or only for some, are not like the rest: below the policy's share, or above its age, they prove nothing. */
export function readCoverage(
  { labelledShare, labelAge }: CoverageRule,
  model: ModelRows,
  { outcomes, cohort }: { readonly outcomes: number; readonly cohort: CohortRule | null },
): Result<Coverage, StatisticGap> {
  const parameters: Record<string, number> = {};
  const lacks: string[] = [];
  if (labelledShare !== null) {
    const decisions = countDecisions(model, cohort);
    if (!decisions.ok) return decisions;
    const percent = (100 * outcomes) / decisions.value;
    parameters['labelledPercent'] = percent;
    if (!(percent >= labelledShare.minPercent))
      lacks.push(`${percent.toFixed(1)} % of the decisions have an outcome, minLabelledPercent is ${String(labelledShare.minPercent)}`);
  }
  if (labelAge !== null) {
    const age = tally(model.rows('labelAge'), []);
    if (!age.ok) return age;
    const seconds = age.value[0]?.count;
    if (seconds === undefined) return gap('Empty', 'the labelAge query has no series for this model');
    parameters['labelAgeSeconds'] = seconds;
    if (!(seconds <= labelAge.maxSeconds))
      lacks.push(`outcomes are ${seconds.toFixed(0)} s old, maxLabelAgeSeconds is ${String(labelAge.maxSeconds)}`);
  }
  return success({ parameters, lack: lacks.length === 0 ? null : lacks.join('; ') });
}

function countDecisions(model: ModelRows, cohort: CohortRule | null): Result<number, StatisticGap> {
  const rows = model.rows('decisions');
  const mature = cohort === null ? success({ rows }) : matureRows(rows, cohort, model.askedAtMs);
  if (!mature.ok) return mature;
  const tallies = tally(mature.value.rows, cohort === null ? [] : [cohort.label]);
  if (!tallies.ok) return tallies;
  const total = tallies.value.reduce((sum, { count }) => sum + count, 0);
  return total > 0 ? success(total) : gap('Empty', 'the decisions query counts none for this model: how many lack an outcome is not known');
}
