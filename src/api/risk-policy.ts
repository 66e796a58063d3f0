import * as z from 'zod';
import { cel } from './cel.ts';
import { categories, categoryRules } from './categories.ts';
import { conditionList, riskPolicyConditionTypes } from './conditions.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import { generation, labelName, mapList, name, promQL, requiredText, seconds, setList } from './fields.ts';
import { readerOf } from './kind.ts';
import { reportingSchema } from './incident-acts.ts';
import { linkTemplate } from './link-template.ts';
import { receivers } from './notify.ts';
import type { Kind, StoredObject } from './kind.ts';
import { policyReviewFields, policyReviewRules } from './policy-review.ts';
import { prometheusRules } from './prometheus-rules.ts';
import { policyReviewStatusFields } from './review-status.ts';
import { scalesWith } from './scales-with.ts';
import { deliveryStatus, scheduledReportRules, scheduledReports } from './scheduled-report.ts';
import { tierRules, tiersSchema } from './risk-tier.ts';
import { signingPolicyFields, signingPolicyRules } from './signing-policy.ts';
import { anomalyRules, anomalySchema } from './signals/anomaly.ts';
import { burnRateRules, burnRateSchema } from './signals/burn-rate.ts';
import { calibrationRules, calibrationSchema } from './signals/calibration.ts';
import { comparisonRules, comparisonSchema } from './signals/comparison.ts';
import { driftRules, driftSchema } from './signals/drift.ts';
import { fairnessRules, fairnessSchema } from './signals/fairness.ts';
import { performanceRules, performanceSchema } from './signals/performance.ts';
import { httpJSONRules, httpJSONSchema } from './signals/http-json.ts';
import { alertSchema, inboxProvider, pushSchema } from './signals/inbox.ts';
import { postureRules, postureSchema } from './signals/posture.ts';
import { reportRules, reportSchema } from './signals/report.ts';
import { keepsLabels } from './signals/statistic-signal.ts';
import { workloadRules, workloadSchema } from './signals/workload.ts';

const httpURL = cel({
  rule: "isURL(self) && url(self).getScheme() in ['http', 'https'] && url(self).getHostname() != '' && !self.contains('@')",
  message: 'write an absolute http or https URL without user or password, e.g. http://prometheus.monitoring:9090',
});

const timeoutSeconds = z
  .int()
  .min(1)
  .max(60)
  .default(10)
  .meta({ description: 'Seconds one query may take before its readings are Error. Default 10.' });

const prometheus = z
  .object({
    url: requiredText(
      512,
      'Base URL of the Prometheus HTTP API, without a path of its own unless it sits behind one. Credentials do not belong here. Link-local and cloud metadata addresses are never asked.',
    ).meta(httpURL),
    timeoutSeconds,
  })
  .meta({ description: 'A server that speaks the Prometheus HTTP API.' });

const httpJSON = z
  .object({
    url: requiredText(
      512,
      'Base URL of the service, with the path that all signals share. Credentials do not belong here. Link-local and cloud metadata addresses are never asked, redirects never followed.',
    ).meta(httpURL),
    timeoutSeconds,
  })
  .meta({ description: 'A service that answers GET with JSON.' });

const inlineQueries = z
  .object({
    enforceLabel: labelName('Label whose value must be the namespace of the ModelRisk; it is added to every selector of the query.'),
  })
  .meta({
    description:
      'Lets owners write promQL in a ModelRisk against this provider, confined to their own namespace. Left out: inline queries are refused.',
  });

const providerName = name('Name that signals and inline queries use.');

const provider = z
  .union([
    z.object({ name: providerName, prometheus, inlineQueries: inlineQueries.exactOptional() }),
    z.object({ name: providerName, httpJSON }),
  ])
  .meta({ description: 'One place numbers come from.' })
  .meta(
    cel(
      {
        rule: `self.name != '${inboxProvider}'`,
        fieldPath: '.name',
        message: 'inbox is what signals that are pushed are read from: choose another name',
      },
      {
        rule: "self.name != 'cluster'",
        fieldPath: '.name',
        message: 'cluster is what signals of the state of the cluster are read from: choose another name',
      },
      {
        rule: '!has(self.inlineQueries) || has(self.prometheus)',
        fieldPath: '.inlineQueries',
        message: 'only a prometheus answers queries: leave inlineQueries out',
      },
    ),
  );

