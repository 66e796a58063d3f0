import { canonicalJSON } from './canonical-json.ts';
import type { JSONValue } from './json.ts';

/** JSON Pointer of the first place where two values differ, in the order of the first; null when they are equal. */
export function firstDifference(before: JSONValue, after: JSONValue, at = ''): string | null {
  if (canonicalJSON(before) === canonicalJSON(after)) return null;
  if (!isContainer(before) || !isContainer(after) || Array.isArray(before) !== Array.isArray(after)) return at === '' ? '/' : at;
  const [left, right] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const path = `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const [was, is] = [left.get(key), right.get(key)];
    if (was === undefined || is === undefined) return path;
    const found = firstDifference(was, is, path);
    if (found !== null) return found;
  }
  return at === '' ? '/' : at;
}

function isContainer(value: JSONValue): value is Exclude<JSONValue, null | boolean | number | string> {
  return typeof value === 'object' && value !== null;
}
