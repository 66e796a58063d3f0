import { describe, expect, it } from '@jest/globals';

import { makersOf, podsOf } from '../../../../src/core/workload/belonging.ts';
import { parseQuantity } from '../../../../src/core/workload/quantity.ts';
import { listing } from '../../../../src/core/workload/reading.ts';
import type { Workload } from '../../../../src/core/workload/facts.ts';
import { containerTemplate, finding, measureOf, pod, policyReport, workload } from '../../../builders/workload.ts';

describe('that predictions are logged', () => {
  const marks = {
    containers: ['logger', 'shipper'],
    environment: ['LOG_PREDICTIONS', 'LOG_TO'],
    annotations: ['example.com/logged', 'example.com/audited'],
  };
  const unlogged = (changes: Partial<Workload>) =>
    measureOf(
      { kind: 'Posture', checks: ['PredictionLogging'], logging: marks },
      { workloads: [workload({ annotations: [], ...changes })] },
    );

  it.each<[string, Partial<Workload>]>([
    ['one annotation of several', { annotations: ['other', 'example.com/audited'] }],
    ['one variable of several', { containers: [containerTemplate({ environment: ['OTHER', 'LOG_TO'] })] }],
    ['one container of several', { containers: [containerTemplate(), containerTemplate({ name: 'shipper' })] }],
    [
      'a variable of one container of several',
      { containers: [containerTemplate(), containerTemplate({ name: 'b', environment: ['LOG_TO'] })] },
    ],
  ])('is shown by %s', (_mark, changes) => {
    expect(unlogged(changes)).toMatchObject({ value: 0 });
  });

  it('is not shown by marks of another sort: a container named as a variable is', () => {
    const named = {
      annotations: ['logger', 'LOG_TO'],
      containers: [containerTemplate({ name: 'LOG_TO', environment: ['logger', 'example.com/logged'] })],
    };
    expect(unlogged(named)).toMatchObject({ value: 1 });
  });
});

describe('what a container may do', () => {
  const failed = (check: 'NonRoot' | 'MemoryLimits', changes: Parameters<typeof containerTemplate>[0]) =>
    measureOf(
      { kind: 'Posture', checks: [check], logging: { containers: [], environment: [], annotations: [] } },
      { workloads: [workload({ containers: [containerTemplate(changes)] })] },
    );

  it.each([
    [{ runAsNonRoot: false, user: 1 }, 0],
    [{ runAsNonRoot: true, user: 0 }, 0],
    [{ runAsNonRoot: null, user: 0 }, 1],
    [{ runAsNonRoot: false, user: null }, 1],
  ])('as %j fails %i checks: any user but 0 is none of root', (security, value) => {
    expect(failed('NonRoot', { security })).toMatchObject({ value });
  });

  it.each([
    [1, 0],
    [0, 1],
    [null, 1],
  ])('with %j bytes of memory fails %i checks', (memory, value) => {
    expect(failed('MemoryLimits', { limits: { cpu: null, memory } })).toMatchObject({ value });
  });
});

describe('whose a pod is', () => {
  const set = workload({ kind: 'StatefulSet', name: 'features', selector: [] });
  const made = (kind: string, name: string, labels: Readonly<Record<string, string>> = {}) => pod('p', { owner: { kind, name }, labels });

  it('is its StatefulSet’s by that name and kind alone', () => {
    expect(podsOf(set, [made('StatefulSet', 'features')])).toHaveLength(1);
    for (const [kind, name] of [
      ['StatefulSet', 'other'],
      ['ReplicaSet', 'features'],
      ['ReplicaSet', 'features-abc'],
    ] as const)
      expect(podsOf(set, [made(kind, name, { 'pod-template-hash': 'abc' })])).toEqual([]);
  });

  it('is its Deployment’s by the ReplicaSet that is named after both, and selected by it', () => {
    const deployment = workload({ name: 'credit' });
    const labels = { app: 'credit-v2', 'pod-template-hash': 'abc' };
    expect(podsOf(deployment, [made('ReplicaSet', 'credit-abc', labels)])).toHaveLength(1);
    expect(podsOf(deployment, [made('StatefulSet', 'credit-abc', labels)])).toEqual([]);
    expect(podsOf(deployment, [made('ReplicaSet', 'credit-xyz', labels)])).toEqual([]);
    expect(podsOf(deployment, [made('ReplicaSet', 'credit-abc', { ...labels, app: 'other' })])).toEqual([]);
    expect(podsOf(deployment, [pod('p', { owner: null })])).toEqual([]);
  });

  it('counts for what makes pods now only while it runs', () => {
    const of = (...running: readonly boolean[]) =>
      makersOf(
        workload(),
        running.map((isRunning, index) => pod(String(index), { isRunning })),
      );
    expect(of(true, true)).toEqual([{ kind: 'ReplicaSet', name: 'credit-v2-abc' }]);
    expect(of(false, false)).toEqual([]);
    expect(makersOf(set, [])).toEqual([{ kind: 'StatefulSet', name: 'features' }]);
  });
});

describe('findings of a policy', () => {
  const deployment = { kind: 'Deployment', name: 'credit-v2' };
  const other = { kind: 'Deployment', name: 'other' };
  const count = (...reports: readonly ReturnType<typeof policyReport>[]) =>
    measureOf({ kind: 'PolicyFindings', results: ['Fail'], severities: ['High'] }, { policyReports: reports });

  it('are ours where any of several objects they are about is', () => {
    expect(count(policyReport([finding({ about: [other, deployment] })], { scope: null }))).toMatchObject({ value: 1 });
    expect(count(policyReport([finding({ about: [other] })]))).toMatchObject({ value: 0 });
  });
});

describe('numbers and lists', () => {
  it('reads a quantity of 0, and none below', () => {
    expect([parseQuantity(0), parseQuantity('0'), parseQuantity(-1e-9), parseQuantity(Infinity)]).toEqual([0, 0, null, null]);
  });

  it('names six of many and says how many more there are', () => {
    const items = (count: number) => Array.from({ length: count }, (_, index) => String(index));
    expect(listing(items(6))).toBe('0; 1; 2; 3; 4; 5');
    expect(listing(items(7))).toBe('0; 1; 2; 3; 4; 5; and 1 more');
    expect(listing([])).toBe('');
  });
});
