import { setTimeout as delay } from 'node:timers/promises';

import { listenHTTP } from '../testbed/http-server.ts';
import { startPrometheus } from '../testbed/prometheus.ts';
import { wallClockMs } from '../testbed/wall-clock.ts';
import type { Sighting } from './breach-run.ts';
import { fleetNamespace } from './fleet.ts';
import { queriesAnsweredBy } from './query-count.ts';
import { exposition } from './signal-board.ts';
import type { SignalBoard } from './signal-board.ts';

/** The board behind a real Prometheus, which scrapes it every second. */
export interface ScrapedProvider {
  readonly url: string;
  /** Makes the model bad and answers once Prometheus' own API shows it: what the scrape takes is not counted. */
  strike(model: string): Promise<Sighting>;
  /** Waits until Prometheus has every model. */
  untilScraped(): Promise<void>;
  /** Instant queries answered so far, by Prometheus' own count. */
  queriesAnswered(): Promise<number>;
  /** How often the signal of a model changed within the last minutes, by Prometheus' own samples. */
  changes(model: string, minutes: number): Promise<number>;
  stop(): Promise<void>;
}

const exporters = 20;
const pollEveryMs = 20;
const patienceMs = 10_000;

export async function startScrapedProvider(board: SignalBoard): Promise<ScrapedProvider> {
  const exporter = await listenHTTP((request, response) => {
    const own = Number((request.url ?? '').split('/').at(-1));
    const models = board.models.filter((_, index) => index % exporters === own);
    response.setHeader('content-type', 'text/plain; version=0.0.4').end(exposition(board, models));
  });
  // Prometheus spreads the scrapes of its targets over the second: with one target all models would share one lucky or unlucky
  // distance to the operator's look.
  const targets = Array.from({ length: exporters }, (_, index) => {
    return { address: `127.0.0.1:${exporter.port}`, path: `/metrics/${index}`, labels: { namespace: fleetNamespace } };
  });
  const prometheus = await startPrometheus({ targets, scrapeIntervalSeconds: 1 });
  const ask = (query: string): Promise<number> => askNumber(prometheus.url, query);
  return {
    url: prometheus.url,
    strike: (model) => {
      board.setBad(model, true);
      return untilVisible(() => ask(`score_drift{model="${model}"} > 0.25`));
    },
    untilScraped: async () => {
      const deadlineMs = wallClockMs() + 30_000;
      while ((await ask('count(score_drift)')) !== board.models.length) {
        if (wallClockMs() > deadlineMs) throw new Error('Prometheus has not scraped every model within 30 s');
        await delay(200);
      }
    },
    queriesAnswered: () => queriesAnsweredBy(prometheus.url),
    changes: (model, minutes) => ask(`changes(score_drift{model="${model}"}[${Math.ceil(minutes * 60)}s])`),
    stop: async () => {
      await prometheus.stop();
      await exporter.close();
    },
  };
}

/** The last look that did not show it was asked before it was visible: counting from then can only make us look slower. */
async function untilVisible(ask: () => Promise<number>): Promise<Sighting> {
  const startMs = wallClockMs();
  let lastWithoutMs = startMs;
  for (;;) {
    const askedAtMs = wallClockMs();
    if (!Number.isNaN(await ask())) return { visibleAtMs: lastWithoutMs, servedAtMs: null };
    if (askedAtMs > startMs + patienceMs) throw new Error('Prometheus never showed a breach the exporter has exposed');
    lastWithoutMs = askedAtMs;
    await delay(pollEveryMs);
  }
}

/** Value of the one series of the answer; NaN when there is none. */
async function askNumber(url: string, query: string): Promise<number> {
  const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query }) });
  const { data } = (await response.json()) as {
    readonly data?: { readonly result?: readonly { readonly value: readonly [number, string] }[] };
  };
  return Number(data?.result?.[0]?.value[1]);
}
