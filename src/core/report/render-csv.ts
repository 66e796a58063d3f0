import { assertNever } from '../../shared/assert-never.ts';
import type { ReportBlock, ReportDocument, ReportSection } from './document.ts';
import { onOneLine } from './plain-text.ts';

interface Line {
  readonly section: string;
  readonly label: string;
  readonly value: string;
  readonly number?: number | null;
  readonly unit?: string;
  readonly n?: number;
  readonly source?: string;
}

const columns = ['section', 'label', 'value', 'number', 'unit', 'n', 'source'] as const;

/** RFC 4180: a line for each figure and each cell of a table, all of one form. */
export function renderCSV({ title, subtitle, generatedAt, period, scope, sections }: ReportDocument): string {
  const about: readonly (readonly [string, string | undefined])[] = [
    ['title', title],
    ['subtitle', subtitle],
    ['generatedAt', generatedAt],
    ['from', period?.from],
    ['to', period?.to],
    ['scope', scope],
  ];
  const head = about.flatMap(([label, value]): readonly Line[] => (value === undefined ? [] : [{ section: '', label, value }]));
  const lines = [...head, ...sections.flatMap(sectionLines)];
  return [columns.join(','), ...lines.map(renderLine)].map((line) => `${line}\r\n`).join('');
}

function sectionLines({ heading, blocks }: ReportSection): readonly Line[] {
  return blocks.flatMap((block) => blockLines(block).map((line) => ({ ...line, section: heading })));
}

function blockLines(block: ReportBlock): readonly Omit<Line, 'section'>[] {
  switch (block.kind) {
    case 'Text':
      return [{ label: 'text', value: block.text, ...(block.source === undefined ? {} : { source: block.source }) }];
    case 'Figures':
      return block.figures;
    case 'Table':
      return block.rows.flatMap(({ cells, source }) =>
        cells.map((value, column) => ({ label: `${block.caption}: ${cells[0] ?? ''}: ${block.columns[column] ?? ''}`, value, source })),
      );
    case 'Gaps':
      return block.items.map((value) => ({ label: 'gap', value }));
    default:
      return assertNever(block);
  }
}

function renderLine({ section, label, value, number, unit = '', n, source = '' }: Line): string {
  return [textCell(section), textCell(label), textCell(value), numberCell(number), textCell(unit), numberCell(n), textCell(source)].join(
    ',',
  );
}

/** What a spreadsheet would take for a formula begins with an apostrophe, which it shows as text. */
const formula = /^[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/u;

function textCell(text: string): string {
  const line = onOneLine(text);
  return `"${(formula.test(line) ? `'${line}` : line).replaceAll('"', '""')}"`;
}

function numberCell(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}
