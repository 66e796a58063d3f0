import { toInstant } from '../api/instant.ts';
import { explainFigure } from '../core/risk/programme/explain-programme.ts';
import { measureProgramme } from '../core/risk/programme/figures.ts';
import type { ProgrammeFigure } from '../core/risk/programme/figures.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { programmeFacts } from '../report/programme-facts.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { listAll } from './list-all.ts';

type Lister = Pick<ResourceClient<UntypedObject>, 'listPage'>;

export interface MetricsClients {
  readonly incidents: Lister;
  readonly decisions: Lister;
  readonly risks: Lister;
}

export interface MetricsReport {
  readonly from: string;
  readonly to: string;
  readonly figures: readonly ProgrammeFigure[];
}

export interface MetricsAsk {
  /** Null: all. */
  readonly namespace: string | null;
  readonly periodDays: number;
  readonly nowMs: number;
}

const dayMs = 86_400_000;

/** `kubectl modelrisk metrics`: the figures of the programme, from the objects alone. Failure: one sentence. */
export async function readMetrics(
  clients: MetricsClients,
  { namespace, periodDays, nowMs }: MetricsAsk,
): Promise<Result<MetricsReport, string>> {
  const lists: (readonly UntypedObject[])[] = [];
  for (const [what, client] of [
    ['RiskIncidents', clients.incidents],
    ['RiskDecisions', clients.decisions],
    ['ModelRisks', clients.risks],
  ] as const) {
    const listed = await listAll(client, namespace);
    if (!listed.ok) return failure(`${what} can't be listed: ${listed.failure.message}`);
    lists.push(listed.value);
  }
  const [incidents = [], decisions = [], modelRisks = []] = lists;
  const window = { fromMs: nowMs - periodDays * dayMs, toMs: nowMs };
  const facts = programmeFacts({ incidents, decisions, modelRisks }, nowMs);
  return success({ from: toInstant(window.fromMs), to: toInstant(window.toMs), figures: measureProgramme(facts, window) });
}

/** A long list hides the rest: `--json` has all. */
const mostGaps = 20;

function gapsOf(figure: ProgrammeFigure): readonly string[] {
  if (figure.kind !== 'Share') return [];
  const left = figure.gaps.length - mostGaps;
  return [...figure.gaps.slice(0, mostGaps).map((gap) => `  ${gap}`), ...(left > 0 ? [`  and ${left} more: --json lists them`] : [])];
}

export function metricsSentences({ from, to, figures }: MetricsReport): readonly string[] {
  return [
    `From ${from} to ${to}, by when incidents were detected:`,
    ...figures.flatMap((figure) => [explainFigure(figure), ...gapsOf(figure)]),
  ];
}
