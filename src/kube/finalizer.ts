import type { JSONPatchOperation } from '../shared/json.ts';
import type { KubeObject } from './kube-object.ts';

/** Puts one finalizer on or takes it off; empty when it is as wanted. Tests what it read: the list may have changed since. */
export function finalizerPatch(
  { metadata }: KubeObject,
  { finalizer, wanted }: { readonly finalizer: string; readonly wanted: boolean },
): readonly JSONPatchOperation[] {
  const { finalizers = [] } = metadata;
  const index = finalizers.indexOf(finalizer);
  if (wanted === index >= 0) return [];
  const uid: JSONPatchOperation = { op: 'test', path: '/metadata/uid', value: metadata.uid };
  const path = `/metadata/finalizers/${index}`;
  if (!wanted) return [uid, { op: 'test', path, value: finalizer }, { op: 'remove', path }];
  if (finalizers.length === 0) return [uid, { op: 'add', path: '/metadata/finalizers', value: [finalizer] }];
  return [uid, { op: 'add', path: '/metadata/finalizers/-', value: finalizer }];
}
