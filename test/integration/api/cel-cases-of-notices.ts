import { decisionManifest, riskPolicyManifest, withValue } from '../../builders/api.ts';
import { casesOf, type CELCase } from './cel-case.ts';
import { badCalendar, calendarOrPeriod } from './cel-cases-of-calendars.ts';

const message = 'write an absolute http or https URL without user or password; secrets go to secretRef';
const chat = { name: 'chat', webhook: { url: 'https://chat.example/hook' } };
const pager = { name: 'pager', alertmanager: { url: 'http://alertmanager.monitoring:9093' } };
const events = { name: 'events', cloudEvents: { url: 'https://events.example/in', secretRef: { name: 'events', key: 'token' } } };

const weekly = { name: 'weekly', receiver: 'chat', startingAt: '2026-12-01T08:00:00Z', everySeconds: 604_800, format: 'md' };
const { everySeconds: _, ...named } = weekly;
const quarterly = { ...named, schedule: '0 8 L 3,6,9,12 *' };
const reporting = withValue(withValue(riskPolicyManifest(), 'spec.receivers', [chat, pager, events]), 'spec.tiers', [{ name: 'High' }]);

/** Whom the operator may tell, and who may say that somebody has taken an incident up. */
export const noticeCases = [
  ...casesOf(reporting, [
    {
      field: 'spec.reports[0]',
      message: calendarOrPeriod,
      accept: [['spec.reports', [{ ...quarterly, timeZone: 'Europe/Berlin' }]]],
      reject: [['spec.reports', [{ ...weekly, timeZone: 'Europe/Berlin' }]]],
    },
    {
      field: 'spec.reports[0]',
      message: 'a Pack is of all models as they stand: leave tier and periodDays out of it, and write framework only beside kind: Pack',
      accept: [['spec.reports', [{ ...weekly, kind: 'Pack', framework: 'EU AI Act' }]]],
      reject: [['spec.reports', [{ ...weekly, kind: 'Pack', periodDays: 30 }]]],
    },
    {
      field: 'spec.reports[0].schedule',
      message: badCalendar,
      accept: [['spec.reports', [quarterly]]],
      reject: [['spec.reports', [{ ...quarterly, schedule: '0 8 1 * MON' }]]],
    },
    {
      field: 'spec.reports',
      message: 'every reports[].receiver must name a webhook or cloudEvents receiver: an Alertmanager carries alerts, no reports',
      accept: [['spec.reports', [weekly, { ...weekly, name: 'bus', receiver: 'events' }]]],
      reject: [['spec.reports', [{ ...weekly, receiver: 'pager' }]]],
    },
    {
      field: 'spec.reports',
      message: 'every reports[].tier must name an entry of tiers: add the tier, correct the name, or leave it out for all models',
      accept: [['spec.reports', [{ ...weekly, tier: 'High' }]]],
      reject: [['spec.reports', [{ ...weekly, tier: 'Highest' }]]],
    },
  ]),
  ...casesOf(riskPolicyManifest(), [
    {
      field: 'spec.receivers[0]',
      message: 'write exactly one of alertmanager, webhook, cloudEvents',
      accept: [['spec.receivers', [chat, pager, events]]],
      reject: [['spec.receivers', [{ ...chat, alertmanager: pager.alertmanager }]]],
    },
    {
      field: 'spec.receivers[0].webhook.url',
      message,
      accept: [['spec.receivers', [chat]]],
      reject: [['spec.receivers', [{ name: 'chat', webhook: { url: 'https://user:secret@chat.example/hook' } }]]],
    },
    {
      field: 'spec.receivers[0].alertmanager.url',
      message,
      accept: [['spec.receivers', [pager]]],
      reject: [['spec.receivers', [{ name: 'pager', alertmanager: { url: 'ftp://alertmanager:9093' } }]]],
    },
    {
      field: 'spec.receivers[0].cloudEvents.url',
      message,
      accept: [['spec.receivers', [events]]],
      reject: [['spec.receivers', [{ name: 'events', cloudEvents: { url: '/relative' } }]]],
    },
  ]),
];

const kindThatFits =
  'Approve, Reject, Acknowledge, Postmortem and FileReport are about a RiskIncident, Hold and Release about a MitigationPlan, Review, SignOff, Accept and ReportIncident about a ModelRisk, Review about a RiskPolicy too: write the kind that fits the action';

/** Of a rule that has its case in another kind of decision. */
export const furtherNoticeCases: readonly CELCase[] = [
  ...casesOf(decisionManifest('Acknowledge'), [
    {
      field: 'spec.subjectRef.kind',
      message: kindThatFits,
      accept: [['spec.reason', 'I look at it.']],
      reject: [['spec.subjectRef.kind', 'MitigationPlan']],
    },
  ]),
  ...casesOf(decisionManifest('Review'), [
    {
      field: 'spec.subjectRef.kind',
      message: kindThatFits,
      accept: [['spec.subjectRef.kind', 'RiskPolicy']],
      reject: [['spec.subjectRef.kind', 'MitigationPlan']],
    },
  ]),
  ...casesOf(decisionManifest('SignOff'), [
    {
      field: 'spec.subjectRef.kind',
      message: kindThatFits,
      accept: [['spec.reason', 'Signed.']],
      reject: [['spec.subjectRef.kind', 'RiskPolicy']],
    },
  ]),
];
