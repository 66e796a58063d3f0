import type { DecisionCount } from './decision-counts.ts';
import type { Share } from './proportion.ts';

/** What was decided against what came of it. Where outcomes are not counted, everything counts as come true. */
export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

export const noDecisions: Confusion = { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 };

export function confusionOf(counts: readonly Pick<DecisionCount, 'decided' | 'cameTrue' | 'count'>[]): Confusion {
  const sum = { ...noDecisions };
  for (const { decided, cameTrue, count } of counts) {
    if (decided) sum[cameTrue ? 'truePositives' : 'falsePositives'] += count;
    else sum[cameTrue ? 'falseNegatives' : 'trueNegatives'] += count;
  }
  return sum;
}

export function addConfusions(one: Confusion, other: Confusion): Confusion {
  return {
    truePositives: one.truePositives + other.truePositives,
    falsePositives: one.falsePositives + other.falsePositives,
    falseNegatives: one.falseNegatives + other.falseNegatives,
    trueNegatives: one.trueNegatives + other.trueNegatives,
  };
}

/** In the order in which they are recorded. */
export function cellsOf({ truePositives, falsePositives, falseNegatives, trueNegatives }: Confusion): readonly number[] {
  return [truePositives, falsePositives, falseNegatives, trueNegatives];
}

export function decisionsIn({ truePositives, falsePositives, falseNegatives, trueNegatives }: Confusion): number {
  return truePositives + falsePositives + falseNegatives + trueNegatives;
}

export function selectionRate(confusion: Confusion): Share {
  return { successes: confusion.truePositives + confusion.falsePositives, trials: decisionsIn(confusion) };
}

function accuracy(confusion: Confusion): Share {
  return { successes: confusion.truePositives + confusion.trueNegatives, trials: decisionsIn(confusion) };
}

export function precision({ truePositives, falsePositives }: Confusion): Share {
  return { successes: truePositives, trials: truePositives + falsePositives };
}

/** Also called true positive rate, or sensitivity. */
export function recall({ truePositives, falseNegatives }: Confusion): Share {
  return { successes: truePositives, trials: truePositives + falseNegatives };
}

export function falsePositiveRate({ falsePositives, trueNegatives }: Confusion): Share {
  return { successes: falsePositives, trials: falsePositives + trueNegatives };
}

/** Metrics that are shares of rows, and so can be told apart with an interval. */
export const proportions = { Accuracy: accuracy, Precision: precision, Recall: recall, FalsePositiveRate: falsePositiveRate };

export type ProportionMetric = keyof typeof proportions;

export const proportionMetrics: readonly ProportionMetric[] = ['Accuracy', 'Precision', 'Recall', 'FalsePositiveRate'];
