import type { EpochMs } from '../../shared/clock.ts';
import { duration } from '../risk/programme/explain-programme.ts';
import type { Budget, Objective } from './budget.ts';
import { isSpent, tellingSeconds } from './budget.ts';
import type { Standing } from './ledger.ts';

/** What is left of one indicator's budget, and what there is to say of its time to come. */
export interface BudgetRecord extends Budget, Objective {
  readonly indicator: string;
  readonly standing: Standing;
  readonly isSpent: boolean;
  /** If it goes on to be a breach; null: it is none now, or nothing is left already, or some would be for a whole window. */
  readonly spentInSeconds: number | null;
}

export function budgetRecord(
  of: Pick<BudgetRecord, 'indicator' | 'standing' | 'targetPercent'>,
  budget: Budget,
  spentInMs: number | null,
): BudgetRecord {
  const { indicator, standing, targetPercent } = of;
  const spentInSeconds = standing !== 'Bad' || spentInMs === null ? null : spentInMs / 1000;
  return { indicator, standing, targetPercent, ...budget, isSpent: isSpent(budget), spentInSeconds };
}

/** `63 %`, `spent 2.3 times`, `spent` where it is hardly more than that; null: nobody knows. */
export function budgetLeftText(left: number | null): string {
  if (left === null) return 'unknown';
  // Rounded down: of nothing left no whole percent may be told.
  if (left >= 0) return `${String(Math.floor(left * 100 + 1e-9))} %`;
  const times = Number((1 - left).toPrecision(3));
  return times === 1 ? 'spent' : `spent ${String(times)} times`;
}

const seconds = (value: number): string => duration(value * 1000);

/** One or two sentences for people; `instant` as they read times. */
export function explainBudget(record: BudgetRecord, instant: (atMs: EpochMs) => string): readonly string[] {
  const { indicator, left, targetPercent, windowSeconds, badSeconds, judgedSeconds, allowedSeconds, sinceMs } = record;
  const objective = `its objective, ${String(targetPercent)} % of ${seconds(windowSeconds)}`;
  if (left === null || sinceMs === null)
    return [`Budget of indicator ${indicator}: unknown; none of the time of ${objective}, was judged.`];
  const head = left < 0 ? budgetLeftText(left) : `${budgetLeftText(left)} left`;
  const counted = `a breach for ${seconds(badSeconds)} of the ${seconds(judgedSeconds)} that were judged since ${instant(sinceMs)}`;
  const sentence = `Budget of indicator ${indicator}: ${head}; ${counted}, and ${objective}, allows ${seconds(allowedSeconds)} of so much.`;
  return [sentence, ...outlook(record)];
}

function outlook(record: BudgetRecord): readonly string[] {
  const { isSpent: spent, left, spentInSeconds, judgedSeconds } = record;
  if (left !== null && left < 0 && !spent) return ['Too little was judged so far to call it spent.'];
  if (spentInSeconds === null) return [];
  const enough = tellingSeconds(record);
  // Time judged grows with the breach at most.
  return judgedSeconds + spentInSeconds < enough
    ? [`If the breach goes on, nothing is left in ${seconds(spentInSeconds)}; it is called spent once ${seconds(enough)} were judged.`]
    : [`If the breach goes on, it is spent in ${seconds(spentInSeconds)}.`];
}
