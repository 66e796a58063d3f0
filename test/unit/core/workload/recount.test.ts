import { expect, it } from '@jest/globals';
import { recompute } from '../../../../src/core/statistics/recompute.ts';
import type { WorkloadMeasure } from '../../../../src/core/workload/measure.ts';
import { someTimeMs } from '../../../builders/manual-clock.ts';
import { finding, measureOf, policyReport, vulnerabilityReport, workload } from '../../../builders/workload.ts';

const usage = ['a', 'b'].map((pod, index) => ({ pod, atMs: someTimeMs, cpu: 0.3 + index / 7, memory: 2 ** 28 + index }));
const state = {
  workloads: [workload({ desired: 3, ready: 1 })],
  usage,
  vulnerabilityReports: [vulnerabilityReport({ Critical: 2, High: 3 })],
  policyReports: [policyReport([finding(), finding({ rule: 'other' })])],
};

it.each<WorkloadMeasure>([
  { kind: 'UnreadyReplicas' },
  { kind: 'Usage', resource: 'CPU' },
  { kind: 'Usage', resource: 'Memory' },
  { kind: 'Vulnerabilities', severities: ['Critical', 'High'] },
  { kind: 'PolicyFindings', severities: ['High'], results: ['Fail'] },
])('$kind is computed again from its record', (measure) => {
  const read = measureOf(measure, state);
  if (!('value' in read)) throw new Error(read.message);
  expect(read.value).toBeGreaterThan(0);
  expect(recompute(read.computation)).toBeCloseTo(read.value, 12);
});

it('a count of pods is its own record', () => {
  const read = measureOf({ kind: 'Restarts' }, state);
  expect('value' in read && recompute(read.computation)).toBeNull();
});

it.each(['UnreadyReplicasPercent', 'CPUOfRequestsPercent'])('a record of %s that lost its counts comes to nothing', (statistic) => {
  expect(recompute({ statistic, parameters: {}, counts: {} })).toBeNull();
});
