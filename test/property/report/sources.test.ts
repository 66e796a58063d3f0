import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ReportBlock, ReportDocument } from '../../../src/core/report/document.ts';
import { onOneLine } from '../../../src/core/report/plain-text.ts';
import { renderReport, reportFormats } from '../../../src/core/report/render.ts';
import { composeReport } from '../../../src/report/compose.ts';
import type { ReportAsk } from '../../../src/report/compose.ts';
import type { ReportObjects } from '../../../src/report/objects.ts';
import { nameOf } from '../../../src/report/source.ts';
import { named, parseCSV, parseHTML, parseMarkdown } from '../../builders/report-parsing.ts';
import { anyObjects, asksOf } from '../../builders/report-worlds.ts';
import { reportedMs, unreadable } from '../../builders/reported.ts';

const runs = { numRuns: 40 };

/** One of all there is to ask: pricing a model takes a tenth of a second. */
const asked = fc.tuple(anyObjects, fc.nat()).map(([objects, pick]) => {
  const asks = asksOf(objects);
  return { objects, ask: asks[pick % asks.length] ?? { kind: 'Programme' as const, namespace: null, periodDays: 90 } };
});

function compose(objects: ReportObjects, ask: ReportAsk): ReportDocument {
  const composed = composeReport(objects, ask, { nowMs: reportedMs });
  if (!composed.ok) throw new Error(composed.failure);
  return composed.value;
}

const blocksOf = ({ sections }: ReportDocument): readonly ReportBlock[] => sections.flatMap(({ blocks }) => blocks);

/** A kind with the objects meant, and a field or a page that says how it is computed. */
const followable =
  /(ModelRisk|MitigationPlan|RiskIncident|RiskDecision|RiskPolicy)s?( of [^,:]+(, [^:]+)?:| \S+ \.)|docs\/[a-z0-9/-]+\.md|kubectl modelrisk explain/;

const places = (document: ReportDocument) =>
  blocksOf(document).flatMap((block): readonly { readonly said: readonly string[]; readonly source: string }[] => {
    switch (block.kind) {
      case 'Text':
        return /\d/.test(block.text) ? [{ said: [block.text], source: block.source ?? '' }] : [];
      case 'Figures':
        return block.figures.map(({ value, source }) => ({ said: [value], source }));
      case 'Table':
        return block.rows.map(({ cells, source }) => ({ said: cells, source }));
      case 'Gaps':
        return [];
    }
  });

it('no number of any report lacks its source, in the document or in any format', async () => {
  let numbers = 0;
  await fc.assert(
    fc.asyncProperty(asked, async ({ objects, ask }) => {
      const document = compose(objects, ask);
      for (const { source } of places(document)) expect(source).toMatch(followable);
      const inTables = places(document)
        .filter(({ said }) => said.length > 0)
        .map(({ source }) => onOneLine(source));
      numbers += inTables.length;
      const markdown = await parseMarkdown(renderReport(document, 'md'));
      const rows = named(markdown, 'table').flatMap((table) => table.children.slice(1));
      for (const { children } of rows) expect(children.at(-1)?.text).toMatch(followable);
      const html = await parseHTML(renderReport(document, 'html'));
      for (const group of named(html, 'tbody')) expect(named(group, 'td').at(-1)?.text).toMatch(followable);
      expect(named(html, 'tbody')).toHaveLength(rows.length);
      for (const record of parseCSV(renderReport(document, 'csv')).slice(1)) {
        const [section = '', label = '', value = '', number = '', , , source = ''] = record;
        const isNumeric = number !== '' || /\d/.test(value);
        if (section !== '' && label !== 'gap' && isNumeric) expect(source).toMatch(followable);
      }
    }),
    runs,
  );
  expect(numbers).toBeGreaterThan(500);
});

it('the same objects make the same bytes, in whatever order they come', () => {
  let moved = 0;
  fc.assert(
    fc.property(asked, fc.nat(), ({ objects, ask }, turn) => {
      const turned = (all: readonly object[]): readonly object[] => all.map((_, index) => all[(index + turn) % all.length] ?? {});
      const other = {
        ...objects,
        modelRisks: turned(objects.modelRisks),
        incidents: turned(objects.incidents),
        decisions: turned(objects.decisions),
      };
      if (objects.modelRisks.length > 1 && turn % objects.modelRisks.length !== 0) moved++;
      const [one, again] = [compose(objects, ask), compose(other, ask)];
      for (const format of reportFormats) expect(renderReport(again, format)).toBe(renderReport(one, format));
    }),
    { numRuns: 60 },
  );
  expect(moved).toBeGreaterThan(12);
});

it('a figure is a number people read, or unknown and none; a table is a rectangle', () => {
  let unknowns = 0;
  fc.assert(
    fc.property(asked, ({ objects, ask }) => {
      for (const block of blocksOf(compose(objects, ask))) {
        if (block.kind === 'Table') for (const { cells } of block.rows) expect(cells).toHaveLength(block.columns.length);
        if (block.kind !== 'Figures') continue;
        for (const { value, number } of block.figures) {
          expect(value).not.toMatch(/NaN|undefined|null|\[object/);
          expect(number === null).toBe(['unknown', 'not reached', 'nothing to count'].includes(value));
          if (number !== null) expect(Number.isFinite(number)).toBe(true);
          if (number === null) unknowns++;
        }
      }
    }),
    runs,
  );
  expect(unknowns).toBeGreaterThan(100);
});

it('what can’t be read is named among the gaps of every report', () => {
  fc.assert(
    fc.property(asked, ({ objects, ask }) => {
      const modelRisks = [...objects.modelRisks.filter((each) => nameOf(each) !== 'lending/strange'), unreadable('strange')];
      const gaps = blocksOf(compose({ ...objects, modelRisks }, ask)).flatMap((block) => (block.kind === 'Gaps' ? block.items : []));
      const isInside = ask.namespace === null || ask.namespace === 'lending';
      expect(gaps.some((each) => each.startsWith('ModelRisk lending/strange is not readable'))).toBe(isInside);
    }),
    runs,
  );
});
