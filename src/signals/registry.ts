import { lookup } from 'node:dns';
import type { Clock } from '../shared/clock.ts';
import { failure, type Result } from '../shared/result.ts';
import { rememberChiSquareLimits } from '../core/statistics/chi-square-limit.ts';
import type { SignalAnswer, SignalRequest, SignalSource } from './port.ts';
import { createPrometheusClient, providerURLProblem, type PrometheusProvider } from './prometheus/client.ts';
import { createConnections } from './prometheus/connections.ts';
import { readCounts, type CountRequest, type CountsRead } from './prometheus/count-reader.ts';
import type { ResolveAll } from './prometheus/forbidden-address.ts';
import { createQueryPlanner } from './prometheus/query-planner.ts';
import { createSharedQueries } from './prometheus/shared-query.ts';
import { answerAll, error, type QueryRecord, type Shape } from './prometheus/source.ts';

export interface SignalSourceOptions {
  readonly clock: Clock;
  /** Called once for each query that was sent or waited for its turn for too long. */
  readonly onQuery: (record: QueryRecord) => void;
  /** Default 8, below the 20 a Prometheus runs by default. A quarter is kept for templates; a quarter is all one namespace's inline queries may take. */
  readonly maxConcurrentQueriesPerProvider?: number;
  /** Largest answer that is read, after decompression; default 8 MiB. */
  readonly maxBodyBytes?: number;
  /** Addresses of a provider's host; default the machine's own resolver. */
  readonly resolve?: ResolveAll;
}

/** A provider that can't be used; every request to it is answered with ProviderMissing and this message. */
export interface ProviderProblem {
  readonly name: string;
  readonly message: string;
}

export interface ReplaceableSignalSource extends SignalSource {
  /** From now on these are the providers. Queries under way end on the connections they started on. Returns those that can't be used. */
  replaceProviders(providers: readonly PrometheusProvider[]): readonly ProviderProblem[];
  /** Resolves when every query under way has ended and every connection is closed. Requests made later are answered with ProviderMissing. */
  close(): Promise<void>;
}

const defaultMaxBodyBytes = 8 * 1024 * 1024;

/** Answers signals from named providers. Starts with none; see `replaceProviders`. */
export function createSignalSource(options: SignalSourceOptions): ReplaceableSignalSource {
  const { clock, onQuery, maxConcurrentQueriesPerProvider = 8, maxBodyBytes = defaultMaxBodyBytes, resolve = lookup } = options;
  const problems = new Map<string, string>();
  const shared = createSharedQueries(clock);
  const planner = createQueryPlanner();
  const chiSquareLimit = rememberChiSquareLimits();
  const connections = createConnections((provider) =>
    createPrometheusClient(provider, { clock, maxConcurrentQueries: maxConcurrentQueriesPerProvider, maxBodyBytes, resolve }),
  );

  function replaceProviders(providers: readonly PrometheusProvider[]): readonly ProviderProblem[] {
    problems.clear();
    for (const provider of providers) {
      const problem = providerProblem(provider);
      if (problem !== null) problems.set(provider.name, problem);
    }
    connections.replace(providers.filter(({ name }) => !problems.has(name)));
    return [...problems].map(([name, message]) => ({ name, message }));
  }

  async function observeOne(shape: Shape, abort: AbortSignal): Promise<readonly SignalAnswer[]> {
    const { provider, query } = shape[0].signal;
    const answered = connections.use(provider, (client) =>
      shared.observe(shapeKey(shape[0]), shape, { client, clock, planner, chiSquareLimit, onQuery, abort }),
    );
    if (answered !== null) return answered;
    const message = problems.get(provider) ?? `no provider named ${provider}; name one of spec.providers of the RiskPolicy`;
    return answerAll(shape, error('ProviderMissing', message, { provider, query, queriedAtMs: clock.nowMs() }));
  }

  return {
    replaceProviders,
    observe: async (requests, abort) => (await Promise.all(groupByShape(requests).map((shape) => observeOne(shape, abort)))).flat(),
    close: () => connections.close(),
  };
}

/** Asks a provider for counts once, outside of any poll, on a connection of its own. The failure is one sentence. */
export function askOnce(clock: Clock) {
  return async (provider: PrometheusProvider, request: CountRequest): Promise<Result<CountsRead, string>> => {
    const problem = providerProblem(provider);
    if (problem !== null) return failure(problem);
    const client = createPrometheusClient(provider, { clock, maxConcurrentQueries: 1, maxBodyBytes: defaultMaxBodyBytes, resolve: lookup });
    try {
      return await readCounts(request, { client, abort: new AbortController().signal });
    } finally {
      await client.close();
    }
  };
}

/** Key of the query that answers a request. Inline queries are confined, so two namespaces never share one, whatever their shapes say. */
export function shapeKey({ signal, identity }: SignalRequest): string {
  return JSON.stringify([
    signal.provider,
    signal.kind,
    signal.shape,
    signal.windowSeconds,
    signal.kind === 'Inline' ? identity.namespace : null,
  ]);
}

function groupByShape(requests: readonly SignalRequest[]): readonly Shape[] {
  const shapes = new Map<string, [SignalRequest, ...SignalRequest[]]>();
  for (const request of requests) {
    const key = shapeKey(request);
    const shape = shapes.get(key);
    if (shape === undefined) shapes.set(key, [request]);
    else shape.push(request);
  }
  return [...shapes.values()];
}

function providerProblem({ name, url, timeoutSeconds }: PrometheusProvider): string | null {
  const problem = providerURLProblem(url);
  if (problem !== null) return `provider ${name}: ${problem}`;
  return timeoutSeconds > 0 ? null : `provider ${name}: timeoutSeconds must be greater than 0`;
}
