import { readCalendar } from './calendar.ts';
import type { CalendarSpec } from './calendar.ts';
import type { RiskPolicySpec } from './risk-policy.ts';

interface Line {
  readonly field: string;
  readonly calendar: Partial<CalendarSpec>;
}

function ofReviews({ reviewSchedule, reviewTimeZone }: { readonly reviewSchedule?: string; readonly reviewTimeZone?: string }) {
  return {
    ...(reviewSchedule === undefined ? {} : { schedule: reviewSchedule }),
    ...(reviewTimeZone === undefined ? {} : { timeZone: reviewTimeZone }),
  };
}

function lines(spec: RiskPolicySpec): readonly Line[] {
  return [
    { field: 'the review of the policy', calendar: ofReviews(spec) },
    ...spec.tiers.map((tier) => ({ field: `tiers[${tier.name}], review`, calendar: ofReviews(tier) })),
    ...(spec.reports ?? []).map((report) => ({ field: `reports[${report.name}]`, calendar: report })),
  ];
}

/** Calendars of a policy that name no time, a sentence each: admission sees their form, not which days and time zones there are. */
export function calendarProblems(spec: RiskPolicySpec): readonly string[] {
  return lines(spec).flatMap(({ field, calendar: { schedule, ...rest } }) => {
    const read = schedule === undefined ? null : readCalendar({ ...rest, schedule });
    return read === null || read.ok ? [] : [`In ${field}: ${read.failure}.`];
  });
}
