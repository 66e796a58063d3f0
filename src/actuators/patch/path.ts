import { podMembers } from '../../core/model/unpatchable.ts';
import type { JSONValue } from '../../shared/json.ts';
import { isList, isObject } from '../json-reading.ts';

/** A JSON Pointer (RFC 6901) in segments, unescaped. */
export function segmentsOf(path: string): readonly string[] {
  return path
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The same place, or one within the other: values there can't both stand. */
export function overlap(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

const ofPods: ReadonlySet<string> = new Set(podMembers);

/** Why no patch may write there, whatever the kind; null when one may. */
export function whyForbiddenPath(path: string): string | null {
  const [first = '', second = '', third, ...more] = segmentsOf(path);
  if (!path.startsWith('/') || first === '') return 'a path is a JSON Pointer below the object, as in /spec/maxReplicas';
  if (['apiVersion', 'kind', 'status'].includes(first)) return `${first} is not for its users to set`;
  if (first === 'metadata') {
    const isEntry = ['labels', 'annotations'].includes(second) && third !== undefined && third !== '' && more.length === 0;
    if (!isEntry) return 'of metadata only single labels and annotations can be patched, as in /metadata/labels/tier';
    return third.startsWith('modelrisk.dev/') ? `${third} is the operator's own` : null;
  }
  const member = segmentsOf(path).find((segment) => ofPods.has(segment));
  return member === undefined ? null : `${member} says what runs in pods`;
}

/** The first member anywhere in the value that pods are made from; null when there is none. */
export function podMemberIn(value: JSONValue): string | null {
  if (isList(value)) return value.map(podMemberIn).find((found) => found !== null) ?? null;
  if (!isObject(value)) return null;
  const own = Object.keys(value).find((key) => ofPods.has(key));
  return (
    own ??
    Object.values(value)
      .map(podMemberIn)
      .find((found) => found !== null) ??
    null
  );
}

/** What a patch may not give: the API server can't test it, and takes it for an absent member now and then. */
export function holdsNull(value: JSONValue): boolean {
  if (value === null) return true;
  if (isList(value)) return value.some(holdsNull);
  return isObject(value) && Object.values(value).some(holdsNull);
}
