import { cpuUsage } from 'node:process';

import { rememberChiSquareLimits, type ChiSquareLimit } from '../../src/core/statistics/chi-square-limit.ts';
import { demultiplex } from '../../src/signals/prometheus/demultiplex.ts';
import { partLabel } from '../../src/signals/prometheus/query-plan.ts';
import { judgeInNumpy } from './numpy-judge.ts';
import type { Random } from './random.ts';
import { scenarios } from './scenarios.ts';
import type { Scenario } from './simulation.ts';
import { verdictOf, type JudgedBy, type WindowCounts } from './verdicts.ts';

export interface JudgeCost {
  readonly models: number;
  readonly indicators: number;
  /** CPU of judging every indicator of every model, all of them PSI. */
  readonly judgeMs: number;
  /** CPU of finding every model's series in the vectors first: one of as many buckets a model for each indicator. */
  readonly demultiplexMs: number;
  /** CPU of the same judgements in numpy, from counts that stand in one matrix already. */
  readonly numpyJudgeMs: number;
  /** 1: the least CPU of the two. */
  readonly rankAgainstNumpy: 1 | 2;
  /** CPU of one judgement, by metric. */
  readonly judgeMicroseconds: Readonly<Record<string, number>>;
}

const models = 10_000;
const indicators = 5;

/** CPU time of judging counts that are there already, as one answer of the provider brings them. */
export async function measureJudgeCost(random: Random, say: (line: string) => void): Promise<JudgeCost> {
  const microseconds = Object.fromEntries(scenarios.map((scenario) => [scenario.metric, judgeOne(scenario, drawAll(scenario, random))]));
  const psi = scenarios.find(({ metric }) => metric === 'PSI');
  if (psi === undefined) throw new Error('there is no scenario of PSI any more; name another metric for the cost of judging');
  const windows = drawAll(psi, random);
  const judgeMs = (judgeOne(psi, windows) * models * indicators) / 1000;
  say('judging the same windows in numpy');
  const numpyJudgeMs = await compareToNumpy(psi, windows, say);
  return {
    ...{ models, indicators, judgeMs, demultiplexMs: demultiplexAll(windows), numpyJudgeMs },
    rankAgainstNumpy: judgeMs <= numpyJudgeMs ? 1 : 2,
    judgeMicroseconds: microseconds,
  };
}

function drawAll({ draw }: Scenario, random: Random): readonly WindowCounts[] {
  return Array.from({ length: models }, () => draw(random, 'None'));
}

/** Microseconds of CPU, of a process that has judged before: an operator lives for weeks. */
function judgeOne({ judgedBy }: Scenario, windows: readonly WindowCounts[]): number {
  const limit = rememberChiSquareLimits();
  judgeAll(judgedBy, windows, limit);
  const ms = cpuMsOf(() => {
    for (let indicator = 0; indicator < indicators; indicator++) judgeAll(judgedBy, windows, limit);
  });
  return (ms * 1000) / (models * indicators);
}

function judgeAll(judgedBy: JudgedBy, windows: readonly WindowCounts[], limit: ChiSquareLimit): void {
  for (const window of windows) verdictOf(judgedBy, window, limit);
}

async function compareToNumpy({ judgedBy }: Scenario, windows: readonly WindowCounts[], say: (line: string) => void): Promise<number> {
  const { statistic } = judgedBy;
  if (statistic.kind !== 'Drift' || statistic.reference.kind !== 'PinnedBuckets') throw new Error('numpy judges pinned buckets only');
  const { falseAlarmProbability: alpha, reference } = statistic;
  const numpy = await judgeInNumpy({ windows, reference: reference.binned.counts, alpha, rounds: indicators }, say);
  const breaches = windows.filter((window) => verdictOf(judgedBy, window) === 'Breach').length;
  if (numpy.breaches !== breaches)
    throw new Error(`numpy ${numpy.numpy} finds ${numpy.breaches} breaches where the operator finds ${breaches}`);
  return numpy.judgeMs;
}

function demultiplexAll(windows: readonly WindowCounts[]): number {
  const identityLabels = ['namespace', 'model', 'version', 'served'];
  const identities = windows.map((_window, model) => [`team-${String(model % 100)}`, `model-${String(model)}`, '1.0.0', 'live'] as const);
  const samples = windows.flatMap(({ value = [] }, model) => {
    const [namespace, name, version, served] = identities[model] ?? ['', '', '', ''];
    return value.map((row) => ({
      ...row,
      labels: { [partLabel]: 'value', namespace, model: name, version, served, ...row.labels },
      timeMs: 0,
    }));
  });
  const once = (): void => {
    const answer = demultiplex(samples, { text: '', identityLabels, time: { kind: 'All', parts: [] } });
    for (const identity of identities) answer.series('value', identity);
  };
  once();
  return cpuMsOf(() => {
    for (let indicator = 0; indicator < indicators; indicator++) once();
  });
}

function cpuMsOf(work: () => void): number {
  const before = cpuUsage();
  work();
  const { user, system } = cpuUsage(before);
  return (user + system) / 1000;
}
