import * as z from 'zod';
import { cel } from './cel.ts';
import { conditionList, riskDecisionConditionTypes } from './conditions.ts';
import { count, digest, generation, instant, name, objectName, requiredText, setList, uid } from './fields.ts';
import { filedSchema, postmortemSchema, reportSchema } from './incident-acts.ts';
import { readerOf } from './kind.ts';
import type { Kind, StoredObject } from './kind.ts';

const subjectRef = z
  .object({
    kind: z.enum(['MitigationPlan', 'RiskIncident', 'ModelRisk', 'RiskPolicy']).meta({
      description:
        'Approve, Reject, Acknowledge, Postmortem and FileReport are about a RiskIncident; Hold and Release are about a MitigationPlan; Review, SignOff, Accept and ReportIncident are about a ModelRisk; Review may be about a RiskPolicy too.',
    }),
    name: objectName('Name of the object, in the namespace of the decision; a RiskPolicy is in none.'),
    uid: uid('UID of the object: a decision never passes to another object of the same name.'),
  })
  .meta({ description: 'What the decision is about.' });

const answers = "self.action in ['Approve', 'Reject']";
const isOfModel = "self.action in ['Review', 'SignOff', 'Accept', 'ReportIncident']";
const isOfIncident = "self.action in ['Approve', 'Reject', 'Acknowledge', 'Postmortem', 'FileReport']";

const signed = requiredText(
  32_768,
  'What was signed: canonical JSON of register, limits with their templates, version and policy, as kubectl modelrisk sign-off computes it. For SignOff only.',
).exactOptional();

const spec = z
  .object({
    action: z
      .enum([
        'Approve',
        'Reject',
        'Hold',
        'Release',
        'Acknowledge',
        'Review',
        'SignOff',
        'Accept',
        'Postmortem',
        'ReportIncident',
        'FileReport',
      ])
      .meta({
        description:
          'Approve: take the stage asked for, once. Reject: do not ask for it again until all is clear or a worse stage is due. Hold: freeze both directions until expiresAt. Release: give the targets back and suppress the indicators until they were clear once, or expiresAt. Acknowledge: somebody has taken it up, so reminders and their escalation stop until the plan goes up again; it moves nothing. Review: the model was looked at as it is now, its register, limits and tier among it, or the policy; the next review is due a period later. Of a policy it needs a cluster-wide grant. SignOff: the author answers in this role for the model as spec.signed says it; what was signed stays in force until it is signed again. Accept: the indicators it names bring no plan of the model on until expiresAt; needs a cluster-wide grant. ReportIncident: something went wrong with the model that the operator did not see; it opens a RiskIncident. Postmortem: what came of looking back at an incident. FileReport: an authority was told of it.',
      }),
    role: name(
      'Role the author decides in; needs the verb of the action (approve, reject, hold, release, acknowledge, review, signoff, accept, postmortem, reportincident, filereport) on riskroles.modelrisk.dev of this name.',
    ),
    author: requiredText(
      253,
      'Who decided. Leave it out: the server fills it in from the authenticated request; any other value is refused.',
    ).exactOptional(),
    subjectRef,
    engagement: count(
      Number.MAX_SAFE_INTEGER,
      'Engagement to release (status.memory.engagement of the plan). For Release only.',
    ).exactOptional(),
    stage: z
      .int()
      .min(0)
      .max(7)
      .meta({ description: 'Place in the ladder that is approved or rejected, from 0. For Approve and Reject only.' })
      .exactOptional(),
    digest: digest(
      'Digest of what was decided on: status.digest of a plan, a model or a policy, spec.planRef.digest of an incident, spec.riskRef.digest of one that was reported, for SignOff the digest of spec.signed. When it no longer matches, the decision is void. ReportIncident has none: what went wrong did, whatever the model became.',
    ).exactOptional(),
    minutesSpent: z
      .int()
      .min(1)
      .max(100_000)
      .meta({ description: 'Working time the review took, in minutes; the report of the programme adds it up. For Review only.' })
      .exactOptional(),
    indicators: setList(name('Indicator of the model.'), {
      min: 1,
      max: 32,
      description: 'Indicators whose breach is accepted. For Accept only.',
    }).exactOptional(),
    signed,
    report: reportSchema.exactOptional(),
    postmortem: postmortemSchema.exactOptional(),
    filed: filedSchema.exactOptional(),
    reason: requiredText(2048, 'Why, for the record.'),
    expiresAt: instant(
      'When the decision ends. Required for Hold and Accept; a SignOff ends with maxSignOffSeconds of the policy at the latest.',
    ).exactOptional(),
  })
  .meta({ description: 'What a person decided; never changes.' })
  .meta(
    cel(
      { rule: 'self == oldSelf', message: 'a decision never changes: create another RiskDecision', reason: 'FieldValueForbidden' },
      {
        rule: `(${isOfIncident}) == (self.subjectRef.kind == 'RiskIncident') && (self.subjectRef.kind == 'RiskPolicy' ? self.action == 'Review' : (${isOfModel}) == (self.subjectRef.kind == 'ModelRisk'))`,
        fieldPath: '.subjectRef.kind',
        message:
          'Approve, Reject, Acknowledge, Postmortem and FileReport are about a RiskIncident, Hold and Release about a MitigationPlan, Review, SignOff, Accept and ReportIncident about a ModelRisk, Review about a RiskPolicy too: write the kind that fits the action',
      },
      {
        rule: `(${answers}) == has(self.stage)`,
        fieldPath: '.stage',
        message: 'write the stage for Approve and Reject, and leave it out otherwise',
      },
      {
        rule: "(self.action == 'Release') == has(self.engagement)",
        fieldPath: '.engagement',
        message: 'write the engagement (status.memory.engagement of the plan) for Release, and leave it out otherwise',
      },
      {
        rule: "(self.action == 'Review') == has(self.minutesSpent)",
        fieldPath: '.minutesSpent',
        message: 'write minutesSpent for Review, and leave it out otherwise',
      },
      {
        rule: "(self.action == 'Accept') == has(self.indicators)",
        fieldPath: '.indicators',
        message: 'write the indicators for Accept, and leave them out otherwise',
      },
      {
        rule: "(self.action == 'SignOff') == has(self.signed)",
        fieldPath: '.signed',
        message: 'write signed (kubectl modelrisk sign-off makes it) for SignOff, and leave it out otherwise',
      },
      {
        rule: "(self.action != 'ReportIncident') == has(self.digest)",
        fieldPath: '.digest',
        message: 'write the digest of what you decide on, and leave it out for ReportIncident',
      },
      {
        rule: "(self.action == 'ReportIncident') == has(self.report)",
        fieldPath: '.report',
        message: 'write report for ReportIncident, and leave it out otherwise',
      },
      {
        rule: "(self.action == 'Postmortem') == has(self.postmortem)",
        fieldPath: '.postmortem',
        message: 'write postmortem for Postmortem, and leave it out otherwise',
      },
      {
        rule: "(self.action == 'FileReport') == has(self.filed)",
        fieldPath: '.filed',
        message: 'write filed for FileReport, and leave it out otherwise',
      },
      {
        rule: "!(self.action in ['Hold', 'Accept']) || has(self.expiresAt)",
        fieldPath: '.expiresAt',
        message: 'a Hold and an Accept must end by themselves: write expiresAt',
      },
    ),
  );

