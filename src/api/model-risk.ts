import * as z from 'zod';
import { cel } from './cel.ts';
import { conditionList, modelRiskConditionTypes } from './conditions.ts';
import type { OnNoData } from '../core/model/indicator.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import { documentationFields, documentationRules, documentationStatusFields } from './documentation.ts';
import {
  count,
  decimal,
  digest,
  generation,
  instant,
  mapList,
  name,
  objectName,
  promQL,
  requiredText,
  seconds,
  setList,
  text,
} from './fields.ts';
import { readerOf } from './kind.ts';
import type { Kind, StoredObject } from './kind.ts';
import { scalesWith } from './scales-with.ts';
import { anomalyBaseline } from './signals/anomaly.ts';
import { exposureSchema, exposureStatusFields } from './exposure.ts';
import { falseAlarmStatus } from './false-alarm-status.ts';
import { quorumMembersRule, quorumRules, quorumSchema } from './signals/quorum.ts';
import { driftReference } from './signals/drift-reference.ts';
import { impactSchema, likelihoodSchema } from './likelihood-impact.ts';
import { objective, reachableBurnRate } from './objective.ts';
import { objectiveStatus } from './objective-status.ts';
import { lossStatusFields } from './loss-status.ts';
import { remediationRules, remediations } from './remediation.ts';
import { reviewStatusFields } from './review-status.ts';
import { evaluationInterval, onNoData } from './playbook.ts';
import { criticality } from './risk-tier.ts';
import { suppliedTerms } from './supplied-terms.ts';
import { threshold } from './threshold.ts';
import { signedLimit, signOffStatusFields } from './sign-off-status.ts';
import { workloadRefsSchema } from './workload-refs.ts';
import { thresholdSnapshot } from './threshold-snapshot.ts';

const template = z
  .object({ name: name('Entry of signals in the RiskPolicy.') })
  .meta({ description: 'A signal of the policy, shared with other models.' });

const inlinePromQL = z
  .object({
    provider: name('Provider of the RiskPolicy; it must allow inlineQueries.'),
    query: promQL('PromQL that answers exactly one series for this model. The namespace label is enforced.'),
    countQuery: promQL(
      'PromQL that answers the rows behind the value. Left out: the sample count is unknown and minSamples must be 0.',
    ).exactOptional(),
    windowSeconds: seconds(1, 'Seconds of data behind one value: the range in the query.'),
    scalesWith,
  })
  .meta({ description: 'A query of this model alone, read in live answers only.' });

const signal = z
  .union([
    z.object({ template, reference: driftReference.exactOptional(), baseline: anomalyBaseline.exactOptional() }),
    z.object({ promQL: inlinePromQL }),
    z.object({ quorum: quorumSchema }),
  ])
  .meta({ description: 'Where the number comes from.' })
  .meta(
    cel(
      {
        rule: '!has(self.reference) || has(self.template)',
        fieldPath: '.reference',
        message: 'a reference belongs to a template of the policy: leave it out beside promQL',
      },
      {
        rule: '!has(self.baseline) || has(self.template)',
        fieldPath: '.baseline',
        message: 'a baseline belongs to an anomaly template: leave it out beside promQL',
      },
    ),
  );

export const indicatorSchema = z
  .object({
    name: name('Name that plans use.'),
    risk: name('Entry of risks this indicator watches.'),
    signal,
    threshold: threshold.exactOptional(),
    objective: objective.exactOptional(),
    minSamples: count(
      1_000_000_000,
      'Fewer rows than this are Insufficient, neither good nor bad. 0: no minimum. Left out: where the signal knows what chance alone reaches, as many rows as keep that under half of threshold.breach; else no minimum.',
    ).exactOptional(),
    forSeconds: seconds(0, 'Seconds a breach must hold before the indicator fires. Default 30.').default(30),
    clearForSeconds: seconds(0, 'Seconds the value must stay within clear before a firing indicator is clear. Default 600.').default(600),
    staleAfterSeconds: seconds(1, 'Age in seconds of the newest sample from which the reading is no data. Default 300.').default(300),
    onNoData: onNoData.exactOptional(),
    onError: z
      .enum(['Hold', 'Breach'])
      .default('Hold')
      .meta({ description: 'What a failing provider means. Hold: nothing changes. Breach: it counts as a breach. Default Hold.' }),
  })
  .meta({ description: 'A signal with limits and timing.' })
  .meta(
    cel(
      {
        rule: '!has(self.signal.promQL) || has(self.signal.promQL.countQuery) || !has(self.minSamples) || self.minSamples == 0',
        fieldPath: '.minSamples',
        message: 'without signal.promQL.countQuery the rows are unknown: write a countQuery, or minSamples: 0',
      },
      reachableBurnRate,
      ...quorumRules,
    ),
  );

