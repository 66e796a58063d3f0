import { canonicalJSON } from '../shared/canonical-json.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { ScalesWith } from '../core/model/indicator.ts';
import type { ModelIdentity, Served } from '../core/model/observation.ts';
import type { StatisticDefinition } from '../core/statistics/definition.ts';
import type { WorkloadReference } from '../core/workload/measure.ts';
import type { IndicatorSpec } from './model-risk.ts';
import type { RiskPolicySpec, SignalTemplate } from './risk-policy.ts';
import { anomalyDefinition, anomalyQueries } from './signals/anomaly.ts';
import { burnRateDefinition, burnRateQueries } from './signals/burn-rate.ts';
import {
  clusterSignal,
  isClusterTemplate,
  resolveClusterSignal,
  type ClusterTemplate,
  type ResolvedClusterSignal,
} from './signals/cluster-signal.ts';
import { calibrationDefinition, calibrationQueries } from './signals/calibration.ts';
import { comparisonDefinition, comparisonQueries } from './signals/comparison.ts';
import { driftDefinition, driftQueries } from './signals/drift.ts';
import { fairnessDefinition, fairnessQueries } from './signals/fairness.ts';
import { httpJSONSignal, resolveHTTPJSONSignal, type HTTPJSONTemplate, type ResolvedHTTPJSONSignal } from './signals/http-json-signal.ts';
import { inboxSignal, isInboxTemplate, resolveInboxSignal, type InboxTemplate, type ResolvedInboxSignal } from './signals/inbox-signal.ts';
import type { OutcomeUse } from './signals/outcome-fields.ts';
import { performanceDefinition, performanceQueries } from './signals/performance.ts';
import type { StatisticQueries, StatisticSignal } from './signals/statistic-signal.ts';

interface Window {
  /** Equal text = one query answers both. */
  readonly shape: string;
  readonly provider: string;
  readonly query: string;
  readonly windowSeconds: number;
  readonly measurableIn: readonly Served[];
  readonly scalesWith: ScalesWith;
}

interface IdentityLabels {
  readonly namespace: string;
  readonly model: string;
  readonly version: string | null;
  readonly served: string | null;
}

/** A signal with everything resolved but the model: what a signal source is asked with. */
export type ResolvedSignal =
  | (Window & { readonly kind: 'Inline'; readonly countQuery: string | null; readonly enforceLabel: string })
  | (Window & {
      readonly kind: 'Template';
      readonly countQuery: string | null;
      readonly activityQuery: string | null;
      readonly identityLabels: IdentityLabels;
    })
  | (Window & StatisticSignal & { readonly kind: 'Statistic'; readonly identityLabels: IdentityLabels })
  | ResolvedHTTPJSONSignal
  | ResolvedInboxSignal
  | ResolvedClusterSignal;

/** What a signal asks, whatever it makes of the answer. */
export type SignalQueries =
  Exclude<ResolvedSignal, { readonly kind: 'Statistic' }> | Omit<Extract<ResolvedSignal, { readonly kind: 'Statistic' }>, 'statistic'>;

/** Whose signal it is, how long its outcomes take, and what it runs on. */
interface MeasuredModel extends ModelIdentity {
  readonly labelMaturitySeconds?: number | undefined;
  readonly workloadRefs?: readonly WorkloadReference[];
  /** Why the reference of the indicator, which a ConfigMap keeps, can't be used. */
  readonly unread?: string | undefined;
}

/** An objective without a window says what a burn rate is measured against; with one it is that of the indicator itself. */
function isOfEvents(objective: IndicatorSpec['objective']): boolean {
  return objective !== undefined && objective.windowSeconds === undefined;
}

/**
 * Follows an indicator to the policy's templates and providers.
 * Failure: one sentence that says what is missing and where to write it.
 */
export function resolveSignal(spec: IndicatorSpec, model: MeasuredModel, policy: RiskPolicySpec): Result<ResolvedSignal, string> {
  if ('promQL' in spec.signal && isOfEvents(spec.objective))
    return failure(
      `indicator ${spec.name}: an inline query measures no burn rate; leave objective out, or write objective.windowSeconds for one of the indicator itself`,
    );
  return 'promQL' in spec.signal
    ? resolveInline(spec.name, spec.signal.promQL, { model, policy })
    : resolveTemplate(spec, spec.signal, { model, policy });
}

