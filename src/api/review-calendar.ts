import type { ReviewCadence } from '../core/review.ts';
import type { EpochMs } from '../shared/clock.ts';
import { readCalendar } from './calendar.ts';
import { cronExpression, timeZone } from './calendar-fields.ts';

/** Of whatever is reviewed again and again: the days on which reviews fall due. */
export const reviewCalendarFields = {
  reviewSchedule: cronExpression(
    'Times reviews fall due, e.g. at the end of each quarter: the first one that is not before the last review and reviewEverySeconds, which is then the least there is between two. Left out: exactly reviewEverySeconds after it.',
  ).exactOptional(),
  reviewTimeZone: timeZone('Whose clocks reviewSchedule speaks of.').exactOptional(),
};

export const reviewCalendarRule = {
  rule: '(!has(self.reviewSchedule) || has(self.reviewEverySeconds)) && (!has(self.reviewTimeZone) || has(self.reviewSchedule))',
  message:
    'write reviewEverySeconds beside reviewSchedule, the least time between two reviews (e.g. 6912000, 80 days, for each quarter), and reviewTimeZone only beside reviewSchedule',
} as const;

export interface ReviewCalendarSpec {
  readonly reviewEverySeconds?: number;
  readonly reviewSchedule?: string;
  readonly reviewTimeZone?: string;
}

/** A review cadence with the calendar its due times are of. */
export interface ReviewRhythm extends ReviewCadence {
  /** The first due time that is not before this one. */
  readonly notBefore: (atMs: EpochMs) => EpochMs;
}

/** Null: nobody is asked to review. A calendar that can't be read asks for nothing but the period: condition Ready of the policy says so. */
export function toRhythm(spec: ReviewCalendarSpec, warningSeconds: number): ReviewRhythm | null {
  const { reviewEverySeconds: everySeconds, reviewSchedule: schedule, reviewTimeZone: zone } = spec;
  if (everySeconds === undefined) return null;
  const calendar = schedule === undefined ? null : readCalendar({ schedule, ...(zone === undefined ? {} : { timeZone: zone }) });
  const notBefore = (atMs: EpochMs): EpochMs => (calendar?.ok === true ? (calendar.value.next(atMs - 1) ?? atMs) : atMs);
  return { everySeconds, warningSeconds, notBefore };
}

export type RhythmOf = typeof toRhythm;

/** `toRhythm` that reads each text once: a calendar costs more than everything else of a model's review. */
export function rememberRhythms(): RhythmOf {
  const known = new WeakMap<ReviewCalendarSpec, ReviewRhythm>();
  return (spec, warningSeconds) => {
    const before = known.get(spec);
    if (before !== undefined && before.warningSeconds === warningSeconds) return before;
    const rhythm = toRhythm(spec, warningSeconds);
    if (rhythm !== null) known.set(spec, rhythm);
    return rhythm;
  };
}