const identity = z
  .object({
    namespace: labelName(
      'Label with the namespace of the model. It must come from service discovery, never from the exporter, or one tenant could speak for another.',
    ),
    model: labelName('Label with the name of the model (ModelRisk spec.model.name).'),
    version: labelName(
      'Label with the version (ModelRisk spec.model.version). Left out: the series speaks for every version.',
    ).exactOptional(),
    served: labelName(
      'Label that is "live" for answers callers received and "shadow" for mirrored copies. Left out: the two are not told apart.',
    ).exactOptional(),
  })
  .meta({ description: 'Labels of the result that say whom a series belongs to.' });

const promQLSignal = z
  .object({
    query: promQL('PromQL that answers one vector for all models: one series for each combination of identity labels.'),
    countQuery: promQL(
      'PromQL, same labels, that answers the rows behind each value. Left out: sample counts are unknown and minSamples must be 0.',
    ).exactOptional(),
    activityQuery: promQL(
      'PromQL, same labels, above 0 while the model answers. Guards against a gauge that froze; without activity there is no data.',
    ).exactOptional(),
  })
  .meta({ description: 'A value computed by Prometheus.' });

const windowSeconds = seconds(
  1,
  'Seconds of data behind one value: the range in the query. Evidence for a stage counts only from a window that began after the stage.',
);

const everySignal = {
  name: name('Name that indicators use (signal.template.name).'),
  measurableIn: setList(z.enum(['Live', 'Shadow']).meta({ description: 'Kind of answers.' }), {
    min: 1,
    max: 2,
    description: 'In which answers the signal exists: Live (callers received them), Shadow (mirrored copies). Default [Live].',
  }).default(['Live']),
  scalesWith,
};

const common = { ...everySignal, provider: name('Provider to ask.'), windowSeconds, identity };

const { identity: _identity, ...ofService } = common;
const { provider: _provider, ...ofInbox } = common;
/** Of signals read from the state of the cluster: it is the provider, and whom an object belongs to is in workloadRefs. */
const ofCluster = { ...everySignal, windowSeconds: windowSeconds.exactOptional() };

export const signalTemplateSchema = z
  .union([
    z.object({ ...common, promQL: promQLSignal }),
    z.object({ ...common, drift: driftSchema }),
    z.object({ ...common, calibration: calibrationSchema }),
    z.object({ ...common, burnRate: burnRateSchema }),
    z.object({ ...common, anomaly: anomalySchema }),
    z.object({ ...common, fairness: fairnessSchema }),
    z.object({ ...common, performance: performanceSchema }),
    z.object({ ...ofService, httpJSON: httpJSONSchema }),
    z.object({ ...everySignal, windowSeconds, push: pushSchema }),
    z.object({ ...ofInbox, alert: alertSchema }),
    z.object({ ...ofCluster, workload: workloadSchema }),
    z.object({ ...everySignal, posture: postureSchema }),
    z.object({ ...everySignal, report: reportSchema }),
    z.object({ ...common, comparison: comparisonSchema }),
  ])
  .meta({ description: 'Template of a signal: one query judges every model that uses it.' })
  .meta(
    cel(
      {
        rule: `!has(self.promQL) || (${keepsLabels('self.promQL.query')})`,
        fieldPath: '.promQL.query',
        message: 'keep every label of identity in the result, the namespace label above all: aggregate by (namespace, model, ...)',
      },
      ...driftRules,
      ...calibrationRules,
      ...burnRateRules,
      ...anomalyRules,
      ...fairnessRules,
      ...performanceRules,
      ...httpJSONRules,
      ...workloadRules,
      ...postureRules,
      ...reportRules,
      ...comparisonRules,
    ),
  );

