import { randomUUID } from 'node:crypto';
import { lookup } from 'node:dns';
import { hostname } from 'node:os';
import process from 'node:process';
import { actuatorsWithPatches } from './actuators/registry.ts';
import { auditSinkOf, patchKindsOf, readConfig } from './config.ts';
import type { Config } from './config.ts';
import type { Actuator, TargetKind } from './actuators/port.ts';
import { futureToleranceMs } from './core/judge.ts';
import { fieldManager, openCluster } from './controllers/cluster.ts';
import type { Cluster } from './controllers/cluster.ts';
import { healthOf } from './controllers/health.ts';
import { createOperator } from './controllers/operator.ts';
import type { Operator } from './controllers/operator.ts';
import { watchForClockStep } from './kube/clock-step.ts';
import { loadClusterAccess } from './kube/cluster-access.ts';
import { createEventRecorder } from './kube/event-recorder.ts';
import type { EventRecorder } from './kube/event-recorder.ts';
import { createLeaseElector } from './kube/lease.ts';
import type { LeaseElector, LeaseState } from './kube/lease.ts';
import { createSystemClock } from './kube/system-clock.ts';
import { createSecretReader } from './kube/secret-reader.ts';
import { createTransport } from './kube/transport.ts';
import type { RequestRecord, Transport } from './kube/transport.ts';
import { createNoticeSender } from './notifications/sender.ts';
import { startHTTPServer } from './server/http-server.ts';
import type { RunningServer } from './server/http-server.ts';
import { createPushEndpoint } from './server/push/endpoint.ts';
import { startPushListener } from './server/push/listener.ts';
import type { PushListener } from './server/push/listener.ts';
import type { Clock } from './shared/clock.ts';
import type { Logger } from './shared/logger.ts';
import { guardedLookup, isForbiddenHost } from './signals/forbidden-address.ts';
import { createInbox } from './signals/inbox/inbox.ts';
import type { Inbox } from './signals/inbox/inbox.ts';
import { createSignalSource } from './signals/registry.ts';
import type { ReplaceableSignalSource } from './signals/registry.ts';
import { createLogger } from './telemetry/log.ts';
import { createMetrics } from './telemetry/metrics.ts';
import type { Metrics } from './telemetry/metrics.ts';
import { createNews } from './telemetry/news.ts';

const stopDeadlineMs = 1500;
const rememberedNotices = 256;

interface Parts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly transport: Transport;
  readonly cluster: Cluster;
  readonly elector: LeaseElector;
  readonly source: ReplaceableSignalSource;
  readonly recorder: EventRecorder;
  readonly operator: Operator;
  readonly server: RunningServer;
  readonly push: PushListener | null;
}

function countRequest(metrics: Metrics, { watch, method, resource, status }: RequestRecord): void {
  metrics.kubeRequests.inc({ verb: watch ? 'WATCH' : method, resource, code: String(status ?? 'none') });
}

/** Highest epoch any journal carries: a new leader must be above all of them. */
function highestEpoch(cluster: Cluster): number {
  const epochs = [...cluster.targets.values()].flatMap(({ store }) =>
    store.list().map(({ metadata }) => Number(metadata.annotations?.['modelrisk.dev/epoch'] ?? 0)),
  );
  return Math.max(0, ...epochs.filter(Number.isSafeInteger));
}

/** What everything else is built on. */
interface Ground {
  readonly config: Config;
  readonly actuators: ReadonlyMap<TargetKind, Actuator>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly transport: Transport;
  /** Fresh for each process. */
  readonly identity: string;
  readonly requestTimeoutMs: number;
}

async function layGround(config: Config): Promise<Ground> {
  const clock = createSystemClock();
  const log = createLogger(config.logLevel);
  const metrics = createMetrics();
  const access = await loadClusterAccess({ kubeconfigPath: config.kubeconfig ?? null, context: null });
  if (!access.ok) throw new Error(access.failure);
  const patchKinds = patchKindsOf(config);
  if (!patchKinds.ok) throw new Error(patchKinds.failure);
  const actuators = actuatorsWithPatches(patchKinds.value);
  const requestTimeoutMs = config.requestTimeoutSeconds * 1000;
  const onRequest = (record: RequestRecord): void => {
    countRequest(metrics, record);
  };
  const transport = createTransport({ access: access.value, clock, requestTimeoutMs, connections: 32, userAgent: fieldManager, onRequest });
  return { config, actuators, clock, log, metrics, transport, identity: `${hostname()}_${randomUUID()}`, requestTimeoutMs };
}

