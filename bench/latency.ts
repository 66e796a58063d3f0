import { loadavg } from 'node:os';

import type { AuditedRequest } from '../testbed/audit-log.ts';
import { openBarePatcher } from './bare-patch.ts';
import { startBenchBed } from './bed.ts';
import type { BenchBed, Say } from './bed.ts';
import { timeBreaches } from './breach.ts';
import type { Breach } from './breach.ts';
import { breachOneByOne, breachTogether, untilReleased } from './breach-run.ts';
import { intervalSeconds, modelNames, pointPolicyAt } from './fleet.ts';
import { spreadOf, toHundredth } from './percentiles.ts';
import type { Spread } from './percentiles.ts';
import { startScrapedProvider } from './real-prometheus.ts';
import { createSignalBoard } from './signal-board.ts';
import type { SignalBoard } from './signal-board.ts';
import { startStampingProvider } from './stand-in.ts';
import type { StampingProvider } from './stand-in.ts';

export interface LatencyOptions {
  readonly risks: number;
  /** Against the stand-in, one at a time. */
  readonly breaches: number;
  /** Against the real Prometheus; 0 leaves it out. */
  readonly realBreaches: number;
  /** Rounds of a tenth of the fleet at once; 0 leaves them out. */
  readonly storms: number;
  readonly random: () => number;
  readonly say: Say;
}

export interface LatencyFigures {
  readonly risks: number;
  readonly breaches: number;
  /** Breaches that brought no cap. */
  readonly missed: number;
  readonly intervalMs: number;
  /** Between the operator's questions, by the provider. */
  readonly measuredIntervalMs: Spread;
  readonly visibleToPatchedMs: Spread;
  readonly queryToPatchedMs: Spread;
  readonly barePatchMs: Spread;
  readonly storm: Burst | null;
  readonly realPrometheus: Omit<Burst, 'queryToPatchedMs' | 'modelsAtOnce'> | null;
  /** Of the machine, over one minute, at the beginning and at the end. */
  readonly load: readonly number[];
}

interface Burst {
  readonly breaches: number;
  readonly missed: number;
  readonly modelsAtOnce: number;
  readonly visibleToPatchedMs: Spread;
  readonly queryToPatchedMs: Spread;
}

interface Measured {
  readonly single: readonly Breach[];
  readonly storm: readonly Breach[];
  readonly real: readonly Breach[];
  readonly gapsMs: readonly number[];
  readonly bareMs: readonly number[];
  readonly requests: readonly AuditedRequest[];
}

/** From a metric that is visible at the provider to a patch the API server says it has answered. */
export async function benchLatency(options: LatencyOptions): Promise<LatencyFigures> {
  const loadBefore = loadavg()[0] ?? NaN;
  const board = createSignalBoard(modelNames(options.risks), options.random);
  const provider = await startStampingProvider(board);
  try {
    const bed = await startBenchBed({ models: board.models, providerURL: provider.url, say: options.say });
    try {
      const measured = await measure(options, { bed, board, provider });
      return figuresOf(options, measured, [loadBefore, loadavg()[0] ?? NaN]);
    } finally {
      await bed.stop();
    }
  } finally {
    await provider.stop();
  }
}

interface Parts {
  readonly bed: BenchBed;
  readonly board: SignalBoard;
  readonly provider: StampingProvider;
}

async function measure(options: LatencyOptions, { bed, board, provider }: Parts): Promise<Measured> {
  const { random, say } = options;
  const bare = await openBarePatcher(bed);
  const run = { bed, board, random, strike: (model: string) => provider.strike(model) };
  say(`${options.breaches} breaches, one an interval at a random moment of it, a bare patch beside each.`);
  const single = await breachOneByOne({ ...run, beside: () => bare.patch() }, options.breaches);
  await untilReleased(bed, board.models);
  const gapsMs = provider.gapsMs();
  const storm: Breach[] = [];
  for (let round = 0; round < options.storms; round++) {
    say(`A tenth of the fleet at once, round ${round + 1} of ${options.storms}.`);
    storm.push(...(await breachTogether(run, stormModels(board.models, round))));
    await untilReleased(bed, board.models);
  }
  const real = options.realBreaches === 0 ? [] : await measureReal(options, { bed, board });
  const requests = await bed.operatorRequests();
  await bare.close();
  return { single, storm, real, gapsMs, bareMs: bare.timesMs(requests), requests };
}

async function measureReal(
  { realBreaches, random, say }: LatencyOptions,
  { bed, board }: Omit<Parts, 'provider'>,
): Promise<readonly Breach[]> {
  say(`The same against a real Prometheus: ${realBreaches} breaches, timed from when its own API shows them.`);
  const prometheus = await startScrapedProvider(board);
  try {
    await prometheus.untilScraped();
    await pointPolicyAt(bed.client, prometheus.url);
    const asked = await prometheus.queriesAnswered();
    while ((await prometheus.queriesAnswered()) < asked + 3) await new Promise((wake) => setTimeout(wake, 200));
    const breaches = await breachOneByOne({ bed, board, random, strike: (model) => prometheus.strike(model) }, realBreaches);
    await untilReleased(bed, board.models);
    return breaches;
  } finally {
    await prometheus.stop();
  }
}

/** Another tenth each round. */
function stormModels(models: readonly string[], round: number): readonly string[] {
  return models.filter((_, index) => index % 10 === round % 10);
}

function figuresOf(options: LatencyOptions, measured: Measured, load: readonly number[]): LatencyFigures {
  const single = timeBreaches(measured.single, measured.requests);
  const storm = timeBreaches(measured.storm, measured.requests);
  const real = timeBreaches(measured.real, measured.requests);
  return {
    risks: options.risks,
    breaches: single.visibleToPatchedMs.length,
    missed: single.missed.length,
    intervalMs: intervalSeconds * 1000,
    measuredIntervalMs: spreadOf(measured.gapsMs),
    visibleToPatchedMs: spreadOf(single.visibleToPatchedMs),
    queryToPatchedMs: spreadOf(single.queryToPatchedMs),
    barePatchMs: spreadOf(measured.bareMs),
    storm:
      measured.storm.length === 0
        ? null
        : {
            breaches: storm.visibleToPatchedMs.length,
            missed: storm.missed.length,
            modelsAtOnce: measured.storm.length / options.storms,
            visibleToPatchedMs: spreadOf(storm.visibleToPatchedMs),
            queryToPatchedMs: spreadOf(storm.queryToPatchedMs),
          },
    realPrometheus:
      measured.real.length === 0
        ? null
        : {
            breaches: real.visibleToPatchedMs.length,
            missed: real.missed.length,
            visibleToPatchedMs: spreadOf(real.visibleToPatchedMs),
          },
    load: load.map(toHundredth),
  };
}
