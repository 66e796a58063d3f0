import { readFile } from 'node:fs/promises';

import type { Clock } from '../../src/shared/clock.ts';
import type { Bed } from '../bed/bed.ts';
import { startCaller } from '../caller.ts';
import type { Caller } from '../caller.ts';
import { createFlagReader } from '../calling/flag.ts';
import type { CallRecord } from '../calling/ledger.ts';
import { postOutcomes, startOutcomes } from '../calling/outcomes.ts';
import type { RowSource } from '../calling/replay.ts';
import { readDemoRows, readModelFiles } from '../data-files.ts';
import type { DemoRows } from '../data-files.ts';
import { writesOf } from '../../testbed/audit-log.ts';
import type { AuditedRequest } from '../../testbed/audit-log.ts';
import { driftOfBuckets, queryPrometheus } from '../measuring/live-drift.ts';
import type { LiveDrift } from '../measuring/live-drift.ts';
import type { Narrator } from '../narrator.ts';
import type { ServedLabel } from '../serving/model-metrics.ts';
import { namespace, operatorUser, resources } from '../watching/resources.ts';
import { watchObjects } from '../../testbed/watch-objects.ts';
import type { ObjectWatch } from '../../testbed/watch-objects.ts';

export type Watches = Readonly<Record<keyof typeof resources, ObjectWatch>>;

/** Everything both scenes share: the running bed, traffic, and what is seen of it from outside the operator. */
export interface Story {
  readonly bed: Bed;
  readonly clock: Clock;
  readonly narrator: Narrator;
  readonly watches: Watches;
  readonly rows: DemoRows;
  /** Every request that is over. */
  readonly records: readonly CallRecord[];
  /** The rows asked about from now on; when they run out the traffic ends. */
  replay(source: RowSource): void;
  /** When the traffic has ended. */
  readonly trafficEnded: Promise<void>;
  /** Writes of the operator's ServiceAccount so far, from the API server's audit log. */
  operatorWrites(): Promise<readonly AuditedRequest[]>;
  /** PSI of the last window, computed here from Prometheus' answer. */
  drift(version: string, served: ServedLabel): Promise<LiveDrift | null>;
  /** Answers when the condition holds; throws with `what` when it does not in time. */
  until(what: string, condition: () => boolean | Promise<boolean>, timeoutSeconds?: number): Promise<void>;
  pause(seconds: number): Promise<void>;
  stop(): Promise<void>;
}

export interface StoryOptions {
  readonly bed: Bed;
  readonly clock: Clock;
  readonly narrator: Narrator;
  readonly firstRows: RowSource;
}

const requestsPerSecond = 200;
const flagKey = 'use-v2';
/** In life it would be months. */
const outcomeDelaySeconds = 10;
const lookEveryMs = 50;

export function beginStory(options: StoryOptions): Story {
  const { bed, clock, narrator } = options;
  const watch = (key: keyof typeof resources): ObjectWatch =>
    watchObjects({ cluster: bed.cluster, resource: resources[key], namespace, clock });
  const watches: Watches = {
    routes: watch('routes'),
    flags: watch('flags'),
    risks: watch('risks'),
    plans: watch('plans'),
    incidents: watch('incidents'),
  };
  const flag = createFlagReader();
  watches.flags.onState(({ object }) => {
    flag.define((object?.['spec'] as { readonly flagSpec?: unknown } | undefined)?.flagSpec ?? { flags: {} });
  });
  const pause = (seconds: number): Promise<void> => new Promise((resume) => clock.after(seconds * 1000, resume));
  const until: Story['until'] = async (what, condition, timeoutSeconds = 90) => {
    const deadlineMs = clock.nowMs() + timeoutSeconds * 1000;
    while (!(await condition())) {
      if (clock.nowMs() > deadlineMs) throw new Error(`did not happen within ${String(timeoutSeconds)} s: ${what}`);
      await pause(lookEveryMs / 1000);
    }
  };
  const { reference } = readModelFiles();
  let source = options.firstRows;
  const caller: Caller = startCaller({
    clock,
    send: bed.dataPlane.send,
    requestsPerSecond,
    useCandidate: (row) => flag.isOn(flagKey, String(row.id)),
    nextRow: () => source(),
  });
  const rows = readDemoRows();
  const employed = new Map([...rows.ordinary, ...rows.shift].map((row) => [row.id, row.employed]));
  const deciders = new Map([bed.candidate, bed.safe].map(({ version, adminOrigin }) => [version, adminOrigin]));
  const outcomes = startOutcomes({
    ...{ clock, records: caller.records, delaySeconds: outcomeDelaySeconds },
    cameTrue: (id) => employed.get(id),
    deliver: (version, batch) => postOutcomes(deciders.get(version) ?? '', batch),
  });
  return {
    ...{ bed, clock, narrator, watches, rows, records: caller.records, trafficEnded: caller.finished, until, pause },
    replay: (next) => {
      source = next;
    },
    operatorWrites: async () => writesOf(operatorUser, await readFile(bed.cluster.auditLog, 'utf8')),
    drift: async (version, served) => {
      const series = `model_score_bucket{namespace="${namespace}",version="${version}",served="${served}"}`;
      return driftOfBuckets(reference, await queryPrometheus(bed.prometheus.url, `sum by (le) (increase(${series}[20s]))`));
    },
    stop: async () => {
      outcomes.stop();
      caller.stop();
      await caller.finished;
      await Promise.all(Object.values(watches).map((each) => each.stop()));
    },
  };
}
