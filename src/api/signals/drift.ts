import * as z from 'zod';
import type { Counted, DriftDefinition } from '../../core/statistics/drift.ts';
import type { DriftReference } from '../../core/statistics/drift-comparison.ts';
import { driftMetrics } from '../../core/statistics/drift-metric.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import { labelName, promQL } from '../fields.ts';
import type { IndicatorSpec } from '../model-risk.ts';
import { referenceDigest } from './drift-reference.ts';
import { designEffect, falseAlarmProbability, keepsLabels, type StatisticQueries } from './statistic-signal.ts';

export const driftSchema = z
  .object({
    live: promQL(
      'PromQL that answers the increase of a histogram (identity labels, and le where it is classic), or of a counter by category (identity labels and that of category).',
    ),
    category: labelName('Label with the category, for counters. Left out: live answers a histogram.').exactOptional(),
    feature: labelName(
      'Label that tells features of the model apart, each measured from its own reference (seasonal or champion): the largest drift beyond chance, by Benjamini and Hochberg over at most 50. Left out: one distance.',
    ).exactOptional(),
    histogram: z.enum(['Classic', 'Native']).default('Classic').meta({
      description: 'Kind of histogram that live answers: Classic (a series for each le) or Native (one series). Default Classic.',
    }),
    metric: z.enum(driftMetrics).default('PSI').meta({
      description:
        'How the distance is measured, the threshold being in its unit. PSI in nats, Jeffreys-smoothed; JensenShannon (distance, base 2), Hellinger, TotalVariation (share of rows that would have to move), LInfinity (largest change of one share), CramersV (effect size of the chi-square test), KolmogorovSmirnov (at bucket bounds): each from 0 to 1, not smoothed; Wasserstein: in ranges that hold 90 % of the reference. Default PSI.',
    }),
    designEffect,
    falseAlarmProbability,
  })
  .meta({ description: 'How far the live counts of the window are from those of the reference that the indicator names.' });

export const driftRules = [
  {
    rule: `!has(self.drift) || (${keepsLabels('self.drift.live', ["has(self.drift.category) ? self.drift.category : (self.drift.histogram == 'Native' ? self.identity.model : 'le')"])})`,
    fieldPath: '.drift.live',
    message:
      'keep le (or the label of category) and every label of identity in the result, the namespace label above all: aggregate by (namespace, model, ..., le)',
  },
  {
    rule: "!has(self.drift) || !has(self.drift.category) || self.drift.histogram == 'Classic'",
    fieldPath: '.drift.histogram',
    message: 'a counter by category is no histogram: leave histogram out beside category',
  },
  {
    rule: "!has(self.drift) || !has(self.drift.category) || !(self.drift.metric in ['KolmogorovSmirnov', 'Wasserstein'])",
    fieldPath: '.drift.metric',
    message: 'categories have no order: write PSI, JensenShannon, Hellinger, TotalVariation, LInfinity or CramersV',
  },
  {
    rule: '!has(self.drift) || !has(self.drift.feature) || self.drift.live.contains(self.drift.feature)',
    fieldPath: '.drift.live',
    message: 'keep the label of feature in the result, beside le (or the label of category) and the labels of identity',
  },
  {
    rule: "!has(self.drift) || !has(self.drift.feature) || !(self.drift.feature in [has(self.drift.category) ? self.drift.category : 'le', self.identity.namespace, self.identity.model, has(self.identity.version) ? self.identity.version : 'le', has(self.identity.served) ? self.identity.served : 'le'])",
    fieldPath: '.drift.feature',
    message: 'write a label that tells features apart: neither le, nor the label of category, nor one of identity',
  },
  {
    rule: "!has(self.drift) || !has(self.drift.feature) || self.drift.metric != 'Wasserstein'",
    fieldPath: '.drift.metric',
    message: 'of a Wasserstein distance no p-value is known, which many features take: write KolmogorovSmirnov, or leave feature out',
  },
] as const;

type DriftSpec = DeepReadonly<z.output<typeof driftSchema>>;
type TemplateUse = Extract<IndicatorSpec['signal'], { readonly template: unknown }>;
type ReferenceSpec = NonNullable<TemplateUse['reference']>;

/** Name of the part that counts as the live query did some time ago. */
const seasonPart = 'season';

