import { contour, parentRefs, parentStatus } from '../http-route.ts';
import type { MemoryAPI } from '../memory-api.ts';

/** As a gateway would report it: as the route is now, it is accepted. */
export function acceptRoute(api: MemoryAPI, namespace: string, name: string): void {
  const route = api.get('httproutes', name, namespace);
  if (route === null) return;
  const generation = route.metadata.generation ?? 1;
  const parents = parentRefs.map((parentRef) => parentStatus(contour, { generation, parentRef }));
  api.setStatus('httproutes', name, { parents }, namespace);
}

/** Accepts what was written to routes a while ago, sooner or later by their names: gateways take their time. */
export function followRoutes(api: MemoryAPI, nowMs: () => number): () => void {
  let seen = api.writes.length;
  let waiting: { readonly namespace: string; readonly name: string; readonly dueMs: number }[] = [];
  return () => {
    const written = api.writes.slice(seen).filter(({ resource }) => resource === 'httproutes');
    seen = api.writes.length;
    for (const { namespace, name, atMs } of written) {
      const takesMs = 1000 * (1 + ((name?.charCodeAt(name.length - 1) ?? 0) % 3));
      waiting.push({ namespace: namespace ?? '', name: name ?? '', dueMs: atMs + takesMs });
    }
    const due = waiting.filter(({ dueMs }) => dueMs <= nowMs());
    waiting = waiting.filter((each) => !due.includes(each));
    for (const { namespace, name } of due) acceptRoute(api, namespace, name);
  };
}
