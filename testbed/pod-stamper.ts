import type { APIClient, KubeObject, Resource } from './api-client.ts';

const pods: Resource = { group: '', version: 'v1', plural: 'pods' };
const nodes: Resource = { group: '', version: 'v1', plural: 'nodes' };

interface Pod extends KubeObject {
  readonly spec: { readonly nodeName?: string; readonly containers: readonly { readonly name: string; readonly image: string }[] };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

function isReady({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
}

/** An address of its own for each pod; nobody answers there. */
function addressOf(serial: number): string {
  return `10.244.${String(1 + Math.floor(serial / 250))}.${String(1 + (serial % 250))}`;
}

async function stamp(
  client: APIClient,
  { metadata, spec }: Pod,
  { node, serial }: { readonly node: string | null; readonly serial: number },
): Promise<void> {
  const path = `/api/v1/namespaces/${metadata.namespace ?? ''}/pods/${metadata.name ?? ''}`;
  if (node !== null && spec.nodeName === undefined)
    await client.raw({
      method: 'POST',
      path: `${path}/binding`,
      body: { metadata: { name: metadata.name }, target: { kind: 'Node', name: node } },
    });
  const podIP = addressOf(serial);
  const conditions = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({ type, status: 'True' }));
  const body = { status: { phase: 'Running', podIP, podIPs: [{ ip: podIP }], conditions } };
  await client.raw({ method: 'PATCH', path: `${path}/status`, body, contentType: 'application/merge-patch+json' });
}

export interface PodStamperOptions {
  /** Null: all. */
  readonly namespace: string | null;
  /** A node that is made for them, so that they become endpoints of Services; without one they only count as ready. */
  readonly node?: string;
}

/** Not a kubelet: marks every pod ready with an address, as one would, where a test needs nobody to answer. */
export function stampPods(client: APIClient, { namespace, node }: PodStamperOptions): { stop(): Promise<void> } {
  const state = { stopped: false, serial: 0 };
  const loop = (async () => {
    if (node !== undefined) await client.create(nodes, { metadata: { name: node } });
    while (!state.stopped) {
      const found = (await client.list(pods, namespace === null ? {} : { namespace }).catch(() => [])) as readonly Pod[];
      for (const pod of found.filter((each) => !isReady(each))) {
        state.serial += 1;
        await stamp(client, pod, { node: node ?? null, serial: state.serial });
      }
      await new Promise((wake) => setTimeout(wake, 100));
    }
    if (node !== undefined) await client.delete(nodes, { name: node });
  })();
  return {
    stop: async () => {
      state.stopped = true;
      await loop;
    },
  };
}
