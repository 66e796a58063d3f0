import type { Surroundings, WorkloadFacts } from '../actuators/port.ts';
import { createReflector, defaultReflectorTiming } from '../kube/reflector.ts';
import { createStore } from '../kube/store.ts';
import type { ResourceType } from '../kube/kube-object.ts';
import { failure, success } from '../shared/result.ts';
import { watchByNamespace } from './namespaced-watch.ts';
import type { NamespacedWatch } from './namespaced-watch.ts';
import { howToOptIn } from './rights.ts';
import { placeOf } from './sight-view.ts';
import type { SeenObject, SightViewOptions } from './sight-view.ts';
import { sameFact, toAutoscaler, toRevision } from './workload-fact.ts';

/** ReplicaSets and autoscalers, in namespaces where a plan acts on a Deployment. */
export interface WorkloadSight {
  readonly read: Surroundings['workload'];
  readonly watches: readonly NamespacedWatch[];
  /** Called after what `read` answers of Deployments in this namespace may have changed. Returns its own end. */
  onChange(listener: (namespace: string) => void): () => void;
}

/** The role of the actuator for Deployments: what it needs to read comes with it. */
const deploymentsRole = 'modelrisk-operator-deployments';

const replicaSets: ResourceType = { group: 'apps', version: 'v1', plural: 'replicasets', kind: 'ReplicaSet', namespaced: true };
const autoscalers: ResourceType = {
  ...{ group: 'autoscaling', version: 'v2', kind: 'HorizontalPodAutoscaler', namespaced: true },
  plural: 'horizontalpodautoscalers',
};

/** Nothing is sent before a watch is opened. */
export function openWorkloadSight(options: SightViewOptions): WorkloadSight {
  const listeners = new Set<(namespace: string) => void>();
  const tell = (namespace: string): void => {
    for (const listener of [...listeners]) listener(namespace);
  };
  const open = <Fact>(resource: ResourceType, toFact: (object: unknown) => Fact) => {
    const { transport, clock, random, observe, watchSilenceMs } = options;
    const store = createStore<SeenObject, 'namespace'>({ namespace: ({ metadata }) => [metadata.namespace ?? ''] });
    store.subscribe((change) => {
      if (change.kind === 'Updated' && sameFact(change.previous.fact, change.object.fact)) return;
      const { namespace = '' } = change.object.metadata;
      if (watch.isReadIn(namespace)) tell(namespace);
    });
    const watch: NamespacedWatch = watchByNamespace<SeenObject>({
      ...{ store, clock, observe },
      openReflector: (namespace, writer, told) =>
        createReflector<SeenObject>({
          ...{ resource, namespace, transport, clock, random, store: writer, observe: told },
          ...{ keepManagedFields: false, mayBeAbsent: true, timing: { ...defaultReflectorTiming, silenceMs: watchSilenceMs } },
          trim: (object) => ({ ...placeOf(object), fact: toFact(object) }),
        }),
      onNews: tell,
    });
    return { resource, watch, factsIn: (namespace: string) => store.byIndex('namespace', namespace).map(({ fact }) => fact as Fact) };
  };
  const revisions = open(replicaSets, toRevision);
  const scalers = open(autoscalers, toAutoscaler);
  const blind = (namespace: string): ReturnType<WorkloadSight['read']> | null => {
    const unread = [revisions, scalers].find(({ watch }) => !watch.isReadIn(namespace) || watch.failureIn(namespace)?.kind === 'Denied');
    if (unread === undefined) return null;
    const cause = unread.watch.failureIn(namespace);
    const { plural } = unread.resource;
    if (cause?.kind !== 'Denied')
      return failure({
        reason: 'NotRead',
        message: `${plural} of namespace ${namespace} have not been read yet; it is tried again by itself.`,
      });
    const message = `The operator may not read ${plural} in namespace ${namespace}. Let plans there act on Deployments: ${howToOptIn(deploymentsRole, namespace, cause)}`;
    return failure({ reason: 'RightsMissing', message });
  };
  return {
    watches: [revisions.watch, scalers.watch],
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read: (namespace, { name, uid }) => {
      const unread = blind(namespace);
      if (unread !== null) return unread;
      const own = revisions.factsIn(namespace).flatMap((fact) => (fact?.owner === uid ? [fact] : []));
      const scaler = scalers.factsIn(namespace).find((fact) => fact?.target === name);
      const autoscaler = scaler === undefined || scaler === null ? null : { name: scaler.name, minReplicas: scaler.minReplicas };
      return success({ revisions: own, autoscaler } satisfies WorkloadFacts);
    },
  };
}
