import * as z from 'zod';
import type { DriftDefinition } from '../../core/statistics/drift.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import { promQL } from '../fields.ts';
import type { IndicatorSpec } from '../model-risk.ts';
import { falseAlarmProbability, keepsLabels, type StatisticQueries } from './statistic-signal.ts';

export const driftSchema = z
  .object({
    live: promQL('PromQL that answers the increase of classic histogram buckets: identity labels and le.'),
    falseAlarmProbability,
  })
  .meta({ description: 'Population stability index of live buckets against the reference pinned in the indicator.' });

export const driftRules = [
  {
    rule: `!has(self.drift) || (${keepsLabels('self.drift.live', ["'le'"])})`,
    fieldPath: '.drift.live',
    message: 'keep le and every label of identity in the result, the namespace label above all: aggregate by (namespace, model, ..., le)',
  },
] as const;

type DriftSpec = DeepReadonly<z.output<typeof driftSchema>>;
type TemplateUse = Extract<IndicatorSpec['signal'], { readonly template: unknown }>;

export function driftQueries({ live }: DriftSpec): StatisticQueries {
  return { query: live, labels: ['le'], parts: [] };
}

/** Failure: the end of a sentence about the signal. */
export function driftDefinition({ falseAlarmProbability }: DriftSpec, { reference }: TemplateUse): Result<DriftDefinition, string> {
  if (reference === undefined) return failure('measures drift; write signal.reference, what to measure it from');
  const { upperBounds, counts } = reference;
  return success({ kind: 'Drift', reference: { upperBounds: [...upperBounds, Number.POSITIVE_INFINITY], counts }, falseAlarmProbability });
}
