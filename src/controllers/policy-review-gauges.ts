import type { EpochMs } from '../shared/clock.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Cluster } from './cluster.ts';

export interface PolicyReviewGaugesOptions {
  readonly cluster: Pick<Cluster, 'own'>;
  readonly metrics: Pick<Metrics, 'policyReviewDueTimestampSeconds' | 'policyReviewOverdue'>;
  readonly nowMs: EpochMs;
}

/** As the statuses say it, so that a restart shows what was known before. A policy that asks for no review has no series. */
export function setPolicyReviews({ cluster, metrics, nowMs }: PolicyReviewGaugesOptions): void {
  metrics.policyReviewDueTimestampSeconds.reset();
  metrics.policyReviewOverdue.reset();
  for (const object of cluster.own.policies.store.list()) {
    const { status } = object as { readonly status?: { readonly review?: { readonly next?: string } } };
    const dueMs = Date.parse(status?.review?.next ?? '');
    if (Number.isNaN(dueMs)) continue;
    const labels = { policy: object.metadata.name };
    metrics.policyReviewDueTimestampSeconds.set(labels, dueMs / 1000);
    metrics.policyReviewOverdue.set(labels, dueMs <= nowMs ? 1 : 0);
  }
}
