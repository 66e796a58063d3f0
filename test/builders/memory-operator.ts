import { actuatorsWithPatches } from '../../src/actuators/registry.ts';
import { openCluster } from '../../src/controllers/cluster.ts';
import type { AuditSink } from '../../src/controllers/sink.ts';
import type { Cluster } from '../../src/controllers/cluster.ts';
import { createOperator } from '../../src/controllers/operator.ts';
import type { Operator } from '../../src/controllers/operator.ts';
import { chiSquareLimit } from '../../src/core/statistics/chi-square-limit.ts';
import { computeStatistic } from '../../src/core/statistics/definition.ts';
import type { BinnedCounts } from '../../src/core/statistics/histogram.ts';
import type { RecordedEvent } from '../../src/kube/event-recorder.ts';
import type { Observation, Served } from '../../src/core/model/observation.ts';
import { createSecretReader } from '../../src/kube/secret-reader.ts';
import type { Delivery, DeliveryFailure, NoticeSender } from '../../src/notifications/sender.ts';
import { failure, success } from '../../src/shared/result.ts';
import { createInbox } from '../../src/signals/inbox/inbox.ts';
import type { InboxSignal } from '../../src/signals/inbox/inbox.ts';
import type { SignalRequest, SignalSource } from '../../src/signals/port.ts';
import type { QueryRecord } from '../../src/signals/answers.ts';
import { createSignalSource } from '../../src/signals/registry.ts';
import type { ReplaceableSignalSource } from '../../src/signals/registry.ts';
import { tellsVersionsApart } from '../../src/signals/versions.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import type { Metrics } from '../../src/telemetry/metrics.ts';
import { aRoute, backend, rule } from './http-route.ts';
import { rowsOf } from './drift.ts';
import { createManualClock } from './manual-clock.ts';
import type { ManualClock } from './manual-clock.ts';
import { followTargets } from './memory-controllers.ts';
import { createMemoryAPI } from './memory-api.ts';
import type { MemoryAPI } from './memory-api.ts';
import { rollOut } from './memory-workloads.ts';
import { followRollouts } from './memory-rollouts.ts';
import { patchableKinds } from './patchable-kinds.ts';
import { pushRequest, reviewingTransport, sender } from './pushing.ts';

/** What the drift signal answers: a value, or an observation of its own. */
type Answer = number | Observation;
/** The same for all answers of the model, or by whom they are served. */
export type Reading = Answer | Readonly<Record<Served, Answer>>;

/** One operator over objects in memory and a clock that stands still: every controller is the real one. */
export interface MemoryOperator {
  readonly api: MemoryAPI;
  readonly clock: ManualClock;
  readonly events: readonly RecordedEvent[];
  readonly logged: readonly { readonly level: string; readonly message: string; readonly fields: object }[];
  /** One sample as /metrics would show it now, by its labels in order; null when there is no such series. */
  sample(metric: string, ...labels: readonly string[]): Promise<number | null>;
  /** What the signal answers from now on. */
  read(candidate: Reading, safe?: Reading): void;
  /** What the operator asked last of the indicator of the story. */
  lastAsked(): SignalRequest | null;
  /** What drift signals count from now on, for every version. */
  count(live: BinnedCounts): void;
  /** How long the provider takes for every answer from now on. */
  answerAfter(seconds: number): void;
  /** Posts to /v1/readings or /v1/alerts, as somebody who may; answers the status. */
  push(path: string, body: object): Promise<number>;
  /** What the candidate's other series answer: of another query or model than the story's. */
  readElsewhere(value: Reading): void;
  /** What receivers were sent, oldest first; attempts that failed too. */
  readonly notices: readonly Delivery[];
  /** What becomes of every notice sent from now on; null: it arrives. */
  failNotices(failure: DeliveryFailure | null): void;
  /** Lets time go by, a quarter of a second at a time, so that polls, patches and records take their turns. */
  pass(seconds: number): Promise<void>;
  /** Lets time go by until it is so; throws when it is not within a minute. */
  passUntil(what: string, isSo: () => boolean): Promise<void>;
  /** Ends the process without a word and starts another, at once or so much later: only what is in the API is left. */
  restart(afterSeconds?: number): Promise<void>;
  stop(): Promise<void>;
}

