import * as z from 'zod';
import { reportFormats } from '../core/report/render.ts';
import type { RiskPolicyConditionType } from './conditions.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import { instant, mapList, name, text } from './fields.ts';
import { tierName } from './risk-tier.ts';

/** Where `periodDays` is left out: a quarter. */
export const defaultPeriodDays = 90;

const scheduledReport = z
  .object({
    name: name('Name of the report.'),
    receiver: name('Entry of receivers it goes to: a webhook or cloudEvents.'),
    startingAt: instant('When the first is due, e.g. 2026-12-01T08:00:00Z. Each other one a whole number of everySeconds later.'),
    everySeconds: z.int().min(3600).max(31_622_400).meta({
      description: 'Seconds from one to the next, e.g. 604800 for a week. What was missed is not made up for: the latest is sent.',
    }),
    periodDays: z.int().min(1).max(3660).meta({ description: 'Days its figures over time look back. Left out: 90.' }).exactOptional(),
    tier: tierName('Only models of this tier. Left out: all models under this policy.').exactOptional(),
    format: z.enum(reportFormats).meta({ description: 'How it is written: md for chat rooms; html opens in a browser without network.' }),
  })
  .meta({ description: 'One report that is sent by itself.' });

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
