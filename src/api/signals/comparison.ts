import * as z from 'zod';
import type { ComparisonDefinition } from '../../core/statistics/comparison.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import type { CELRule } from '../cel.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import { promQL, seconds } from '../fields.ts';
import type { IndicatorSpec } from '../model-risk.ts';
import { designEffect, keepsLabels, type StatisticQueries } from './statistic-signal.ts';

export const comparisonSchema = z
  .object({
    events: promQL(
      'PromQL that answers the increase over windowSeconds of what is compared: errors, decisions of one kind, positive outcomes. Identity labels only.',
    ),
    total: promQL('PromQL, same labels and range, that answers the increase of everything the events are a part of.'),
    detectableEffect: z.number().min(0.0001).max(1).default(0.05).meta({
      description:
        'Difference of the shares that the interval is made to be narrow for, 0.01 is one point. Any value is valid; one far from the real difference finds it later. Default 0.05.',
    }),
    sampleSeconds: seconds(
      60,
      'Seconds after which the sample begins anew, so that what was long ago does not hide what is now. falseAlarmProbability holds for each sample. Default 604800.',
    ).default(604_800),
    designEffect,
    falseAlarmProbability: z.number().min(0.001).max(0.5).default(0.01).meta({
      description:
        'Chance that the interval leaves the true difference out at any look at one sample, however often it is looked at. Default 0.01.',
    }),
  })
  .meta({
    description:
      'Share of the version under guard less the share of the version in signal.reference.champion, from rows added up window by window: it may be looked at all the time.',
  });

export const comparisonRules: readonly CELRule[] = [
  {
    rule: `!has(self.comparison) || [self.comparison.events, self.comparison.total].all(q, ${keepsLabels('q')})`,
    fieldPath: '.comparison.events',
    message: 'keep every label of identity in both results, the namespace label above all: aggregate by (namespace, model, version, ...)',
  },
  {
    rule: '!has(self.comparison) || has(self.identity.version)',
    fieldPath: '.comparison',
    message: 'two versions are compared: write identity.version, the label that tells them apart',
  },
  {
    rule: '!has(self.comparison) || self.comparison.sampleSeconds >= self.windowSeconds',
    fieldPath: '.comparison.sampleSeconds',
    message: 'a sample holds whole windows: write sampleSeconds of at least windowSeconds, many times that to learn anything',
  },
];

type ComparisonSpec = DeepReadonly<z.output<typeof comparisonSchema>>;
type ReferenceSpec = Extract<IndicatorSpec['signal'], { readonly template: unknown }>['reference'];

export function comparisonQueries({ events, total }: ComparisonSpec): StatisticQueries {
  return { query: events, labels: [], parts: [{ name: 'total', query: total, labels: [], isBaseline: false }] };
}

/** What a comparison is used with. */
export interface ComparisonUse {
  readonly comparison: ComparisonSpec;
  readonly windowSeconds: number;
  /** Version under guard. */
  readonly version: string;
}

/** Failure: the end of a sentence about the signal. */
export function comparisonDefinition(
  { comparison, windowSeconds, version }: ComparisonUse,
  { staleAfterSeconds }: IndicatorSpec,
  reference: ReferenceSpec,
): Result<ComparisonDefinition, string> {
  if (reference === undefined || !('champion' in reference))
    return failure('compares two versions; write signal.reference.champion.version, the version to compare with');
  const { version: champion } = reference.champion;
  if (champion === version) return failure(`is compared to itself; write another version than ${version} in signal.reference.champion`);
  // Between two windows the sample is as old as one of them, and a poll may just have missed the next.
  if (staleAfterSeconds < 2 * windowSeconds)
    return failure(
      `grows by a window of ${String(windowSeconds)} s at a time; write staleAfterSeconds: ${String(3 * windowSeconds)}, or have a shorter window written`,
    );
  const { detectableEffect, sampleSeconds, designEffect: effect, falseAlarmProbability } = comparison;
  return success({
    ...{ kind: 'Comparison', version: champion, windowSeconds, sampleSeconds },
    ...{ detectableEffect, designEffect: effect, falseAlarmProbability },
  });
}
