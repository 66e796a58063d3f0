import type { KubeObject } from './kube-object.ts';
import type { ResourceClient } from './resource-client.ts';

/** How long we may still write, by our own clock; 0 when the lease is not held. `LeaseElector` is one. */
export interface Fence {
  remainingMs(): number;
}

/** Same client, but a write is answered `Fenced` without being sent unless the fence outlives `requestTimeoutMs`. Reads pass. */
export function fencedClient<T extends KubeObject>(
  _client: ResourceClient<T>,
  _fence: Fence,
  _requestTimeoutMs: number,
): ResourceClient<T> {
  throw new Error('not built yet');
}
