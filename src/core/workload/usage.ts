import type { Pod, PodUsage } from './facts.ts';
import { gap, listing, reading, sum, type WorkloadResult } from './reading.ts';

export type UsedResource = 'CPU' | 'Memory';

const keyOf = { CPU: 'cpu', Memory: 'memory' } as const;

/** What the running pods use of what they request, in percent, all together: as the HorizontalPodAutoscaler counts it. */
export function readUsage(pods: readonly Pod[], usage: readonly PodUsage[], resource: UsedResource): WorkloadResult {
  const key = keyOf[resource];
  const requests = pods.map((pod) => ({ pod, requested: requestOf(pod, key) }));
  const silent = requests.filter(({ requested }) => !(requested > 0)).map(({ pod }) => pod.name);
  if (silent.length > 0)
    return gap(
      'Incomparable',
      `not every container of ${listing(silent.map((name) => `pod ${name}`))} requests ${key}, so there is nothing to compare its use with`,
      `Write resources.requests.${key} on each container of the workload.`,
    );
  const used = new Map(usage.map((each) => [each.pod, each]));
  const missing = pods.filter(({ name }) => !used.has(name)).map(({ name }) => `pod ${name}`);
  if (missing.length > 0)
    return gap(
      'Empty',
      `the metrics API says nothing of ${listing(missing)}`,
      'A pod has metrics about a minute after its start; if that goes on, check the metrics server.',
    );
  const found = pods.flatMap(({ name }) => used.get(name) ?? []);
  const requested = requests.map((each) => each.requested);
  const values = found.map((each) => each[key]);
  if (!values.every((value) => value >= 0 && Number.isFinite(value)))
    return gap('NotANumber', `the ${key} of a pod in the metrics API is not a quantity`, 'Check the metrics server.');
  return reading(usagePercent(values, requested), {
    sampleCount: pods.length,
    computation: { statistic: `${resource}OfRequestsPercent`, parameters: {}, counts: { used: values, requested } },
    dataTimeMs: found.reduce((oldest, { atMs }) => Math.min(oldest, atMs), Infinity),
  });
}

export function usagePercent(used: readonly number[], requested: readonly number[]): number {
  return (100 * sum(used)) / sum(requested);
}

/** Not a number as soon as one container requests nothing: its use would count against the requests of the others. */
function requestOf({ requests, containers }: Pod, key: 'cpu' | 'memory'): number {
  return requests[key] ?? sum(containers.map((container) => container.requests[key] ?? NaN));
}
