import { setTimeout as delay } from 'node:timers/promises';
import { loadavg } from 'node:os';

import { riskIncidents } from '../test/builders/guarded-model.ts';
import { startAuditSink } from '../testbed/audit-sink.ts';
import type { AuditSinkServer } from '../testbed/audit-sink.ts';
import { eventually } from '../testbed/eventually.ts';
import { factLagsOf, lagsOf, oldestAge } from './anchor/lag.ts';
import type { StoredRecord } from './anchor/lag.ts';
import { startBenchBed } from './bed.ts';
import type { BenchBed, Say } from './bed.ts';
import { breachTogether, untilReleased } from './breach-run.ts';
import { fleetNamespace, modelNames } from './fleet.ts';
import { spreadOf, toHundredth } from './percentiles.ts';
import type { Spread } from './percentiles.ts';
import { createSignalBoard } from './signal-board.ts';
import { startStampingProvider } from './stand-in.ts';

export interface AnchorOptions {
  /** Models, all of which break their limit in each round. */
  readonly risks: number;
  readonly rounds: number;
  readonly random: () => number;
  readonly say: Say;
}

export interface AnchorFigures {
  readonly incidents: number;
  readonly entries: number;
  /** Entries the sink never got. */
  readonly missing: number;
  /** From when an entry says it happened to when the sink had it. */
  readonly lagMs: Spread & { readonly max: number };
  /** Of decisions, models and policies the sink was told of. */
  readonly facts: number;
  /** From when the operator saw it to when the sink had it. */
  readonly factLagMs: Spread & { readonly max: number };
  /** Of the metric, which is of entries and facts, looked at four times a second. */
  readonly unanchoredAgeMaxSeconds: number;
  readonly looks: number;
  readonly load: readonly number[];
  /** Each promise that was broken; empty when all held. */
  readonly broken: readonly string[];
}

/** As docs/audit.md promises with a sink that answers. */
export const promisedSeconds = 60;

/** How old entries and facts get before an audit sink has them: records of engagements, over TLS, to a sink that answers. */
export async function benchAnchor(options: AnchorOptions): Promise<AnchorFigures> {
  const loadBefore = loadavg()[0] ?? NaN;
  const board = createSignalBoard(modelNames(options.risks), options.random);
  const [provider, sink] = await Promise.all([startStampingProvider(board), startAuditSink()]);
  try {
    const operator = { flags: { 'audit-sink-url': sink.url }, env: { NODE_EXTRA_CA_CERTS: sink.caFile } };
    const bed = await startBenchBed({ models: board.models, providerURL: provider.url, say: options.say, operator });
    try {
      const ages = watchAge(bed);
      for (let round = 1; round <= options.rounds; round++) {
        options.say(`Round ${round} of ${options.rounds}: ${board.models.length} models break their limit.`);
        await breachTogether({ bed, board, random: options.random, strike: (model) => provider.strike(model) }, board.models);
        await untilReleased(bed, board.models);
      }
      const records = await untilAnchored(bed, sink);
      return figuresOf(records, sink, { ages: await ages.stop(), load: [loadBefore, loadavg()[0] ?? NaN] });
    } finally {
      await bed.stop();
    }
  } finally {
    await Promise.all([provider.stop(), sink.stop()]);
  }
}

/** Reads the metric as Prometheus would, only more often. */
function watchAge({ operatorURL }: BenchBed): { stop(): Promise<readonly number[]> } {
  const ages: number[] = [];
  const state = { ended: false };
  const looking = (async () => {
    while (!state.ended) {
      ages.push(oldestAge(await (await fetch(`${operatorURL}/metrics`)).text()));
      await delay(250);
    }
  })();
  return {
    stop: async () => {
      state.ended = true;
      await looking;
      return ages;
    },
  };
}

/** A sink that gets no more is given a minute; what it lacks then is counted. */
async function untilAnchored({ client }: BenchBed, sink: AuditSinkServer): Promise<readonly StoredRecord[]> {
  let records: readonly StoredRecord[] = [];
  // What is written after a list that the sink has whole is not judged: it would be called missing though it is on its way.
  const isWhole = async (): Promise<boolean> => {
    records = (await client.list(riskIncidents, { namespace: fleetNamespace })) as unknown as readonly StoredRecord[];
    return lagsOf(records, sink.lines).missing === 0;
  };
  await eventually(isWhole, { timeoutMs: promisedSeconds * 1000, everyMs: 500 }).catch(() => undefined);
  return records;
}

function figuresOf(
  records: readonly StoredRecord[],
  sink: AuditSinkServer,
  { ages, load }: { readonly ages: readonly number[]; readonly load: readonly number[] },
): AnchorFigures {
  const { lagsMs, missing } = lagsOf(records, sink.lines);
  const factLagsMs = factLagsOf(sink.lines);
  const unanchoredAgeMaxSeconds = toHundredth(Math.max(...ages));
  const broken = [
    ...(missing === 0 ? [] : [`${missing} entries never came to the sink`]),
    ...(unanchoredAgeMaxSeconds <= promisedSeconds ? [] : [`an entry, or a fact, was without the sink for ${unanchoredAgeMaxSeconds} s`]),
  ];
  return {
    incidents: records.length,
    entries: lagsMs.length + missing,
    missing,
    lagMs: { ...spreadOf(lagsMs), max: toHundredth(Math.max(...lagsMs)) },
    facts: factLagsMs.length,
    factLagMs: { ...spreadOf(factLagsMs), max: toHundredth(Math.max(...factLagsMs)) },
    unanchoredAgeMaxSeconds,
    looks: ages.length,
    load: load.map(toHundredth),
    broken,
  };
}
