import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readControls } from '../../../src/api/controls.ts';
import { evaluatorNames } from '../../../src/core/report/pack/evaluators.ts';

const shipped = readFileSync('config/report/controls.yaml', 'utf8');

function frameworks() {
  const read = readControls(shipped);
  if (!read.ok) throw new Error(read.failure.join('\n'));
  return read.value;
}

describe('the controls that ship', () => {
  it('cover the frameworks of the programme, each with its edition', () => {
    expect(frameworks().map(({ name, edition }) => `${name}: ${edition}`)).toEqual([
      'NIST AI RMF: 1.0 (NIST AI 100-1, January 2023)',
      'ISO/IEC 42001: 2023 (first edition)',
      'ISO/IEC 23894: 2023 (first edition)',
      'EU AI Act: Regulation (EU) 2024/1689, consolidated 27 July 2026 (as amended by Regulation (EU) 2026/1744)',
      'SR 26-2: 17 April 2026 (OCC Bulletin 2026-13); replaces SR 11-7, SR 21-8 and OCC 2011-12',
      'PRA SS1/23: May 2023, in force since 17 May 2024',
      'OSFI E-23: 2027 (published September 2025, in force from 1 May 2027)',
    ]);
  });

  it('hold the articles of the AI Act that speak to high-risk systems, for providers and deployers', () => {
    const articles = frameworks()
      .find(({ name }) => name === 'EU AI Act')
      ?.controls.map(({ reference }) => /Article (\d+)/.exec(reference)?.[1]);
    expect([...new Set(articles)].map(Number)).toEqual([9, 10, 11, 12, 13, 14, 15, 17, 19, 20, 26, 27, 72, 73, 86]);
  });

  it('leave no evaluator unused', () => {
    const used = new Set(frameworks().flatMap(({ controls }) => controls.flatMap(({ evidence }) => evidence)));
    expect(evaluatorNames.filter((name) => !used.has(name))).toEqual([]);
  });

  it('can be bundled as they are: one byte a character', () => {
    expect(/[^\n\x20-\x7e]/.exec(shipped)).toBeNull();
  });
});

const file = (...controls: readonly string[]): string =>
  `frameworks:\n- name: Some Act\n  edition: "2024"\n  controls:\n${controls.map((control) => `  - ${control}\n`).join('')}`;

describe("a file of one's own", () => {
  it('is read as it is written', () => {
    expect(readControls(file('{reference: Article 1, asks: Know your models., evidence: [Inventory]}'))).toEqual({
      ok: true,
      value: [
        {
          name: 'Some Act',
          edition: '2024',
          note: '',
          controls: [{ reference: 'Article 1', asks: 'Know your models.', ascertained: 'Unchecked', evidence: ['Inventory'] }],
        },
      ],
    });
  });

  it.each(['Text', 'Contents', 'SecondHand', 'Unchecked'])('keeps that a reference was ascertained as %s', (ascertained) => {
    const read = readControls(file(`{reference: A, asks: a, ascertained: ${ascertained}, evidence: [Training]}`));
    expect(read.ok && read.value[0]?.controls[0]?.ascertained).toBe(ascertained);
  });

  it.each<[string, string, RegExp]>([
    [
      'a way to ascertain that is none',
      file('{reference: Article 1, asks: a, ascertained: Guessed, evidence: [Inventory]}'),
      /^line 5, Some Act Article 1, ascertained: Guessed is no way to ascertain a reference; known are Text, Contents, SecondHand, Unchecked$/,
    ],
    [
      'an evidence nobody finds',
      file('{reference: Article 1, asks: a, evidence: [Inventory, Inventry]}'),
      /^line 5, Some Act Article 1, evidence 2: Inventry is no evidence; known are Inventory, /,
    ],
    [
      'a control without evidence',
      file('{reference: Article 1, asks: a, evidence: []}'),
      /^line 5, Some Act Article 1, evidence: name at least one evidence$/,
    ],
    ['a control without a name', file('{asks: a, evidence: [Training]}'), /^line 5, Some Act, reference: it is missing: write it$/],
    [
      'a number for a text',
      file('{reference: 1, asks: a, evidence: [Training]}'),
      /^line 5, Some Act 1, reference: a string is asked for here, this is a number$/,
    ],
    [
      'a field that is none',
      file('{reference: Article 1, ask: a, asks: a, evidence: [Training]}'),
      /^line 5, Some Act Article 1, controls 1: there is no field ask: correct or remove it$/,
    ],
    [
      'a control twice',
      file('{reference: A, asks: a, evidence: [Training]}', '{reference: A, asks: b, evidence: [Drift]}'),
      /^line 6, Some Act A, reference: A stands twice in Some Act: name each once$/,
    ],
    ['no YAML', 'frameworks: [', /^line 1: /],
    ['nothing', '', /^line 1, file: an object is asked for here, this is null$/],
    ['no framework', 'frameworks: []', /^line 1, frameworks: write at least one framework$/],
  ])('with %s is refused, by control and line', (_, text, sentence) => {
    const read = readControls(text);
    expect(read.ok ? '' : read.failure[0]).toMatch(sentence);
  });

  it('tells all that is wrong at once, in the order of the file', () => {
    const read = readControls(file('{reference: A, asks: a, evidence: [x]}', '{reference: B, asks: a, evidence: [y]}'));
    expect(read.ok ? [] : read.failure.map((each) => each.split(':')[0])).toEqual([
      'line 5, Some Act A, evidence 1',
      'line 6, Some Act B, evidence 1',
    ]);
  });

  it('names each framework once', () => {
    const twice = `${file('{reference: A, asks: a, evidence: [Training]}')}${file('{reference: A, asks: a, evidence: [Training]}').replace('frameworks:\n', '')}`;
    const read = readControls(twice);
    expect(read.ok ? '' : read.failure[0]).toMatch(/^line 6, Some Act, name: framework Some Act stands twice: name each once$/);
  });
});
