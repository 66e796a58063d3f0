import { isAuditedWrite } from '../testbed/audit-log.ts';
import type { AuditedRequest } from '../testbed/audit-log.ts';

/** What one account asked of the API server within a stretch of time, by the server's audit log. */
export interface RequestCensus {
  /** Other than those of the Lease. */
  readonly writes: number;
  readonly leaseWrites: number;
  readonly gets: number;
  readonly lists: number;
  /** Opened within the stretch; known once they have ended. */
  readonly watches: number;
}

export interface Stretch {
  readonly fromMs: number;
  readonly untilMs: number;
}

export function censusOf(requests: readonly AuditedRequest[], { fromMs, untilMs }: Stretch): RequestCensus {
  const within = requests.filter(({ receivedAtMs }) => receivedAtMs >= fromMs && receivedAtMs < untilMs);
  const count = (counts: (request: AuditedRequest) => boolean): number => within.filter(counts).length;
  const ofLease = ({ resource }: AuditedRequest): boolean => resource === 'leases';
  return {
    writes: count((request) => isAuditedWrite(request) && !ofLease(request)),
    leaseWrites: count((request) => isAuditedWrite(request) && ofLease(request)),
    gets: count(({ verb }) => verb === 'get'),
    lists: count(({ verb }) => verb === 'list'),
    watches: count(({ verb }) => verb === 'watch'),
  };
}
