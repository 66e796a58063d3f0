import { assertNever } from '../shared/assert-never.ts';
import type { Indicator } from './model/indicator.ts';
import type { BreachChance, Hypothesis } from './statistics/breach-chance.ts';
import { falseAlarms, secondsPerMonth, secondsPerYear } from './statistics/false-alarms.ts';

/** What one indicator alarms while nothing is wrong, rounded to two digits: it is shown, and must not change with every row. */
export interface FalseAlarmRecord {
  readonly assuming: Hypothesis;
  /** Chance of a Breach at one look, at most. */
  readonly lookChance: number;
  /** Expected firings in 30 days. */
  readonly monthlyAtLeast: number;
  readonly monthlyAtMost: number;
}

/** How the indicator is looked at. `dataSeconds`: all the data behind one look, earlier readings it is compared to among them. */
export interface Looking {
  readonly intervalSeconds: number;
  readonly dataSeconds: number;
}

export function recordFalseAlarms(
  { forSeconds, clearForSeconds }: Pick<Indicator, 'forSeconds' | 'clearForSeconds'>,
  chance: BreachChance,
  { intervalSeconds, dataSeconds }: Looking,
): FalseAlarmRecord {
  const looks = { windowSeconds: dataSeconds, intervalSeconds, forSeconds, clearForSeconds };
  const { low, high } = falseAlarms(chance, looks, secondsPerMonth);
  return {
    assuming: chance.hypothesis,
    lookChance: rounded(chance.atMost),
    monthlyAtLeast: rounded(low),
    monthlyAtMost: rounded(high),
  };
}

/** Nobody tells a millionth of an alarm from none. */
function rounded(value: number): number {
  return value < 1e-6 ? 0 : Number(value.toPrecision(2));
}

/** How often, and of what that comes. */
export function explainFalseAlarms(
  { assuming, lookChance, monthlyAtLeast, monthlyAtMost }: FalseAlarmRecord,
  { intervalSeconds, forSeconds }: { readonly intervalSeconds: number; readonly forSeconds: number },
): string {
  return `${range(monthlyAtLeast, monthlyAtMost)} false alarms in 30 days ${supposition(assuming)}: one look breaches with a chance of ${lookChance === 0 ? 'less than a millionth' : `at most ${String(lookChance)}`}, there is one every ${String(intervalSeconds)} s, and a breach must hold for ${String(forSeconds)} s`;
}

function supposition(hypothesis: Hypothesis): string {
  switch (hypothesis) {
    case 'NoDrift':
      return 'while live and reference rows come from one distribution';
    case 'Calibrated':
      return 'while the model is calibrated';
    case 'BudgetRate':
      return 'while errors come at exactly the rate the objective allows';
    case 'AtClear':
      return 'while the true value stands at clear';
    case 'SampleAtClear':
      return 'while the true difference stands at clear, all looks at one sample taken together';
    case 'Baseline':
      return 'while readings vary as their baseline did';
    case 'Counted':
      return 'while nothing is wrong, since all is counted and nothing sampled';
    case 'Members':
      return 'while nothing is wrong with any of its members';
    default:
      return assertNever(hypothesis);
  }
}

/** One indicator of a model; null: nothing is known of its false alarms. */
export interface CountedIndicator {
  readonly name: string;
  readonly record: FalseAlarmRecord | null;
}

export interface Calibration {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: 'WithinLimit' | 'TooManyFalseAlarms' | 'BoundsTooWide' | 'NotKnown';
  readonly message: string;
}

/** Whether these indicators of a model together stay within what its policy allows a year, each counted as if it engaged a plan by itself. */
export function judgeFalseAlarms(indicators: readonly CountedIndicator[], limitPerYear: number): Calibration {
  const known = indicators.flatMap(({ name, record }) => (record === null ? [] : [{ name, ...yearly(record) }]));
  const unknown = indicators.filter(({ record }) => record === null).map(({ name }) => name);
  const sum = (end: 'low' | 'high'): number => known.reduce((total, each) => total + each[end], 0);
  const [low, high] = [sum('low'), sum('high')];
  const arithmetic = account(known, { low, high, limitPerYear });
  if (low > limitPerYear) return { status: 'False', reason: 'TooManyFalseAlarms', message: `${arithmetic} ${remedy(known)}` };
  if (high > limitPerYear) return { status: 'Unknown', reason: 'BoundsTooWide', message: `${arithmetic} ${remedy(known)}` };
  if (unknown.length > 0) {
    const message = `Nothing is known of the false alarms of ${unknown.join(', ')}: no usable reading yet, or a value without counts, whose law nobody knows. Use a template that computes its statistic from counts.`;
    return { status: 'Unknown', reason: 'NotKnown', message: known.length === 0 ? message : `${arithmetic} ${message}` };
  }
  return { status: 'True', reason: 'WithinLimit', message: known.length === 0 ? '' : arithmetic };
}

interface Yearly {
  readonly name: string;
  readonly low: number;
  readonly high: number;
}

function yearly({ monthlyAtLeast, monthlyAtMost }: FalseAlarmRecord): Omit<Yearly, 'name'> {
  const months = secondsPerYear / secondsPerMonth;
  return { low: monthlyAtLeast * months, high: monthlyAtMost * months };
}

function account(
  known: readonly Yearly[],
  { low, high, limitPerYear }: { readonly low: number; readonly high: number; readonly limitPerYear: number },
): string {
  const parts = worstFirst(known).map(({ name, low: least, high: most }) => `${name} ${range(least, most)}`);
  return `Expected false alarms a year: ${range(low, high)}; falseEngagementsPerModelYear of the policy allows ${String(limitPerYear)} (${parts.join(', ')}).`;
}

function remedy(known: readonly Yearly[]): string {
  return `Most come from ${worstFirst(known)[0]?.name ?? ''}: move its threshold.breach away from clear, write a longer forSeconds (where the signal gives an interval and it outlasts a window, two windows must agree), ask for more minSamples or a longer window, or allow more.`;
}

function worstFirst(known: readonly Yearly[]): readonly Yearly[] {
  return [...known].sort((a, b) => b.high - a.high);
}

function range(low: number, high: number): string {
  const shown = (value: number): string => (value < 1e-6 ? '0' : String(Number(value.toPrecision(2))));
  if (high < 1e-6) return 'as good as no';
  return shown(low) === shown(high) ? shown(high) : `${shown(low)} to ${shown(high)}`;
}
