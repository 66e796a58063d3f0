import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { ReportDocument } from '../../../src/core/report/document.ts';
import { renderHTML } from '../../../src/core/report/render-html.ts';
import { openFile, startBrowser } from '../../../testbed/browser.ts';
import { readPDF } from '../../../testbed/pdf-text.ts';
import type { PrintedPage } from '../../../testbed/pdf-text.ts';
import { pagesToRead } from '../../builders/report-pages.ts';
import { findFaintText, findSmallText, overflowOf, visibleText } from './page-looks.mjs';

/** The reports people read, as files in a real browser without network, and on paper. */

let browser: Browser;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelrisk-pages-'));
  browser = await startBrowser();
}, 120_000);
afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

const dense = (text: string): string => text.replace(/\s+/g, '');

/** Everything a reader must find: values and cells beside where they come from. */
function figuresOf({ sections }: ReportDocument): readonly (readonly string[])[] {
  return sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) => {
      if (block.kind === 'Figures') return block.figures.map(({ label, value, source }) => [label, value, source]);
      return block.kind === 'Table' ? block.rows.map(({ cells, source }) => [...cells, source]) : [];
    }),
  );
}

/** Rows whose words do not all stand in the text, whatever the lines are broken at. */
function notFound(document: ReportDocument, text: string): readonly (readonly string[])[] {
  const there = dense(text);
  return figuresOf(document).filter((row) => row.some((part) => !there.includes(dense(part))));
}

describe.each(pagesToRead().map(({ name, document }) => [name, document] as const))('%s', (name, document) => {
  const file = (): string => join(folder, `${name}.html`);

  beforeAll(async () => {
    await writeFile(file(), renderHTML(document));
  });

  it.each([390, 1280])('opens at %i pixels without asking anybody, complaining, or moving sideways', async (width) => {
    const { page, requests, complaints, close } = await openFile(browser, file(), { width });
    expect({ requests, complaints, overflow: await page.evaluate(overflowOf) }).toEqual({ requests: [], complaints: [], overflow: 0 });
    await close();
  });

  it('shows every figure with its source', async () => {
    const { page, close } = await openFile(browser, file(), { width: 1280 });
    const rows = figuresOf(document);
    expect(rows.length).toBeGreaterThan(5);
    expect(notFound(document, await page.evaluate(visibleText))).toEqual([]);
    await close();
  });

  it.each(['light', 'dark'] as const)('can be read in a %s room: contrast of at least 4.5', async (scheme) => {
    const { page, close } = await openFile(browser, file(), { width: 1280, scheme });
    const { looked, faint } = await page.evaluate(findFaintText, 4.5);
    expect(faint).toEqual([]);
    expect(looked).toBeGreaterThan(20);
    await close();
  });

  describe('on paper', () => {
    let pages: readonly PrintedPage[] = [];

    beforeAll(async () => {
      const { page, close } = await openFile(browser, file(), { width: 1280, scheme: 'dark' });
      const pdf = join(folder, `${name}.pdf`);
      await page.pdf({ path: pdf, format: 'A4', preferCSSPageSize: true, printBackground: true });
      await close();
      pages = await readPDF(pdf);
    });

    it('is A4, and no word is cut at an edge', () => {
      expect(pages.length).toBeGreaterThan(0);
      for (const { width, height } of pages) expect([Math.round(width), Math.round(height)]).toEqual([595, 842]);
      // The margin is 15 mm: what reaches into it would be on its way off the page.
      const margin = (15 / 25.4) * 72 - 2;
      const beyond = pages.flatMap(({ words, width }) => words.filter(({ left, right }) => left < margin || right > width - margin));
      expect(beyond).toEqual([]);
    });

    it('still says every figure and its source', () => {
      // Numbers of pages and repeated heads stand between the lines of what goes on over a page: it is kept whole, and so on one page.
      expect(notFound(document, pages.map(({ text }) => text).join('\n'))).toEqual([]);
    });

    it('is set in 8 points or more, dark on white', async () => {
      const { page, close } = await openFile(browser, file(), { width: 1280, scheme: 'dark' });
      await page.emulateMedia({ media: 'print' });
      expect(await page.evaluate(findSmallText, 8)).toEqual([]);
      expect((await page.evaluate(findFaintText, 4.5)).faint).toEqual([]);
      await close();
      // Nothing was scaled down to fit: the box of a line of text is at least as high as its letters.
      const smallest = Math.min(...pages.flatMap(({ words }) => words.map(({ height }) => height)));
      expect(smallest).toBeGreaterThanOrEqual(8);
    });

    it('repeats the head of a table on each page it goes on to', () => {
      const heads = document.sections.flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === 'Table' ? [block] : [])));
      for (const { columns, rows } of heads) {
        const marks = rows.map(({ cells }) => dense(cells.join('')));
        const carrying = pages.filter(({ text }) => marks.some((mark) => mark !== '' && dense(text).includes(mark)));
        for (const { text } of carrying) expect(dense(text)).toContain(dense(columns.join('')));
      }
    });
  });
});
