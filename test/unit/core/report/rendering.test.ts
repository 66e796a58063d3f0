import { describe, expect, it } from '@jest/globals';
import type { ReportDocument } from '../../../../src/core/report/document.ts';
import { onOneLine } from '../../../../src/core/report/plain-text.ts';
import { renderReport } from '../../../../src/core/report/render.ts';
import { named, parseCSV, parseHTML } from '../../../builders/report-parsing.ts';

const document: ReportDocument = {
  title: 'Model risk: the programme',
  generatedAt: '2026-07-01T00:00:00.000Z',
  period: { from: '2026-04-02T00:00:00.000Z', to: '2026-07-01T00:00:00.000Z' },
  scope: 'namespace lending',
  sections: [
    {
      heading: 'Posture',
      blocks: [
        { kind: 'Text', text: 'Of 3 models one is overdue.', source: 'ModelRisks of lending' },
        {
          kind: 'Figures',
          figures: [
            { label: 'Models', value: '3', number: 3, source: 'ModelRisks of lending' },
            { label: 'Net', value: '-5 USD', number: -5, unit: 'USD', n: 2, source: 'RiskPolicy default' },
            { label: 'Escaped', value: 'unknown', number: null, n: 0, source: 'docs/programme-metrics.md' },
          ],
        },
        {
          kind: 'Table',
          caption: 'Plans',
          columns: ['Plan', 'Stage'],
          rows: [{ cells: ['credit | v2', '=limit'], source: 'MitigationPlan lending/credit .status.stage' }],
        },
      ],
    },
    { heading: 'Gaps', blocks: [{ kind: 'Gaps', items: ['- one', '2. two'] }] },
  ],
};

describe('markdown', () => {
  it('ends each table in a column of sources', () => {
    expect(renderReport(document, 'md')).toBe(
      [
        '# Model risk: the programme',
        '',
        'Of namespace lending, made at 2026-07-01T00:00:00.000Z. Figures over time are of 2026-04-02T00:00:00.000Z to 2026-07-01T00:00:00.000Z.',
        '',
        '## Posture',
        '',
        'Of 3 models one is overdue. (Source: ModelRisks of lending)',
        '',
        '| Figure | Value | n | Source |',
        '| --- | --- | --- | --- |',
        '| Models | 3 |  | ModelRisks of lending |',
        '| Net | -5 USD | 2 | RiskPolicy default |',
        '| Escaped | unknown | 0 | docs/programme-metrics.md |',
        '',
        '**Plans**',
        '',
        '| Plan | Stage | Source |',
        '| --- | --- | --- |',
        '| credit \\| v2 | =limit | MitigationPlan lending/credit .status.stage |',
        '',
        '## Gaps',
        '',
        '- \\- one',
        '- 2\\. two',
        '',
      ].join('\n'),
    );
  });

  it('makes no address a link, and fills in no template', () => {
    const text = 'https://x.example www.x.example mailto:a@b.c {{ x }} {% y %}';
    const written = renderReport({ ...document, scope: text }, 'md');
    expect(written).toContain('https\\://x.example www\\.x.example mailto\\:a\\@b.c \\{\\{ x \\}\\} \\{% y %\\}');
  });
});

