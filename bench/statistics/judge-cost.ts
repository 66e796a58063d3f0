import { cpuUsage } from 'node:process';

import { rememberChiSquareLimits, type ChiSquareLimit } from '../../src/core/statistics/chi-square-limit.ts';
import type { Random } from './random.ts';
import { scenarios } from './scenarios.ts';
import { verdictOf, type JudgedBy, type WindowCounts } from './verdicts.ts';

export interface JudgeCost {
  readonly models: number;
  readonly indicators: number;
  /** CPU of judging every indicator of every model, all of them PSI. */
  readonly judgeMs: number;
  /** CPU of one judgement, by metric. */
  readonly judgeMicroseconds: Readonly<Record<string, number>>;
}

const models = 10_000;
const indicators = 5;

/** CPU time of judging counts that are there already, as one answer of the provider brings them. */
export function measureJudgeCost(random: Random): JudgeCost {
  const limit = rememberChiSquareLimits();
  const microseconds = Object.fromEntries(
    scenarios.map(({ metric, judgedBy, draw }) => {
      const windows = Array.from({ length: models }, () => draw(random, 'None'));
      judgeAll(judgedBy, windows, limit);
      const before = cpuUsage();
      for (let indicator = 0; indicator < indicators; indicator++) judgeAll(judgedBy, windows, limit);
      const { user, system } = cpuUsage(before);
      return [metric, (user + system) / (models * indicators)] as const;
    }),
  );
  return { models, indicators, judgeMs: ((microseconds['PSI'] ?? NaN) * models * indicators) / 1000, judgeMicroseconds: microseconds };
}

function judgeAll(judgedBy: JudgedBy, windows: readonly WindowCounts[], limit: ChiSquareLimit): void {
  for (const window of windows) verdictOf(judgedBy, window, limit);
}
