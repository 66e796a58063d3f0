import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

import { isAuditedWrite } from '../testbed/audit-log.ts';
import { wallClockMs } from '../testbed/wall-clock.ts';
import { startBenchBed } from './bed.ts';
import type { BenchBed, Say } from './bed.ts';
import { intervalSeconds, modelNames } from './fleet.ts';
import { toHundredth } from './percentiles.ts';
import { usageOf } from './process-usage.ts';
import { startScrapedProvider } from './real-prometheus.ts';
import type { ScrapedProvider } from './real-prometheus.ts';
import { censusOf } from './request-census.ts';
import type { RequestCensus } from './request-census.ts';
import { createSignalBoard } from './signal-board.ts';

export interface SteadyOptions {
  readonly risks: number;
  readonly minutes: number;
  readonly random: () => number;
  readonly say: Say;
}

export interface SteadyFigures extends RequestCensus {
  readonly risks: number;
  /** As long as it really took. */
  readonly minutes: number;
  /** Instant queries, by Prometheus' own count. */
  readonly queries: number;
  /** Shapes x 60 / interval, for those minutes. */
  readonly expectedQueries: number;
  /** How often the value of one model changed at Prometheus meanwhile. */
  readonly signalChanges: number;
  readonly rssMiB: number;
  readonly cpuSecondsPerMinute: number;
  readonly load: readonly number[];
}

/** All models use one template. */
const shapes = 1;
/** The operator has nothing left to tell once it has written nothing for that long. */
const quietMs = 10_000;

/** What a fleet costs while nothing happens but new values, counted by the API server and by Prometheus. */
export async function benchSteady({ risks, minutes, random, say }: SteadyOptions): Promise<SteadyFigures> {
  const loadBefore = loadavg()[0] ?? NaN;
  const board = createSignalBoard(modelNames(risks), random);
  const prometheus = await startScrapedProvider(board);
  try {
    await prometheus.untilScraped();
    const bed = await startBenchBed({ models: board.models, providerURL: prometheus.url, say });
    try {
      await untilQuiet(bed);
      say(`Everything is told. ${minutes} minutes of values that change at every look, none of them bad.`);
      const counted = await count(bed, prometheus, { model: board.models[0] ?? '', minutes });
      return { risks, ...counted, load: [loadBefore, loadavg()[0] ?? NaN].map(toHundredth) };
    } finally {
      await bed.stop();
    }
  } finally {
    await prometheus.stop();
  }
}

async function untilQuiet(bed: BenchBed): Promise<void> {
  const deadlineMs = wallClockMs() + 120_000;
  const lastWriteMs = async (): Promise<number> => {
    const writes = (await bed.operatorRequests()).filter((request) => isAuditedWrite(request) && request.resource !== 'leases');
    return Math.max(0, ...writes.map(({ receivedAtMs }) => receivedAtMs));
  };
  // A fleet that never comes to rest is measured as it is.
  while (wallClockMs() < deadlineMs && (await lastWriteMs()) > wallClockMs() - quietMs) await delay(1000);
}

async function count(
  bed: BenchBed,
  prometheus: ScrapedProvider,
  { model, minutes }: { readonly model: string; readonly minutes: number },
): Promise<Omit<SteadyFigures, 'risks' | 'load'>> {
  const [queriesBefore, usedBefore] = await Promise.all([prometheus.queriesAnswered(), usageOf(bed.operatorPid)]);
  const fromMs = wallClockMs();
  await delay(minutes * 60_000);
  const [queriesAfter, used] = await Promise.all([prometheus.queriesAnswered(), usageOf(bed.operatorPid)]);
  const untilMs = wallClockMs();
  const signalChanges = await prometheus.changes(model, minutes);
  // Watches are in the log once they have ended.
  await bed.stopOperator();
  const took = (untilMs - fromMs) / 60_000;
  return {
    minutes: toHundredth(took),
    ...censusOf(await bed.operatorRequests(), { fromMs, untilMs }),
    queries: queriesAfter - queriesBefore,
    expectedQueries: Math.round((shapes * took * 60) / intervalSeconds),
    signalChanges,
    rssMiB: toHundredth(used.residentMiB),
    cpuSecondsPerMinute: toHundredth((used.cpuSeconds - usedBefore.cpuSeconds) / took),
  };
}
