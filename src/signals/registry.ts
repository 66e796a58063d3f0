import { lookup } from 'node:dns';
import type { Clock } from '../shared/clock.ts';
import { failure, type Result } from '../shared/result.ts';
import { rememberChiSquareLimits } from '../core/statistics/chi-square-limit.ts';
import { answerAll, error, type QueryRecord } from './answers.ts';
import type { ClusterReader } from './cluster/port.ts';
import { lookAtCluster, type ClusterShape } from './cluster/source.ts';
import { createConnections } from './connections.ts';
import type { ResolveAll } from './forbidden-address.ts';
import { createHTTPJSONClient } from './http-json/client.ts';
import { fillPath } from './http-json/path.ts';
import { askPage, type Page } from './http-json/source.ts';
import { createInbox, type Inbox } from './inbox/inbox.ts';
import type { QueriedSignal, SignalAnswer, SignalRequest, SignalSource } from './port.ts';
import { createPrometheusClient } from './prometheus/client.ts';
import { createComparisonSamples } from './prometheus/comparison-samples.ts';
import { readCounts, type CountRequest, type CountsRead } from './prometheus/count-reader.ts';
import { createQueryPlanner } from './prometheus/query-planner.ts';
import { createSharedQueries } from './prometheus/shared-query.ts';
import type { Shape } from './prometheus/source.ts';
import { providerURLProblem, type ProviderAddress } from './provider.ts';

export interface SignalSourceOptions {
  readonly clock: Clock;
  /** Called once for each query that was sent or waited for its turn for too long. */
  readonly onQuery: (record: QueryRecord) => void;
  /** What signals about the state of the cluster are read from; without it they are answered with ProviderMissing. */
  readonly cluster?: ClusterReader;
  /** Default 8, below the 20 a Prometheus runs by default. A quarter is kept for templates; a quarter is all one namespace's inline queries may take. */
  readonly maxConcurrentQueriesPerProvider?: number;
  /** Largest answer that is read, after decompression; default 8 MiB. */
  readonly maxBodyBytes?: number;
  /** Addresses of a provider's host; default the machine's own resolver. */
  readonly resolve?: ResolveAll;
  /** What is pushed; default one nobody pushes to. */
  readonly inbox?: Inbox;
}

/** A provider as a RiskPolicy names it; `form` left out: it speaks the query API of Prometheus. */
export interface SignalProvider extends ProviderAddress {
  readonly form?: 'HTTPJSON';
}

/** A provider that can't be used; every request to it is answered with ProviderMissing and this message. */
export interface ProviderProblem {
  readonly name: string;
  readonly message: string;
}

export interface ReplaceableSignalSource extends SignalSource {
  /** From now on these are the providers. Queries under way end on the connections they started on. Returns those that can't be used. */
  replaceProviders(providers: readonly SignalProvider[]): readonly ProviderProblem[];
  /** Resolves when every query under way has ended and every connection is closed. Requests made later are answered with ProviderMissing. */
  close(): Promise<void>;
}

const defaultMaxBodyBytes = 8 * 1024 * 1024;

