import { toAuditedPart, toAuditedRecords } from '../api/audited-record.ts';
import type { AuditedPart } from '../api/audited-record.ts';
import { toCountedDecisions, toDecisionReading, toHandledIncidents, toIncidentPart, toReviewedModel } from '../api/handled-incident.ts';
import type { DecisionReading, IncidentPart } from '../api/handled-incident.ts';
import { auditedActions } from '../core/risk/programme/audit-completeness.ts';
import { measureProgramme } from '../core/risk/programme/figures.ts';
import type { ProgrammeFigure } from '../core/risk/programme/figures.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Cluster } from './cluster.ts';
import { hashText } from './evidence.ts';
import { remembered } from './remembered.ts';

export interface FiguresOptions {
  readonly cluster: { readonly own: Pick<Cluster['own'], 'incidents' | 'decisions' | 'risks'> };
  readonly metrics: Pick<
    Metrics,
    'programmeTimeSeconds' | 'programmeIncidents' | 'programmeShare' | 'programmeShareCount' | 'programmeCount'
  >;
  readonly nowMs: EpochMs;
}

/** As the metrics say it; the plugin takes any other. */
const windowMs = 90 * 86_400_000;
/** Figures of three months do not change from one scrape to the next. */
const keptMs = 60_000;

/** Sets the gauges of the programme, at most once a minute. */
export function createProgrammeGauges(): (options: FiguresOptions) => void {
  const partOf = remembered<IncidentPart | null>(toIncidentPart);
  const decisionOf = remembered<DecisionReading | null>(toDecisionReading);
  const auditedOf = remembered<AuditedPart | null>((object) => toAuditedPart(object, hashText));
  let measuredMs = -Infinity;
  return ({ cluster, metrics, nowMs }) => {
    if (nowMs - measuredMs < keptMs) return;
    measuredMs = nowMs;
    const { incidents, decisions, risks } = cluster.own;
    const parts = incidents.store.list().flatMap((object) => partOf(object) ?? []);
    const records = toAuditedRecords(incidents.store.list().flatMap((object) => auditedOf(object) ?? []));
    const readings = decisions.store.list().flatMap((object) => decisionOf(object) ?? []);
    const figures = measureProgramme(
      {
        incidents: toHandledIncidents(parts),
        decisions: toCountedDecisions(readings, parts),
        actions: auditedActions(records, nowMs),
        models: risks.store.list().map((object) => toReviewedModel(object, nowMs)),
      },
      { fromMs: nowMs - windowMs, toMs: nowMs },
    );
    for (const gauge of Object.values(gaugesOf(metrics))) gauge.reset();
    for (const figure of figures) setFigure(figure, gaugesOf(metrics));
  };
}

function gaugesOf({
  programmeTimeSeconds,
  programmeIncidents,
  programmeShare,
  programmeShareCount,
  programmeCount,
}: FiguresOptions['metrics']) {
  return { programmeTimeSeconds, programmeIncidents, programmeShare, programmeShareCount, programmeCount };
}

/** What is not known has no series: a 0 would be read as one. */
function setFigure(figure: ProgrammeFigure, gauges: ReturnType<typeof gaugesOf>): void {
  const { name } = figure;
  switch (figure.kind) {
    case 'Time':
      for (const [quantile, ms] of [
        ['0.5', figure.medianMs],
        ['0.9', figure.p90Ms],
      ] as const)
        if (ms !== null) gauges.programmeTimeSeconds.set({ figure: name, quantile }, ms / 1000);
      gauges.programmeIncidents.set({ figure: name, kind: 'Over' }, figure.n - figure.censored);
      gauges.programmeIncidents.set({ figure: name, kind: 'Censored' }, figure.censored);
      gauges.programmeIncidents.set({ figure: name, kind: 'Unknown' }, figure.unknown);
      return;
    case 'Share':
      gauges.programmeShareCount.set({ figure: name }, figure.n);
      if (figure.value !== null) gauges.programmeShare.set({ figure: name, bound: 'Value' }, figure.value);
      if (figure.interval === null) return;
      gauges.programmeShare.set({ figure: name, bound: 'Low' }, figure.interval.low);
      gauges.programmeShare.set({ figure: name, bound: 'High' }, figure.interval.high);
      return;
    case 'Count':
      gauges.programmeCount.set({ figure: name }, figure.count);
      return;
    case 'Trend':
      gauges.programmeCount.set({ figure: name }, figure.now);
  }
}
