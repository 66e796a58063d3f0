import { actuatorsWithPatches } from '../../../src/actuators/registry.ts';
import { openCluster } from '../../../src/controllers/cluster.ts';
import { createOperator } from '../../../src/controllers/operator.ts';
import type { Operator } from '../../../src/controllers/operator.ts';
import { createSecretReader } from '../../../src/kube/secret-reader.ts';
import type { Delivery } from '../../../src/notifications/sender.ts';
import { success } from '../../../src/shared/result.ts';
import type { SignalRequest } from '../../../src/signals/port.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { createMemoryAPI } from '../memory-api.ts';
import type { MemoryAPI } from '../memory-api.ts';
import { patchableKinds } from '../patchable-kinds.ts';
import { followRoutes } from './gateway.ts';
import { createLeapingClock } from './leaping-clock.ts';
import type { LeapingClock } from './leaping-clock.ts';

export interface Gauge {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** The operator as it is shipped, over objects in memory, for as long as nobody could wait. */
export interface YearOperator {
  readonly api: MemoryAPI;
  readonly clock: LeapingClock;
  /** What the audit sink was sent, a line each, in the order it came. */
  readonly sink: readonly string[];
  readonly complaints: readonly string[];
  /** Value of every signal of `namespace/model`; 0.01 until it is set. */
  readonly values: Map<string, number>;
  /** All series of a metric as a scrape would find them now. */
  gauges(metric: string): Promise<readonly Gauge[]>;
  /** Seconds in which everything takes its turn. */
  pass(seconds: number): Promise<void>;
  /** Goes on until then, from appointment to appointment. */
  until(atMs: number): Promise<void>;
  /** Ends the process, lets `meanwhile` happen, and starts another. */
  restart(meanwhile?: () => void): Promise<void>;
  stop(): Promise<void>;
}

/** After an appointment: what it brought about is written, verified and recorded. */
const aftermathSeconds = 6;
const fence = { remainingMs: () => 60_000 };

function observe(clock: LeapingClock, values: ReadonlyMap<string, number>, { key, identity, signal }: SignalRequest) {
  const nowMs = clock.nowMs();
  const source = { provider: signal.provider, query: signal.query, queriedAtMs: nowMs };
  const value = values.get(`${identity.namespace}/${identity.model}`) ?? 0.01;
  const facts = { sampleCount: null, noiseFloor: null, interval: null, computation: null, windowSeconds: signal.windowSeconds };
  return { key, observation: { kind: 'Value' as const, value, dataTimeMs: nowMs, source, ...facts } };
}

export async function startYearOperator(prepare: (api: MemoryAPI) => void, startMs: number): Promise<YearOperator> {
  const clock = createLeapingClock(startMs);
  const api = createMemoryAPI(clock);
  const sink: string[] = [];
  const complaints: string[] = [];
  const values = new Map<string, number>();
  const complain = (fields: object, message: string): void => void complaints.push(`${message} ${JSON.stringify(fields)}`);
  const log = { debug: () => undefined, info: () => undefined, warn: complain, error: complain };
  const actuators = actuatorsWithPatches(patchableKinds);
  const sender = {
    send: ({ message }: Delivery) => {
      sink.push(...message.body.split('\n').filter((line) => line !== ''));
      return Promise.resolve(success(null));
    },
  };
  let epoch = 0;
  let endedAtMs: number | null = null;
  const boot = async (): Promise<{
    readonly operator: Operator;
    readonly halt: () => Promise<void>;
    readonly metrics: ReturnType<typeof createMetrics>;
  }> => {
    epoch += 1;
    const [mine, ledUntil] = [epoch, endedAtMs];
    const common = { clock, random: () => 0.5, requestTimeoutMs: 1000, transport: api, fence };
    const cluster = openCluster({
      ...{ ...common, namespace: null, watchSilenceMs: 1e12, observe: () => undefined },
      targetSources: [...actuators.values()],
    });
    const metrics = createMetrics();
    const operator = createOperator({
      ...{ ...common, cluster, epoch: () => mine, actuators, metrics, log, ledUntilMs: () => ledUntil },
      source: {
        observe: (requests) => Promise.resolve(requests.map((request) => observe(clock, values, request))),
        replaceProviders: () => [],
        close: () => Promise.resolve(),
      },
      recorder: { record: () => undefined, stop: () => Promise.resolve() },
      outlets: {
        ...{ sender, home: 'modelrisk-system' },
        auditSink: { url: 'https://audit.example/modelrisk', secretRef: null },
        readSecret: createSecretReader({ transport: api, namespace: 'modelrisk-system', fieldManager: 'test' }),
      },
    });
    cluster.start();
    await clock.pass(1);
    await cluster.whenSynced();
    operator.start();
    const halt = async (): Promise<void> => {
      endedAtMs = clock.nowMs();
      await operator.stop();
      await cluster.stop();
    };
    return { operator, metrics, halt };
  };
  prepare(api);
  let running = await boot();
  const gateway = followRoutes(api, () => clock.nowMs());
  const pass = async (seconds: number): Promise<void> => {
    for (let passed = 0; passed < seconds; passed += 1) {
      gateway();
      await clock.pass(1000);
    }
  };
  return {
    ...{ api, clock, sink, complaints, values, pass },
    gauges: async (metric) => {
      running.operator.measure();
      return ((await running.metrics.registry.getSingleMetric(metric)?.get())?.values ?? []) as readonly Gauge[];
    },
    until: async (atMs) => {
      while (clock.nowMs() < atMs) {
        await clock.leap(atMs);
        const leftMs = atMs - clock.nowMs();
        if (leftMs >= aftermathSeconds * 1000) await pass(aftermathSeconds);
        else await clock.pass(leftMs);
      }
    },
    restart: async (meanwhile = () => undefined) => {
      await running.halt();
      meanwhile();
      running = await boot();
    },
    stop: () => running.halt(),
  };
}