const status = z
  .object({
    observedGeneration: generation('Generation the status speaks of.').exactOptional(),
    conditions: conditionList(riskDecisionConditionTypes),
  })
  .meta({ description: 'Whether the decision counts, and why not; written by the operator only.' });

export type RiskDecision = StoredObject<typeof spec, typeof status>;

export const riskDecisionKind = {
  kind: 'RiskDecision',
  plural: 'riskdecisions',
  shortNames: ['rdecision'],
  scope: 'Namespaced',
  description:
    'One act of a person: on a plan approve, reject, hold, release, acknowledge; on a model review, sign off, accept, report an incident; on an incident a postmortem, a report that was filed.',
  spec,
  status,
  printerColumns: [
    { name: 'Action', type: 'string', jsonPath: '.spec.action', description: 'What was decided.' },
    { name: 'Subject', type: 'string', jsonPath: '.spec.subjectRef.name', description: 'What it is about.' },
    { name: 'Role', type: 'string', jsonPath: '.spec.role', description: 'Role of the author.' },
    { name: 'Author', type: 'string', jsonPath: '.spec.author', description: 'Who decided.' },
    { name: 'Valid', type: 'string', jsonPath: '.status.conditions[?(@.type=="Valid")].status', description: 'Whether it counts.' },
    {
      name: 'Reason',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Valid")].reason',
      description: 'Why it counts or not.',
      priority: 1,
    },
    { name: 'Expires', type: 'string', jsonPath: '.spec.expiresAt', description: 'When it ends.', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation.' },
  ],
  selectableFields: ['.spec.subjectRef.uid', '.spec.action'],
  rules: [],
} as const satisfies Kind<typeof spec, typeof status>;

export const parseRiskDecision = readerOf(riskDecisionKind);
