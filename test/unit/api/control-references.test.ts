import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readControls } from '../../../src/api/controls.ts';
import { ascertainments, countAscertained } from '../../../src/core/report/pack/ascertained.ts';
import type { Framework } from '../../../src/core/report/pack/compose.ts';

function shipped(): readonly Framework[] {
  const read = readControls(readFileSync('config/report/controls.yaml', 'utf8'));
  if (!read.ok) throw new Error(read.failure.join('\n'));
  return read.value;
}

interface Numbering {
  /** References this framework has, whether we cite them or not. */
  readonly grammar: RegExp;
  /** What looks like one and is none: a number beyond the last, the form of another framework, the number of another edition. */
  readonly wrong: readonly string[];
}

/** How each framework numbers, from the sources docs/regulator-pack.md tells of. Numbers are facts; no title of a standard is written here. */
const numberings: Readonly<Record<string, Numbering>> = {
  'NIST AI RMF': {
    grammar:
      /^(GOVERN (1\.[1-7]|2\.[1-3]|3\.[12]|4\.[1-3]|5\.[12]|6\.[12])|MAP (1\.[1-6]|2\.[1-3]|3\.[1-5]|4\.[12]|5\.[12])|MEASURE (1\.[1-3]|2\.([1-9]|1[0-3])|3\.[1-3]|4\.[1-3])|MANAGE (1\.[1-4]|2\.[1-4]|3\.[12]|4\.[1-3]))$/,
    wrong: ['GOVERN 1.8', 'MAP 4.3', 'MEASURE 2.14', 'MANAGE 5.1', 'MEASURE-2.4', 'Measure 2.4', 'MG-2.4-001', 'MEASURE 2'],
  },
  'ISO/IEC 42001': {
    grammar:
      /^(Clause (4\.[1-4]|5\.[1-3]|6\.1(\.[1-4])?|6\.[23]|7\.[1-4]|7\.5(\.[1-3])?|8\.[1-4]|9\.1|9\.2(\.[12])?|9\.3(\.[1-3])?|10\.[12])|A\.(2\.[2-4]|3\.[23]|4\.[2-6]|5\.[2-5]|6\.1\.[23]|6\.2\.[2-8]|7\.[2-6]|8\.[2-5]|9\.[2-4]|10\.[2-4]))$/,
    // Numbers of annex A of ISO/IEC 27001, and of the guidance in annex B.
    wrong: ['A.2.1', 'A.6.2.9', 'A.6.4', 'A.8.15', 'A.11.2', 'B.6.2.4', 'Clause 6.1.5', 'Clause 8.5', 'Clause 11.1', '6.1.2'],
  },
  'ISO/IEC 23894': {
    grammar: /^Clause (5\.[1-7]|5\.4\.[1-5]|5\.7\.[12]|6\.[1-7]|6\.[34]\.[1-4]|6\.5\.[1-3])$/,
    wrong: ['Clause 6.8', 'Clause 6.4.5', 'Clause 6.6.1', 'Clause 7.1', 'Clause 5.4.6', '6.4 of some title', 'A.2.2'],
  },
  'EU AI Act': {
    // Of the articles we cite, the paragraphs they have.
    grammar:
      /^Article (9(\(([1-9]|10)\))?|10(\([1-46]\))?|1[1-3](\([1-3]\))?|1[45](\([1-5]\))?|17(\([1-4]\))?|(19|20)(\([12]\))?|26(\(([1-9]|1[0-2])\))?|27(\([1-5]\))?|72(\([1-4]\))?|73(\(([1-9]|1[01])\))?|86(\([1-3]\))?)$/,
    // 61 and 62 were the numbers of 72 and 73 in the draft, 29 and 29a those of 26 and 27; 10(5) was deleted in 2026.
    wrong: ['Article 61', 'Article 62', 'Article 29', 'Article 29a', 'Article 10(5)', 'Article 26(13)', 'Article 26.5', 'Art. 26(5)'],
  },
  'SR 26-2': {
    grammar: /^Section (III|IV|V|VI|VII) \([a-z]+( [a-z]+)*\)$/,
    wrong: ['Section VIII (vendors)', 'Section V.B (monitoring)', 'Section 5 (monitoring)', 'Section V', 'Ongoing monitoring'],
  },
  'PRA SS1/23': {
    grammar: /^Principle (1(\.[1-3])?|2(\.[1-6])?|3(\.[1-6])?|4(\.[1-5])?|5(\.[1-3])?)$/,
    wrong: ['Principle 6', 'Principle 1.4', 'Principle 2.7', 'Principle 4.6', 'Principle 5.4', 'P2.1', 'Principle 4 (validation)'],
  },
  'OSFI E-23': {
    // Outcomes head the principles and are none.
    grammar: /^Principle (1\.[1-3]|2\.[1-3]|3\.[1-6])$/,
    wrong: ['Principle 1', 'Principle 12', 'Principle 1.4', 'Principle 3.7', 'Principle 4.1', 'Outcome 1', 'Section D.2'],
  },
};