type InlineSpec = Extract<IndicatorSpec['signal'], { readonly promQL: unknown }>['promQL'];
type QueriedTemplate = Exclude<SignalTemplate, HTTPJSONTemplate | InboxTemplate | ClusterTemplate>;
type StatisticTemplate = Exclude<QueriedTemplate, { readonly promQL: unknown }>;
type TemplateUse = Extract<IndicatorSpec['signal'], { readonly template: unknown }>;

interface Context {
  readonly model: MeasuredModel;
  readonly policy: RiskPolicySpec;
}

function resolveInline(indicator: string, inline: InlineSpec, context: Context): Result<ResolvedSignal, string> {
  const provider = context.policy.providers.find((entry) => entry.name === inline.provider);
  if (provider === undefined)
    return failure(`indicator ${indicator}: the policy has no provider ${inline.provider}; name one of its providers or have it added`);
  if (!('inlineQueries' in provider)) {
    return failure(
      `indicator ${indicator}: provider ${inline.provider} allows no inline queries; use a template of the policy or have inlineQueries added to the provider`,
    );
  }
  const { query, windowSeconds, scalesWith } = inline;
  const countQuery = inline.countQuery ?? null;
  const { enforceLabel } = provider.inlineQueries;
  return success({
    kind: 'Inline',
    // The namespace is part of the query once the label is enforced.
    shape: canonicalJSON(['Inline', provider.name, query, countQuery, enforceLabel, context.model.namespace]),
    provider: provider.name,
    query,
    countQuery,
    enforceLabel,
    windowSeconds,
    measurableIn: ['Live'],
    scalesWith,
  });
}

function resolveTemplate(spec: IndicatorSpec, use: TemplateUse, { model, policy }: Context): Result<ResolvedSignal, string> {
  const template = policy.signals.find((entry) => entry.name === use.template.name);
  if (template === undefined)
    return failure(`indicator ${spec.name}: the policy has no signal ${use.template.name}; name one of its signals or have it added`);
  if (isClusterTemplate(template)) return resolveClusterSignal(spec, template, model);
  if (isInboxTemplate(template)) return resolveInboxSignal(spec, template);
  if ('httpJSON' in template) return resolveHTTPJSONSignal(spec, template, policy);
  const source = policy.providers.find((entry) => entry.name === template.provider);
  if (source === undefined) {
    return failure(`indicator ${spec.name}: signal ${template.name} names provider ${template.provider}, which the policy does not have`);
  }
  if (!('prometheus' in source)) {
    return failure(
      `indicator ${spec.name}: signal ${template.name} is a query, and provider ${source.name} answers none; name a provider with prometheus or have one added`,
    );
  }
  const { provider, windowSeconds, measurableIn, scalesWith } = template;
  const identityLabels = toIdentityLabels(template.identity);
  const window = { provider, windowSeconds, measurableIn, scalesWith, identityLabels };
  if (use.reference !== undefined && !('drift' in template || 'comparison' in template || 'performance' in template))
    return failure(`indicator ${spec.name}: signal ${template.name} compares to no reference; leave signal.reference out`);
  if (isOfEvents(spec.objective) && !('burnRate' in template))
    return failure(
      `indicator ${spec.name}: signal ${template.name} measures no burn rate; leave objective out, or write objective.windowSeconds for one of the indicator itself`,
    );
  if (use.baseline !== undefined && !('anomaly' in template))
    return failure(`indicator ${spec.name}: signal ${template.name} compares to no baseline; leave signal.baseline out`);
  if (!('promQL' in template)) {
    const queries = statisticQueries(template, use);
    const statistic = statisticDefinition(template, { spec, use, model });
    if (!statistic.ok) return failure(`indicator ${spec.name}: signal ${template.name} ${statistic.failure}`);
    return success({
      kind: 'Statistic',
      ...window,
      ...queries,
      shape: shapeOf('Statistic', template, textsOf(queries)),
      statistic: statistic.value,
    });
  }
  const { query } = template.promQL;
  const countQuery = template.promQL.countQuery ?? null;
  const activityQuery = template.promQL.activityQuery ?? null;
  if (countQuery === null && spec.minSamples !== undefined && spec.minSamples > 0) {
    return failure(
      `indicator ${spec.name}: signal ${template.name} counts no rows (it has no countQuery); write minSamples: 0 or have a countQuery added`,
    );
  }
  return success({
    kind: 'Template',
    ...window,
    shape: shapeOf('Template', template, [query, countQuery, activityQuery]),
    query,
    countQuery,
    activityQuery,
  });
}

