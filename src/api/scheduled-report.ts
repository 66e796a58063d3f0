import * as z from 'zod';
import { reportFormats } from '../core/report/render.ts';
import { periodTimes } from '../core/report/schedule.ts';
import type { ReportTimes } from '../core/report/schedule.ts';
import type { EpochMs } from '../shared/clock.ts';
import { success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { readCalendar } from './calendar.ts';
import { cronExpression, timeZone } from './calendar-fields.ts';
import { cel } from './cel.ts';
import type { RiskPolicyConditionType } from './conditions.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import { instant, mapList, name, text } from './fields.ts';
import { fromInstant } from './instant.ts';
import { tierName } from './risk-tier.ts';

/** Where `periodDays` is left out: a quarter. */
export const defaultPeriodDays = 90;

const scheduledReport = z
  .object({
    name: name('Name of the report.'),
    receiver: name('Entry of receivers it goes to: a webhook or cloudEvents.'),
    startingAt: instant(
      'When the first is due, e.g. 2026-12-01T08:00:00Z, each other one a whole number of everySeconds later; with schedule: none is due before.',
    ),
    everySeconds: z
      .int()
      .min(3600)
      .max(31_622_400)
      .meta({
        description:
          'Seconds from one to the next, e.g. 604800 for a week. What was missed is not made up for: the latest is sent. Left out: see schedule.',
      })
      .exactOptional(),
    schedule: cronExpression('Times it is due, instead of everySeconds.').exactOptional(),
    timeZone: timeZone('Whose clocks schedule speaks of.').exactOptional(),
    kind: z
      .enum(['Report', 'Pack'])
      .meta({
        description:
          'Report: how the programme, or a tier, stands. Pack: the regulator pack, evidence by control of the frameworks. Left out: Report.',
      })
      .exactOptional(),
    framework: text(64, 'Only this framework of a Pack, e.g. EU AI Act. Left out: all of them.').exactOptional(),
    periodDays: z.int().min(1).max(3660).meta({ description: 'Days its figures over time look back. Left out: 90.' }).exactOptional(),
    tier: tierName('Only models of this tier. Left out: all models under this policy.').exactOptional(),
    format: z.enum(reportFormats).meta({ description: 'How it is written: md for chat rooms; html opens in a browser without network.' }),
  })
  .meta({ description: 'One report that is sent by itself.' })
  .meta(
    cel(
      {
        rule: "has(self.kind) && self.kind == 'Pack' ? !has(self.tier) && !has(self.periodDays) : !has(self.framework)",
        message: 'a Pack is of all models as they stand: leave tier and periodDays out of it, and write framework only beside kind: Pack',
      },
      {
        rule: 'has(self.everySeconds) != has(self.schedule) && (!has(self.timeZone) || has(self.schedule))',
        message: 'write exactly one of everySeconds and schedule; timeZone belongs to schedule',
      },
    ),
  );

/** Of a RiskPolicy. */
export const scheduledReports = mapList(scheduledReport, 'name', {
  max: 16,
  description: 'Reports on the models under this policy that are sent to receivers. Left out: none.',
}).exactOptional();

/** Over the whole spec of a RiskPolicy. */
export const scheduledReportRules = [
  {
    rule: '!has(self.reports) || self.reports.all(r, self.receivers.exists(k, k.name == r.receiver && !has(k.alertmanager)))',
    fieldPath: '.reports',
    message: 'every reports[].receiver must name a webhook or cloudEvents receiver: an Alertmanager carries alerts, no reports',
  },
  {
    rule: '!has(self.reports) || self.reports.all(r, !has(r.tier) || self.tiers.exists(t, t.name == r.tier))',
    fieldPath: '.reports',
    message: 'every reports[].tier must name an entry of tiers: add the tier, correct the name, or leave it out for all models',
  },
] as const;

const delivery = z
  .object({
    name: name('Report.'),
    sentFor: instant('Time the last one that arrived was due for: it is not sent again.').exactOptional(),
    sentAt: instant('When it arrived.').exactOptional(),
    failing: z
      .object({
        due: instant('Time it is due for.'),
        since: instant('When it was first tried.'),
        message: text(1024, 'Why it did not arrive, and what to do.'),
      })
      .meta({ description: 'The one that is due and has not arrived. Left out: none.' })
      .exactOptional(),
  })
  .meta({ description: 'How far one report has come: where a restart goes on from.' });

/** Of the status of a RiskPolicy. */
export const deliveryStatus = mapList(delivery, 'name', {
  max: 16,
  description: 'Reports that were sent, or could not be.',
}).exactOptional();

export type ScheduledReport = DeepReadonly<z.output<typeof scheduledReport>>;
export type ReportDelivery = DeepReadonly<z.output<typeof delivery>>;

/** On both sides of now. Failure: what is wrong with its calendar. */
export function reportTimes(
  report: Pick<ScheduledReport, 'startingAt' | 'everySeconds' | 'schedule' | 'timeZone'>,
  nowMs: EpochMs,
): Result<ReportTimes, string> {
  const { schedule = '', everySeconds } = report;
  const startingAtMs = fromInstant(report.startingAt);
  if (everySeconds !== undefined) return success(periodTimes({ startingAtMs, everySeconds }, nowMs));
  const calendar = readCalendar({ ...report, schedule });
  if (!calendar.ok) return calendar;
  const latestMs = calendar.value.latest(nowMs);
  const nextMs = calendar.value.next(Math.max(nowMs, startingAtMs - 1));
  return success({ latestMs: latestMs === null || latestMs < startingAtMs ? null : latestMs, nextMs });
}

interface DeliveryCondition {
  readonly type: RiskPolicyConditionType;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/** By the status alone, so that whoever writes it says the same. Empty: the policy sends no reports. */
export function deliveryCondition(
  reports: readonly Pick<ScheduledReport, 'name' | 'receiver'>[],
  deliveries: readonly ReportDelivery[],
): readonly DeliveryCondition[] {
  if (reports.length === 0) return [];
  const type = 'ReportsDelivered';
  const failing = reports.flatMap(({ name: report, receiver }) => {
    const found = deliveries.find((each) => each.name === report)?.failing;
    return found === undefined ? [] : [`Report ${report}, due ${found.due}, did not reach receiver ${receiver}: ${found.message}`];
  });
  if (failing.length > 0) return [{ type, status: 'False', reason: 'NotDelivered', message: failing.join(' ') }];
  const sent = reports.some(({ name: report }) => deliveries.some((each) => each.name === report && each.sentFor !== undefined));
  return [sent ? { type, status: 'True', reason: 'Delivered', message: '' } : { type, status: 'Unknown', reason: 'NotDue', message: '' }];
}
