import type { JSONValue } from './json.ts';

/** JSON text with keys sorted by code unit and no white space: equal values give equal text. Keys whose value is undefined are left out. */
export function canonicalJSON(value: JSONValue): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJSON).join(',')}]`;
  const members = Object.keys(value)
    .sort()
    .flatMap((key) => {
      const member = value[key];
      return member === undefined ? [] : [`${JSON.stringify(key)}:${canonicalJSON(member)}`];
    });
  return `{${members.join(',')}}`;
}

// Array.isArray does not narrow readonly arrays.
function isList(value: object): value is readonly JSONValue[] {
  return Array.isArray(value);
}
