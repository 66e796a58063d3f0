import { describe, expect, it } from '@jest/globals';
import { alignCategories, type CategoryCount } from '../../../../src/core/statistics/categories.ts';

const counted = (counts: Readonly<Record<string, number>>): readonly CategoryCount[] =>
  Object.entries(counts).map(([name, count]) => ({ name, count }));

const many = (length: number, count: (index: number) => number): readonly CategoryCount[] =>
  Array.from({ length }, (_unused, index) => ({ name: `c${String(index).padStart(6, '0')}`, count: count(index) }));

describe('alignCategories', () => {
  it('counts what is absent on one side as 0', () => {
    expect(alignCategories(counted({ car: 5, house: 3 }), counted({ car: 4 }))).toEqual({
      names: ['car', 'house'],
      reference: [5, 3],
      live: [4, 0],
    });
  });

  it('puts what the reference never saw into one bin of its own, last but missing', () => {
    expect(alignCategories(counted({ car: 5, house: 3 }), counted({ boat: 2, car: 4, plane: 1, '': 6 }))).toEqual({
      names: ['car', 'house', '__new__', '__missing__'],
      reference: [5, 3, 0, 0],
      live: [4, 0, 3, 6],
    });
  });

  it.each(['', 'NaN', 'nan', 'null', '__missing__'])('reads %p as no value, on both sides', (spelling) => {
    expect(alignCategories(counted({ car: 5, [spelling]: 1 }), counted({ car: 4, [spelling]: 2 }))).toEqual({
      names: ['car', '__missing__'],
      reference: [5, 1],
      live: [4, 2],
    });
  });

  it('caps at the 48 largest of the reference; the live side has no say in it', () => {
    const reference = many(100, (index) => 1000 - index);
    const flood = many(100, (index) => (index >= 90 ? 1e6 : 10));
    const { names, reference: then, live } = alignCategories(reference, flood);
    expect(names).toHaveLength(49);
    expect(names).toEqual([...reference.slice(0, 48).map(({ name }) => name), '__other__']);
    expect(then.at(-1)).toBe(reference.slice(48).reduce((sum, { count }) => sum + count, 0));
    expect(live.at(-1)).toBe(42 * 10 + 10 * 1e6);
  });

  it('takes a category the reference counts 0 rows of for new: it has never been seen', () => {
    expect(alignCategories(counted({ car: 5, boat: 0 }), counted({ car: 4, boat: 2 })).names).toEqual(['car', '__new__']);
  });

  it('knows the names a captured reference uses for what it summed up', () => {
    const aligned = alignCategories(counted({ car: 5, __other__: 3, __missing__: 1 }), counted({ car: 4, boat: 2, __other__: 1 }));
    expect(aligned).toEqual({ names: ['car', '__other__', '__new__', '__missing__'], reference: [5, 3, 0, 1], live: [4, 1, 2, 0] });
  });

  it('does not depend on the order of the answer, and sorts by code point', () => {
    const live = counted({ Zürich: 1, ß: 2, a: 3, '😀': 4, '\u0000': 5 });
    const forwards = alignCategories(live, live);
    expect(alignCategories([...live].reverse(), [...live].reverse())).toEqual(forwards);
    expect(forwards.names).toEqual([...forwards.names].sort());
  });

  it('is not misled by names that objects inherit', () => {
    expect(alignCategories(counted({ constructor: 5, toString: 3 }), counted({ constructor: 4, ['__proto__x']: 1 })).names).toEqual([
      'constructor',
      'toString',
      '__new__',
    ]);
  });

  it('takes 100,000 categories', () => {
    const { names, live } = alignCategories(
      many(100_000, (index) => index),
      many(100_000, () => 1),
    );
    expect(names).toHaveLength(50);
    expect(live.reduce((sum, count) => sum + count, 0)).toBe(100_000);
  });
});
