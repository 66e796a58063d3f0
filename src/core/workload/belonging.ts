import type { Owner, Pod, Workload } from './facts.ts';
import { selects } from './selector.ts';

/** The label a Deployment's pods carry, whose value ends the name of the ReplicaSet that made them. */
const templateHash = 'pod-template-hash';

export function titleOf({ kind, name }: Owner): string {
  return `${kind} ${name}`;
}

/** Its pods: selected by it, and made by it or by a ReplicaSet of it. Another workload's pods may carry the same labels. */
export function podsOf(workload: Workload, pods: readonly Pod[]): readonly Pod[] {
  return pods.filter((pod) => isMadeBy(workload, pod) && selects(workload.selector, pod.labels));
}

function isMadeBy({ kind, name }: Workload, { owner, labels }: Pod): boolean {
  if (owner === null) return false;
  if (kind === 'StatefulSet') return owner.kind === 'StatefulSet' && owner.name === name;
  return owner.kind === 'ReplicaSet' && owner.name === `${name}-${labels[templateHash] ?? ''}`;
}

/** What makes the pods that run now: the workload itself, or the ReplicaSets of a Deployment. */
export function makersOf(workload: Workload, pods: readonly Pod[]): readonly Owner[] {
  if (workload.kind === 'StatefulSet') return [{ kind: workload.kind, name: workload.name }];
  const names = new Set(podsOf(workload, pods).flatMap(({ isRunning, owner }) => (isRunning && owner !== null ? [owner.name] : [])));
  return [...names].map((name) => ({ kind: 'ReplicaSet', name }));
}
