import type { UntypedObject } from '../kube/kube-object.ts';
import type { Cluster } from './cluster.ts';
import type { QueueDefinition } from './queues.ts';
import { createReportCourier } from './report-courier.ts';
import type { ReportCourierOptions } from './report-courier.ts';

/** A report is no alarm: a receiver that is down is asked every ten minutes. */
const longestBackoffMs = 600_000;

/** By `policy/report`; one after another, because composing one takes the processor for a while. */
export function reportQueue(options: ReportCourierOptions): QueueDefinition {
  return { name: 'report', workers: 1, maxBackoffMs: longestBackoffMs, handle: createReportCourier(options) };
}

/** Names of what a policy sends, read before it is known whether the rest of it can be. */
function reportsOf(object: UntypedObject): readonly string[] {
  const { spec } = object as { readonly spec?: { readonly reports?: readonly { readonly name?: string }[] } };
  return (spec?.reports ?? []).flatMap(({ name }) => name ?? []);
}

/** Wakes the reports (`policy/report`) of policies that come or change; until the returned end. They come back on their own when due. */
export function tendReports({ cluster }: { readonly cluster: Pick<Cluster, 'own'> }, wake: (key: string) => void): () => void {
  const wakeAll = (object: UntypedObject): void => {
    for (const report of reportsOf(object)) wake(`${object.metadata.name}/${report}`);
  };
  const { store } = cluster.own.policies;
  for (const object of store.list()) wakeAll(object);
  return store.subscribe((change) => {
    if (change.kind === 'Deleted') return;
    // Our own status is no reason to look again.
    const before = change.kind === 'Updated' ? change.previous.metadata.generation : null;
    if (before !== change.object.metadata.generation) wakeAll(change.object);
  });
}
