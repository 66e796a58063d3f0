import type { UntypedObject } from '../kube/kube-object.ts';
import type { StoreChange } from '../kube/store.ts';
import type { Cluster, KindView } from './cluster.ts';
import { decisionKeysAbout } from './decisions.ts';
import type { Wakes } from './wakes.ts';

/** Hands over what is in the cache, then every change: nothing in between can be missed, both happen in one turn. */
export function follow(
  view: KindView,
  onPresent: (object: UntypedObject, previous: UntypedObject | null) => void,
  onGone: (object: UntypedObject) => void,
): () => void {
  for (const object of view.store.list()) onPresent(object, null);
  return view.store.subscribe((change: StoreChange<UntypedObject>) => {
    if (change.kind === 'Deleted') onGone(change.object);
    else onPresent(change.object, change.kind === 'Updated' ? change.previous : null);
  });
}

/** Their judgement rests on the plan: who wrote it, what it says, whether it exists. */
export function wakeDecisions(
  { cluster, wakes }: { readonly cluster: Pick<Cluster, 'own'>; readonly wakes: Pick<Wakes, 'decision'> },
  planKey: string,
): void {
  for (const key of decisionKeysAbout(planKey, cluster)) wakes.decision(key);
}
