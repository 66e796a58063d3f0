import * as z from 'zod';
import type { Surroundings } from '../actuators/port.ts';
import type { Cluster } from './cluster.ts';
import { rollersIn } from './rollers.ts';

const service = z.object({ spec: z.object({ ports: z.array(z.object({ port: z.int() })).default([]) }) });
const endpointSlice = z.object({
  endpoints: z.array(z.object({ conditions: z.object({ ready: z.boolean().nullish() }).default({}) })).nullish(),
});

export const serviceNameLabel = 'kubernetes.io/service-name';

interface ObservedCluster extends Pick<Cluster, 'targets' | 'rollers'> {
  readonly own: Pick<Cluster['own'], 'services' | 'endpointSlices'>;
  readonly workloads: Pick<Cluster['workloads'], 'read'>;
}

/** What the caches say of Services and their endpoints. An endpoint without a `ready` condition counts as ready, as the API says. */
export function observeSurroundings(cluster: ObservedCluster): Surroundings {
  const { own, workloads } = cluster;
  return {
    workload: workloads.read,
    rollersOf: rollersIn(cluster),
    servicePorts: (namespace, name) => {
      const parsed = service.safeParse(own.services.store.get(`${namespace}/${name}`));
      return parsed.success ? parsed.data.spec.ports.map(({ port }) => port) : null;
    },
    readyEndpoints: (namespace, name) =>
      own.endpointSlices.store
        .byIndex('namespace', namespace)
        // Before parsing: this is asked on the way of a patch, and a namespace may hold the slices of hundreds of Services.
        .filter(({ metadata }) => metadata.labels?.[serviceNameLabel] === name)
        .map((object) => endpointSlice.safeParse(object))
        .filter((parsed) => parsed.success)
        .flatMap(({ data }) => data.endpoints ?? [])
        .filter(({ conditions }) => conditions.ready !== false).length,
  };
}
