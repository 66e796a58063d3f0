import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { firstDifference } from '../../../src/shared/difference.ts';
import { applyPatch } from '../../../src/shared/json-patch.ts';
import type { JSONPatchOperation, JSONValue } from '../../../src/shared/json.ts';
import { canonicalJSON } from '../../../src/shared/canonical-json.ts';
import { applyPatch as applyByOracle, PatchConflict } from '../../builders/json-patch.ts';

const runs = { numRuns: 5000 };
const key = fc.constantFrom('a', 'c/d', 'e~f', '0', '-');
const anyJSON = fc.letrec<{ value: JSONValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<JSONValue>(null, true, 1, 'x', ''),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries) as JSONValue),
  ),
})).value;
/** Something a path can lead into. */
const anyRoot = fc.oneof(
  fc.array(anyJSON, { minLength: 1, maxLength: 3 }),
  fc.record<Record<string, JSONValue>>({ a: anyJSON, 'c/d': anyJSON, 0: anyJSON }),
);

const anyPath = fc
  .array(key, { minLength: 1, maxLength: 2 })
  .map((keys) => `/${keys.map((each) => each.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`);
const anyOperation: fc.Arbitrary<JSONPatchOperation> = fc.oneof(
  fc.record({ op: fc.constantFrom('add' as const, 'replace' as const), path: anyPath, value: anyJSON }),
  // That null stands for an absent member is tried below: what it means of a place in a list no caller asks.
  fc.record({ op: fc.constant('test' as const), path: anyPath, value: anyJSON.filter((value) => value !== null) }),
  fc.record({ op: fc.constant('remove' as const), path: anyPath }),
);

function byOracle(value: JSONValue, operations: readonly JSONPatchOperation[]): JSONValue | undefined {
  try {
    return applyByOracle(value, operations);
  } catch (error) {
    if (error instanceof PatchConflict) return undefined;
    throw error;
  }
}

describe('a patch applied to a value', () => {
  it('does what the memory of the tests does, which works in another way, and leaves the value alone', () => {
    let applied = 0;
    fc.assert(
      fc.property(anyRoot, fc.array(anyOperation, { maxLength: 3 }), (value, operations) => {
        const before = canonicalJSON(value);
        const patched = applyPatch(value, operations);
        const expected = byOracle(value, operations);
        expect(patched.ok ? canonicalJSON(patched.value) : undefined).toBe(expected === undefined ? undefined : canonicalJSON(expected));
        expect(canonicalJSON(value)).toBe(before);
        if (patched.ok && operations.length > 0) applied++;
      }),
      runs,
    );
    expect(applied).toBeGreaterThan(100);
  });
});

describe('a test for null', () => {
  it.each<[JSONValue, boolean]>([
    [{}, true],
    [{ a: null }, true],
    [{ a: 1 }, false],
  ])('of /a in %j holds: %s', (value, holds) => {
    expect(applyPatch(value, [{ op: 'test', path: '/a', value: null }]).ok).toBe(holds);
  });
});

describe('a member that is called as the prototype is', () => {
  it('is a member like any other', () => {
    const patched = applyPatch({}, [{ op: 'add', path: '/__proto__', value: { a: 1 } }]);
    expect(patched.ok ? canonicalJSON(patched.value) : '').toBe('{"__proto__":{"a":1}}');
    expect(applyPatch({}, [{ op: 'test', path: '/constructor/name', value: 'Object' }])).toMatchObject({ ok: false });
  });
});

describe('the first difference', () => {
  it('is none exactly for equal values, and else a place where one can be made the other', () => {
    fc.assert(
      fc.property(anyJSON, anyJSON, (one, other) => {
        expect(firstDifference(one, one)).toBeNull();
        expect(firstDifference(one, other) === null).toBe(canonicalJSON(one) === canonicalJSON(other));
      }),
      runs,
    );
  });

  it.each<[JSONValue, JSONValue, string]>([
    [{ spec: { rules: [{ weight: 1 }, { weight: 2 }] } }, { spec: { rules: [{ weight: 1 }, { weight: 3 }] } }, '/spec/rules/1/weight'],
    [{ spec: {} }, { spec: {}, more: 1 }, '/more'],
    [{ metadata: { labels: { 'a/b': '1' } } }, { metadata: { labels: {} } }, '/metadata/labels/a~1b'],
    [[1], { 0: 1 }, '/'],
    [1, 2, '/'],
  ])('%j and %j differ at %s', (before, after, path) => {
    expect(firstDifference(before, after)).toBe(path);
  });
});
