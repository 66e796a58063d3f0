import { planManifest, riskPolicyManifest, withValue } from '../../builders/api.ts';
import { casesOf, type CELCase } from './cel-case.ts';

export const badCalendar =
  'write five fields: minute and hour (one number each), day, month, weekday, with * in day or in weekday; e.g. "0 8 L 3,6,9,12 *" for the end of each quarter, "30 7 * * MON" for Mondays';
export const calendarOrPeriod = 'write exactly one of everySeconds and schedule; timeZone belongs to schedule';
const period =
  'write reviewEverySeconds beside reviewSchedule, the least time between two reviews (e.g. 6912000, 80 days, for each quarter), and reviewTimeZone only beside reviewSchedule';

const quarterly = { reviewEverySeconds: 6_912_000, reviewSchedule: '0 17 LW 3,6,9,12 *', reviewTimeZone: 'America/New_York' };
const tiered = withValue(riskPolicyManifest(), 'spec.tiers', [{ name: 'High', ...quarterly }]);
const reviewed = withValue(
  withValue(withValue(riskPolicyManifest(), 'spec.reviewEverySeconds', 31_536_000), 'spec.reviewSchedule', '0 8 15W JAN *'),
  'spec.reviewTimeZone',
  'Europe/Berlin',
);

/** When reviews and drills are due by a calendar. */
export const calendarCases: readonly CELCase[] = [
  ...casesOf(tiered, [
    {
      field: 'spec.tiers[0].reviewSchedule',
      message: badCalendar,
      accept: [['spec.tiers[0].reviewSchedule', '0 8 1-7,15 */3 *']],
      reject: [['spec.tiers[0].reviewSchedule', '0 8 * * * *']],
    },
    {
      field: 'spec.tiers[0]',
      message: period,
      accept: [['spec.tiers[0].reviewTimeZone', undefined]],
      reject: [['spec.tiers[0].reviewEverySeconds', undefined]],
    },
  ]),
  ...casesOf(reviewed, [
    {
      field: 'spec.reviewSchedule',
      message: badCalendar,
      accept: [['spec.reviewSchedule', '59 23 * JAN-MAR FRI#L']],
      reject: [['spec.reviewSchedule', '*/5 8 1 JAN *']],
    },
    {
      field: 'spec',
      message: period,
      accept: [['spec.reviewTimeZone', undefined]],
      reject: [['spec.reviewSchedule', undefined]],
    },
  ]),
  ...casesOf(planManifest(), [
    {
      field: 'spec.drill.schedule',
      message: badCalendar,
      accept: [['spec.drill', { schedule: '30 2 * * SUN', timeZone: 'Europe/Berlin' }]],
      reject: [['spec.drill', { schedule: '30 24 * * SUN' }]],
    },
    {
      field: 'spec.drill',
      message: calendarOrPeriod,
      accept: [['spec.drill', { everySeconds: 3600 }]],
      reject: [['spec.drill', { everySeconds: 3600, schedule: '30 2 * * SUN' }]],
    },
  ]),
];