function openElector(ground: Ground, highestEpochSeen: () => number, onState: (state: LeaseState) => void): LeaseElector {
  const { config, clock, log, transport, identity } = ground;
  return createLeaseElector({
    transport,
    lease: { namespace: config.namespace, name: config.leaseName },
    fieldManager,
    identity,
    leaseSeconds: config.leaseSeconds,
    renewSeconds: config.leaseRenewSeconds,
    clock,
    random: Math.random,
    highestEpochSeen,
    onState,
    onFailure: (failure) => {
      log.warn({ failure, lease: config.leaseName }, 'the lease could not be renewed; it is tried again');
    },
  });
}

function openCaches({ config, actuators, clock, log, metrics, transport, requestTimeoutMs }: Ground, fence: LeaseElector): Cluster {
  return openCluster({
    ...{ transport, fence, requestTimeoutMs, clock },
    targetSources: [...actuators.values()],
    namespace: config.watchNamespace ?? null,
    watchSilenceMs: config.watchSilenceSeconds * 1000,
    onJournaled: (seconds) => {
      metrics.journalSeconds.observe(seconds);
    },
    random: Math.random,
    observe: (event) => {
      metrics.watchLife.inc({ resource: event.plural, event: event.kind });
      const { plural } = event;
      if (event.kind === 'NotServed' && event.mayBeAbsent)
        log.warn(
          { resource: plural },
          'the cluster does not serve a kind of another project; plans and signals that name one say so, all else goes on',
        );
      if (event.kind === 'NotServed' && !event.mayBeAbsent)
        log.error({ resource: plural }, 'the cluster does not serve a kind the operator cannot do without; install its CRDs (crds/)');
      if (event.kind === 'Served') log.info({ resource: plural }, 'the cluster serves a kind it did not serve before');
      if (event.kind !== 'Failed') return;
      const { during, failure, retryInMs } = event;
      log.warn({ resource: plural, during, failure, retryInMs }, 'a list or watch failed; it is tried again');
    },
  });
}

function openRecorder({ transport, clock, identity, log }: Ground): EventRecorder {
  return createEventRecorder({
    transport,
    clock,
    reportingController: 'modelrisk.dev/operator',
    reportingInstance: identity.slice(0, 128),
    windowMs: 300_000,
    capacity: 1000,
    onDropped: (event, cause) => {
      log.warn({ reason: event.reason, regarding: event.regarding.metadata.name, cause }, 'an event was dropped');
    },
  });
}

async function assemble(config: Config, onLease: (state: LeaseState) => void): Promise<Parts> {
  const ground = await layGround(config);
  const { actuators, clock, log, metrics, transport, requestTimeoutMs } = ground;
  const elector: LeaseElector = openElector(ground, () => highestEpoch(cluster), onLease);
  const cluster: Cluster = openCaches(ground, elector);
  const news = createNews(rememberedNotices);
  const inbox = createInbox(clock);
  const source = createSignalSource({
    clock,
    inbox,
    cluster: cluster.sight,
    onQuery: ({ provider, result, notices }) => {
      metrics.providerQueries.inc({ provider, result });
      if (notices.length > 0 && news.isNews(`${provider}: ${notices.join('; ')}`))
        log.warn({ provider, notices }, 'a provider has something to say of its answer');
      if (operator.providers.heard({ provider, result })) operator.onProviderNews();
    },
  });
  const recorder = openRecorder(ground);
  const epoch = (): number => {
    const state = elector.state();
    return state.kind === 'Held' ? state.epoch : 0;
  };
  // The rooms don't know each other: both are given one rule of where nothing is sent.
  const sender = createNoticeSender({ clock, guard: { isForbiddenHost, lookup: guardedLookup(lookup) } });
  const readSecret = createSecretReader({ transport, namespace: config.namespace, fieldManager });
  const audit = auditSinkOf(config);
  const auditSink = audit.ok ? audit.value : null;
  const operator: Operator = createOperator({
    ...{ cluster, transport, fence: elector, epoch, actuators, source, recorder, clock, metrics, log, requestTimeoutMs },
    random: Math.random,
    ledUntilMs: () => elector.ledUntilMs(),
    outlets: { sender, readSecret, auditSink, home: config.namespace },
  });
  const server = await startHTTPServer({
    host: config.host,
    port: config.port,
    health: healthOf(cluster),
    metrics: async () => {
      operator.measure();
      return { text: await metrics.registry.metrics(), contentType: metrics.registry.contentType };
    },
  });
  const push = await openPush(ground, { elector, operator, inbox, cluster });
  return { clock, log, metrics, transport, cluster, elector, source, recorder, operator, server, push };
}

