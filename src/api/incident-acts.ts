import { maxDeadlines } from '../core/incident/deadlines.ts';
import * as z from 'zod';
import { cel } from './cel.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import { instant, mapList, name, requiredText, seconds, setList, text } from './fields.ts';
import { criticality } from './risk-tier.ts';

/** How bad an incident is, in the words models are called critical in. */
export const severity = (description: string) => criticality.meta({ description });

const knownFrom = z.enum(['Customer', 'Regulator', 'Person']).meta({
  description:
    'Who it was first known from: a customer, a regulator, or somebody of the house. Never the operator: it opens its own incidents.',
});

const told = {
  onsetAt: instant('When it began, as well as is known.'),
  awareAt: instant('When somebody of the house first knew: what the clocks of spec.reporting of the policy run from.'),
  knownFrom,
  category: requiredText(63, 'Category of the policy it belongs to, as risks[].category writes it.'),
  harm: requiredText(1024, 'Who was harmed, and how; none, if nobody was.'),
};

/** What a person tells of an incident the operator did not see. */
export const reportSchema = z
  .object({ ...told, severity: severity('How bad it is, as far as is known.') })
  .meta({ description: 'What is reported. For ReportIncident only.' })
  .meta(
    cel({
      rule: 'self.onsetAt <= self.awareAt',
      fieldPath: '.onsetAt',
      message: 'nobody knows of what has not begun: write an onsetAt that is not after awareAt',
    }),
  );

/** The same on the record, with who told it. */
export const recordedReport = z
  .object({ ...told, decision: requiredText(253, 'RiskDecision that reported it.'), by: requiredText(253, 'Who reported it.') })
  .meta({ description: 'Of an incident a person reported: what was told. Left out: the operator saw it.' });

const verdict = z.enum(['TruePositive', 'FalsePositive']).meta({
  description: 'TruePositive: something was wrong with the model. FalsePositive: nothing was, and the operator should not have acted.',
});

const harmConfirmed = z.enum(['Confirmed', 'RuledOut', 'Unknown']).meta({ description: 'Whether somebody was harmed.' });

const actualLoss = z
  .number()
  .min(0)
  .max(1_000_000_000_000_000)
  .meta({ description: 'What it cost, in the currency of the policy. Left out: not known.' });

const finding = z
  .object({
    name: name('Name of the finding.'),
    summary: requiredText(1024, 'What has to change, in one sentence.'),
    remediation: name(
      'Entry of spec.remediations of the ModelRisk that will do it; the finding is open until it is there.',
    ).exactOptional(),
    indicator: name('Entry of spec.indicators of the ModelRisk that will watch it; the finding is open until it is there.').exactOptional(),
  })
  .meta({ description: 'One thing to change.' })
  .meta(
    cel({
      rule: 'has(self.remediation) != has(self.indicator)',
      fieldPath: '.remediation',
      message: 'name what the finding becomes: either a remediation or an indicator of the model',
    }),
  );

export const postmortemSchema = z
  .object({
    verdict,
    harmConfirmed,
    actualLoss: actualLoss.exactOptional(),
    severity: severity('How bad it was. Left out: as the record says.').exactOptional(),
    onsetAt: instant('When it began, as looking back showed. Left out: as reported, or not known.').exactOptional(),
    findings: mapList(finding, 'name', {
      max: 16,
      description: 'What has to change; each is tracked until it stands in the model.',
    }).default([]),
  })
  .meta({ description: 'What came of looking back. For Postmortem only.' });

export const filedSchema = z
  .object({
    reporting: name('Entry of spec.reporting of the policy.'),
    at: instant('When it was filed.'),
    reference: requiredText(512, 'How the receiving authority names it.'),
  })
  .meta({ description: 'A report to an authority that was made. For FileReport only.' });

const reportingRule = z
  .object({
    name: name('Name that status.deadlines of incidents use.'),
    severities: setList(severity('Severity.'), { min: 1, max: 4, description: 'Incidents of these severities are to be reported.' }),
    categories: setList(requiredText(63, 'Category.'), {
      min: 1,
      max: 32,
      description: 'Only those of these categories. Left out: of every category.',
    }).exactOptional(),
    withinSeconds: seconds(1, 'How long after somebody knew of it the report must be filed.'),
    warningSeconds: seconds(0, 'How long before that people are warned. Default 86400: a day.').default(86_400),
  })
  .meta({ description: 'A duty to report.' });

/** Of a RiskPolicy. */
export const reportingSchema = mapList(reportingRule, 'name', {
  max: 16,
  description:
    'Duties to report incidents to somebody outside, and by when: of incidents people report, and of those of the operator once a postmortem confirms harm.',
}).default([]);

const deadline = z
  .object({
    name: name('Entry of spec.reporting of the policy.'),
    due: instant('When the report must be filed.'),
    warnAt: instant('When people are warned.'),
    state: z
      .enum(['Open', 'DueSoon', 'Overdue', 'Filed', 'FiledLate'])
      .meta({ description: 'Where it stands; it becomes Filed by a RiskDecision with action FileReport.' }),
    filedAt: instant('When it was filed.').exactOptional(),
  })
  .meta({ description: 'One report that is due. A policy that is loosened later leaves it as it is.' });

const tracked = z
  .object({
    name: name('Name of the finding.'),
    remediation: name('Remediation it names.').exactOptional(),
    indicator: name('Indicator it names.').exactOptional(),
    state: z.enum(['Open', 'Tracked']).meta({ description: 'Open: the model has no such entry yet.' }),
  })
  .meta({ description: 'One finding of the postmortem.' });

/** Of the status of a RiskIncident. */
export const handlingStatusFields = {
  severity: severity('Severity in force: that of the last postmortem that says one, else that of the spec.').exactOptional(),
  postmortem: z
    .object({
      decision: requiredText(253, 'RiskDecision that says so.'),
      by: requiredText(253, 'Who made it.'),
      at: instant('When.'),
      verdict,
      harmConfirmed,
      actualLoss: actualLoss.exactOptional(),
      onsetAt: instant('When it began.').exactOptional(),
    })
    .meta({ description: 'What came of looking back; the last one counts.' })
    .exactOptional(),
  dutiesAsked: text(
    253,
    'Last postmortem after which the duties of the policy were asked for. Once the incident is over, one that is added later begins no clock.',
  ).exactOptional(),
  deadlines: mapList(deadline, 'name', {
    max: maxDeadlines,
    description: 'Reports to somebody outside that are due, or were filed.',
  }).default([]),
  links: mapList(
    z
      .object({
        name: z.enum(['runbook', 'dashboard']).meta({ description: 'What is behind it.' }),
        url: requiredText(8192, 'Address.'),
      })
      .meta({ description: 'One link.' }),
    'name',
    { max: 2, description: 'Where to look and what to do, as the policy said while the incident was open.' },
  ).exactOptional(),
  findings: mapList(tracked, 'name', { max: 16, description: 'Findings of the postmortem.' }).default([]),
};

export type Severity = z.output<typeof criticality>;
export type ReportingRule = DeepReadonly<z.output<typeof reportingRule>>;
export type DeadlineStatus = DeepReadonly<z.output<typeof deadline>>;
export type TrackedFinding = DeepReadonly<z.output<typeof tracked>>;
