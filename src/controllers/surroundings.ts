import { serviceNameLabel, surroundingsIn } from '../actuators/backends.ts';
import type { Surroundings } from '../actuators/port.ts';
import type { Cluster } from './cluster.ts';
import { rollersIn } from './rollers.ts';

interface ObservedCluster extends Pick<Cluster, 'targets' | 'rollers'> {
  readonly own: Pick<Cluster['own'], 'services' | 'endpointSlices'>;
  readonly workloads: Pick<Cluster['workloads'], 'read'>;
}

/** What the caches say of Services and their endpoints, of workloads, and of who else moves requests. */
export function observeSurroundings(cluster: ObservedCluster): Surroundings {
  const { own, workloads } = cluster;
  return surroundingsIn({
    service: (namespace, name) => own.services.store.get(`${namespace}/${name}`),
    // Chosen before they are parsed: this is asked on the way of a patch, and a namespace may hold the slices of hundreds of Services.
    slicesOf: (namespace, name) =>
      own.endpointSlices.store.byIndex('namespace', namespace).filter(({ metadata }) => metadata.labels?.[serviceNameLabel] === name),
    workload: workloads.read,
    rollersOf: rollersIn(cluster),
  });
}
