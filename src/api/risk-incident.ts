import * as z from 'zod';
import { maxDeadlines } from '../core/incident/deadlines.ts';
import { cel } from './cel.ts';
import { conditionList, riskIncidentConditionTypes } from './conditions.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import { recordedDrill } from './drill.ts';
import {
  atomicList,
  count,
  decimal,
  digest,
  generation,
  instant,
  mapList,
  name,
  objectName,
  seconds,
  setList,
  text,
  uid,
} from './fields.ts';
import { handlingStatusFields, recordedReport, severity } from './incident-acts.ts';
import { readerOf } from './kind.ts';
import type { Kind, StoredObject } from './kind.ts';
import { thresholdSnapshot } from './threshold-snapshot.ts';

/** Bare hash: what an entry of the chain is linked by. */
const hash = (description: string) => z.string().max(71).meta({ description });

const subject = (description: string) =>
  z
    .object({
      name: objectName('Name.'),
      uid: uid('UID.'),
      generation: generation('Generation the engagement began on.'),
      digest: digest('Digest of the spec at that generation.'),
    })
    .meta({ description });

const interval = z
  .object({ low: decimal('Lower end.'), high: decimal('Upper end.') })
  .meta({ description: 'Where the value lies at the confidence its signal declares, in the unit of the signal.' });

const computation = z
  .object({
    statistic: text(63, 'Statistic, as the documentation of signals names it.'),
    parameters: mapList(
      z.object({ name: text(63, 'Parameter.'), value: decimal('Value.') }).meta({ description: 'One number the statistic was told.' }),
      'name',
      { max: 64, description: 'What the statistic was told; of many features also the p-value of each.' },
    ),
    counts: mapList(
      z
        .object({
          name: text(128, 'What was counted.'),
          values: atomicList(decimal('Count.'), { max: 256, description: 'Counts, in the order the statistic documents.' }),
        })
        .meta({ description: 'Counts of one kind.' }),
      'name',
      { max: 64, description: 'What was counted in the window and in what it is compared to.' },
    ),
  })
  .meta({ description: 'All it takes to compute the value again.' });

const evidence = z
  .object({
    indicator: name('Indicator.'),
    verdict: z.enum(['Ok', 'Warn', 'Breach', 'Insufficient', 'NoData', 'Error']).meta({ description: 'Verdict.' }),
    provider: text(317, 'Provider that was asked, as policy/name.'),
    query: text(4096, 'Query as it was sent.'),
    value: decimal('Value, in the unit of the signal.').exactOptional(),
    sampleCount: z.number().min(0).meta({ description: 'Rows behind the value.' }).exactOptional(),
    noiseFloor: decimal('What the value would be at the declared false-alarm rate if nothing had changed.').exactOptional(),
    interval: interval.exactOptional(),
    computation: computation.exactOptional(),
    dataTime: instant('Time of the newest sample behind the value.').exactOptional(),
    windowSeconds: seconds(0, 'Seconds of data behind the value.'),
    threshold: thresholdSnapshot,
    message: text(1024, 'Why there was no value; of a value what it consists of, where the signal can name it.').exactOptional(),
  })
  .meta({ description: 'One reading that engaged the plan, frozen.' });

const spec = z
  .object({
    planRef: subject('The plan; left out of an incident a person reported.').exactOptional(),
    report: recordedReport.exactOptional(),
    severity: severity(
      'How bad it is as far as was known when it was opened: of an engagement the criticality of the model.',
    ).exactOptional(),
    riskRef: subject('The ModelRisk.'),
    owner: text(253, 'Team that answers for the plan.').exactOptional(),
    model: z
      .object({ team: text(253, 'Team that answers for the model.'), contact: text(253, 'Where to reach it.') })
      .meta({ description: 'Who answers for the model.' })
      .exactOptional(),
    categories: setList(text(63, 'Category of a risk.'), {
      max: 32,
      description: 'Categories of the risks that the readings which engaged the plan watch.',
    }).exactOptional(),
    drill: recordedDrill.exactOptional(),
    engagement: count(
      Number.MAX_SAFE_INTEGER,
      'Number of the engagement of this plan; of a drill its start, in milliseconds since 1970.',
    ).exactOptional(),
    openedAt: instant('When the engagement began, or the incident was reported.'),
    trigger: mapList(evidence, 'indicator', { max: 32, description: 'Readings that engaged the plan.' }).default([]),
    snapshot: z
      .record(z.string(), z.json())
      .meta({
        description: 'The plan the engagement runs on, thresholds and timings resolved: later edits of the plan wait until it is over.',
        'x-kubernetes-preserve-unknown-fields': true,
      })
      .exactOptional(),
    firstPrevHash: hash('Hash entry 0 is linked to: entry 0 of the incident opened just before in this namespace, or empty for the first.'),
    continues: objectName('Incident this one continues, when that was full.').exactOptional(),
  })
  .meta({ description: 'What was decided on; never changes.' })
  .meta(
    cel(
      {
        rule: 'self == oldSelf',
        message: 'the spec of a record never changes: the operator opens a new incident instead',
        reason: 'FieldValueForbidden',
      },
      {
        rule: 'has(self.report) != has(self.planRef)',
        fieldPath: '.report',
        message: 'an incident is of a plan or was reported: write planRef or report',
      },
      {
        rule: 'has(self.planRef) == has(self.engagement) && has(self.planRef) == has(self.snapshot)',
        fieldPath: '.planRef',
        message: 'write engagement and snapshot for the incident of a plan, and leave both out of one that was reported',
      },
    ),
  );

