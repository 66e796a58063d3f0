import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { resolveTool } from '../testbed/tools/resolve.ts';
import { loadGolden } from '../test/builders/golden.ts';
import type { Say } from './bed.ts';
import { readCensusScores } from './statistics/census.ts';
import type { MixedPopulations } from './statistics/detectable.ts';
import { measureJudgeCost, type JudgeCost } from './statistics/judge-cost.ts';
import { simulateRepeatedLooks, type FalseAlarmFigures } from './statistics/repeated-looks.ts';
import { peekingScenarios, simulatePeeking, type PeekingFigures } from './statistics/peeking.ts';
import { seededRandom } from './statistics/random.ts';
import { judgeRealRows, windowRows, type RealRowsFigures } from './statistics/real-rows.ts';
import { scenarios } from './statistics/scenarios.ts';
import { simulate, type SimulationFigures } from './statistics/simulation.ts';

export interface StatisticsOptions {
  /** Simulated windows of each metric, with and without the stated change. */
  readonly windows: number;
  readonly seed: number;
  readonly say: Say;
}

export interface StatisticsFigures extends Omit<RealRowsFigures, 'mixed'>, JudgeCost {
  /** What scipy and numpy say of the same rows (test/golden/detectable.json). */
  readonly oracleDetectableSharePercent: number;
  readonly vectors: number;
  readonly realWindows: number;
  readonly falseBreachesOnRealRows: number;
  readonly folkloreBreachesOnRealRows: number;
  readonly alarmRate: Readonly<Record<string, number>>;
  readonly power: Readonly<Record<string, number>>;
  readonly simulations: Readonly<Record<string, SimulationFigures>>;
  /** Looks again and again over overlapping windows: expected and simulated alarms a year. */
  readonly falseAlarmsPerYear: Readonly<Record<string, FalseAlarmFigures>>;
  /** Of comparisons that are looked at all the time. */
  readonly peeking: Readonly<Record<string, PeekingFigures>>;
  readonly seed: number;
}

/** Looks share most of their rows: it takes more of them to say as much. */
const looksPerWindow = 20;

/** At every one of them the sample is larger and is judged. */
const peekingLooks = 200;

export async function benchStatistics({ windows, seed, say }: StatisticsOptions): Promise<StatisticsFigures> {
  const random = seededRandom(seed);
  say('reading the census rows, 277,677 people with the scores of a real model');
  const { mixed, ...real } = judgeRealRows(await readCensusScores(await resolveTool('census')), random);
  const simulations: Record<string, SimulationFigures> = {};
  for (const scenario of scenarios) {
    say(`simulating ${windows} windows of ${scenario.metric} without change and with it`);
    simulations[scenario.metric] = simulate(scenario, windows, random);
  }
  const looks = windows * looksPerWindow;
  say(`simulating ${looks} looks at overlapping windows without change`);
  const falseAlarmsPerYear = simulateRepeatedLooks(looks, random);
  const peeking: Record<string, PeekingFigures> = {};
  for (const scenario of peekingScenarios) {
    say(`comparing two equal versions at every look: ${scenario.name}`);
    peeking[scenario.name] = simulatePeeking(scenario, { alpha: 0.01, samples: Math.ceil(windows / 5), looks: peekingLooks }, random);
  }
  const sum = (figure: (size: RealRowsFigures['sizes'][number]) => number): number =>
    real.sizes.reduce((total, size) => total + figure(size), 0);
  const byMetric = (figure: (each: SimulationFigures) => number) =>
    Object.fromEntries(Object.entries(simulations).map(([metric, each]) => [metric, figure(each)]));
  return {
    vectors: await countVectors(join(import.meta.dirname, '..', 'test', 'golden')),
    realWindows: sum((size) => size.windows),
    falseBreachesOnRealRows: sum((size) => size.breaches),
    folkloreBreachesOnRealRows: sum((size) => size.folkloreBreaches),
    ...real,
    oracleDetectableSharePercent: oracleOn(mixed),
    alarmRate: byMetric((each) => each.alarmRate),
    power: byMetric((each) => each.power),
    simulations,
    falseAlarmsPerYear,
    peeking,
    ...(await measureJudgeCost(random, say)),
    seed,
  };
}

/** The oracle's share, computed from the very counts of these rows: an error where it was given others. */
function oracleOn({ reference, everybody, mixedIn }: MixedPopulations): number {
  const found = loadGolden('detectable', 'mixed-in').find(({ input }) => input.rows === windowRows);
  const { upperBounds, counts } = reference;
  const ours = JSON.stringify([upperBounds, counts, everybody, mixedIn]);
  if (
    found === undefined ||
    JSON.stringify([found.input.upperBounds, found.input.reference, found.input.everybody, found.input.mixedIn]) !== ours
  )
    throw new Error('oracle/detectable.py was written for other rows than these: write the counts of these into it and run npm run oracle');
  return found.expected.detectableSharePercent;
}

async function countVectors(directory: string): Promise<number> {
  const files = (await readdir(directory)).filter((name) => name.endsWith('.json'));
  const goldens = await Promise.all(
    files.map(async (name) => JSON.parse(await readFile(join(directory, name), 'utf8')) as { readonly vectors: readonly unknown[] }),
  );
  return goldens.reduce((total, { vectors }) => total + vectors.length, 0);
}