/** Without a reference, those of the live side alone. */
export function driftQueries({ live, category, histogram, feature }: DriftSpec, reference?: ReferenceSpec): StatisticQueries {
  const counted = category !== undefined ? [category] : histogram === 'Classic' ? ['le'] : [];
  const labels = feature === undefined ? counted : [...counted, feature];
  if (reference === undefined || !('seasonal' in reference)) return { query: live, labels, parts: [] };
  const { offsetSeconds } = reference.seasonal;
  return { query: live, labels, parts: [{ name: seasonPart, query: live, labels, isBaseline: true, offsetSeconds }] };
}

/** What a drift template is used with. */
export interface DriftUse {
  readonly drift: DriftSpec;
  readonly windowSeconds: number;
  readonly tellsVersionsApart: boolean;
  /** Version under guard. */
  readonly version: string;
  /** Why the counts of a ConfigMap can't be used. */
  readonly unread?: string | undefined;
}

/** Failure: the end of a sentence about the signal. */
export function driftDefinition(use: DriftUse, { threshold }: IndicatorSpec, reference?: ReferenceSpec): Result<DriftDefinition, string> {
  const { metric, designEffect: effect, falseAlarmProbability, feature } = use.drift;
  if (reference === undefined) return failure('measures drift; write signal.reference, what to measure it from');
  if (threshold.direction !== 'Above')
    return failure('measures a distance, which is bad when it is large; write threshold.direction: Above');
  if (feature !== undefined && !('seasonal' in reference || 'champion' in reference))
    return failure(
      'measures many features, and a pinned reference is of one; write signal.reference.seasonal or champion, or have a signal without feature made for each',
    );
  const compared = referenceOf(use, reference);
  if (!compared.ok) return compared;
  return success({
    kind: 'Drift',
    metric,
    designEffect: effect,
    falseAlarmProbability,
    counted: countedBy(use.drift),
    reference: compared.value,
    ...(feature === undefined ? {} : { feature }),
  });
}

/** What the live query counts. */
export function countedBy({ category, histogram }: DriftSpec): Counted {
  if (category !== undefined) return { kind: 'Categories', label: category };
  return histogram === 'Native' ? { kind: 'Native' } : { kind: 'Buckets' };
}

function referenceOf(
  { drift, windowSeconds, tellsVersionsApart, version, unread }: DriftUse,
  reference: ReferenceSpec,
): Result<DriftReference, string> {
  if ('seasonal' in reference) {
    const { offsetSeconds } = reference.seasonal;
    if (offsetSeconds < windowSeconds)
      return failure(
        `counts ${String(windowSeconds)} s; write a signal.reference.seasonal.offsetSeconds of at least that, or both sides share rows`,
      );
    return success({ kind: 'Window', part: seasonPart, version: null, what: `the drift query of ${String(offsetSeconds)} s ago` });
  }
  if ('champion' in reference) {
    const { version: champion } = reference.champion;
    if (!tellsVersionsApart)
      return failure('does not tell versions apart; have identity.version added, or choose another signal.reference');
    if (champion === version) return failure(`is compared to itself; write another version than ${version} in signal.reference.champion`);
    return success({ kind: 'Window', part: 'value', version: champion, what: `the drift query of version ${champion}` });
  }
  // Whoever reads ConfigMaps puts the counts in their place; where that failed there is nothing to compare to, which is no data.
  if ('configMap' in reference)
    return success({ kind: 'Unread', message: unread ?? `the reference in ConfigMap ${reference.configMap.name} has not been read` });
  if ('confusion' in reference)
    return failure('measures drift, and signal.reference.confusion is of outcomes; write its counts, or capture it');
  if (reference.digest !== undefined && reference.digest !== referenceDigest(reference))
    return failure(
      'has a signal.reference whose digest is not that of its counts; capture it again, or leave digest out to vouch for them',
    );
  if ('categories' in reference) {
    if (drift.category === undefined) return failure('counts buckets; write signal.reference with upperBounds and counts, or capture it');
    return success({ kind: 'PinnedCategories', categories: reference.categories });
  }
  if (drift.category !== undefined) return failure('counts categories; write signal.reference.categories, or capture them');
  const { upperBounds, counts, digest } = reference;
  const binned = { upperBounds: [...upperBounds, Number.POSITIVE_INFINITY], counts };
  return success({ kind: 'PinnedBuckets', binned, isExactLayout: digest !== undefined && drift.histogram === 'Classic' });
}
