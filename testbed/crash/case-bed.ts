import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { APIClient, Resource } from '../api-client.ts';
import type { ConnectedControlPlane } from '../connect.ts';
import { startFaultProxy } from '../fault-proxy.ts';
import type { FaultProxy } from '../fault-proxy.ts';
import { grantLease } from '../grant-lease.ts';
import type { Expectations } from '../invariants/expectations.ts';
import type { StandInSeries } from '../prometheus-answer.ts';
import { optIn } from '../opt-in.ts';
import { startPrometheusStandIn } from '../prometheus-stand-in.ts';
import { recordedBeside, startRecorder } from '../recorder.ts';
import type { Recorder } from '../recorder.ts';
import type { Timeline } from '../timeline.ts';
import { wallClockMs } from '../wall-clock.ts';
import { keepOperator } from './operator-keeper.ts';
import type { OperatorKeeper } from './operator-keeper.ts';

export type Reading = 'Ok' | 'Breach';

/** What a story is played on; the runner knows no manifest. */
export interface Cast {
  /** Puts everything in place that stands before the operator starts: route, flag, backends, policy, risk, plan. */
  readonly apply: (client: APIClient, at: { readonly namespace: string; readonly providerURL: string }) => Promise<void>;
  readonly series: (namespace: string, reading: Reading) => readonly StandInSeries[];
  /** The objects acted on: watched, judged, and taken away after the case. */
  readonly targets: readonly { readonly resource: Resource; readonly name: string }[];
  /** The last stage is in force: the breach may end. What is waited for, and whether it is so. */
  readonly climbed: { readonly what: string; readonly isSo: (timeline: Timeline) => boolean };
  /** What of a flag may change; null: none is judged by its fields. */
  readonly flag: Expectations['flag'];
  /** Highest live share of the candidate in each stage, by index; null: by the journal's own word alone. */
  readonly stageMaxPercent: readonly number[] | null;
  /** What stands on the target untouched, for kinds whose fields the judge does not know. */
  readonly untouched: readonly object[];
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
const watchedBeside: readonly Resource[] = [...recordedBeside, ours('modelrisks'), ours('riskchainheads')];

/** Taken away again, so that the next cases' watches do not carry them; the rest of the namespace is left behind. */
async function removeShared({ client }: ConnectedControlPlane, { targets }: Cast, namespace: string): Promise<void> {
  for (const { resource, name } of targets) await client.delete(resource, { namespace, name });
  await client.delete(ours('riskpolicies'), { name: namespace });
}

/** Everything but the signal is as its users want it and quiet; the operator has just been started. */
export async function openCaseBed({ plane, cast, whileDown }: CaseBedOptions): Promise<CaseBed> {
  const namespace = await plane.createNamespace();
  const [provider, proxy, directory] = await Promise.all([
    startPrometheusStandIn(),
    startFaultProxy(plane),
    mkdtemp(join(tmpdir(), 'modelrisk-crash-')),
    grantLease(plane.client, namespace),
    optIn(plane, namespace),
  ]);
  await cast.apply(plane.client, { namespace, providerURL: provider.url });
  // What it sees first is what users want: no operator runs yet.
  const resources = [...watchedBeside, ...cast.targets.map(({ resource }) => resource)];
  const recorder = await startRecorder({ cluster: plane, namespace, resources });
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
      await Promise.all([recorder.stop(), provider.stop(), proxy.stop(), removeShared(plane, cast, namespace)]);
      if (!keepLogs) await rm(directory, { recursive: true, force: true });
      return keepLogs ? directory : null;
    },
  };
}