/** A template as it is asked, whatever the indicators that use it add: for telling its author what is wrong with it. */
export function resolveTemplateAlone(template: SignalTemplate): SignalQueries {
  if (isClusterTemplate(template)) return clusterSignal(template);
  if (isInboxTemplate(template)) return inboxSignal(template);
  if ('httpJSON' in template) return httpJSONSignal(template);
  const { provider, windowSeconds, measurableIn, scalesWith } = template;
  const window = { shape: '', provider, windowSeconds, measurableIn, scalesWith, identityLabels: toIdentityLabels(template.identity) };
  if (!('promQL' in template)) return { kind: 'Statistic', ...window, ...statisticQueries(template) };
  const { query, countQuery, activityQuery } = template.promQL;
  return { kind: 'Template', ...window, query, countQuery: countQuery ?? null, activityQuery: activityQuery ?? null };
}

/** One line for each statistic, here and below. */
function statisticQueries(template: StatisticTemplate, use?: TemplateUse): StatisticQueries {
  if ('calibration' in template) return calibrationQueries(template.calibration);
  if ('burnRate' in template) return burnRateQueries(template.burnRate);
  if ('anomaly' in template) return anomalyQueries(template.anomaly);
  if ('fairness' in template) return fairnessQueries(template.fairness);
  if ('performance' in template) return performanceQueries(template.performance);
  if ('comparison' in template) return comparisonQueries(template.comparison);
  return driftQueries(template.drift, use?.reference);
}

interface TemplateOf {
  readonly spec: IndicatorSpec;
  readonly use: TemplateUse;
  readonly model: MeasuredModel;
}

function statisticDefinition(template: StatisticTemplate, { spec, use, model }: TemplateOf): Result<StatisticDefinition, string> {
  const { windowSeconds } = template;
  const tellsVersionsApart = template.identity.version !== undefined;
  const outcomes: OutcomeUse = { indicator: spec, windowSeconds, labelMaturitySeconds: model.labelMaturitySeconds ?? null };
  if ('calibration' in template) return calibrationDefinition(template.calibration, spec.threshold.direction);
  if ('burnRate' in template) return burnRateDefinition(template.burnRate, spec);
  if ('anomaly' in template) return anomalyDefinition(template.anomaly, spec.threshold.direction, use.baseline);
  if ('fairness' in template) return fairnessDefinition(template.fairness, outcomes);
  if ('performance' in template)
    return performanceDefinition(template.performance, outcomes, { reference: use.reference, version: model.version, tellsVersionsApart });
  if ('comparison' in template)
    return comparisonDefinition({ comparison: template.comparison, windowSeconds, version: model.version }, spec, use.reference);
  const { version, unread } = model;
  return driftDefinition({ drift: template.drift, windowSeconds, tellsVersionsApart, version, unread }, spec, use.reference);
}

function textsOf({ query, parts }: StatisticQueries): readonly string[] {
  return [query, ...parts.flatMap((part) => [part.name, part.query, String(part.offsetSeconds ?? 0)])];
}

function shapeOf(kind: string, template: QueriedTemplate, queries: readonly (string | null)[]): string {
  const { namespace, model, version, served } = toIdentityLabels(template.identity);
  return canonicalJSON([kind, template.provider, ...queries, namespace, model, version, served]);
}

function toIdentityLabels(identity: QueriedTemplate['identity']): IdentityLabels {
  return { namespace: identity.namespace, model: identity.model, version: identity.version ?? null, served: identity.served ?? null };
}
