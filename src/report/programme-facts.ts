import { toCountedDecisions, toDecisionReading, toHandledIncidents, toIncidentPart, toReviewedModel } from '../api/handled-incident.ts';
import type { ProgrammeFacts } from '../core/risk/programme/facts.ts';
import type { EpochMs } from '../shared/clock.ts';

/** Objects as the server holds them: these figures need no schema. */
export interface CountedObjects {
  readonly incidents: readonly object[];
  readonly decisions: readonly object[];
  readonly modelRisks: readonly object[];
}

/** What `kubectl modelrisk metrics` counts. */
export function programmeFacts({ incidents, decisions, modelRisks }: CountedObjects, nowMs: EpochMs): ProgrammeFacts {
  const parts = incidents.flatMap((object) => toIncidentPart(object) ?? []);
  const readings = decisions.flatMap((object) => toDecisionReading(object) ?? []);
  return {
    incidents: toHandledIncidents(parts),
    decisions: toCountedDecisions(readings, parts),
    models: modelRisks.map((object) => toReviewedModel(object, nowMs)),
  };
}
