import { assertNever } from '../../shared/assert-never.ts';
import type { ReportBlock, ReportDocument, ReportFigure, ReportSection } from './document.ts';
import { htmlStyle } from './html-style.ts';
import { onOneLine } from './plain-text.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** No text of an object becomes markup, in an element or in an attribute between double quotes. */
function escape(text: string): string {
  return onOneLine(text).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** Whatever got in, a browser is told to run and to fetch nothing. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** One file that needs nothing else: no script, no address is asked. */
export function renderHTML({ title, subtitle, generatedAt, period, scope, sections }: ReportDocument): string {
  const over = period === null ? 'As things stand.' : `Figures over time are of ${period.from} to ${period.to}.`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escape(subtitle === undefined ? title : `${title}: ${subtitle}`)}</title>`,
    `<style>${htmlStyle}</style>`,
    '</head>',
    '<body>',
    '<header>',
    `<h1>${escape(title)}</h1>`,
    ...(subtitle === undefined ? [] : [`<p>${escape(subtitle)}</p>`]),
    `<p class="quiet">${escape(`Of ${scope}, made at ${generatedAt}. ${over}`)}</p>`,
    '</header>',
    contents(sections),
    '<main>',
    ...sections.flatMap(renderSection),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function contents(sections: readonly ReportSection[]): string {
  const items = sections.map(({ heading }, index) => `<li><a href="#${anchor(index)}">${escape(heading)}</a></li>`);
  return `<nav aria-label="Contents"><ol>${items.join('')}</ol></nav>`;
}

function anchor(index: number): string {
  return `section-${String(index + 1)}`;
}

function renderSection({ heading, blocks }: ReportSection, index: number): readonly string[] {
  const id = anchor(index);
  return [
    `<section aria-labelledby="${id}">`,
    `<h2 id="${id}">${escape(heading)}</h2>`,
    ...blocks.map((block) => renderBlock(block, heading)),
    '</section>',
  ];
}

function renderBlock(block: ReportBlock, heading: string): string {
  switch (block.kind) {
    case 'Text':
      return `<p>${escape(block.text)}${block.source === undefined ? '' : ` <span class="source">Source: ${escape(block.source)}</span>`}</p>`;
    case 'Figures':
      return table(heading, ['Figure', 'Value', 'n'], block.figures.map(toRow));
    case 'Table':
      return table(block.caption, block.columns, block.rows);
    case 'Gaps':
      return `<ul>${block.items.map((item) => `<li>${escape(item)}</li>`).join('')}</ul>`;
    default:
      return assertNever(block);
  }
}

interface Row {
  readonly cells: readonly string[];
  readonly source: string;
}

function toRow({ label, value, n, source }: ReportFigure): Row {
  return { cells: [label, value, n === undefined ? '' : String(n)], source };
}

/** Too many columns for the type of narrow ones on paper. */
const wideFrom = 7;

/** Each row is a group with its source below it, so that neither page nor reader parts them. */
function table(caption: string, columns: readonly string[], rows: readonly Row[]): string {
  const heads = columns.map((column) => `<th scope="col">${escape(column)}</th>`).join('');
  const groups = rows.map(({ cells: [first = '', ...rest], source }) => {
    const cells = [`<th scope="row">${escape(first)}</th>`, ...rest.map((cell) => `<td>${escape(cell)}</td>`)].join('');
    return `<tbody><tr>${cells}</tr><tr class="source"><td colspan="${String(columns.length)}">Source: ${escape(source)}</td></tr></tbody>`;
  });
  const place = columns.length >= wideFrom ? 'table wide' : 'table';
  return `<div class="${place}"><table><caption>${escape(caption)}</caption><thead><tr>${heads}</tr></thead>\n${groups.join('\n')}\n</table></div>`;
}
