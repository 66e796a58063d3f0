import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJSON } from '../../../src/shared/canonical-json.ts';
import type { JSONValue } from '../../../src/shared/json.ts';

/** The same value with the keys of every object in reverse order. */
function reversed(value: JSONValue): JSONValue {
  if (Array.isArray(value)) return (value as readonly JSONValue[]).map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}

const json = fc.jsonValue() as fc.Arbitrary<JSONValue>;

describe('canonicalJSON', () => {
  it('sorts keys at every depth and leaves lists alone', () => {
    expect(canonicalJSON({ b: [2, 1, { z: null, a: true }], a: 'x' })).toBe('{"a":"x","b":[2,1,{"a":true,"z":null}]}');
  });

  it('leaves out keys without a value, so that absent and undefined are the same', () => {
    const optional: { readonly a: number; readonly b?: number } = { a: 1, b: undefined as unknown as number };
    expect(canonicalJSON(optional)).toBe('{"a":1}');
  });

  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJSON(reversed(value))).toBe(canonicalJSON(value));
      }),
    );
  });

  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJSON(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
