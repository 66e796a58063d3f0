import * as z from 'zod';
import type { StatisticDefinition } from '../../core/statistics/definition.ts';

/** Labels a statistic reads beside those of the identity, and the queries that answer with them. */
export interface StatisticQueries {
  /** Counts of the window: their newest sample is the time of the reading. */
  readonly query: string;
  readonly labels: readonly string[];
  /** Its series say of which day they are: the range of the query may be longer than the window. Left out: false. */
  readonly countsByDay?: boolean;
  readonly parts: readonly {
    readonly name: string;
    readonly query: string;
    readonly labels: readonly string[];
    /** It looks back further than the window on purpose: a baseline. */
    readonly isBaseline: boolean;
    /** It is asked as it would have been answered so long ago. */
    readonly offsetSeconds?: number;
  }[];
}

/** A statistic of a template with everything resolved but the model. */
export interface StatisticSignal extends StatisticQueries {
  readonly statistic: StatisticDefinition;
}

/**
 * CEL for a template whose query must answer with every label of its identity and these. The text only has to name them:
 * whether the answer can carry them is found out from the parsed query.
 */
export function keepsLabels(query: string, labels: readonly string[] = []): string {
  const beside = labels.map((label) => ` && ${query}.contains(${label})`).join('');
  return `[self.identity.namespace, self.identity.model].all(l, ${query}.contains(l)) && (!has(self.identity.version) || ${query}.contains(self.identity.version)) && (!has(self.identity.served) || ${query}.contains(self.identity.served))${beside}`;
}

export const falseAlarmProbability = z.number().min(0.000001).max(0.5).default(0.01).meta({
  description: 'Chance of a breach beyond noise at one look when nothing changed. Default 0.01. Smaller: later, surer alarms.',
});

export const designEffect = z.number().min(1).max(1000).default(1).meta({
  description:
    'Rows that say as much as one independent row: above 1 where one user or batch sends many alike. What chance explains is found with rows / designEffect. Default 1.',
});