const entry = z
  .object({
    seq: count(Number.MAX_SAFE_INTEGER, 'Place in the record, from 0.'),
    at: instant('When it happened.'),
    type: z
      .enum([
        'Proposed',
        'Engaged',
        'Approved',
        'Rejected',
        'Withdrawn',
        'Applied',
        'Verified',
        'Escalated',
        'SteppedDown',
        'Released',
        'ReleasedByDeletion',
        'Latched',
        'Held',
        'Accepted',
        'Contested',
        'Yielded',
        'Reasserted',
        'Superseded',
        'SharedCause',
        'WouldApply',
        'Acknowledged',
        'Stalled',
        'RemediationStarted',
        'RemediationSucceeded',
        'RemediationFailed',
        'Reported',
        'Postmortem',
        'ReportFiled',
        'Closed',
        'Continued',
      ])
      .meta({ description: 'What happened.' }),
    actor: text(253, 'Who did it: operator, or the author of a RiskDecision.'),
    target: text(253, 'Object it was done to; empty when none.'),
    before: text(512, 'State before, in one line.'),
    after: text(512, 'State after, in one line.'),
    reason: text(512, 'Why.'),
    prevHash: hash('Hash of the entry before.'),
    hash: hash('Hash over every other field.'),
  })
  .meta({ description: 'One line of the record.' });

const notification = z
  .object({
    receiver: name('Receiver in the RiskPolicy.'),
    seq: count(Number.MAX_SAFE_INTEGER, 'Newest entry it was told of.'),
    at: instant('When it was last told.'),
    duties: mapList(
      z
        .object({
          name: name('Entry of status.deadlines.'),
          state: z.enum(['DueSoon', 'Overdue', 'Filed']).meta({ description: 'Where it stood when the receiver was told of it.' }),
        })
        .meta({ description: 'One duty to report.' }),
      'name',
      { max: maxDeadlines, description: 'Duties to report it was told of.' },
    ).exactOptional(),
  })
  .meta({ description: 'What one receiver was told: where a restart goes on from.' });

const anchored = z
  .object({
    seq: count(Number.MAX_SAFE_INTEGER, 'Newest entry it acknowledged.'),
    hash: hash('Hash of that entry.'),
    at: instant('When it did.'),
  })
  .meta({ description: 'How much of the record the audit sink has: where a restart goes on from. No part of the chain.' });

const status = z
  .object({
    conditions: conditionList(riskIncidentConditionTypes),
    entries: mapList(entry, 'seq', {
      max: 256,
      description: 'The record: only ever appended to, each entry linked to the one before.',
    }).default([]),
    notifications: mapList(notification, 'receiver', {
      max: 64,
      description: 'Who was told how much of it. No part of the chain.',
    }).default([]),
    anchored: anchored.exactOptional(),
    ...handlingStatusFields,
    closedAt: instant('When the engagement was over.').exactOptional(),
  })
  .meta({ description: 'The record; written by the operator only.' });

type RiskIncidentSpec = DeepReadonly<z.output<typeof spec>>;
export type TriggerEvidence = RiskIncidentSpec['trigger'][number];
export type RiskIncident = StoredObject<typeof spec, typeof status>;

export const riskIncidentKind = {
  kind: 'RiskIncident',
  plural: 'riskincidents',
  shortNames: ['rincident'],
  scope: 'Namespaced',
  description:
    'Record of one engagement, or of what a person reported; written by the operator only: what was seen, what was done, by whom.',
  spec,
  status,
  printerColumns: [
    { name: 'Plan', type: 'string', jsonPath: '.spec.planRef.name', description: 'MitigationPlan.' },
    { name: 'Risk', type: 'string', jsonPath: '.spec.riskRef.name', description: 'ModelRisk.' },
    {
      name: 'Reported',
      type: 'string',
      jsonPath: '.spec.report.knownFrom',
      description: 'Who a person knew it from. Empty: the operator saw it.',
    },
    { name: 'Severity', type: 'string', jsonPath: '.spec.severity', description: 'Severity when it was opened.' },
    { name: 'Drill', type: 'string', jsonPath: '.spec.drill.scope', description: 'Empty: a real breach.' },
    { name: 'Opened', type: 'date', jsonPath: '.spec.openedAt', description: 'When the engagement began.' },
    { name: 'Closed', type: 'date', jsonPath: '.status.closedAt', description: 'When it was over.' },
  ],
  selectableFields: ['.spec.planRef.name', '.spec.riskRef.name'],
  rules: [],
} as const satisfies Kind<typeof spec, typeof status>;

export const parseRiskIncident = readerOf(riskIncidentKind);