export const riskEntrySchema = z
  .object({
    name: name('Name that indicators use.'),
    category: requiredText(
      63,
      'Category of the risk, e.g. DataQuality, ModelPerformance, Fairness, Security, Privacy, OperationalReliability.',
    ),
    summary: text(1024, 'What could go wrong, in one sentence.').exactOptional(),
    likelihood: likelihoodSchema.exactOptional(),
    impact: impactSchema.exactOptional(),
  })
  .meta({ description: 'One entry of the risk register. With likelihood and impact it has a price.' })
  .meta(
    cel({
      rule: 'has(self.likelihood) == has(self.impact)',
      message: 'a price needs both: write likelihood and impact together, or neither',
    }),
  );

const spec = z
  .object({
    policyRef: z
      .object({ name: objectName('RiskPolicy with the providers and signals this model uses.') })
      .meta({ description: 'The programme this model is under.' }),
    model: z
      .object({
        name: requiredText(253, 'Name of the model as the identity labels of its series say it.'),
        version: requiredText(128, 'Version under guard as the identity labels of its series say it. A new version must earn its own Ok.'),
        imageDigest: digest(
          'Digest of the container image the version runs from, sha256:..., as nodes report it in containerStatuses[].imageID. For signals that compare it; left out: none may.',
        ).exactOptional(),
        labelMaturitySeconds: seconds(
          1,
          'Seconds after a decision from which on its outcome is known, e.g. 2592000 for 30 days: only outcomes of older decisions count. Signals of outcomes must then count by day of the decision (cohortLabel). Above 604800 (7 days) what such a signal brought on is released by a RiskDecision, never by its Ok. Left out: outcomes count when they arrive.',
        ).exactOptional(),
      })
      .meta({ description: 'The deployed model.' }),
    workloadRefs: workloadRefsSchema.default([]),
    criticality: criticality
      .meta({ description: 'Declared materiality: tiers of the policy may name it. The tier may be higher by the numbers, never lower.' })
      .exactOptional(),
    owner: z
      .object({
        team: requiredText(253, 'Team that answers for the model.'),
        contact: requiredText(253, 'Where to reach it: a channel, a mail address, a rota.'),
      })
      .meta({ description: 'Who answers for the model; named in events and incidents.' }),
    risks: mapList(riskEntrySchema, 'name', { min: 1, max: 64, description: 'The register: what can go wrong with this model.' }),
    indicators: mapList(indicatorSchema, 'name', {
      max: 32,
      description: 'Signals with limits, each watching one risk of the register.',
    }).default([]),
    remediations,
    exposure: exposureSchema.exactOptional(),
    ...documentationFields,
    evaluationIntervalSeconds: evaluationInterval.exactOptional(),
    suspend: z
      .enum(['None', 'Hold'])
      .default('None')
      .meta({ description: 'Hold: indicators are not evaluated and keep their state, plans keep their stage. Default None.' }),
  })
  .meta({ description: 'What the owner declares.' })
  .meta(
    cel(
      {
        rule: 'self.indicators.all(i, self.risks.exists(r, r.name == i.risk))',
        fieldPath: '.indicators',
        message: 'every indicators[].risk must name an entry of risks: add the risk to the register or correct the name',
      },
      quorumMembersRule,
      ...remediationRules,
      ...documentationRules,
    ),
  );

