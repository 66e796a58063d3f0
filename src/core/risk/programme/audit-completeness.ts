import type { EpochMs } from '../../../shared/clock.ts';
import type { IncidentEntryType } from '../../model/incident-entry.ts';

/** What is looked at of one line of a record. */
export interface AuditedEntry {
  /** namespace/name of the RiskIncident it stands in: a long record fills several. */
  readonly object: string;
  readonly seq: number;
  readonly atMs: EpochMs;
  readonly type: IncidentEntryType;
  readonly actor: string;
  readonly target: string;
  readonly before: string;
  readonly after: string;
}

/** One record of the operator's own, whole. */
export interface AuditedRecord {
  /** The readings that engaged the plan are frozen in it. */
  readonly hasEvidence: boolean;
  /** Digests of the plan and of the model it went by stand in it. */
  readonly hasDigests: boolean;
  /** Every entry is as it was hashed, and none is missing between two others. */
  readonly isIntact: boolean;
  /** Oldest first. */
  readonly entries: readonly AuditedEntry[];
}

/** What a line of an action must have, or must be followed by. */
export type AuditFacet = 'evidence' | 'digest' | 'actor' | 'before and after' | 'outcome' | 'intact chain';

/** Something the operator did, and what its record lacks to prove it. */
export interface AuditedAction {
  readonly object: string;
  readonly seq: number;
  readonly type: string;
  readonly atMs: EpochMs;
  readonly lacks: readonly AuditFacet[];
}

/** A plan moved. */
const steps: ReadonlySet<string> = new Set<IncidentEntryType>(['Engaged', 'Escalated', 'SteppedDown', 'Released', 'ReleasedByDeletion']);

/** What shows how a step went: something was written, or could not be, or the next step came before. */
const answersToStep: ReadonlySet<string> = new Set<IncidentEntryType>([
  'Applied',
  'Verified',
  'Stalled',
  'Contested',
  'Yielded',
  'Latched',
]);

/** How long an outcome may take before its absence is a gap; patches are verified within seconds. */
const outcomeWithinMs = 300_000;

function isAction({ type }: AuditedEntry): boolean {
  return steps.has(type) || type === 'Applied' || type === 'RemediationStarted';
}

/** A record that is closed without a word of its Job never learned what became of it. */
function answers(action: AuditedEntry, { type, target }: AuditedEntry): boolean {
  if (action.type === 'RemediationStarted')
    return target === action.target && (type === 'RemediationSucceeded' || type === 'RemediationFailed');
  if (type === 'Closed') return true;
  return steps.has(action.type) ? steps.has(type) || answersToStep.has(type) : target === action.target;
}

/** Nothing was there before a Job. */
function saysChange({ type, before, after }: AuditedEntry): boolean {
  return after !== '' && (before !== '' || type === 'RemediationStarted');
}

/** A Job takes as long as it takes. */
function isPending(action: AuditedEntry, { entries }: AuditedRecord, toMs: EpochMs): boolean {
  if (action.type === 'RemediationStarted') return entries.every(({ type }) => type !== 'Closed');
  return toMs - action.atMs < outcomeWithinMs;
}

/**
 * All actions of these records with what each lacks, as seen at `toMs` (risk-quant.md section 5). An action whose outcome may still come
 * lacks none. Steps of a plan, patches and Jobs are actions; what people decide is none, and what was only observed.
 */
export function auditedActions(records: readonly AuditedRecord[], toMs: EpochMs): readonly AuditedAction[] {
  return records.flatMap((record) =>
    record.entries.flatMap((entry, index): readonly AuditedAction[] => {
      if (!isAction(entry)) return [];
      const outcome = record.entries.slice(index + 1).some((later) => answers(entry, later));
      const has: Readonly<Record<AuditFacet, boolean>> = {
        evidence: record.hasEvidence,
        digest: record.hasDigests,
        actor: entry.actor !== '',
        'before and after': saysChange(entry),
        outcome: outcome || isPending(entry, record, toMs),
        'intact chain': record.isIntact,
      };
      const lacks = (Object.keys(has) as AuditFacet[]).filter((facet) => !has[facet]);
      return [{ object: entry.object, seq: entry.seq, type: entry.type, atMs: entry.atMs, lacks }];
    }),
  );
}
