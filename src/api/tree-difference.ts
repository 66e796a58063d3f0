import { canonicalJSON } from '../shared/canonical-json.ts';
import type { JSONValue } from '../shared/json.ts';

/** One place where two trees differ; undefined: it has nothing there. */
export interface Difference {
  readonly path: string;
  readonly before: JSONValue | undefined;
  readonly now: JSONValue | undefined;
}

/** Where they differ, entries of lists by name: `indicators.score-drift.threshold.breach`. Lists of the same entries in another order differ as a whole. */
export function differences(before: JSONValue | undefined, now: JSONValue | undefined, path: string): readonly Difference[] {
  if (canonicalJSON(before ?? null) === canonicalJSON(now ?? null)) return [];
  const [was, is] = [membersOf(before), membersOf(now)];
  if (was === null || is === null) return [{ path, before, now }];
  const keys = [...new Set([...was.keys(), ...is.keys()])].toSorted();
  const found = keys.flatMap((key) => differences(was.get(key), is.get(key), path === '' ? key : `${path}.${key}`));
  return found.length === 0 ? [{ path, before, now }] : found;
}

/** Of an object its members, of a list of named entries those; null: it is compared as a whole. */
function membersOf(value: JSONValue | undefined): ReadonlyMap<string, JSONValue> | null {
  if (value === undefined || value === null || typeof value !== 'object') return null;
  const entries = Object.entries(value) as readonly (readonly [string, JSONValue])[];
  if (!Array.isArray(value)) return new Map(entries);
  const named = entries.flatMap(([, entry]) => {
    const { name } = (entry ?? {}) as { readonly name?: JSONValue };
    return typeof name === 'string' ? [[name, entry] as const] : [];
  });
  return named.length === entries.length ? new Map(named) : null;
}
