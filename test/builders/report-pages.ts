import { readFileSync } from 'node:fs';
import { readControls } from '../../src/api/controls.ts';
import type { ReportDocument } from '../../src/core/report/document.ts';
import { composePack } from '../../src/core/report/pack/compose.ts';
import { composeReport } from '../../src/report/compose.ts';
import { aBarePackModel, aPackIncident, aPackModel, packOf } from './pack.ts';
import { reportedMs, reportedObjects } from './reported.ts';

export interface NamedPage {
  readonly name: string;
  readonly document: ReportDocument;
}

const long = 'An explanation that goes on for longer than any cell is wide, with a path a.b.c[0].d and a digest sha256:';

/** What is hard to lay out: many columns, words without a gap, tables longer than a page, and text that would be markup. */
function hardPage(): ReportDocument {
  const digest = 'f'.repeat(64);
  const row = (index: number) => ({
    cells: [`row-${String(index)}`, `${long}${digest}`, String(index * 1.5)],
    source: `ModelRisk lending/model-${String(index)} .status.indicators[0].value`,
  });
  return {
    title: 'Everything that is hard to lay out',
    subtitle: `Of ModelRisk lending/${'x'.repeat(60)}`,
    generatedAt: '2026-07-01T00:00:00.000Z',
    period: { from: '2026-04-01T00:00:00.000Z', to: '2026-07-01T00:00:00.000Z' },
    scope: 'all namespaces',
    sections: [
      {
        heading: 'Figures <b>that</b> are "quoted" & marked',
        blocks: [
          {
            kind: 'Text',
            text: '<script>alert(1)</script><img src="https://elsewhere.example/x.png"> is shown as it is written.',
            source: 'nobody',
          },
          {
            kind: 'Figures',
            figures: Array.from({ length: 12 }, (_, index) => ({
              label: `Figure ${String(index)} ${index % 3 === 0 ? long : ''}`,
              value: index === 4 ? 'unknown' : `${String(index)},000,000.00 USD`,
              number: index === 4 ? null : index * 1_000_000,
              n: index,
              source: `RiskIncidents of ${'y'.repeat(40)}, computation ${String(index)} (docs/programme-metrics.md timeToDetect)`,
            })),
          },
          { kind: 'Gaps', items: [`What could not be read: ${'z'.repeat(120)}.`] },
        ],
      },
      {
        heading: 'Longer than a page',
        blocks: [
          {
            kind: 'Table',
            caption: 'Many rows',
            columns: ['Head-one', 'Head-two', 'Head-three'],
            rows: Array.from({ length: 120 }, (_, index) => row(index)),
          },
        ],
      },
      {
        heading: 'Wider than a page',
        blocks: [
          {
            kind: 'Table',
            caption: 'Many columns',
            columns: Array.from({ length: 9 }, (_, index) => `Column${String(index)}`),
            rows: Array.from({ length: 6 }, (_, index) => ({
              cells: Array.from({ length: 9 }, (_, at) => `cell-${String(index)}-${String(at)} credit-default`),
              source: `MitigationPlan lending/plan-${String(index)} .status`,
            })),
          },
        ],
      },
    ],
  };
}

function packPage(): ReportDocument {
  const read = readControls(readFileSync('config/report/controls.yaml', 'utf8'));
  if (!read.ok) throw new Error(read.failure.join('\n'));
  const models = [aPackModel(), ...Array.from({ length: 4 }, (_, index) => aBarePackModel(`ModelRisk lending/bare-${String(index)}`))];
  const incidents = [aPackIncident(), aPackIncident({ ref: 'RiskIncident lending/open', isClosed: false, isAcknowledged: false })];
  const gaps = ["Objects of kind Model can't be listed: models among them are not looked for."];
  return composePack(packOf({ models, incidents }), read.value, { generatedAt: '2026-07-01T00:00:00.000Z', scope: 'all namespaces', gaps });
}

function reportPage(ask: Parameters<typeof composeReport>[1]): ReportDocument {
  const made = composeReport(reportedObjects(), ask, { nowMs: reportedMs });
  if (!made.ok) throw new Error(made.failure);
  return made.value;
}

/** One of each report there is, and one of everything that is hard. */
export function pagesToRead(): readonly NamedPage[] {
  return [
    { name: 'hard', document: hardPage() },
    { name: 'programme', document: reportPage({ kind: 'Programme', namespace: null, periodDays: 90 }) },
    { name: 'tier', document: reportPage({ kind: 'Tier', tier: 'High', namespace: null, periodDays: 90 }) },
    { name: 'model', document: reportPage({ kind: 'Model', namespace: 'lending', name: 'credit-default', periodDays: 90 }) },
    { name: 'pack', document: packPage() },
  ];
}
