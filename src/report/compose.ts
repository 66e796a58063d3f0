import { toInstant } from '../api/instant.ts';
import type { ReportDocument } from '../core/report/document.ts';
import type { EpochMs } from '../shared/clock.ts';
import { success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { ReportFacts } from './facts.ts';
import { insideOf } from './narrow.ts';
import { readObjects } from './objects.ts';
import type { ReportObjects } from './objects.ts';
import { programmeReport } from './programme-report.ts';

interface Asked {
  /** Days of figures over time, up to now. */
  readonly periodDays: number;
}

export type ReportAsk =
  /** Namespace null: all. */
  Asked & { readonly kind: 'Programme'; readonly namespace: string | null };

const dayMs = 86_400_000;

/**
 * The report of the programme, from the objects alone: the same objects and time make the same document, in whatever order they come.
 * Failure: one sentence, when there is nothing to report on.
 */
export function composeReport(
  objects: ReportObjects,
  ask: ReportAsk,
  { nowMs }: { readonly nowMs: EpochMs },
): Result<ReportDocument, string> {
  const window = { fromMs: nowMs - ask.periodDays * dayMs, toMs: nowMs };
  const all = readObjects(insideOf(objects, ask.namespace));
  const whereOfAll = ask.namespace === null ? 'all namespaces' : `namespace ${ask.namespace}`;
  const facts: ReportFacts = { ...all, all, where: whereOfAll, whereOfAll, window, nowMs };
  const { title, subtitle, scope, sections } = programmeReport(facts);
  return success({
    title,
    ...(subtitle === undefined ? {} : { subtitle }),
    generatedAt: toInstant(nowMs),
    period: { from: toInstant(window.fromMs), to: toInstant(window.toMs) },
    ...{ scope, sections },
  });
}
