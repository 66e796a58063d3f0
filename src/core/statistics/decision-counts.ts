import { success, type Result } from '../../shared/result.ts';
import type { EpochMs } from '../../shared/clock.ts';
import { matureRows, type CohortRule } from './cohort.ts';
import type { StatisticGap } from './reading.ts';
import { gap, tally, type Row } from './row.ts';

/** A label and the value of it that means yes; every other value means no. */
export interface YesLabel {
  readonly label: string;
  readonly yes: string;
}

/** How counters of decisions, and of what came of them, are to be read. */
export interface DecisionLabels {
  readonly decision: YesLabel;
  /** Null where decisions are counted without their outcome. */
  readonly outcome: YesLabel | null;
  readonly cohort: CohortRule | null;
}

export interface DecisionCount {
  /** Values of the labels asked for, in their order. */
  readonly by: readonly string[];
  readonly decided: boolean;
  /** True as well where no outcome is counted. */
  readonly cameTrue: boolean;
  readonly count: number;
}

export interface DecisionCounts {
  readonly counts: readonly DecisionCount[];
  readonly dataTimeMs: EpochMs | null;
}

/**
 * Decisions of the window by decision, outcome and the labels in `by`, days of decisions that are too young left out. A series that does not say what
 * was decided, or what came of it, is no decision against: the answer is Incomparable.
 */
export function readDecisions(
  rows: readonly Row[],
  { decision, outcome, cohort }: DecisionLabels,
  { by, askedAtMs }: { readonly by: readonly string[]; readonly askedAtMs: EpochMs },
): Result<DecisionCounts, StatisticGap> {
  const mature = cohort === null ? success({ rows, dataTimeMs: null }) : matureRows(rows, cohort, askedAtMs);
  if (!mature.ok) return mature;
  const yesLabels = outcome === null ? [decision] : [decision, outcome];
  const labels = [...yesLabels.map(({ label }) => label), ...by, ...(cohort === null ? [] : [cohort.label])];
  // How many a group has is not known where its counts can't be read: it may be one that is not to be named.
  const tallies = tally(mature.value.rows, labels, by);
  if (!tallies.ok) return tallies;
  const counts: DecisionCount[] = [];
  let total = 0;
  for (const { keys, count } of tallies.value) {
    const silent = yesLabels.find((_label, position) => keys[position] === '');
    if (silent !== undefined) return gap('Incomparable', `a series has no label ${silent.label}, so what it counts is not known`);
    const [decided, cameTrue] = [keys[0] === decision.yes, outcome === null || keys[1] === outcome.yes];
    counts.push({ by: keys.slice(yesLabels.length, yesLabels.length + by.length), decided, cameTrue, count });
    total += count;
  }
  if (!(total > 0)) return gap('Empty', 'no decisions in the window');
  if (!Number.isFinite(total)) return gap('Infinite', 'the counts add up to infinity');
  return success({ counts, dataTimeMs: mature.value.dataTimeMs });
}