describe('csv', () => {
  it('has a line for each figure and each cell, numbers apart from their texts', () => {
    expect(parseCSV(renderReport(document, 'csv'))).toEqual([
      ['section', 'label', 'value', 'number', 'unit', 'n', 'source'],
      ['', 'title', 'Model risk: the programme', '', '', '', ''],
      ['', 'generatedAt', '2026-07-01T00:00:00.000Z', '', '', '', ''],
      ['', 'from', '2026-04-02T00:00:00.000Z', '', '', '', ''],
      ['', 'to', '2026-07-01T00:00:00.000Z', '', '', '', ''],
      ['', 'scope', 'namespace lending', '', '', '', ''],
      ['Posture', 'text', 'Of 3 models one is overdue.', '', '', '', 'ModelRisks of lending'],
      ['Posture', 'Models', '3', '3', '', '', 'ModelRisks of lending'],
      ['Posture', 'Net', "'-5 USD", '-5', 'USD', '2', 'RiskPolicy default'],
      ['Posture', 'Escaped', 'unknown', '', '', '0', 'docs/programme-metrics.md'],
      ['Posture', 'Plans: credit | v2: Plan', 'credit | v2', '', '', '', 'MitigationPlan lending/credit .status.stage'],
      ['Posture', 'Plans: credit | v2: Stage', "'=limit", '', '', '', 'MitigationPlan lending/credit .status.stage'],
      ['Gaps', 'gap', "'- one", '', '', '', ''],
      ['Gaps', 'gap', '2. two', '', '', '', ''],
    ]);
  });

  it('ends each line as RFC 4180 says', () => {
    const text = renderReport(document, 'csv');
    expect(text.split('\r\n').at(-1)).toBe('');
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });
});

describe('html', () => {
  const page = renderReport({ ...document, subtitle: 'All of it' }, 'html');

  it('can be read by everybody: language, title, headings, captions, heads of rows and columns', async () => {
    const parsed = await parseHTML(page);
    expect(page.startsWith('<!doctype html>\n')).toBe(true);
    expect(named(parsed, 'html')[0]?.attributes).toEqual({ lang: 'en' });
    expect(named(parsed, 'title')[0]?.text).toBe('Model risk: the programme: All of it');
    expect(named(parsed, 'caption').map(({ text }) => text)).toEqual(['Posture', 'Plans']);
    const heads = named(parsed, 'th').map(({ text, attributes }) => [text, attributes['scope']]);
    expect(heads).toContainEqual(['Value', 'col']);
    expect(heads).toContainEqual(['credit | v2', 'row']);
    const ids = named(parsed, 'h2').map(({ attributes }) => attributes['id']);
    expect(named(parsed, 'a').map(({ attributes }) => attributes['href'])).toEqual(ids.map((id) => `#${String(id)}`));
  });

  it('keeps a row and its source together', async () => {
    const groups = named(await parseHTML(page), 'tbody').map((group) => named(group, 'tr').map(({ text }) => text));
    expect(groups).toEqual([
      ['Models3', 'Source: ModelRisks of lending'],
      ['Net-5 USD2', 'Source: RiskPolicy default'],
      ['Escapedunknown0', 'Source: docs/programme-metrics.md'],
      ['credit | v2=limit', 'Source: MitigationPlan lending/credit .status.stage'],
    ]);
    expect(page).toContain('tbody, tr, li { break-inside: avoid; }');
  });

  it('repeats heads on A4, is dark on screens alone, and asks for nothing', () => {
    for (const rule of ['@page { size: A4;', 'thead { display: table-header-group; }', '@media screen and (prefers-color-scheme: dark)'])
      expect(page).toContain(rule);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"`);
    expect(page).not.toMatch(/<script|<link|<img|url\(|@import|src=|https?:/i);
  });

  it('sets tables of many columns in smaller type', () => {
    const columns = Array.from({ length: 7 }, (_, index) => `c${String(index)}`);
    const wide = { ...document, sections: [{ heading: 'Wide', blocks: [{ kind: 'Table' as const, caption: 'w', columns, rows: [] }] }] };
    expect(renderReport(wide, 'html')).toContain('<div class="table wide">');
    expect(page).not.toContain('<div class="table wide">');
  });
});

it('says that there is no period', () => {
  for (const format of ['md', 'html'] as const) expect(renderReport({ ...document, period: null }, format)).toContain('As things stand.');
  expect(renderReport({ ...document, period: null }, 'csv')).not.toContain('"from"');
});

it.each([
  ['a\r\n b\t\tc', 'a b c'],
  ['a\u2028b\u2029c\u0085d', 'a b c d'],
  ['\u202Egnp.exe', '\uFFFDgnp.exe'],
  ['  x ', 'x'],
  ['\u0000', ''],
])('%j reads on one line as %j', (text, line) => {
  expect(onOneLine(text)).toBe(line);
});