const actuators = actuatorsWithPatches(patchableKinds);
const namespace = 'lending';
const patienceSeconds = 60;

/** A series without a version speaks for every version, and it is the candidate's. */
function isOfCandidate({ identity, signal }: SignalRequest): boolean {
  return identity.version === '2.3.0' || !tellsVersionsApart(signal);
}

const storyQuery = 'max by (namespace, model, version) (score_drift)';

function isOfTheStory({ identity, signal }: SignalRequest): boolean {
  return identity.model === 'credit' && signal.query === storyQuery;
}

function valueAt(clock: ManualClock, { signal, served }: SignalRequest, given: Reading): Observation {
  const reading = typeof given === 'object' && 'Live' in given ? given[served] : given;
  if (typeof reading !== 'number') return reading.kind === 'Value' ? { ...reading, dataTimeMs: clock.nowMs() } : reading;
  const source = { provider: signal.provider, query: 'score_drift', queriedAtMs: clock.nowMs() };
  return {
    kind: 'Value',
    value: reading,
    sampleCount: null,
    noiseFloor: null,
    interval: null,
    computation: null,
    dataTimeMs: clock.nowMs(),
    windowSeconds: signal.windowSeconds,
    source,
  };
}

/** As it would be computed from a provider's answer; null: this signal is no statistic. */
function countedBy({ signal, identity }: SignalRequest, live: BinnedCounts): Observation | null {
  if (signal.kind !== 'Statistic') return null;
  const counts = { version: identity.version, askedAtMs: 0, rows: () => rowsOf(live) };
  const read = computeStatistic(signal.statistic, counts, chiSquareLimit);
  const source = { provider: signal.provider, query: signal.query, queriedAtMs: 0 };
  if (!read.ok) return { kind: 'NoData', cause: 'Incomparable', message: read.failure.message, source };
  return { kind: 'Value', ...read.value, dataTimeMs: 0, windowSeconds: signal.windowSeconds, source };
}

function isPushed(request: SignalRequest): request is SignalRequest<InboxSignal> {
  return request.signal.kind === 'Push' || request.signal.kind === 'Alert';
}

interface Running {
  readonly send: ReturnType<typeof sender>;
  readonly cluster: Cluster;
  readonly metrics: Metrics;
  readonly operator: Operator;
}

