import { fromInstant, toInstant } from '../api/instant.ts';
import type { EntryDraft } from '../core/audit-chain.ts';
import { explainReadings } from '../core/explain.ts';
import { cutText } from '../core/freeze.ts';
import type { UnrecordedStep } from '../core/model/constraint.ts';
import type { IncidentEntry, IncidentEntryType } from '../core/model/incident-entry.ts';
import type { EngagedMemory } from '../core/model/plan.ts';
import type { EpochMs } from '../shared/clock.ts';
import { groundsInForce } from './plan-state.ts';
import type { PlanState } from './plan-state.ts';
import { closingDraft } from './stepper.ts';

/** The record of one engagement as a restart finds it, all its parts together. */
export interface FoundRecord {
  /** False: there is no incident of it. */
  readonly exists: boolean;
  readonly entries: readonly Pick<IncidentEntry, 'type' | 'at' | 'after'>[];
  readonly closed: boolean;
  /** The engagement only observed: nothing was ever laid over a target. */
  readonly observed: boolean;
}

/** What else tells how an engagement ended. */
export interface FoundEnd {
  /** From the target; null: no target names the engagement as released. */
  readonly tombstone: { readonly actor: string; readonly atMs: EpochMs | null } | null;
  /** Steps the targets remember that may not be on record. */
  readonly steps: readonly UnrecordedStep[];
  /** For a question: who refused it, `operator` when that is not known; null: nobody did. */
  readonly rejectedBy: string | null;
}

const maxReasonLength = 512;

/** Steps a record shows, by the time they were taken: what a restart compares the stage in force with. */
const stepTypes: ReadonlySet<IncidentEntryType> = new Set(['Engaged', 'Escalated', 'SteppedDown', 'WouldApply']);

interface Found {
  readonly type: IncidentEntryType;
  readonly atMs: EpochMs;
  readonly reason: string;
  readonly actor?: string;
}

function foundDraft({ type, atMs, reason, actor = 'operator' }: Found): EntryDraft {
  return { at: toInstant(atMs), type, actor, target: '', before: '', after: '', reason: cutText(reason.trim(), maxReasonLength) };
}

/** Steps before the one in force that never came to the record, though the process went on. */
function earlierDrafts(steps: readonly UnrecordedStep[], { entries }: FoundRecord): readonly EntryDraft[] {
  const missing = steps.filter(({ type, atMs }) => !entries.some((entry) => entry.type === type && fromInstant(entry.at) === atMs));
  const reason = 'Found on the target after a restart of the operator: it could not be recorded before the next step.';
  return missing.map(({ type, atMs, before, after }) => ({ ...foundDraft({ type, atMs, reason }), before, after }));
}

function engagedDrafts(state: PlanState, memory: EngagedMemory, record: FoundRecord): readonly EntryDraft[] {
  const { readings, unrecorded } = groundsInForce(state);
  const earlier = earlierDrafts(unrecorded, record);
  const atMs = memory.stageSinceMs;
  if (record.entries.some((entry) => stepTypes.has(entry.type) && fromInstant(entry.at) >= atMs)) return earlier;
  if (state.engaged?.mode === 'Observe')
    return [foundDraft({ type: 'WouldApply', atMs, reason: 'Found in the status of the plan after a restart of the operator.' })];
  const begun = [...record.entries, ...earlier].some(({ type }) => type === 'Engaged');
  const type = !begun ? 'Engaged' : memory.direction === 'Up' ? 'Escalated' : 'SteppedDown';
  const reason = `Found in force on the target after a restart of the operator. ${explainReadings(readings)}`;
  return [...earlier, foundDraft({ type, atMs, reason })];
}

/** How an engagement ended that the record does not show the end of. */
function endDrafts(record: FoundRecord, { tombstone, steps, rejectedBy }: FoundEnd, nowMs: EpochMs): readonly EntryDraft[] {
  const has = (...types: readonly IncidentEntryType[]): boolean => record.entries.some(({ type }) => types.includes(type));
  if (record.observed) return [];
  const earlier = earlierDrafts(steps, record);
  if (tombstone !== null || has('Engaged')) {
    if (has('Released', 'ReleasedByDeletion')) return earlier;
    const actor = tombstone?.actor ?? 'operator';
    const reason = `Found released on the target after a restart of the operator${actor === 'operator' ? '' : `, by a decision of ${actor}`}.`;
    return [...earlier, foundDraft({ type: 'Released', atMs: tombstone?.atMs ?? nowMs, reason, actor })];
  }
  if (has('Rejected', 'Withdrawn')) return [];
  if (rejectedBy === null)
    return [foundDraft({ type: 'Withdrawn', atMs: nowMs, reason: 'After a restart of the operator the question is not asked any more.' })];
  const reason = 'Found in the status of the plan after a restart of the operator.';
  return [foundDraft({ type: 'Rejected', atMs: nowMs, reason, actor: rejectedBy })];
}

/** What the record lacks, because the process ended between a step and its bookkeeping. Never more than is known. */
export function missingDrafts(
  state: PlanState,
  record: FoundRecord,
  { end, nowMs }: { readonly end: FoundEnd; readonly nowMs: EpochMs },
): readonly EntryDraft[] {
  const { memory } = state;
  if (memory.phase === 'Engaged') return engagedDrafts(state, memory, record);
  if (memory.phase === 'Proposed') {
    const reason = 'Found in the status of the plan after a restart of the operator.';
    return record.entries.length > 0 ? [] : [foundDraft({ type: 'Proposed', atMs: memory.sinceMs, reason })];
  }
  if (record.closed || (!record.exists && end.steps.length === 0)) return [];
  return state.engaged === null ? closingDrafts(record, end, nowMs) : endDrafts(record, end, nowMs);
}

/** What the record of an engagement lacks that is over. */
export function closingDrafts(record: FoundRecord, end: FoundEnd, nowMs: EpochMs): readonly EntryDraft[] {
  return [...endDrafts(record, end, nowMs), closingDraft(nowMs)];
}
