import { canonicalJSON } from '../shared/canonical-json.ts';
import type { JSONPatchOperation, JSONValue } from '../shared/json.ts';
import { success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { WriteFailure } from './api-failure.ts';
import { referenceOf } from './kube-object.ts';
import type { KubeObject } from './kube-object.ts';
import type { ResourceClient } from './resource-client.ts';

export type StatusValue = { readonly [key: string]: JSONValue };

/** `object` is as the server returned it. */
export type StatusWrite<T extends KubeObject> = { readonly kind: 'Unchanged' } | { readonly kind: 'Written'; readonly object: T };

/** Any object of a kind with a status subresource. */
export type WithStatus = KubeObject & { readonly status?: StatusValue };

/**
 * Operations that turn the status of `object` into `status`, key by key, each after a `test` of what was read;
 * empty when nothing changed (key order and absent keys do not count). Pure.
 * @internal
 */
export function statusPatch(object: WithStatus, status: StatusValue): readonly JSONPatchOperation[] {
  const before = object.status;
  const changes = before === undefined ? firstStatus(status) : changedKeys(before, status);
  return changes.length === 0 ? [] : [{ op: 'test', path: '/metadata/uid', value: object.metadata.uid }, ...changes];
}

/** Sends nothing when nothing changed. `Conflict` means the cache was behind: the watch will bring the newer object. */
export async function writeStatus<T extends WithStatus>(
  client: ResourceClient<T>,
  object: T,
  status: StatusValue,
): Promise<Result<StatusWrite<T>, WriteFailure>> {
  const operations = statusPatch(object, status);
  if (operations.length === 0) return success({ kind: 'Unchanged' });
  const answer = await client.patch(referenceOf(object), operations, 'status');
  return answer.ok ? success({ kind: 'Written', object: answer.value }) : answer;
}

function firstStatus(status: StatusValue): readonly JSONPatchOperation[] {
  if (Object.keys(status).length === 0) return [];
  // A `test` for null holds only while nobody has written a status.
  return [
    { op: 'test', path: '/status', value: null },
    { op: 'add', path: '/status', value: status },
  ];
}

function changedKeys(before: StatusValue, status: StatusValue): readonly JSONPatchOperation[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(status)])];
  return keys.flatMap((key) => change(`/status/${pointer(key)}`, before[key], status[key]));
}

function change(path: string, before: JSONValue | undefined, now: JSONValue | undefined): readonly JSONPatchOperation[] {
  if (before === undefined)
    return now === undefined
      ? []
      : [
          { op: 'test', path, value: null },
          { op: 'add', path, value: now },
        ];
  if (now === undefined)
    return [
      { op: 'test', path, value: before },
      { op: 'remove', path },
    ];
  if (canonicalJSON(before) === canonicalJSON(now)) return [];
  return [
    { op: 'test', path, value: before },
    { op: 'replace', path, value: now },
  ];
}

/** RFC 6901. */
function pointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