const currency = z
  .string()
  .max(3)
  .regex(/^[A-Z]{3}$/)
  .meta({ description: 'Currency of every amount under this policy, ISO 4217, e.g. USD. Left out: amounts are shown without one.' });

const spec = z
  .object({
    currency: currency.exactOptional(),
    categories,
    runbookURL: linkTemplate('Page that says what to do, where neither the category nor the tier has one.').exactOptional(),
    dashboardURL: linkTemplate('Page that shows how a model stands, where neither the category nor the tier has one.').exactOptional(),
    tiers: tiersSchema,
    reviewWarningSeconds: seconds(
      0,
      'How long before a review is due people are warned, and how long after its cause one is due that something brings forward (a new version, an incident, drift, an edit of the policy), or that is the first. Default 2592000: 30 days.',
    ).default(2_592_000),
    ...policyReviewFields,
    discountPercent: z.number().min(0).max(100).default(10).meta({
      description: 'What a benefit loses by coming a year later, in percent: the backlog prefers what helps soon. Default 10.',
    }),
    falseEngagementsPerModelYear: z.number().gt(0).max(1000).default(1).meta({
      description:
        'Most false alarms a year the indicators that engage plans of one model (all, while it has no plan) may be expected to raise together, each counted as if it engaged by itself; above it the model is not Calibrated. Default 1.',
    }),
    ...signingPolicyFields,
    providers: mapList(provider, 'name', {
      max: 16,
      description: 'Places numbers come from: the only place for their addresses. Tenants name them, they never write a URL.',
    }).default([]),
    signals: mapList(signalTemplateSchema, 'name', { max: 64, description: 'Templates that indicators use by name.' }).default([]),
    receivers,
    reporting: reportingSchema,
    prometheusRules: prometheusRules.exactOptional(),
    reports: scheduledReports,
  })
  .meta({ description: 'The programme: what every ModelRisk that names this policy shares.' })
  .meta(
    cel(
      {
        rule: 'self.signals.all(s, !has(s.provider) || self.providers.exists(p, p.name == s.provider))',
        fieldPath: '.signals',
        message: 'every signals[].provider must name an entry of providers: add the provider or correct the name',
      },
      {
        rule: 'self.signals.all(s, !has(s.provider) || !self.providers.exists(p, p.name == s.provider && has(p.httpJSON) != has(s.httpJSON)))',
        fieldPath: '.signals',
        message: 'signals with httpJSON are read from a provider with httpJSON, all others from one with prometheus: name another provider',
      },
      ...tierRules,
      ...categoryRules,
      ...signingPolicyRules,
      ...policyReviewRules,
      ...scheduledReportRules,
    ),
  );

const status = z
  .object({
    observedGeneration: generation('Generation the status speaks of.').exactOptional(),
    conditions: conditionList(riskPolicyConditionTypes),
    ...policyReviewStatusFields,
    reports: deliveryStatus,
  })
  .meta({ description: 'What the operator found; written by the operator only.' });

export type RiskPolicySpec = DeepReadonly<z.output<typeof spec>>;
export type SignalTemplate = DeepReadonly<z.output<typeof signalTemplateSchema>>;
export type Receiver = RiskPolicySpec['receivers'][number];
export type RiskPolicy = StoredObject<typeof spec, typeof status>;

export const riskPolicyKind = {
  kind: 'RiskPolicy',
  plural: 'riskpolicies',
  shortNames: ['rpolicy'],
  scope: 'Cluster',
  description: 'The risk programme of a cluster: where numbers come from and which signals exist.',
  spec,
  status,
  printerColumns: [
    {
      name: 'Ready',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Ready")].status',
      description: 'Reconciled at this generation.',
    },
    {
      name: 'Reachable',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="ProvidersReachable")].status',
      description: 'All providers answer.',
    },
    { name: 'Review', type: 'string', jsonPath: '.status.review.next', description: 'When its next review is due.', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation.' },
  ],
  selectableFields: [],
  rules: [],
} as const satisfies Kind<typeof spec, typeof status>;

export const parseRiskPolicy = readerOf(riskPolicyKind);
