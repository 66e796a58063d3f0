import { canonicalJSON } from '../../shared/canonical-json.ts';
import type { JSONPatchOperation, JSONValue } from '../../shared/json.ts';
import { hasNullInList, isObject, member, pointerSegment } from '../json-reading.ts';
import type { JSONObject } from '../json-reading.ts';
import type { PatchHalves } from '../metadata.ts';
import { segmentsOf } from './path.ts';

/** What stands at a place: nothing, a value, or no place at all, because the way there leads through a list or a plain value. */
export type Found =
  | { readonly kind: 'Absent' }
  | { readonly kind: 'Present'; readonly value: JSONValue }
  | { readonly kind: 'Unreachable'; readonly at: string };

export function findAt(document: JSONObject, path: string): Found {
  let here: JSONValue = document;
  let way = '';
  for (const segment of segmentsOf(path)) {
    if (!isObject(here)) return { kind: 'Unreachable', at: way };
    const next: JSONValue | undefined = member(here, segment);
    if (next === undefined) return { kind: 'Absent' };
    here = next;
    way = `${way}/${pointerSegment(segment)}`;
  }
  return { kind: 'Present', value: here };
}

/** With the value there, and every object on the way that was missing; unchanged where there is no way. Null takes the member out. */
export function withValue(document: JSONObject, path: string, value: JSONValue | null): JSONObject {
  return changed(document, segmentsOf(path), value);
}

function changed(document: JSONObject, [first, ...rest]: readonly string[], value: JSONValue | null): JSONObject {
  if (first === undefined) return document;
  const inner = member(document, first);
  if (rest.length === 0) {
    if (value !== null) return { ...document, [first]: value };
    const { [first]: _, ...others } = document;
    return others;
  }
  if (inner === undefined) return value === null ? document : { ...document, [first]: changed({}, rest, value) };
  return isObject(inner) ? { ...document, [first]: changed(inner, rest, value) } : document;
}

/** The objects on the way to `path` that `document` lacks, outermost first. */
export function missingParents(document: JSONObject, path: string): readonly string[] {
  const segments = segmentsOf(path);
  const parents = segments.slice(1).map(
    (_, index) =>
      `/${segments
        .slice(0, index + 1)
        .map(pointerSegment)
        .join('/')}`,
  );
  return parents.filter((parent) => findAt(document, parent).kind === 'Absent');
}

/** Without those of the objects that hold nothing, innermost first. */
export function withoutEmpty(document: JSONObject, paths: readonly string[]): JSONObject {
  return paths
    .toSorted((a, b) => b.length - a.length)
    .reduce((left, path) => {
      const found = findAt(left, path);
      const isEmpty = found.kind === 'Present' && isObject(found.value) && Object.keys(found.value).length === 0;
      return isEmpty ? withValue(left, path, null) : left;
    }, document);
}

/** The writes that lead from one to the other, and tests of what they take away. Lists are values: they are replaced whole. */
export function differences(from: JSONObject, to: JSONObject, at = ''): PatchHalves {
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  const halves = keys.map((key) => memberDifferences(member(from, key), member(to, key), `${at}/${pointerSegment(key)}`));
  return { tests: halves.flatMap(({ tests }) => tests), writes: halves.flatMap(({ writes }) => writes) };
}

function memberDifferences(before: JSONValue | undefined, after: JSONValue | undefined, path: string): PatchHalves {
  if (before === after || (before !== undefined && after !== undefined && canonicalJSON(before) === canonicalJSON(after)))
    return { tests: [], writes: [] };
  if (isObject(before) && isObject(after)) return differences(before, after, path);
  const tests: readonly JSONPatchOperation[] =
    before !== undefined && hasNullInList(before) ? [] : [{ op: 'test', path, value: before ?? null }];
  if (after === undefined) return { tests, writes: [{ op: 'remove', path }] };
  return { tests, writes: [{ op: before === undefined ? 'add' : 'replace', path, value: after }] };
}
