import type { EntryDraft } from '../core/audit-chain.ts';
import { parsePlanSnapshot } from '../api/plan-snapshot.ts';
import { parseRiskDecision } from '../api/risk-decision.ts';
import { parseRiskIncident } from '../api/risk-incident.ts';
import type { RiskIncident } from '../api/risk-incident.ts';
import { incidentName } from '../core/audit-chain.ts';
import type { UnrecordedStep } from '../core/model/constraint.ts';
import type { FrozenReading } from '../core/model/frozen-reading.ts';
import type { ReleasedEngagement } from '../actuators/port.ts';
import { continuationName } from '../governance/incident-log.ts';
import type { IncidentOpening } from '../governance/incident-log.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { Cluster } from './cluster.ts';
import { hashText } from './evidence.ts';
import type { PendingRecord, PlanState } from './plan-state.ts';
import type { TargetFinding } from './journal-findings.ts';
import { closingDrafts } from './recall-drafts.ts';
import type { FoundEnd, FoundRecord } from './recall-drafts.ts';
import { engagementOf } from './record.ts';

type Own = Pick<Cluster['own'], 'incidents' | 'decisions'>;

/** The incidents that record one engagement, in order. */
export function incidentsOf({ incidents }: Own, state: PlanState, engagement: number): readonly RiskIncident[] {
  const name = incidentName(state.uid, engagement, hashText);
  const parts: RiskIncident[] = [];
  for (;;) {
    const parsed = parseRiskIncident(incidents.store.get(`${state.current.plan.namespace}/${continuationName(name, parts.length)}`));
    if (!parsed.ok) return parts;
    parts.push(parsed.value);
  }
}

/** `pending` counts as on record. */
export function recordIn(incidents: readonly RiskIncident[], pending: readonly EntryDraft[] = []): FoundRecord {
  const snapshot = parsePlanSnapshot(incidents[0]?.spec.snapshot);
  return {
    exists: incidents.length > 0 || pending.length > 0,
    entries: [...incidents.flatMap(({ status }) => status.entries), ...pending],
    closed: incidents.some(({ status }) => status.closedAt !== undefined) || pending.some(({ type }) => type === 'Closed'),
    observed: snapshot.ok && snapshot.value.mode === 'Observe',
  };
}

/** Author of the newest decision that refused what an incident asked. */
function refuserOf({ decisions }: Own, { metadata }: RiskIncident): string | null {
  const refusals = decisions.store.byIndex('namespace', metadata.namespace ?? '').flatMap((object) => {
    const parsed = parseRiskDecision(object);
    return parsed.ok && parsed.value.spec.action === 'Reject' && parsed.value.spec.subjectRef.uid === metadata.uid ? [parsed.value] : [];
  });
  const newest = refusals.sort((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp)).at(-1);
  return newest?.spec.author ?? null;
}

export interface Found {
  readonly engagement: number;
  readonly incidents: readonly RiskIncident[];
  readonly findings: readonly TargetFinding[];
}

export function endOf(own: Own, state: PlanState, { engagement, incidents, findings }: Found): FoundEnd {
  const [incident] = incidents;
  const ended = findings.flatMap((each) => (each.kind === 'Released' && each.engagement === engagement ? [each] : []));
  const tombstone = ended.reduce<FoundEnd['tombstone']>((last, each) => ((last?.atMs ?? 0) > (each.atMs ?? 0) ? last : each), null);
  const isLatest = engagement === engagementOf(state);
  const wasRejected = isLatest && state.memory.phase === 'Idle' && state.memory.rejectedStage !== null;
  const refuser = incident === undefined || (isLatest && !wasRejected) ? null : refuserOf(own, incident);
  return { tombstone, steps: stepsIn(ended), rejectedBy: refuser ?? (wasRejected ? 'operator' : null) };
}

/** Each target remembers what was not on record when it was given back; the first of them knows most. */
function stepsIn(ended: readonly Pick<ReleasedEngagement, 'unrecorded'>[]): readonly UnrecordedStep[] {
  const steps = ended.flatMap(({ unrecorded }) => unrecorded?.steps ?? []);
  const isNew = ({ type, atMs }: UnrecordedStep, index: number) =>
    steps.findIndex((each) => each.type === type && each.atMs === atMs) === index;
  return steps.filter(isNew).toSorted((a, b) => a.atMs - b.atMs);
}

/** What an engagement rested on whose record was never opened. */
export function readingsIn(findings: readonly TargetFinding[], engagement: number): readonly FrozenReading[] {
  const kept = findings.flatMap((each) => (each.kind === 'Released' && each.engagement === engagement ? (each.unrecorded ?? []) : []));
  return kept.find(({ readings }) => readings.length > 0)?.readings ?? [];
}

function openingOn([first]: readonly RiskIncident[]): IncidentOpening | null {
  if (first === undefined) return null;
  const { firstPrevHash: _, continues: __, ...opening } = first.spec;
  return opening;
}

/** Engagements before the one in memory whose record was never closed: the process ended before it could be. */
export function unclosedRecords(
  own: Own,
  state: PlanState,
  { findings, nowMs }: { readonly findings: readonly TargetFinding[]; readonly nowMs: EpochMs },
): readonly PendingRecord[] {
  const pending: PendingRecord[] = [];
  for (let engagement = engagementOf(state) - 1; engagement > 0; engagement--) {
    const incidents = incidentsOf(own, state, engagement);
    const record = recordIn(incidents);
    const end = endOf(own, state, { engagement, incidents, findings });
    if (record.closed || (!record.exists && end.steps.length === 0)) break;
    const drafts = closingDrafts(record, end, nowMs);
    pending.unshift({ engagement, opening: openingOn(incidents), drafts, readings: readingsIn(findings, engagement) });
  }
  return pending;
}
