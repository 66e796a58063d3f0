import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { APIClient, Resource } from '../api-client.ts';
import type { ConnectedControlPlane } from '../connect.ts';
import { startFaultProxy } from '../fault-proxy.ts';
import type { FaultProxy } from '../fault-proxy.ts';
import { grantLease } from '../grant-lease.ts';
import type { StandInSeries } from '../prometheus-answer.ts';
import { startPrometheusStandIn } from '../prometheus-stand-in.ts';
import { recordedResources, startRecorder } from '../recorder.ts';
import type { Recorder } from '../recorder.ts';
import { wallClockMs } from '../wall-clock.ts';
import { keepOperator } from './operator-keeper.ts';
import type { OperatorKeeper } from './operator-keeper.ts';

export type Reading = 'Ok' | 'Breach';

/** What a story is played on; the runner knows no manifest. */
export interface Cast {
  /** Puts everything in place that stands before the operator starts: route, flag, backends, policy, risk, plan. */
  readonly apply: (client: APIClient, at: { readonly namespace: string; readonly providerURL: string }) => Promise<void>;
  readonly series: (namespace: string, reading: Reading) => readonly StandInSeries[];
  readonly flag: { readonly key: string; readonly safeVariant: string };
  /** Highest live share of the candidate in each stage, by index. */
  readonly stageMaxPercent: readonly number[];
}

/** One namespace with its own lease, provider, fault proxy, recorder and operator process. */
export interface CaseBed {
  readonly namespace: string;
  readonly recorder: Recorder;
  readonly proxy: FaultProxy;
  readonly keeper: OperatorKeeper;
  /** What the signal says from now on; noted on the timeline. */
  setReading(reading: Reading): void;
  /** `keepLogs`: answers where the operators' logs lie; otherwise they are removed. */
  close(keepLogs: boolean): Promise<string | null>;
}

export interface CaseBedOptions {
  readonly plane: ConnectedControlPlane;
  readonly cast: Cast;
  /** Runs each time the operator was killed, before the next one starts. */
  readonly whileDown: (namespace: string) => Promise<void>;
}

const ours = (plural: string): Resource => ({ group: 'modelrisk.dev', version: 'v1alpha1', plural });
/** Beside what the invariants speak of, what the end states compare. */
const watched: readonly Resource[] = [...recordedResources, ours('modelrisks'), ours('riskchainheads')];

/** Taken away again, so that the next cases' watches do not carry them; the rest of the namespace is left behind. */
const shared = [
  { resource: { group: 'gateway.networking.k8s.io', version: 'v1', plural: 'httproutes' }, name: 'credit', namespaced: true },
  { resource: ours('riskpolicies'), name: null, namespaced: false },
];

async function removeShared(client: APIClient, namespace: string): Promise<void> {
  for (const { resource, name, namespaced } of shared)
    await client.delete(resource, { ...(namespaced ? { namespace } : {}), name: name ?? namespace });
}

/** Everything but the signal is as its users want it and quiet; the operator has just been started. */
export async function openCaseBed({ plane, cast, whileDown }: CaseBedOptions): Promise<CaseBed> {
  const namespace = await plane.createNamespace();
  const [provider, proxy, directory] = await Promise.all([
    startPrometheusStandIn(),
    startFaultProxy(plane),
    mkdtemp(join(tmpdir(), 'modelrisk-crash-')),
    grantLease(plane.client, namespace),
  ]);
  await cast.apply(plane.client, { namespace, providerURL: provider.url });
  // What it sees first is what users want: no operator runs yet.
  const recorder = await startRecorder({ cluster: plane, namespace, resources: watched });
  const setReading = (reading: Reading): void => {
    provider.answerOthers({ kind: 'Vector', series: () => cast.series(namespace, reading) });
    recorder.note({ kind: 'Signal', atMs: wallClockMs(), reading });
  };
  setReading('Ok');
  const flags = { namespace, 'watch-namespace': namespace, 'lease-seconds': '3', 'lease-renew-seconds': '0.75' };
  const keeper = keepOperator({
    operator: {
      access: plane,
      server: { url: proxy.url, caFile: null },
      flags: { ...flags, 'request-timeout-seconds': '1' },
      directory,
    },
    whileDown: () => whileDown(namespace),
  });
  return {
    namespace,
    recorder,
    proxy,
    keeper,
    setReading,
    close: async (keepLogs) => {
      await keeper.stop();
      await Promise.all([recorder.stop(), provider.stop(), proxy.stop(), removeShared(plane.client, namespace)]);
      if (!keepLogs) await rm(directory, { recursive: true, force: true });
      return keepLogs ? directory : null;
    },
  };
}
