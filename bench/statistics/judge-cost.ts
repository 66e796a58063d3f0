import { cpuUsage } from 'node:process';

import { rememberChiSquareLimits, type ChiSquareLimit } from '../../src/core/statistics/chi-square-limit.ts';
import type { Random } from './random.ts';
import { scenarios } from './simulation.ts';
import { verdictOf, type JudgedBy, type WindowCounts } from './verdicts.ts';

export interface JudgeCost {
  readonly models: number;
  readonly indicators: number;
  readonly judgeMs: number;
}

const models = 10_000;
const indicators = 5;

/** CPU time of judging every indicator of every model from counts that are there already: drift, the commonest one, five times. */
export function measureJudgeCost(random: Random): JudgeCost {
  const [drift] = scenarios;
  if (drift === undefined) throw new Error('there is no scenario to take the counts from');
  const windows = Array.from({ length: models }, () => drift.draw(random, 'None'));
  const limit = rememberChiSquareLimits();
  judgeAll(drift.judgedBy, windows.slice(0, models / 10), limit);
  const before = cpuUsage();
  for (let indicator = 0; indicator < indicators; indicator++) judgeAll(drift.judgedBy, windows, limit);
  const { user, system } = cpuUsage(before);
  return { models, indicators, judgeMs: (user + system) / 1000 };
}

function judgeAll(judgedBy: JudgedBy, windows: readonly WindowCounts[], limit: ChiSquareLimit): void {
  for (const window of windows) verdictOf(judgedBy, window, limit);
}
