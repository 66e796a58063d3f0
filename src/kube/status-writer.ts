import type { JSONPatchOperation, JSONValue } from '../shared/json.ts';
import type { Result } from '../shared/result.ts';
import type { WriteFailure } from './api-failure.ts';
import type { KubeObject } from './kube-object.ts';
import type { ResourceClient } from './resource-client.ts';

export type StatusValue = { readonly [key: string]: JSONValue };

/** `object` is as the server returned it. */
export type StatusWrite<T extends KubeObject> = { readonly kind: 'Unchanged' } | { readonly kind: 'Written'; readonly object: T };

/**
 * Operations that turn the status of `object` into `status`, key by key, each after a `test` of what was read;
 * empty when nothing changed (key order and absent keys do not count). Pure.
 */
export function statusPatch(_object: KubeObject, _status: StatusValue): readonly JSONPatchOperation[] {
  throw new Error('not built yet');
}

/** Sends nothing when nothing changed. `Conflict` means the cache was behind: the watch will bring the newer object. */
export async function writeStatus<T extends KubeObject>(
  _client: ResourceClient<T>,
  _object: T,
  _status: StatusValue,
): Promise<Result<StatusWrite<T>, WriteFailure>> {
  await Promise.reject(new Error('not built yet'));
  throw new Error('not built yet');
}
