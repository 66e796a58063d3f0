import * as z from 'zod';
import type { BurnRateDefinition } from '../../core/statistics/burn-rate.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import { promQL } from '../fields.ts';
import type { IndicatorSpec } from '../model-risk.ts';
import { designEffect, falseAlarmProbability, keepsLabels, type StatisticQueries } from './statistic-signal.ts';

const events = (window: string) =>
  z
    .object({
      bad: promQL('PromQL that answers the increase of bad events, identity labels only.'),
      total: promQL('PromQL that answers the increase of all events, identity labels only.'),
    })
    .meta({ description: window });

export const burnRateSchema = z
  .object({
    long: events('The long window, e.g. 1h: it says that much of the budget is gone. windowSeconds is its length.'),
    short: events('The short window, a twelfth of the long one: it says that the budget still burns.'),
    designEffect,
    falseAlarmProbability,
  })
  .meta({
    description:
      "How fast the error budget of the indicator's objective burns: the lesser of two windows, 1 spends it in exactly the objective's period. For 30 days: 14.4 over 1h and 5m, 6 over 6h and 30m, 3 over 1d and 2h, 1 over 3d and 6h.",
  });

const keepsAll = ['long', 'short'].flatMap((window) => [`self.burnRate.${window}.bad`, `self.burnRate.${window}.total`]).join(', ');

export const burnRateRules = [
  {
    rule: `!has(self.burnRate) || [${keepsAll}].all(q, ${keepsLabels('q')})`,
    fieldPath: '.burnRate.long.bad',
    message: 'keep every label of identity in all four results, the namespace label above all: aggregate by (namespace, model, ...)',
  },
] as const;

type BurnRateSpec = DeepReadonly<z.output<typeof burnRateSchema>>;

export function burnRateQueries({ long, short }: BurnRateSpec): StatisticQueries {
  const part = (name: string, query: string) => ({ name, query, labels: [], isBaseline: false });
  return {
    query: long.bad,
    labels: [],
    parts: [part('longTotal', long.total), part('shortBad', short.bad), part('shortTotal', short.total)],
  };
}

/** Failure: the end of a sentence about the signal. */
export function burnRateDefinition(spec: BurnRateSpec, { objective }: IndicatorSpec): Result<BurnRateDefinition, string> {
  if (objective === undefined) return failure('measures a burn rate; write objective.targetPercent, the share of events that must be good');
  if (objective.windowSeconds !== undefined)
    return failure('measures how fast a budget burns, which has no budget of its own; leave objective.windowSeconds out');
  const { designEffect: effect, falseAlarmProbability: alpha } = spec;
  return success({ kind: 'BurnRate', targetPercent: objective.targetPercent, designEffect: effect, falseAlarmProbability: alpha });
}
