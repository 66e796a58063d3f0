import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ReportBlock, ReportDocument } from '../../../../src/core/report/document.ts';
import { onOneLine } from '../../../../src/core/report/plain-text.ts';
import { renderReport } from '../../../../src/core/report/render.ts';
import { anyDocument, anyText } from '../../../builders/report-documents.ts';
import { every, named, parseCSV, parseHTML, parseMarkdown } from '../../../builders/report-parsing.ts';

const runs = { numRuns: 400 };

const blocksOf = ({ sections }: ReportDocument): readonly ReportBlock[] => sections.flatMap(({ blocks }) => blocks);

/** Every cell a reader of tables sees, row by row, sources last. */
function cellsOf(document: ReportDocument): readonly string[] {
  return blocksOf(document).flatMap((block) => {
    if (block.kind === 'Figures')
      return block.figures.flatMap(({ label, value, n, source }) => [label, value, n === undefined ? '' : String(n), source]);
    return block.kind === 'Table' ? block.rows.flatMap(({ cells, source }) => [...cells, source]) : [];
  });
}

const headsOf = (document: ReportDocument): readonly string[] =>
  blocksOf(document).flatMap((block) => {
    if (block.kind === 'Figures') return ['Figure', 'Value', 'n'];
    return block.kind === 'Table' ? block.columns : [];
  });

describe('no text of an object becomes markup', () => {
  it('in markdown: what a parser reads is what was written, in the blocks we made', async () => {
    const known = [
      'root',
      'heading',
      'paragraph',
      'sentence',
      'word',
      'whitespace',
      'text',
      'table',
      'tableRow',
      'tableCell',
      'list',
      'listItem',
      'strong',
    ];
    let cellsSeen = 0;
    await fc.assert(
      fc.asyncProperty(anyDocument, async (document) => {
        const parsed = await parseMarkdown(renderReport(document, 'md'));
        const all = every(parsed);
        expect(all.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([]);
        const tables = blocksOf(document).filter(({ kind }) => kind === 'Figures' || kind === 'Table').length;
        const bold = blocksOf(document).filter((block) => block.kind === 'Table' && onOneLine(block.caption) !== '').length;
        expect(named(parsed, 'table')).toHaveLength(tables);
        expect(named(parsed, 'strong').length).toBeLessThanOrEqual(bold);
        expect(named(parsed, 'heading')).toHaveLength(1 + document.sections.length);
        const written = named(parsed, 'table').flatMap((table) =>
          table.children.slice(1).flatMap((row) => row.children.map(({ text }) => text)),
        );
        expect(written).toEqual(cellsOf(document).map(onOneLine));
        cellsSeen += written.length;
      }),
      runs,
    );
    expect(cellsSeen).toBeGreaterThan(400);
  });

  it('in HTML: every text is one text node of an element we made, and nothing runs or is fetched', async () => {
    const ours = [
      'root',
      'docType',
      'text',
      'html',
      'head',
      'meta',
      'title',
      'style',
      'body',
      'header',
      'h1',
      'h2',
      'p',
      'nav',
      'ol',
      'ul',
      'li',
      'a',
      'main',
      'section',
      'div',
      'table',
      'caption',
      'thead',
      'tbody',
      'tr',
      'th',
      'td',
      'span',
    ];
    const attributes = [
      'lang',
      'charset',
      'http-equiv',
      'content',
      'name',
      'class',
      'id',
      'href',
      'aria-label',
      'aria-labelledby',
      'scope',
      'colspan',
    ];
    let cellsSeen = 0;
    await fc.assert(
      fc.asyncProperty(anyDocument, async (document) => {
        const parsed = await parseHTML(renderReport(document, 'html'));
        const all = every(parsed);
        expect(all.map(({ name }) => name).filter((name) => !ours.includes(name))).toEqual([]);
        expect(all.flatMap((node) => Object.keys(node.attributes)).filter((name) => !attributes.includes(name))).toEqual([]);
        for (const { attributes: own } of named(parsed, 'a')) expect(own['href']).toMatch(/^#section-\d+$/);
        expect(named(parsed, 'style')[0]?.text).not.toMatch(/url\(|@import/);
        const written = named(parsed, 'tbody').flatMap((group) =>
          named(group, 'th', 'td').map(({ text }) => text.replace(/^Source: /, '')),
        );
        expect(written).toEqual(cellsOf(document).map((text) => onOneLine(text)));
        cellsSeen += written.length;
        expect(named(parsed, 'thead').flatMap((head) => named(head, 'th').map(({ text }) => text))).toEqual(
          headsOf(document).map(onOneLine),
        );
        expect(named(parsed, 'h1')[0]?.text).toBe(onOneLine(document.title));
      }),
      runs,
    );
    expect(cellsSeen).toBeGreaterThan(400);
  });

  it('in CSV: each line has seven fields, and no text is a formula', () => {
    let formulas = 0;
    fc.assert(
      fc.property(anyDocument, (document) => {
        const [head, ...records] = parseCSV(renderReport(document, 'csv'));
        expect(head).toEqual(['section', 'label', 'value', 'number', 'unit', 'n', 'source']);
        for (const [section, label, value, number, unit, n, source, ...more] of records) {
          expect(more).toEqual([]);
          for (const text of [section, label, value, unit, source]) expect(text).not.toMatch(/^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/u);
          for (const digits of [number, n]) expect(digits).toMatch(/^(-?\d+(\.\d+)?(e[+-]?\d+)?)?$/);
          if (value?.startsWith("'") === true) formulas++;
        }
      }),
      runs,
    );
    expect(formulas).toBeGreaterThan(100);
  });

  it('in JSON: it is the document', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        expect(JSON.parse(renderReport(document, 'json'))).toEqual(JSON.parse(JSON.stringify(document)));
      }),
      runs,
    );
  });
});

it('reads on one line, and twice the same', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const line = onOneLine(text);
      expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202E]|^\s|\s$|\s\s/u);
      expect(onOneLine(line)).toBe(line);
    }),
    { numRuns: 2000 },
  );
});
