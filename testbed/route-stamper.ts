import type { APIClient, KubeObject, Resource } from './api-client.ts';

export const httpRoutes: Resource = { group: 'gateway.networking.k8s.io', version: 'v1', plural: 'httproutes' };

interface Route extends KubeObject {
  readonly spec: { readonly parentRefs: readonly object[] };
  readonly status?: { readonly parents?: readonly { readonly conditions: readonly { readonly observedGeneration: number }[] }[] };
}

/** Not a gateway controller: marks every route of a namespace Accepted at its generation, as one would, where a test needs no traffic. */
export function stampRoutes(client: APIClient, namespace: string): { stop(): Promise<void> } {
  const state = { stopped: false };
  const condition = (type: string, generation: number) => ({
    type,
    status: 'True',
    reason: type,
    message: 'stamped by the test bed',
    lastTransitionTime: '2026-01-01T00:00:00Z',
    observedGeneration: generation,
  });
  const stamp = async (route: Route): Promise<void> => {
    const generation = route.metadata.generation ?? 0;
    if (route.status?.parents?.[0]?.conditions[0]?.observedGeneration === generation) return;
    const parents = route.spec.parentRefs.map((parentRef) => ({
      parentRef,
      controllerName: 'gateway.envoyproxy.io/gatewayclass-controller',
      conditions: [condition('Accepted', generation), condition('ResolvedRefs', generation)],
    }));
    const { name = '' } = route.metadata;
    await client.raw({
      method: 'PATCH',
      path: `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/httproutes/${name}/status`,
      body: { status: { parents } },
      contentType: 'application/merge-patch+json',
    });
  };
  const loop = (async () => {
    while (!state.stopped) {
      const routes = (await client.list(httpRoutes, { namespace }).catch(() => [])) as readonly Route[];
      await Promise.all(routes.map(stamp));
      await new Promise((wake) => setTimeout(wake, 50));
    }
  })();
  return {
    stop: async () => {
      state.stopped = true;
      await loop;
    },
  };
}
