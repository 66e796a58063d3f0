import type { Workload } from './facts.ts';
import { titleOf } from './belonging.ts';
import { gap, isCount, listing, reading, sum, type WorkloadResult } from './reading.ts';

/** Share of the desired replicas that are not ready, in percent, over all workloads of the model. */
export function readUnreadyReplicas(workloads: readonly Workload[]): WorkloadResult {
  for (const workload of workloads) {
    const { observedGeneration, generation } = workload;
    if (observedGeneration === null || observedGeneration < generation)
      return gap(
        'Stale',
        `the controller of ${titleOf(workload)} has not reported since it last changed`,
        'If that goes on, check the kube-controller-manager.',
      );
    if (!isCount(workload.desired) || !isCount(workload.ready))
      return gap('NotANumber', `the replicas of ${titleOf(workload)} are not a count`, 'Check its status.');
  }
  const desired = workloads.map((workload) => workload.desired);
  const ready = workloads.map((workload) => workload.ready);
  if (sum(desired) === 0)
    return gap(
      'Empty',
      `${workloads.map(titleOf).join(', ')} desires no replicas, so none can be ready`,
      'Scale it up, or take it out of spec.workloadRefs.',
    );
  const short = workloads.filter((workload) => workload.ready < workload.desired);
  return reading(unreadyPercent(desired, ready), {
    sampleCount: sum(desired),
    computation: { statistic: 'UnreadyReplicasPercent', parameters: {}, counts: { desired, ready } },
    detail: listing(short.map((each) => `${titleOf(each)} has ${String(each.ready)} of ${String(each.desired)} replicas ready`)),
  });
}

/** One workload's surplus, as in a rolling update, makes up for nothing another lacks. */
export function unreadyPercent(desired: readonly number[], ready: readonly number[]): number {
  const missing = sum(desired.map((wanted, index) => Math.max(0, wanted - (ready[index] ?? 0))));
  return (100 * missing) / sum(desired);
}
