import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { agrees, expectRelative, loadGolden, printedDisagreements, readGolden } from '../builders/golden.ts';

const topics = readdirSync(join(import.meta.dirname, '..', 'golden')).map((file) => file.replace('.json', ''));

describe('the committed golden vectors', () => {
  it('are at least 300', () => {
    expect(topics.reduce((total, topic) => total + readGolden(topic).vectors.length, 0)).toBeGreaterThanOrEqual(300);
  });

  it.each(topics)('of %s name the software with its versions and the command', (topic) => {
    const { software, command } = readGolden(topic);

    expect(command).toBe('npm run oracle');
    expect(Object.keys(software).length).toBeGreaterThan(1);
    for (const version of Object.values(software)) expect(version).toMatch(/^\d+\.\d+/);
  });

  it.each(topics)('of %s have a name each', (topic) => {
    const names = readGolden(topic).vectors.map(({ kind, name }) => `${kind}: ${name}`);

    expect(new Set(names).size).toBe(names.length);
  });

  it.each(topics)('of %s round to every figure the research printed', (topic) => {
    expect(readGolden(topic).vectors.flatMap(printedDisagreements)).toEqual([]);
  });
});

describe('every section of the research that prints figures', () => {
  const printed = topics.flatMap((topic) => readGolden(topic).vectors.filter(({ published }) => published !== undefined));

  it.each([
    ['1.3', 27],
    ['1.5', 20],
    ['2.3', 17],
    ['2.4', 19],
    ['3', 34],
    ['4.2', 12],
    ['4.3', 29],
  ])('%s is held against at least %i of them', (section, figures) => {
    const ofSection = printed.filter(({ name }) => name.startsWith(`risk-quant ${section},`) || name === `risk-quant ${section}`);

    expect(ofSection.flatMap(({ published }) => Object.keys(published ?? {})).length).toBeGreaterThanOrEqual(figures);
  });
});

describe('a figure the research printed', () => {
  const vector = { kind: 'pair', name: 'one', input: {}, expected: { chi2: { p: 0.04349 } } };

  it('agrees when it is the expected one, rounded', () => {
    expect(printedDisagreements({ ...vector, published: { 'chi2.p': '.043' } })).toEqual([]);
  });

  it.each([
    ['chi2.p', '.044', 'pair "one": chi2.p is 0.04349, the research printed .044'],
    ['chi2.df', '4', 'pair "one": chi2.df is undefined, the research printed 4'],
  ])('is told when it is another: %s %s', (path, printed, sentence) => {
    expect(printedDisagreements({ ...vector, published: { [path]: printed } })).toEqual([sentence]);
  });
});

describe('a golden file', () => {
  it('gives infinities as numbers', () => {
    const disjoint = loadGolden('divergences', 'counts').find(({ name }) => name === 'disjoint');

    expect(disjoint?.expected.psi).toBe(Infinity);
  });

  it('gives the bound of the last bucket as a number', () => {
    expect(loadGolden('histogram', 'classic').every(({ expected }) => expected.upperBounds.at(-1) === Infinity)).toBe(true);
  });
});

describe('expectRelative', () => {
  it.each([
    [1000, 1000.0000005],
    [-2e-12, -2e-12],
    [1e-10, 0],
    [Infinity, Infinity],
    [null, null],
  ])('takes %p for %p to 1e-9', (actual, expected) => {
    expect(() => {
      expectRelative(actual, expected, 1e-9);
    }).not.toThrow();
  });

  it.each([
    [1000, 1000.00001],
    [2e-12, 3e-12],
    [1e-8, 0],
    [NaN, 1],
    [NaN, 0],
    [NaN, Infinity],
    [undefined, 0],
    [undefined, null],
    [null, 0],
    [0, null],
    [Infinity, 1e300],
    [-Infinity, Infinity],
  ])('does not take %p for %p', (actual, expected) => {
    expect(() => {
      expectRelative(actual, expected, 1e-9);
    }).toThrow(`expected ${String(expected)} to 1e-9 relative, got ${String(actual)}`);
  });
});

describe('agreement of two files', () => {
  it('is of numbers to the tolerance, and of everything else to the letter', () => {
    expect(agrees([{ name: 'a', value: 1 + 1e-12 }], [{ name: 'a', value: 1 }], 1e-11)).toBe(true);
  });

  it.each([
    [[{ name: 'a', value: 1.1 }], [{ name: 'a', value: 1 }]],
    [[{ name: 'b', value: 1 }], [{ name: 'a', value: 1 }]],
    [[{ name: 'a', value: 1, more: 2 }], [{ name: 'a', value: 1 }]],
    [[{ name: 'a' }], [{ name: 'a', value: 1 }]],
    [[], [{ name: 'a' }]],
    [null, [{ name: 'a' }]],
  ])('is not between %j and %j', (actual, expected) => {
    expect(agrees(actual, expected, 1e-11)).toBe(false);
  });
});