/** Watches of the memory say nothing while nothing changes. By default nobody minds; `watchSilenceMs` has silent ones replaced, as in production. `rollsOut`: Deployments have a controller. */
export async function startMemoryOperator(
  prepare: (api: MemoryAPI) => void = applyGuardedModelTo,
  {
    watchSilenceMs = 1e9,
    rollsOut = false,
    auditSink = null,
  }: { readonly watchSilenceMs?: number; readonly rollsOut?: boolean; readonly auditSink?: AuditSink | null } = {},
): Promise<MemoryOperator> {
  const clock = createManualClock();
  const api = createMemoryAPI(clock);
  const events: RecordedEvent[] = [];
  const logged: { level: string; message: string; fields: object }[] = [];
  const log = (level: string) => (fields: object, message: string) => void logged.push({ level, message, fields });
  let candidate: Reading = 0.01;
  let safe: Reading = 0.01;
  let counted: BinnedCounts = { upperBounds: [Infinity], counts: [0] };
  let answerSeconds = 0;
  let elsewhere: Reading = 0.01;
  const notices: Delivery[] = [];
  let noticeFailure: DeliveryFailure | null = null;
  const noticeSender: NoticeSender = {
    send: (delivery) => {
      notices.push(delivery);
      return Promise.resolve(noticeFailure === null ? success(null) : failure(noticeFailure));
    },
  };
  let epoch = 1;
  let endedAtMs: number | null = null;
  let asked: SignalRequest | null = null;
  const readingOf = (request: SignalRequest): Reading => {
    if (!isOfCandidate(request)) return safe;
    return isOfTheStory(request) ? candidate : elsewhere;
  };
  const source: ReplaceableSignalSource = {
    observe: async (all, abort) => {
      asked = all.find((request) => isOfTheStory(request) && isOfCandidate(request)) ?? asked;
      if (answerSeconds > 0) await new Promise<void>((resolve) => clock.after(answerSeconds * 1000, resolve));
      // The state of the cluster is read from the objects in memory, by what reads it in production.
      const ofCluster = all.filter(({ signal }) => signal.kind === 'Cluster');
      if (ofCluster.length > 0) return fromCluster(ofCluster, abort);
      return all.map((request) => ({
        key: request.key,
        observation: isPushed(request)
          ? inbox.observe(request)
          : valueAt(clock, request, countedBy(request, counted) ?? readingOf(request)),
      }));
    },
    replaceProviders: () => [],
    close: () => Promise.resolve(),
  };
  let inbox = createInbox(clock);
  let fromCluster: SignalSource['observe'] = () => Promise.reject(new Error('not started'));
  const boot = async (): Promise<Running> => {
    inbox = createInbox(clock);
    const fence = { remainingMs: () => 60_000 };
    const common = { clock, random: () => 0.5, requestTimeoutMs: 1000 };
    const cluster = openCluster({
      ...{ ...common, transport: api, fence, namespace: null, watchSilenceMs, observe: () => undefined },
      targetSources: [...actuators.values()],
    });
    const { sight } = cluster;
    const heard = (record: QueryRecord): void => {
      if (operator.providers.heard(record)) operator.onProviderNews();
    };
    const clusterSource = createSignalSource({ clock, cluster: sight, onQuery: heard });
    fromCluster = (requests, abort) => clusterSource.observe(requests, abort);
    const recorder = { record: (event: RecordedEvent) => void events.push(event), stop: () => Promise.resolve() };
    const [mine, ledUntil] = [epoch, endedAtMs];
    const metrics = createMetrics();
    const operator: Operator = createOperator({
      ...{ ...common, cluster, transport: api, fence, epoch: () => mine, actuators, source, recorder, metrics },
      outlets: {
        sender: noticeSender,
        auditSink,
        readSecret: createSecretReader({ transport: api, namespace: 'modelrisk-system', fieldManager: 'test' }),
      },
      ledUntilMs: () => ledUntil,
      log: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    });
    cluster.start();
    await clock.advance(1);
    await cluster.whenSynced();
    operator.start();
    const onKept: Operator['assessNow'] = (concerned, isConcerned) => {
      operator.assessNow(concerned, isConcerned);
    };
    const transport = reviewingTransport({ anna: [''] });
    const send = sender({ transport, inbox, uses: operator.inboxUses, clock, metrics, onKept });
    return { cluster, operator, metrics, send };
  };
  const pass = async (seconds: number): Promise<void> => {
    for (let passed = 0; passed < seconds; passed += 0.25) {
      followTargets(api);
      followRollouts(api);
      if (rollsOut) rollOut(api);
      await clock.advance(250);
    }
  };
  prepare(api);
  let running = await boot();
  const halt = async ({ operator, cluster }: Running): Promise<void> => {
    endedAtMs = clock.nowMs();
    await operator.stop();
    await cluster.stop();
  };
  return {
    api,
    clock,
    events,
    logged,
    notices,
    failNotices: (next) => {
      noticeFailure = next;
    },
    sample: async (metric, ...labels) => {
      running.operator.measure();
      const found = await running.metrics.registry.getSingleMetric(metric)?.get();
      return found?.values.find((each) => Object.values(each.labels).join() === labels.join())?.value ?? null;
    },
    read: (next, nextSafe = 0.01) => {
      candidate = next;
      safe = nextSafe;
    },
    count: (live) => {
      counted = live;
    },
    lastAsked: () => asked,
    answerAfter: (seconds) => {
      answerSeconds = seconds;
    },
    push: async (path, body) => (await running.send(pushRequest(path, body))).status,
    readElsewhere: (value) => {
      elsewhere = value;
    },
    pass,
    passUntil: async (what, isSo) => {
      for (let passed = 0; !isSo(); passed += 0.25) {
        if (passed >= patienceSeconds) throw new Error(`not within ${String(patienceSeconds)} s: ${what}`);
        await pass(0.25);
      }
    },
    restart: async (afterSeconds = 0) => {
      await halt(running);
      await clock.advance(afterSeconds * 1000);
      epoch += 1;
      running = await boot();
    },
    stop: () => halt(running),
  };
}

const apiVersion = 'modelrisk.dev/v1alpha1';

