import type { ReportBlock, ReportDocument, ReportFigure, ReportRow } from '../../src/core/report/document.ts';
import { composeReport } from '../../src/report/compose.ts';
import type { ReportAsk } from '../../src/report/compose.ts';
import type { ReportObjects } from '../../src/report/objects.ts';
import { reportedMs, reportedObjects } from './reported.ts';

export const programme = { kind: 'Programme', namespace: null, periodDays: 90 } as const satisfies ReportAsk;
export const ofCredit = { kind: 'Model', namespace: 'lending', name: 'credit-default', periodDays: 90 } as const satisfies ReportAsk;
export const ofTier = (tier: string): ReportAsk => ({ kind: 'Tier', tier, namespace: null, periodDays: 90 });

/** At `reportedAt`; throws where there is nothing to report on. */
export function reportOn(ask: ReportAsk = programme, objects: ReportObjects = reportedObjects()): ReportDocument {
  const composed = composeReport(objects, ask, { nowMs: reportedMs });
  if (!composed.ok) throw new Error(composed.failure);
  return composed.value;
}

export function blocksIn({ sections }: ReportDocument, heading: string): readonly ReportBlock[] {
  const found = sections.find((each) => each.heading === heading);
  if (found === undefined) throw new Error(`no section ${heading}`);
  return found.blocks;
}

export function textsIn(document: ReportDocument, heading: string): readonly string[] {
  return blocksIn(document, heading).flatMap((block) => (block.kind === 'Text' ? [block.text] : []));
}

export function gapsOf(document: ReportDocument): readonly string[] {
  return document.sections.flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === 'Gaps' ? block.items : [])));
}

/** The first figure whose label begins so. */
export function figureIn({ sections }: ReportDocument, label: string): ReportFigure {
  const figures = sections.flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === 'Figures' ? block.figures : [])));
  const found = figures.find((each) => each.label.startsWith(label));
  if (found === undefined) throw new Error(`no figure ${label}`);
  return found;
}

/** Rows of all tables whose caption begins so. */
export function rowsIn({ sections }: ReportDocument, caption: string): readonly ReportRow[] {
  const tables = sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.kind === 'Table' && block.caption.startsWith(caption) ? [block] : [])),
  );
  return tables.flatMap(({ rows }) => rows);
}

export function cellsIn(document: ReportDocument, caption: string): readonly (readonly string[])[] {
  return rowsIn(document, caption).map(({ cells }) => cells);
}