async function openPush(
  { config, clock, log, metrics, transport }: Ground,
  { elector, operator, inbox, cluster }: Pick<Parts, 'elector' | 'operator' | 'cluster'> & { readonly inbox: Inbox },
): Promise<PushListener | null> {
  const { pushPort: port, pushTlsCertFile: certFile, pushTlsKeyFile: keyFile, host } = config;
  if (port === undefined || certFile === undefined || keyFile === undefined) return null;
  const answer = createPushEndpoint({
    ...{ transport, clock, log, metrics, inbox, uses: operator.inboxUses, news: createNews(rememberedNotices) },
    isLeading: () => elector.state().kind === 'Held',
    findRisk: (namespace, name) => cluster.own.risks.store.get(`${namespace}/${name}`),
    onKept: (namespace, isConcerned) => {
      operator.assessNow(namespace, isConcerned);
    },
  });
  return startPushListener({ host, port, certFile, keyFile, answer, clock, log });
}

/** Stops acting first, then gives the lease up, so that the next leader never meets a write of ours. */
async function stop(parts: Parts): Promise<void> {
  await parts.operator.stop();
  await parts.elector.release();
  await Promise.all([parts.recorder.stop(), parts.cluster.stop(), parts.source.close(), parts.server.close(), parts.push?.close()]);
  await parts.transport.close();
}

async function run(config: Config): Promise<void> {
  let parts: Parts | null = null;
  let ending = false;

  const end = (code: number): void => {
    if (ending) return;
    ending = true;
    const deadline = parts?.clock.after(stopDeadlineMs, () => process.exit(code));
    const stopped = parts === null ? Promise.resolve() : stop(parts);
    void stopped.finally(() => {
      deadline?.();
      process.exit(code);
    });
  };

  const onLease = (state: LeaseState): void => {
    parts?.log.info({ lease: state }, 'lease');
    parts?.metrics.leader.set(state.kind === 'Held' ? 1 : 0);
    if (state.kind === 'Held') parts?.operator.start();
    // Another may lead already: everything in memory is worth nothing now.
    if (state.kind === 'Lost') process.exit(1);
  };

  process.once('SIGTERM', () => {
    end(0);
  });
  process.once('SIGINT', () => {
    end(0);
  });
  parts = await assemble(config, onLease);
  watchForClockStep({
    clock: parts.clock,
    wallMs: () => Date.now(),
    everyMs: 10_000,
    toleranceMs: futureToleranceMs / 2,
    onStep: (stepMs) => {
      parts.log.error({ stepMs }, 'the clock of the machine was set; the operator ends, so that its next start takes the new time over');
      end(1);
    },
  });
  parts.log.info(
    { port: parts.server.port, pushPort: parts.push?.port ?? null, namespace: config.watchNamespace ?? 'all' },
    'operator started',
  );
  parts.cluster.start();
  await parts.cluster.whenSynced();
  parts.log.info({}, 'caches filled');
  parts.elector.start();
}

const config = readConfig(process.argv.slice(2), process.env);
if (config.ok) {
  run(config.value).catch((error: unknown) => {
    process.stderr.write(`modelrisk-operator: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
} else {
  process.stderr.write(`modelrisk-operator: ${config.failure.join('\nmodelrisk-operator: ')}\n`);
  process.exit(2);
}
