import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJSON } from '../../../src/shared/canonical-json.ts';
import { firstDifference } from '../../../src/shared/difference.ts';
import type { JSONValue } from '../../../src/shared/json.ts';

const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as JSONValue);
const key = fc.oneof(fc.constantFrom('a', 'b', 'a/b', 'a~b', '~1', ''), fc.string({ maxLength: 3 }));
const record = fc.dictionary(key, json, { noNullPrototype: true });

/** RFC 6901. */
function at(value: JSONValue, pointer: string): JSONValue | undefined {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<JSONValue | undefined>((inner, token) => {
      if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, token)) return undefined;
      return (inner as Readonly<Record<string, JSONValue>>)[token];
    }, value);
}

/** What is not there is not null. */
const same = (a: JSONValue | undefined, b: JSONValue | undefined): boolean =>
  a === undefined || b === undefined ? a === b : canonicalJSON(a) === canonicalJSON(b);

describe('the first difference of two values', () => {
  it('is none of equal ones, however their keys are ordered', () => {
    fc.assert(
      fc.property(record, (value) => {
        const turned = Object.fromEntries(Object.entries(value).toReversed());
        expect(firstDifference(value, turned)).toBeNull();
      }),
    );
  });

  it('is found wherever there is one, from either side', () => {
    fc.assert(
      fc.property(json, json, (before, after) => {
        const isSame = canonicalJSON(before) === canonicalJSON(after);
        expect(firstDifference(before, after) === null).toBe(isSame);
        expect(firstDifference(after, before) === null).toBe(isSame);
      }),
    );
  });

  it('stands where it says', () => {
    let found = 0;
    fc.assert(
      fc.property(record, key, json, (before, changed, to) => {
        const after = { ...before, [changed]: to };
        const pointer = firstDifference(before, after);
        if (pointer === null) return;
        found += 1;
        expect(same(at(before, pointer), at(after, pointer))).toBe(false);
        // Nothing before that one key was touched.
        expect(pointer.startsWith(`/${changed.replaceAll('~', '~0').replaceAll('/', '~1')}`)).toBe(true);
      }),
    );
    expect(found).toBeGreaterThan(30);
  });

  it('leads as deep as it can: to the member that differs, not to what holds it', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c/d'), { minLength: 1, maxLength: 6 }), (path) => {
        const nest = (leaf: JSONValue): JSONValue => path.reduceRight<JSONValue>((inner, name) => ({ [name]: inner, other: [1, 2] }), leaf);
        expect(firstDifference(nest(1), nest(2))).toBe(path.map((name) => `/${name.replaceAll('/', '~1')}`).join(''));
      }),
    );
  });

  it.each<readonly [JSONValue, JSONValue, string]>([
    [1, 2, '/'],
    [null, {}, '/'],
    [[], {}, '/'],
    [[1, 2], [1, 3], '/1'],
    [[1], [1, 2], '/1'],
    [{ a: [1] }, { a: { 0: 1 } }, '/a'],
    [{ a: null }, {}, '/a'],
    [{}, { a: null }, '/a'],
    [{ a: { b: 1 } }, { a: 'b' }, '/a'],
  ])('of %j and %j is at %s', (before, after, pointer) => {
    expect(firstDifference(before, after)).toBe(pointer);
  });
});

describe('canonical JSON', () => {
  it('is equal for equal values alone', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(JSON.parse(canonicalJSON(a))).toEqual(a);
        if (canonicalJSON(a) === canonicalJSON(b)) expect(a).toEqual(b);
      }),
    );
  });
});
