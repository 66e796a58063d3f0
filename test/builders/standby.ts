import { actuatorsWithPatches } from '../../src/actuators/registry.ts';
import { openCluster } from '../../src/controllers/cluster.ts';
import { createOperator } from '../../src/controllers/operator.ts';
import { success } from '../../src/shared/result.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import type { MemoryOperator } from './memory-operator.ts';
import { patchableKinds } from './patchable-kinds.ts';

/** A second replica beside the one that leads, its caches full. */
export interface Standby {
  /** Names of state gauges that have a sample. */
  scrape(): Promise<readonly string[]>;
  /** The lease is its own from now on. */
  lead(): void;
  stop(): Promise<void>;
}

export async function startStandby({ api, clock }: MemoryOperator): Promise<Standby> {
  const actuators = actuatorsWithPatches(patchableKinds);
  const fence = { remainingMs: () => 60_000 };
  const common = { clock, random: () => 0.5, requestTimeoutMs: 1000 };
  const cluster = openCluster({
    ...{ ...common, transport: api, fence, namespace: null, watchSilenceMs: 1e9, observe: () => undefined },
    targetSources: [...actuators.values()],
  });
  const metrics = createMetrics();
  const quiet = (): void => undefined;
  const operator = createOperator({
    ...{ ...common, cluster, transport: api, fence, epoch: () => 9, actuators, metrics, ledUntilMs: () => null },
    source: { observe: () => Promise.resolve([]), replaceProviders: () => [], close: () => Promise.resolve() },
    recorder: { record: quiet, stop: () => Promise.resolve() },
    outlets: {
      home: 'modelrisk-system',
      sender: { send: () => Promise.resolve(success(null)) },
      auditSink: { url: 'https://audit.example/in', secretRef: null },
      readSecret: () => Promise.reject(new Error('no secret is named')),
    },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  cluster.start();
  await clock.advance(1);
  await cluster.whenSynced();
  return {
    scrape: async () => {
      operator.measure();
      const all = await metrics.registry.getMetricsAsJSON();
      return all.flatMap(({ name, type, values }) =>
        String(type) === 'gauge' && values.length > 0 && name.startsWith('modelrisk_') && name !== 'modelrisk_leader' ? [name] : [],
      );
    },
    lead: () => {
      operator.start();
    },
    stop: async () => {
      await operator.stop();
      await cluster.stop();
    },
  };
}
