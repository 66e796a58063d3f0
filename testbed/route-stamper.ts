import type { APIClient, KubeObject, Resource } from './api-client.ts';
import { lookAtRollout, rollouts } from './rollouts-stand-in.ts';

export const httpRoutes: Resource = { group: 'gateway.networking.k8s.io', version: 'v1', plural: 'httproutes' };

interface Route extends KubeObject {
  readonly spec: { readonly parentRefs: readonly object[] };
  readonly status?: { readonly parents?: readonly { readonly conditions: readonly { readonly observedGeneration: number }[] }[] };
}

function condition(type: string, generation: number): object {
  return {
    type,
    status: 'True',
    reason: type,
    message: 'stamped by the test bed',
    lastTransitionTime: '2026-01-01T00:00:00Z',
    observedGeneration: generation,
  };
}

const grpcRoutes: Resource = { ...httpRoutes, plural: 'grpcroutes' };
const experiments: Resource = { group: 'mlops.seldon.io', version: 'v1alpha1', plural: 'experiments' };

/** Kinds whose controllers say how it stands with them. */
export const stamped: readonly Resource[] = [httpRoutes, grpcRoutes, experiments];

/** Marks one route as its controller would where all is well, unless it is: Accepted at its generation. */
export async function stampRoute(client: APIClient, object: KubeObject, { plural }: Resource = httpRoutes): Promise<void> {
  if (plural === experiments.plural) return stampExperiment(client, object);
  const { metadata, spec, status } = object as Route;
  const { name = '', namespace = '', generation = 0 } = metadata;
  if (status?.parents?.[0]?.conditions[0]?.observedGeneration === generation) return;
  const parents = spec.parentRefs.map((parentRef) => ({
    parentRef,
    controllerName: 'gateway.envoyproxy.io/gatewayclass-controller',
    conditions: [condition('Accepted', generation), condition('ResolvedRefs', generation)],
  }));
  await client.raw({
    method: 'PATCH',
    path: `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/${plural}/${name}/status`,
    body: { status: { parents } },
    contentType: 'application/merge-patch+json',
  });
}

/** Says of an Experiment what Seldon would, and as little: no generation. */
async function stampExperiment(client: APIClient, { metadata, ...object }: KubeObject): Promise<void> {
  if (object['status'] !== undefined) return;
  const { name = '', namespace = '' } = metadata;
  const conditions = ['ExperimentReady', 'CandidatesReady', 'MirrorReady', 'Ready'].map((type) => ({ type, status: 'True' }));
  await client.raw({
    method: 'PATCH',
    path: `/apis/mlops.seldon.io/v1alpha1/namespaces/${namespace}/experiments/${name}/status`,
    body: { status: { conditions } },
    contentType: 'application/merge-patch+json',
  });
}

/** No controller: marks every route of a namespace (null: of all) as one would, where a test needs no traffic. */
export function stampRoutes(client: APIClient, namespace: string | null): { stop(): Promise<void> } {
  const state = { stopped: false };
  const loop = (async () => {
    while (!state.stopped) {
      for (const resource of stamped) {
        const routes = await client.list(resource, namespace === null ? {} : { namespace }).catch(() => []);
        await Promise.all(routes.map((route) => stampRoute(client, route, resource)));
      }
      const updates = await client.list(rollouts, namespace === null ? {} : { namespace }).catch(() => []);
      await Promise.all(updates.map((update) => lookAtRollout(client, update)));
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