/** Answers signals from named providers and from what was pushed. Starts with none; see `replaceProviders`. */
export function createSignalSource(options: SignalSourceOptions): ReplaceableSignalSource {
  const { clock, onQuery, maxConcurrentQueriesPerProvider = 8, maxBodyBytes = defaultMaxBodyBytes, resolve = lookup } = options;
  const { inbox = createInbox(clock), cluster = null } = options;
  const problems = new Map<string, string>();
  const shared = createSharedQueries(clock);
  const planner = createQueryPlanner();
  const chiSquareLimit = rememberChiSquareLimits();
  const samples = createComparisonSamples();
  const bounds = { clock, maxConcurrentQueries: maxConcurrentQueriesPerProvider, maxBodyBytes, resolve };
  const prometheus = createConnections((provider) => createPrometheusClient(provider, bounds));
  const services = createConnections((provider) => createHTTPJSONClient(provider, bounds));

  function replaceProviders(providers: readonly SignalProvider[]): readonly ProviderProblem[] {
    problems.clear();
    for (const provider of providers) {
      const problem = providerProblem(provider);
      if (problem !== null) problems.set(provider.name, problem);
    }
    const usable = providers.filter(({ name }) => !problems.has(name));
    prometheus.replace(usable.filter(({ form }) => form === undefined));
    services.replace(usable.filter(({ form }) => form === 'HTTPJSON'));
    return [...problems].map(([name, message]) => ({ name, message }));
  }

  async function observeOne(group: Group, abort: AbortSignal): Promise<readonly SignalAnswer[]> {
    const [first] = group.requests;
    const { provider, query } = first.signal;
    const answered = ask(group, abort);
    if (answered !== null) return answered;
    const message = problems.get(provider) ?? `no provider named ${provider}; name one of spec.providers of the RiskPolicy`;
    return answerAll(group.requests, error('ProviderMissing', message, { provider, query, queriedAtMs: clock.nowMs() }));
  }

  /** Null when there is no such provider. */
  function ask(group: Group, abort: AbortSignal): Promise<readonly SignalAnswer[]> | null {
    const { provider } = group.requests[0].signal;
    switch (group.kind) {
      case 'Queried':
        return prometheus.use(provider, (client) =>
          shared.observe(group.key, group.requests, { client, clock, planner, chiSquareLimit, samples, onQuery, abort }),
        );
      case 'HTTPJSON':
        return services.use(provider, (client) => askPage(group.requests, { client, clock, onQuery, abort }));
      case 'Cluster':
        return cluster === null ? null : lookAtCluster(group.requests, { reader: cluster, clock, onQuery, abort });
      case 'Pushed':
        return Promise.resolve(group.requests.map((request) => ({ key: request.key, observation: inbox.observe(request) })));
    }
  }

  return {
    replaceProviders,
    observe: async (requests, abort) => (await Promise.all(groupByShape(requests).map((group) => observeOne(group, abort)))).flat(),
    close: async () => {
      await Promise.all([prometheus.close(), services.close()]);
    },
  };
}

/** Asks a provider for counts once, outside of any poll, on a connection of its own. The failure is one sentence. */
export function askOnce(clock: Clock) {
  return async (provider: ProviderAddress, request: CountRequest): Promise<Result<CountsRead, string>> => {
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

/**
 * Key of the query that answers a request. Inline queries are confined, so two namespaces never share one, whatever their shapes say; of a service each
 * path is a request of its own, so that a slow one holds up no other.
 */
export function shapeKey({ signal, identity }: SignalRequest): string {
  const { provider, kind, shape, windowSeconds } = signal;
  if (kind === 'HTTPJSON') return JSON.stringify([provider, kind, fillPath(signal.query, identity)]);
  return JSON.stringify([provider, kind, shape, windowSeconds, kind === 'Inline' ? identity.namespace : null]);
}

type NonEmpty<Item> = readonly [Item, ...Item[]];

/** Requests that are answered together, by who answers them. */
type Group =
  | { readonly kind: 'Queried'; readonly key: string; readonly requests: Shape }
  | { readonly kind: 'HTTPJSON'; readonly requests: Page }
  | { readonly kind: 'Cluster'; readonly requests: ClusterShape }
  | { readonly kind: 'Pushed'; readonly requests: NonEmpty<Parameters<Inbox['observe']>[0]> };

function groupByShape(requests: readonly SignalRequest[]): readonly Group[] {
  const shapes = new Map<string, [SignalRequest, ...SignalRequest[]]>();
  for (const request of requests) {
    const key = shapeKey(request);
    const shape = shapes.get(key);
    if (shape === undefined) shapes.set(key, [request]);
    else shape.push(request);
  }
  return [...shapes].map(([key, shape]) => groupOf(key, shape));
}

/** All of one key are of one kind: the kind is part of it. */
function groupOf(key: string, requests: NonEmpty<SignalRequest>): Group {
  switch (requests[0].signal.kind) {
    case 'HTTPJSON':
      return { kind: 'HTTPJSON', requests: requests as Page };
    case 'Cluster':
      return { kind: 'Cluster', requests: requests as ClusterShape };
    case 'Push':
    case 'Alert':
      return { kind: 'Pushed', requests: requests as NonEmpty<Parameters<Inbox['observe']>[0]> };
    default:
      return { kind: 'Queried', key, requests: requests as NonEmpty<SignalRequest<QueriedSignal>> };
  }
}

function providerProblem({ name, url, timeoutSeconds }: ProviderAddress): string | null {
  const problem = providerURLProblem(url);
  if (problem !== null) return `provider ${name}: ${problem}`;
  return timeoutSeconds > 0 ? null : `provider ${name}: timeoutSeconds must be greater than 0`;
}
