import { decisionManifest, riskPolicyManifest, withValue } from '../../builders/api.ts';
import { casesOf, type CELCase } from './cel-case.ts';

const message = 'write an absolute http or https URL without user or password; secrets go to secretRef';
const chat = { name: 'chat', webhook: { url: 'https://chat.example/hook' } };
const pager = { name: 'pager', alertmanager: { url: 'http://alertmanager.monitoring:9093' } };
const events = { name: 'events', cloudEvents: { url: 'https://events.example/in', secretRef: { name: 'events', key: 'token' } } };

const weekly = { name: 'weekly', receiver: 'chat', startingAt: '2026-12-01T08:00:00Z', everySeconds: 604_800, format: 'md' };
const reporting = withValue(withValue(riskPolicyManifest(), 'spec.receivers', [chat, pager, events]), 'spec.tiers', [{ name: 'High' }]);

/** Whom the operator may tell, and who may say that somebody has taken an incident up. */
export const noticeCases = [
  ...casesOf(reporting, [
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

/** Of a rule that has its case in another kind of decision. */
export const furtherNoticeCases: readonly CELCase[] = casesOf(decisionManifest('Acknowledge'), [
  {
    field: 'spec.subjectRef.kind',
    message:
      'Approve, Reject, Acknowledge, Postmortem and FileReport are about a RiskIncident, Hold and Release about a MitigationPlan, Review, SignOff, Accept and ReportIncident about a ModelRisk: write the kind that fits the action',
    accept: [['spec.reason', 'I look at it.']],
    reject: [['spec.subjectRef.kind', 'MitigationPlan']],
  },
]);
