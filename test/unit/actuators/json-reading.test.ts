import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  asList,
  asNumber,
  asObject,
  asText,
  hasNullInList,
  holdsInexact,
  member,
  pointerSegment,
} from '../../../src/actuators/json-reading.ts';
import { applyPatch } from '../../../src/shared/json-patch.ts';
import type { JSONValue } from '../../../src/shared/json.ts';

const values: readonly (JSONValue | undefined)[] = [undefined, null, true, 0, 'text', [1], { a: 1 }];

describe('a value read as what it should be', () => {
  it('is itself where it is that, and nothing where it is anything else', () => {
    expect(values.map(asObject)).toEqual([{}, {}, {}, {}, {}, {}, { a: 1 }]);
    expect(values.map(asList)).toEqual([[], [], [], [], [], [1], []]);
    expect(values.map(asText)).toEqual([null, null, null, null, 'text', null, null]);
    expect(values.map(asNumber)).toEqual([null, null, null, 0, null, null, null]);
  });

  it('has the members it was given, never those every object has', () => {
    expect(member({ flag: null }, 'flag')).toBeNull();
    for (const key of ['constructor', 'toString', '__proto__']) expect(member({}, key)).toBeUndefined();
    expect(member(JSON.parse('{"__proto__": 1}') as { readonly [key: string]: JSONValue }, '__proto__')).toBe(1);
  });
});

describe('a segment of a pointer', () => {
  it('leads to the member of that name and to no other, whatever signs are in it', () => {
    const key = fc.string({ unit: fc.constantFrom('~', '/', '0', '1', 'a', '.') });
    fc.assert(
      fc.property(key, key, (name, other) => {
        const object = { [other]: 'other', [name]: 'mine' };
        const applied = applyPatch(object, [{ op: 'remove', path: `/${pointerSegment(name)}` }]);
        expect(applied).toEqual({ ok: true, value: name === other ? {} : { [other]: 'other' } });
      }),
    );
  });
});

describe('a whole number too large to be read exactly', () => {
  const largest = Number.MAX_SAFE_INTEGER;

  it.each([
    [largest, false],
    [largest + 1, true],
    [-largest - 1, true],
    [0.5, false],
    [1e-300, false],
    [String(largest + 1), false],
    [null, false],
    [true, false],
    [[1, [2, { deep: largest + 1 }]], true],
    [{ a: 1, b: { c: [largest + 1] } }, true],
    [{ a: [1, 2, { b: 'x' }], c: null }, false],
  ] as const)('%j: %s', (value, isInexact) => {
    expect(holdsInexact(value)).toBe(isInexact);
  });

  it('is found at any depth: exactly where what is written again is another number', () => {
    let found = 0;
    const whole = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n });
    fc.assert(
      fc.property(whole, fc.constantFrom('%', '[%]', '[0,%]', '{"a":%}', '{"a":0,"b":[null,{"c":%}]}'), (number, shape) => {
        const value = JSON.parse(shape.replace('%', String(number))) as JSONValue;
        const isExact = number <= BigInt(largest) && number >= -BigInt(largest);
        expect(holdsInexact(value)).toBe(!isExact);
        if (!isExact) found++;
      }),
    );
    expect(found).toBeGreaterThan(10);
  });
});

describe('a null in a list', () => {
  it.each([
    [[null], true],
    [[1, null], true],
    [{ if: [{ '==': [1, 1] }, 'on', null] }, true],
    [[[1], [2, [null]]], true],
    [{ a: { b: [{ c: [null] }] } }, true],
    [[{ a: null }], false],
    [{ a: null, b: [] }, false],
    [null, false],
    ['null', false],
    [[1, 'null', { a: [true] }], false],
  ] as const)('%j: %s', (value, has) => {
    expect(hasNullInList(value)).toBe(has);
  });

  it('is there exactly where somebody who visits every member meets one', () => {
    const seen = { yes: 0, no: 0 };
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: 'small' }), (drawn) => {
        const value = JSON.parse(JSON.stringify(drawn)) as JSONValue;
        const met: unknown[] = [];
        JSON.stringify(value, function (this: unknown, _key, each: unknown) {
          if (Array.isArray(this) && each === null) met.push(this);
          return each;
        });
        expect(hasNullInList(value)).toBe(met.length > 0);
        seen[met.length > 0 ? 'yes' : 'no']++;
      }),
      { numRuns: 1000 },
    );
    expect(seen.yes).toBeGreaterThan(20);
    expect(seen.no).toBeGreaterThan(100);
  });
});
