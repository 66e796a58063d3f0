import type { Computation } from '../model/observation.ts';
import { sum } from './reading.ts';
import { unreadyPercent } from './unready-replicas.ts';
import { usagePercent } from './usage.ts';

/** The value that the recorded state of workloads comes to, computed anew; null where the record is the count itself. */
export function recount({ statistic, counts }: Computation): number | null {
  const { desired, ready, used, requested } = counts;
  switch (statistic) {
    case 'UnreadyReplicasPercent':
      return desired === undefined || ready === undefined ? null : unreadyPercent(desired, ready);
    case 'CPUOfRequestsPercent':
    case 'MemoryOfRequestsPercent':
      return used === undefined || requested === undefined ? null : usagePercent(used, requested);
    case 'VulnerabilityReport':
    case 'PolicyReport':
      return sum(Object.values(counts).flat());
    default:
      return null;
  }
}
