import { describe, expect, it } from '@jest/globals';
import { failure, success } from '../../../../src/shared/result.ts';
import type { ClusterFacts, ClusterKind, ClusterReader, Sight } from '../../../../src/signals/cluster/port.ts';
import type { ClusterSignal } from '../../../../src/signals/port.ts';
import type { QueryRecord } from '../../../../src/signals/answers.ts';
import { createSignalSource } from '../../../../src/signals/registry.ts';
import { createManualClock, someTimeMs } from '../../../builders/manual-clock.ts';
import { requestFor } from '../../../builders/signal.ts';
import { pod, policyReport, workload } from '../../../builders/workload.ts';

function clusterSignal(changes: Partial<ClusterSignal> = {}): ClusterSignal {
  return {
    kind: 'Cluster',
    shape: 'unready',
    provider: 'default/cluster',
    query: 'UnreadyReplicasPercent of Deployment credit-v2',
    windowSeconds: 1,
    references: [{ kind: 'Deployment', name: 'credit-v2' }],
    measure: { kind: 'UnreadyReplicas' },
    ...changes,
  };
}

interface Asked {
  readonly opened: ClusterKind[][];
  readonly usage: string[];
  readonly records: QueryRecord[];
}

type Sights = { readonly [Kind in ClusterKind]?: Sight<ClusterFacts[Kind]> };

const seen = <Fact>(facts: readonly Fact[], heardAtMs = someTimeMs - 1000): Sight<Fact> => ({ kind: 'Seen', facts, heardAtMs });
const blind = { kind: 'Blind', message: 'pods could not be listed', remedy: 'Bind it.' } as const;

async function look(signals: readonly ClusterSignal[], sights: Sights, usage: Awaited<ReturnType<ClusterReader['usageIn']>> = success([])) {
  const asked: Asked = { opened: [], usage: [], records: [] };
  const cluster: ClusterReader = {
    open: (kinds) => {
      asked.opened.push([...kinds]);
      return Promise.resolve();
    },
    read: <Kind extends ClusterKind>(kind: Kind): Sight<ClusterFacts[Kind]> => {
      const sight: Sight<ClusterFacts[Kind]> | undefined = sights[kind];
      return sight ?? seen([]);
    },
    restartsOf: () => null,
    usageIn: (namespace) => {
      asked.usage.push(namespace);
      return Promise.resolve(usage);
    },
  };
  const source = createSignalSource({ clock: createManualClock(), cluster, onQuery: (record) => asked.records.push(record) });
  const answers = await source.observe(
    signals.map((signal, index) => requestFor(signal, { key: String(index), version: '2.3.0' })),
    new AbortController().signal,
  );
  return { ...asked, observations: answers.map(({ observation }) => observation) };
}

const findings = clusterSignal({ shape: 'findings', measure: { kind: 'PolicyFindings', severities: ['High'], results: ['Fail'] } });

describe('a look at the cluster', () => {
  it('answers with the value, what it consists of, and the age of what was heard least recently', async () => {
    const unready = seen([workload({ ready: 1 })], someTimeMs - 7000);
    const { observations, opened, records } = await look([clusterSignal()], { Deployment: unready });
    expect(observations).toEqual([
      {
        kind: 'Value',
        value: 50,
        sampleCount: 2,
        noiseFloor: null,
        interval: null,
        computation: { statistic: 'UnreadyReplicasPercent', parameters: {}, counts: { desired: [2], ready: [1] } },
        detail: 'Deployment credit-v2 has 1 of 2 replicas ready',
        dataTimeMs: someTimeMs - 7000,
        windowSeconds: 1,
        source: { provider: 'default/cluster', query: 'UnreadyReplicasPercent of Deployment credit-v2', queriedAtMs: someTimeMs },
      },
    ]);
    expect(opened).toEqual([['Deployment']]);
    expect(records).toEqual([expect.objectContaining({ provider: 'default/cluster', result: 'Success' })]);
  });

  it('opens only the kinds its measures and references read', async () => {
    const measure = {
      kind: 'Posture',
      checks: ['NonRoot', 'NetworkPolicy'],
      logging: { containers: [], environment: [], annotations: [] },
    } as const;
    const references = [{ kind: 'StatefulSet', name: 'credit-v2' } as const];
    expect((await look([clusterSignal({ measure, references })], {})).opened).toEqual([['StatefulSet', 'NetworkPolicy']]);
    expect((await look([findings], {})).opened).toEqual([['Deployment', 'Pod', 'PolicyReport', 'Report']]);
  });

  it('asks the metrics API once for all that share a namespace', async () => {
    const usageOf = (resource: 'CPU' | 'Memory') => clusterSignal({ shape: 'usage', measure: { kind: 'Usage', resource } });
    const sights = { Deployment: seen([workload()]), Pod: seen([pod('a')]) };
    const used = success([{ pod: 'a', atMs: someTimeMs - 40_000, cpu: 0.5, memory: 2 ** 29 }]);
    const { usage, observations } = await look([usageOf('CPU'), usageOf('Memory')], sights, used);
    expect(usage).toEqual(['lending']);
    expect(observations).toMatchObject([
      { value: 50, dataTimeMs: someTimeMs - 40_000 },
      { value: 50, dataTimeMs: someTimeMs - 40_000 },
    ]);
    expect((await look([clusterSignal()], {})).usage).toEqual([]);
  });

  it('is an error with a remedy where it can not see, and the provider has failed', async () => {
    const { observations, records } = await look([findings], { Pod: blind });
    expect(observations).toMatchObject([{ kind: 'Error', cause: 'Unreachable', message: 'pods could not be listed', remedy: 'Bind it.' }]);
    expect(records).toMatchObject([{ result: 'Unreachable' }]);
  });

  it.each([
    [failure({ kind: 'NotServed', resource: 'pods.metrics.k8s.io' } as const), 'NoData', 'the cluster does not serve pods.metrics.k8s.io'],
    [failure(blind), 'Error', 'pods could not be listed'],
  ])('is %j without the metrics API', async (usage, kind, message) => {
    const signal = clusterSignal({ measure: { kind: 'Usage', resource: 'CPU' } });
    expect((await look([signal], { Deployment: seen([workload()]) }, usage)).observations).toMatchObject([{ kind, message }]);
  });

  it('needs one of two kinds of policy reports, not both', async () => {
    const absent = { kind: 'NotServed', resource: 'x' } as const;
    const common = { Deployment: seen([workload()]), Pod: seen([pod('a')]) };
    const reports = seen([policyReport([])]);
    expect((await look([findings], { ...common, PolicyReport: absent, Report: reports })).observations).toMatchObject([{ value: 0 }]);
    expect((await look([findings], { ...common, PolicyReport: reports, Report: absent })).observations).toMatchObject([{ value: 0 }]);
    expect((await look([findings], { ...common, PolicyReport: absent, Report: absent })).observations).toMatchObject([{ kind: 'NoData' }]);
    expect((await look([findings], { ...common, PolicyReport: blind, Report: reports })).observations).toMatchObject([{ kind: 'Error' }]);
  });

  it('is refused by a process that reads no cluster', async () => {
    const source = createSignalSource({ clock: createManualClock(), onQuery: () => undefined });
    expect(await source.observe([requestFor(clusterSignal())], new AbortController().signal)).toMatchObject([
      { observation: { kind: 'Error', cause: 'ProviderMissing' } },
    ]);
  });
});
