import { failure } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { WriteFailure } from './api-failure.ts';
import type { KubeObject } from './kube-object.ts';
import type { ResourceClient } from './resource-client.ts';

/** How long we may still write, by our own clock; 0 when the lease is not held. `LeaseElector` is one. */
export interface Fence {
  remainingMs(): number;
}

/** Same client, but a write is answered `Fenced` without being sent unless the fence outlives `requestTimeoutMs`. Reads pass. */
export function fencedClient<T extends KubeObject>(client: ResourceClient<T>, fence: Fence, requestTimeoutMs: number): ResourceClient<T> {
  async function guard<Value>(write: () => Promise<Result<Value, WriteFailure>>): Promise<Result<Value, WriteFailure>> {
    const remainingMs = fence.remainingMs();
    if (remainingMs > requestTimeoutMs) return write();
    return failure({
      kind: 'Fenced',
      message: `not sent: the lease is ours for ${remainingMs} ms more, a request may take ${requestTimeoutMs} ms`,
    });
  }
  return {
    resource: client.resource,
    get: (reference) => client.get(reference),
    listPage: (options, abort) => client.listPage(options, abort),
    create: (object) => guard(() => client.create(object)),
    replace: (object, subresource) => guard(() => client.replace(object, subresource)),
    patch: (reference, operations, subresource) => guard(() => client.patch(reference, operations, subresource)),
    apply: (object) => guard(() => client.apply(object)),
    // Nothing of it is kept, so there is nothing a newer leader could be hurt by.
    tryPatch: (reference, operations) => client.tryPatch(reference, operations),
    remove: (reference, uid, resourceVersion) => guard(() => client.remove(reference, uid, resourceVersion)),
  };
}
