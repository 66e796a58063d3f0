import fc from 'fast-check';
import type { ReportBlock, ReportDocument, ReportFigure } from '../../src/core/report/document.ts';

/** What somebody would write into an object to have it read as something else. */
export const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='x",
  '</style></title><!--',
  '-->',
  '<![CDATA[x]]>',
  '&lt;b&gt;&#60;',
  '| a | b |',
  '| --- |',
  '`code`',
  '**b** _i_ ~~s~~',
  '[a](javascript:alert(1))',
  '![x](https://x.example/y.png)',
  '[^1] [[x]] {{ x }} $$x$$ $x$',
  'one\ntwo\r\n\r\nthree',
  '\n# heading',
  '- item',
  '+ item',
  '1. item',
  '2) item',
  '---',
  '===',
  '> quote',
  '~~~',
  '    code',
  'ends in \\',
  '=HYPERLINK("https://x.example")',
  '+1+1',
  '-2+3',
  '@SUM(A1)',
  '\t=1',
  '\uFF1D1',
  ' =1',
  'a,"b";c',
  '"',
  '\u202Etxt.exe',
  'a\u2028b\u0085c\u0000d',
  'https://x.example/?a=b&c',
  'mro@example.com',
  ':smile: <https://x.example>',
  '',
] as const;

export const anyText = fc
  .array(
    fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...hostile) }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) }),
    {
      minLength: 0,
      maxLength: 3,
    },
  )
  .map((parts) => parts.join(''));

const figure: fc.Arbitrary<ReportFigure> = fc.record(
  {
    label: anyText,
    value: anyText,
    number: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: null }),
    unit: anyText,
    n: fc.nat(),
    source: anyText,
  },
  { requiredKeys: ['label', 'value', 'number', 'source'] },
);

const table: fc.Arbitrary<ReportBlock> = fc.integer({ min: 1, max: 9 }).chain((columns) => {
  const cells = fc.array(anyText, { minLength: columns, maxLength: columns });
  return fc.record({
    kind: fc.constant('Table' as const),
    caption: anyText,
    columns: cells,
    rows: fc.array(fc.record({ cells, source: anyText }), { maxLength: 3 }),
  });
});

const block: fc.Arbitrary<ReportBlock> = fc.oneof(
  fc.record({ kind: fc.constant('Text' as const), text: anyText, source: anyText }, { requiredKeys: ['kind', 'text'] }),
  fc.record({ kind: fc.constant('Figures' as const), figures: fc.array(figure, { maxLength: 3 }) }),
  table,
  fc.record({ kind: fc.constant('Gaps' as const), items: fc.array(anyText, { minLength: 1, maxLength: 3 }) }),
);

export const anyDocument: fc.Arbitrary<ReportDocument> = fc.record(
  {
    title: anyText,
    subtitle: anyText,
    generatedAt: fc.constant('2026-07-01T00:00:00.000Z'),
    period: fc.constantFrom(null, { from: '2026-04-02T00:00:00.000Z', to: '2026-07-01T00:00:00.000Z' }),
    scope: anyText,
    sections: fc.array(fc.record({ heading: anyText, blocks: fc.array(block, { maxLength: 3 }) }), { maxLength: 3 }),
  },
  { requiredKeys: ['title', 'generatedAt', 'period', 'scope', 'sections'] },
);