const indicatorStatus = z
  .object({
    name: name('Indicator.'),
    state: z
      .enum(['Clear', 'Pending', 'Firing', 'Clearing'])
      .meta({ description: 'Where the indicator stands; only Firing engages a plan.' }),
    since: instant('When it came to this state.'),
    verdict: z.enum(['Ok', 'Warn', 'Breach', 'Insufficient', 'NoData', 'Error']).meta({ description: 'Last verdict.' }).exactOptional(),
    value: decimal(
      'Value at the last change of verdict or state, in the unit of the signal; live numbers are in /metrics.',
    ).exactOptional(),
    sampleCount: z.number().min(0).meta({ description: 'Rows behind the value.' }).exactOptional(),
    threshold: thresholdSnapshot.exactOptional(),
    dataTime: instant('Time of the newest sample behind the value.').exactOptional(),
    message: text(1024, 'Why there is no value, or how it compares to the limit.').exactOptional(),
    likelihoodRatio: z
      .number()
      .min(0)
      .meta({
        description:
          'What its readings multiply the odds of an incident by; 1 says nothing. Without a usable reading the last factor above 1 stays.',
      })
      .exactOptional(),
    falseAlarms: falseAlarmStatus.exactOptional(),
    signedLimit: signedLimit.exactOptional(),
    objective: objectiveStatus.exactOptional(),
  })
  .meta({ description: 'Last look at one indicator.' });

const status = z
  .object({
    observedGeneration: generation('Generation the status speaks of.').exactOptional(),
    conditions: conditionList(modelRiskConditionTypes),
    indicators: mapList(indicatorStatus, 'name', { max: 32, description: 'Last change of each indicator.' }).default([]),
    ...lossStatusFields,
    ...exposureStatusFields,
    ...reviewStatusFields,
    ...documentationStatusFields,
    ...suppliedTerms,
    ...signOffStatusFields,
    openIncidents: setList(objectName('RiskIncident.'), { max: 32, description: 'Incidents of this model that are not closed.' }).default(
      [],
    ),
  })
  .meta({ description: 'What the operator found; written by the operator only.' });

type ModelRiskSpec = DeepReadonly<z.output<typeof spec>>;
type ModelRiskStatus = DeepReadonly<z.output<typeof status>>;
/** As it is written: by a signal of its own, or by those of others it counts. */
export type DeclaredIndicator = ModelRiskSpec['indicators'][number];
/** With what its tier supplies where its owner wrote nothing. */
export type IndicatorInForce = DeclaredIndicator & { readonly onNoData: OnNoData };
/** An indicator that reads a signal of its own, and so has limits in its unit. */
export type IndicatorSpec = Omit<IndicatorInForce, 'signal' | 'threshold'> & {
  readonly signal: Exclude<DeclaredIndicator['signal'], { readonly quorum: unknown }>;
  readonly threshold: NonNullable<DeclaredIndicator['threshold']>;
};
export type IndicatorStatus = ModelRiskStatus['indicators'][number];
export type ModelRisk = StoredObject<typeof spec, typeof status>;

export const modelRiskKind = {
  kind: 'ModelRisk',
  plural: 'modelrisks',
  shortNames: ['mrisk'],
  scope: 'Namespaced',
  description: 'One deployed model: its risks and the indicators that watch them.',
  spec,
  status,
  printerColumns: [
    { name: 'Model', type: 'string', jsonPath: '.spec.model.name', description: 'Model.' },
    { name: 'Version', type: 'string', jsonPath: '.spec.model.version', description: 'Version under guard.' },
    {
      name: 'Ready',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Ready")].status',
      description: 'Reconciled at this generation.',
    },
    { name: 'Breached', type: 'string', jsonPath: '.status.conditions[?(@.type=="Breached")].status', description: 'A limit is broken.' },
    { name: 'Tier', type: 'string', jsonPath: '.status.tier.inherent', description: 'Class of the model by what is at stake.' },
    {
      name: 'Loss',
      type: 'number',
      jsonPath: '.status.expectedAnnualLoss.value',
      description: 'Expected annual loss in the currency of the policy.',
    },
    { name: 'Review', type: 'string', jsonPath: '.status.review.next', description: 'When the next review is due.', priority: 1 },
    { name: 'Owner', type: 'string', jsonPath: '.spec.owner.team', description: 'Team that answers for the model.', priority: 1 },
    {
      name: 'Reason',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
      description: 'Why it is ready or not.',
      priority: 1,
    },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation.' },
  ],
  selectableFields: ['.spec.policyRef.name', '.spec.model.name'],
  rules: [],
} as const satisfies Kind<typeof spec, typeof status>;

export function readsOwnSignal(declared: IndicatorInForce): declared is IndicatorInForce & IndicatorSpec {
  return !('quorum' in declared.signal) && declared.threshold !== undefined;
}

export const parseModelRisk = readerOf(modelRiskKind);
