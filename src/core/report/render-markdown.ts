import { assertNever } from '../../shared/assert-never.ts';
import type { ReportBlock, ReportDocument, ReportFigure } from './document.ts';
import { onOneLine } from './plain-text.ts';

/** GitHub-flavoured markdown; every table ends in a column of sources. */
export function renderMarkdown({ title, subtitle, generatedAt, period, scope, sections }: ReportDocument): string {
  const head = [
    `# ${inline(title)}`,
    ...(subtitle === undefined ? [] : [paragraph(subtitle)]),
    paragraph(
      `Of ${scope}, made at ${generatedAt}. ${period === null ? 'As things stand.' : `Figures over time are of ${period.from} to ${period.to}.`}`,
    ),
  ];
  const body = sections.flatMap(({ heading, blocks }) => [`## ${inline(heading)}`, ...blocks.flatMap(renderBlock)]);
  return `${[...head, ...body].join('\n\n')}\n`;
}

function renderBlock(block: ReportBlock): readonly string[] {
  switch (block.kind) {
    case 'Text':
      return [paragraph(block.source === undefined ? block.text : `${block.text} (Source: ${block.source})`)];
    case 'Figures':
      return [table(['Figure', 'Value', 'n', 'Source'], block.figures.map(figureCells))];
    case 'Table':
      return [
        ...(onOneLine(block.caption) === '' ? [] : [`**${inline(block.caption)}**`]),
        table(
          [...block.columns, 'Source'],
          block.rows.map(({ cells, source }) => [...cells, source]),
        ),
      ];
    case 'Gaps':
      return [block.items.map((item) => `- ${paragraph(item)}`).join('\n')];
    default:
      return assertNever(block);
  }
}

function figureCells({ label, value, n, source }: ReportFigure): readonly string[] {
  return [label, value, n === undefined ? '' : String(n), source];
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(inline).join(' | ')} |`;
  return [line(columns), `| ${columns.map(() => '---').join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** Of CommonMark, its extensions, and templates that are filled in before. */
const meaningful = /[\\`*_[\]{}<>|~#&!$@]/g;
/** Where an address would become a link, and what is escaped in it be shown. */
const address = /:(?=\/\/)|(?<=\bwww)\.|(?<=\b(?:mailto|xmpp)):/gi;

/** What would be read as markup is escaped. */
function inline(text: string): string {
  return onOneLine(text).replace(meaningful, '\\$&').replace(address, '\\$&');
}

/** At the beginning of a line more is markup: lists and underlines. */
function paragraph(text: string): string {
  return inline(text)
    .replace(/^([-+=])/, '\\$1')
    .replace(/^(\d+)([.)])/, '$1\\$2');
}