export function memoryPlan(changes: Readonly<Record<string, unknown>> = {}): object {
  return {
    apiVersion,
    kind: 'MitigationPlan',
    metadata: { name: 'credit', namespace, annotations: { 'modelrisk.dev/contributors': 'olga' } },
    spec: {
      riskRef: { name: 'credit' },
      owner: 'lending-ml',
      mode: 'Enforce',
      trigger: { indicators: ['score-drift'] },
      targets: [
        {
          name: 'traffic',
          httpRoute: { name: 'credit', candidate: { service: 'credit-v2', port: 8080 }, safe: { service: 'credit-v1', port: 8080 } },
        },
        { name: 'flag', featureFlag: { name: 'credit-flags', flag: 'use-v2', safeVariant: 'off', behind: 'traffic' } },
      ],
      stages: [
        { name: 'limit', escalateAfterSeconds: 4, actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] },
        { name: 'shadow', escalateAfterSeconds: 4, actions: [{ target: 'traffic', shadow: { percent: 100 } }] },
        {
          name: 'rollback',
          actions: [
            { target: 'traffic', canaryLimit: { maxPercent: 0 } },
            { target: 'flag', flagRollback: {} },
          ],
        },
      ],
      recovery: { stepSeconds: 2, probeAfterSeconds: 3 },
      ...changes,
    },
  };
}

export function memoryRisk(indicator: Readonly<Record<string, unknown>> = {}): object {
  return {
    apiVersion,
    kind: 'ModelRisk',
    metadata: { name: 'credit', namespace },
    spec: {
      policyRef: { name: 'default' },
      model: { name: 'credit', version: '2.3.0' },
      owner: { team: 'lending-ml', contact: '#lending-ml' },
      risks: [{ name: 'stale-population', category: 'DataQuality' }],
      evaluationIntervalSeconds: 1,
      indicators: [
        {
          name: 'score-drift',
          risk: 'stale-population',
          signal: { template: { name: 'score-drift' } },
          threshold: { direction: 'Above', warn: 0.1, breach: 0.25, clear: 0.1 },
          forSeconds: 0,
          clearForSeconds: 1,
          staleAfterSeconds: 60,
          ...indicator,
        },
      ],
    },
  };
}

export function memoryPolicy(signal: Readonly<Record<string, unknown>> = {}, provider: Readonly<Record<string, unknown>> = {}): object {
  return {
    apiVersion,
    kind: 'RiskPolicy',
    metadata: { name: 'default', annotations: { 'modelrisk.dev/contributors': 'petra' } },
    spec: {
      providers: [{ name: 'prometheus', prometheus: { url: 'http://prometheus.monitoring:9090' }, ...provider }],
      signals: [
        {
          name: 'score-drift',
          provider: 'prometheus',
          promQL: { query: storyQuery },
          windowSeconds: 1,
          measurableIn: ['Live', 'Shadow'],
          identity: { namespace: 'namespace', model: 'model', version: 'version' },
          ...signal,
        },
      ],
    },
  };
}

/** A Service with ready endpoints; none ready when `ready` is false. */
export function memoryBackend(api: MemoryAPI, name: string, ready = true): void {
  api.apply('services', { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { ports: [{ port: 8080 }] } });
  api.apply('endpointslices', {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-1`, namespace, labels: { 'kubernetes.io/service-name': name } },
    endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready } }],
  });
}

export function memoryFlag(): object {
  return {
    apiVersion: 'core.openfeature.dev/v1beta1',
    kind: 'FeatureFlag',
    metadata: { name: 'credit-flags', namespace },
    spec: { flagSpec: { flags: { 'use-v2': { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'on' } } } },
  };
}

export function memoryRoute(): object {
  const { metadata, ...route } = aRoute([rule([backend('credit-v1', 50), backend('credit-v2', 50)])], { controllers: [] });
  const { uid: _uid, generation: _generation, ...kept } = metadata as { readonly uid: string; readonly generation: number };
  return { ...route, metadata: kept };
}

/** A model behind a route and a flag, with everything around it. */
export function applyGuardedModelTo(api: MemoryAPI): void {
  memoryBackend(api, 'credit-v1');
  memoryBackend(api, 'credit-v2');
  api.apply('httproutes', memoryRoute());
  api.apply('featureflags', memoryFlag());
  api.apply('riskpolicies', memoryPolicy());
  api.apply('modelrisks', memoryRisk());
  api.apply('mitigationplans', memoryPlan());
}
