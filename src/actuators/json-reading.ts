import type { JSONValue } from '../shared/json.ts';

export type JSONObject = { readonly [key: string]: JSONValue };

/** The value as an object; an empty one when it is anything else. */
export function asObject(value: JSONValue | undefined): JSONObject {
  return isObject(value) ? value : {};
}

/** The value as a list; an empty one when it is anything else. */
export function asList(value: JSONValue | undefined): readonly JSONValue[] {
  return isList(value) ? value : [];
}

export function asText(value: JSONValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

export function asNumber(value: JSONValue | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

/** The object's own member, never one of its prototype: keys come from users. */
export function member(object: JSONObject, key: string): JSONValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

export function isObject(value: JSONValue | undefined): value is JSONObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One segment of a JSON Pointer (RFC 6901). */
export function pointerSegment(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

export function isList(value: JSONValue | undefined): value is readonly JSONValue[] {
  return Array.isArray(value);
}

/** A whole number too large to be read exactly: the server keeps 64 bits of it, and takes what was rounded for another value. */
export function holdsInexact(value: JSONValue): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null) return false;
  return isList(value) ? value.some(holdsInexact) : Object.values(value).some(holdsInexact);
}

/** The API server (1.36.3) crashes on a `test` whose value has a null in a list, as targeting rules often do (`if: [..., null]`). */
export function hasNullInList(value: JSONValue): boolean {
  if (value === null || typeof value !== 'object') return false;
  if (isList(value)) return value.some((item) => item === null || hasNullInList(item));
  return Object.values(value).some(hasNullInList);
}
