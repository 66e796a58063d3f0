import { createHash } from 'node:crypto';
import { toAuditedPart, toAuditedRecords } from '../api/audited-record.ts';
import { toCountedDecisions, toDecisionReading, toHandledIncidents, toIncidentPart, toReviewedModel } from '../api/handled-incident.ts';
import { auditedActions } from '../core/risk/programme/audit-completeness.ts';
import type { ProgrammeFacts } from '../core/risk/programme/facts.ts';
import type { EpochMs } from '../shared/clock.ts';

/** Objects as the server holds them: these figures need no schema. */
export interface CountedObjects {
  readonly incidents: readonly object[];
  readonly decisions: readonly object[];
  readonly modelRisks: readonly object[];
}

const hashText = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What `kubectl modelrisk metrics` counts. */
export function programmeFacts({ incidents, decisions, modelRisks }: CountedObjects, nowMs: EpochMs): ProgrammeFacts {
  const parts = incidents.flatMap((object) => toIncidentPart(object) ?? []);
  const readings = decisions.flatMap((object) => toDecisionReading(object) ?? []);
  return {
    incidents: toHandledIncidents(parts),
    decisions: toCountedDecisions(readings, parts),
    actions: auditedActions(toAuditedRecords(incidents.flatMap((object) => toAuditedPart(object, hashText) ?? [])), nowMs),
    models: modelRisks.map((object) => toReviewedModel(object, nowMs)),
  };
}
