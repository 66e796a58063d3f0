import * as z from 'zod';
import type { Surroundings } from './port.ts';

const service = z.object({ spec: z.object({ ports: z.array(z.object({ port: z.int() })).default([]) }) });
const endpointSlice = z.object({
  endpoints: z.array(z.object({ conditions: z.object({ ready: z.boolean().nullish() }).default({}) })).nullish(),
});

export const serviceNameLabel = 'kubernetes.io/service-name';

/** Where what stands around a target is looked up: the operator's caches, or what the plugin has read. */
export interface BackendObjects {
  service(namespace: string, name: string): unknown;
  /** Of that Service alone. */
  slicesOf(namespace: string, service: string): readonly unknown[];
  readonly workload: Surroundings['workload'];
  readonly rollersOf: Surroundings['rollersOf'];
}

/** What the objects say of backends. An endpoint without a `ready` condition counts as ready, as the API says. */
export function surroundingsIn(objects: BackendObjects): Surroundings {
  return {
    workload: objects.workload,
    rollersOf: objects.rollersOf,
    servicePorts: (namespace, name) => {
      const parsed = service.safeParse(objects.service(namespace, name));
      return parsed.success ? parsed.data.spec.ports.map(({ port }) => port) : null;
    },
    readyEndpoints: (namespace, name) =>
      objects
        .slicesOf(namespace, name)
        .map((object) => endpointSlice.safeParse(object))
        .filter((parsed) => parsed.success)
        .flatMap(({ data }) => data.endpoints ?? [])
        .filter(({ conditions }) => conditions.ready !== false).length,
  };
}
