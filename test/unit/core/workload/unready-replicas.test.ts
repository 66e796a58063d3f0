import { describe, expect, it } from '@jest/globals';
import { measureOf, workload } from '../../../builders/workload.ts';

const unready = { kind: 'UnreadyReplicas' } as const;

describe('replicas that are not ready', () => {
  it('are none where all are', () => {
    expect(measureOf(unready)).toMatchObject({ value: 0, sampleCount: 2, detail: '', interval: null });
  });

  it('are a share of the desired ones, and name their workload', () => {
    expect(measureOf(unready, { workloads: [workload({ desired: 4, ready: 1 })] })).toMatchObject({
      value: 75,
      sampleCount: 4,
      detail: 'Deployment credit-v2 has 1 of 4 replicas ready',
      computation: { statistic: 'UnreadyReplicasPercent', counts: { desired: [4], ready: [1] } },
    });
  });

  it("are not made up for by another workload's surplus", () => {
    const workloads = [workload({ desired: 2, ready: 4 }), workload({ kind: 'StatefulSet', name: 'features', desired: 2, ready: 1 })];
    const references = workloads.map(({ kind, name }) => ({ kind, name }));
    expect(measureOf(unready, { workloads }, { references })).toMatchObject({
      value: 25,
      detail: 'StatefulSet features has 1 of 2 replicas ready',
    });
  });

  it.each([
    ['none are desired', workload({ desired: 0, ready: 0 }), 'Empty', 'desires no replicas'],
    ['the controller never reported', workload({ observedGeneration: null, ready: 0 }), 'Stale', 'has not reported'],
    ['the controller speaks of an older spec', workload({ observedGeneration: 2 }), 'Stale', 'has not reported'],
    ['the count is none', workload({ ready: NaN }), 'NotANumber', 'are not a count'],
    ['the count is negative', workload({ desired: -1 }), 'NotANumber', 'are not a count'],
  ])('are not known where %s', (_what, only, cause, message) => {
    expect(measureOf(unready, { workloads: [only] })).toMatchObject({ cause, message: expect.stringContaining(message) });
  });

  it('are not known of a workload that is not there', () => {
    expect(measureOf(unready, { workloads: [] })).toMatchObject({
      cause: 'Empty',
      message: 'Deployment credit-v2 does not exist in the namespace of the ModelRisk',
      remedy: 'Create it, or correct spec.workloadRefs.',
    });
  });

  it('are not known where the ModelRisk names no workload', () => {
    expect(measureOf(unready, {}, { references: [] })).toMatchObject({ cause: 'Empty', remedy: 'Write spec.workloadRefs.' });
  });
});
