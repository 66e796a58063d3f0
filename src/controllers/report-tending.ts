import type { UntypedObject } from '../kube/kube-object.ts';
import type { Cluster } from './cluster.ts';

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
