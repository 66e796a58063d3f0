import { assertNever } from '../shared/assert-never.ts';
import { explainFalseAlarms, type FalseAlarmRecord } from './false-alarm-account.ts';
import type { Verdict } from './model/assessment.ts';
import type { IndicatorState, Threshold } from './model/indicator.ts';

/** What is on record of one indicator: its last change, and what it is judged by. */
export interface VerdictRecord {
  readonly name: string;
  readonly risk: string;
  /** Null: as many as the signal itself needs for its chance reading to stay under half of the breach limit. */
  readonly minSamples: number | null;
  readonly forSeconds: number;
  readonly clearForSeconds: number;
  /** Seconds between two looks. */
  readonly intervalSeconds: number;
  /** Null, all of it: nobody has looked yet. */
  readonly last: {
    readonly state: IndicatorState;
    readonly since: string;
    readonly verdict: Verdict | null;
    readonly value: number | null;
    readonly sampleCount: number | null;
    readonly threshold: Threshold | null;
    readonly dataTime: string | null;
    readonly message: string;
    readonly likelihoodRatio: number | null;
    readonly falseAlarms: FalseAlarmRecord | null;
  } | null;
}

/** The whole arithmetic of the last verdict of an indicator, a sentence a step. */
export function explainVerdict(record: VerdictRecord): readonly string[] {
  const { name, risk, last } = record;
  const subject = `Indicator ${name} (watches ${risk})`;
  if (last === null || last.verdict === null) return [`${subject}: nobody has looked at it yet.`];
  return [
    `${subject}: last verdict ${last.verdict}${last.dataTime === null ? '' : ` on data of ${last.dataTime}`}.`,
    ...comparisons(record, last),
    ...(last.message === '' ? [] : [last.message]),
    explainState(record, last),
    explainRatio(last.likelihoodRatio),
    explainExpected(record, last.falseAlarms),
  ];
}

type Last = NonNullable<VerdictRecord['last']>;

function comparisons({ minSamples }: VerdictRecord, { value, sampleCount, threshold }: Last): readonly string[] {
  if (value === null || threshold === null) return ['There was no usable value to compare.'];
  const { direction, warn, breach, clear, severe } = threshold;
  const limits = [
    ...(severe === null ? [] : [['severe', severe] as const]),
    ['breach', breach] as const,
    ...(warn === null ? [] : [['warn', warn] as const]),
    ['clear', clear] as const,
  ];
  const beyond = (limit: number) => (direction === 'Above' ? value > limit : value < limit);
  const compared = limits.map(([name, limit]) => `${beyond(limit) ? 'beyond' : 'within'} ${name} ${String(limit)}`);
  return [
    samplesSentence(minSamples, sampleCount),
    `Value ${String(value)}, bad ${direction.toLowerCase()} its limits: ${compared.join(', ')}.`,
  ];
}

function samplesSentence(minSamples: number | null, sampleCount: number | null): string {
  if (minSamples === 0) return 'No minimum of samples is asked for.';
  const needed =
    minSamples === null ? 'as many are needed as keep chance under half of breach' : `at least ${String(minSamples)} are needed`;
  return `Samples: ${sampleCount === null ? 'not known' : String(sampleCount)}, ${needed}.`;
}

function explainState({ forSeconds, clearForSeconds }: VerdictRecord, { state, since }: Last): string {
  switch (state) {
    case 'Clear':
      return `State Clear since ${since}: it fires when a breach holds for ${String(forSeconds)} s.`;
    case 'Pending':
      return `State Pending since ${since}: it fires when the breach has held for ${String(forSeconds)} s.`;
    case 'Firing':
      return `State Firing since ${since}: it clears when fresh values stay within clear for ${String(clearForSeconds)} s.`;
    case 'Clearing':
      return `State Clearing since ${since}: it is Clear when values have stayed within clear for ${String(clearForSeconds)} s.`;
    default:
      return assertNever(state);
  }
}

function explainRatio(ratio: number | null): string {
  if (ratio === null || ratio === 1) return 'It says nothing of the odds of an incident (factor 1).';
  return ratio > 1
    ? `It multiplies the odds of an incident within a year by ${String(ratio)}.`
    : `It multiplies the odds of an incident within a year by ${String(ratio)}: a change as large as breach would have shown.`;
}

function explainExpected(record: VerdictRecord, alarms: FalseAlarmRecord | null): string {
  if (alarms === null) return 'How often it alarms for nothing is not known: no usable reading yet, or a value whose law nobody knows.';
  return `Expected: ${explainFalseAlarms(alarms, record)}.`;
}