function numberingOf(name: string): Numbering {
  const found = numberings[name];
  if (found === undefined) throw new Error(`${name} has no numbering: write what its references look like`);
  return found;
}

const names = Object.keys(numberings);

describe('the references that ship', () => {
  it('are of frameworks the numbering of which is written down', () => {
    expect(shipped().map(({ name }) => name)).toEqual(names);
  });

  it.each(names)('of %s are numbers it has', (name) => {
    const references = shipped()
      .filter((each) => each.name === name)
      .flatMap(({ controls }) => controls.map(({ reference }) => reference));
    expect(references.filter((reference) => !numberingOf(name).grammar.test(reference))).toEqual([]);
    expect(references.length).toBeGreaterThan(5);
  });

  it.each(names.flatMap((name) => numberingOf(name).wrong.map((reference) => [name, reference] as const)))(
    'of %s could not be %s',
    (name, reference) => {
      expect(numberingOf(name).grammar.test(reference)).toBe(false);
    },
  );

  it('stand in the order of the framework', () => {
    // Clauses before annexes, functions of the RMF in its own order, numbers as numbers: 2.9 before 2.10.
    const heads = ['GOVERN', 'MAP', 'MEASURE', 'MANAGE', 'Clause', 'A', 'Article', 'Section', 'Principle'];
    const roman: Readonly<Record<string, number>> = { III: 3, IV: 4, V: 5, VI: 6, VII: 7 };
    const key = (reference: string): readonly number[] => {
      const [head = '', ...parts] = reference.split(/[ .()]+/);
      return [heads.indexOf(head), ...parts.map((part) => roman[part] ?? Number(part)).filter((part) => !Number.isNaN(part))];
    };
    const isBefore = (a: readonly number[], b: readonly number[]): boolean => {
      const at = a.findIndex((part, index) => part !== b[index]);
      return at === -1 || (a[at] ?? 0) < (b[at] ?? -1);
    };
    const strays = shipped().flatMap(({ name, controls }) =>
      controls.flatMap(({ reference }, index) => {
        const next = controls[index + 1]?.reference;
        return next === undefined || isBefore(key(reference), key(next)) ? [] : [`${name}: ${reference} before ${next}`];
      }),
    );
    expect(strays).toEqual([]);
  });
});

/** Every number a grammar of `Head x.y.z` could take within these bounds. */
function accepted(grammar: RegExp, heads: readonly string[]): readonly string[] {
  const numbers = Array.from({ length: 15 }, (_, index) => index + 1);
  const pairs = numbers.flatMap((x) => numbers.map((y) => `${String(x)}.${String(y)}`));
  const all = [...numbers.map(String), ...pairs, ...pairs.flatMap((pair) => numbers.map((z) => `${pair}.${String(z)}`))];
  return heads.flatMap((head) => all.map((number) => `${head}${number}`)).filter((reference) => grammar.test(reference));
}

describe('the numbering itself', () => {
  it.each<[string, readonly string[], number, string]>([
    ['NIST AI RMF', ['GOVERN ', 'MAP ', 'MEASURE ', 'MANAGE '], 72, 'subcategories'],
    ['ISO/IEC 42001', ['A.'], 38, 'controls of annex A'],
    ['PRA SS1/23', ['Principle '], 28, 'principles and sub-principles (5 and 23)'],
    ['OSFI E-23', ['Principle '], 12, 'principles'],
  ])('of %s with %j has the %d its framework has: %s', (name, heads, count) => {
    expect(accepted(numberingOf(name).grammar, heads)).toHaveLength(count);
  });

  it('is cited whole where the note says so', () => {
    const e23 = shipped().find(({ name }) => name === 'OSFI E-23');
    expect(e23?.note).toContain('All twelve principles');
    expect(e23?.controls.map(({ reference }) => reference)).toEqual(accepted(numberingOf('OSFI E-23').grammar, ['Principle ']));
  });
});

describe('how they were ascertained', () => {
  it('is said of every one, and every way but Unchecked is in use', () => {
    const counted = countAscertained(shipped().flatMap(({ controls }) => controls));
    expect(counted.filter(([, count]) => count > 0).map(([each]) => each)).toEqual(ascertainments.filter((each) => each !== 'Unchecked'));
  });

  it('is never of the text for a standard that is sold', () => {
    const sold = shipped().filter(({ name }) => name.startsWith('ISO/IEC'));
    expect(sold).toHaveLength(2);
    expect(sold.flatMap(({ controls }) => controls.filter((each) => each.ascertained === 'Text'))).toEqual([]);
  });

  it.each([...names, 'all'])('docs/regulator-pack.md counts it as the file does: %s', (name) => {
    const frameworks = name === 'all' ? shipped() : shipped().filter((each) => each.name === name);
    const controls = frameworks.flatMap((each) => each.controls);
    const [text, contents, secondHand] = countAscertained(controls).map(([, count]) => String(count));
    const row = `| ${name} | ${String(controls.length)} | ${String(text)} | ${String(contents)} | ${String(secondHand)} |`;
    expect(readFileSync('docs/regulator-pack.md', 'utf8').replace(/ +/g, ' ')).toContain(row);
  });
});
