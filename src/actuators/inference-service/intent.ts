import type { TargetObject } from '../port.ts';
import type { FieldChange, InferenceServiceChanges, Percent } from './changes.ts';
import { fieldsOf } from './live.ts';
import type { LiveField } from './live.ts';

/** One field as its users want it, beside how it stands and what the journal says of it. */
export interface FieldIntent {
  readonly live: LiveField;
  readonly percent: Percent;
  readonly journaled: FieldChange | null;
}

export interface InferenceServiceIntent {
  readonly fields: readonly FieldIntent[];
  readonly journaled: InferenceServiceChanges | null;
  /** Someone else changed what we had put there. */
  readonly foreignEdit: boolean;
}

/**
 * Three-way, a field at a time: what stands as applied, or as it stood before a patch that has not landed, has the journaled
 * intent; what differs is the user's new intent. An entry that is gone has none.
 */
export function intentOf(live: TargetObject, changes: InferenceServiceChanges | null): InferenceServiceIntent {
  const fields = fieldsOf(live).map((field): FieldIntent => {
    const journaled = changes?.fields.find(({ canary }) => canary === field.id) ?? null;
    const isOurs = journaled !== null && [journaled.applied, ...journaled.was].includes(field.percent);
    return { live: field, percent: isOurs ? journaled.intent : field.percent, journaled };
  });
  const foreignEdit = fields.some(
    ({ live: { percent }, journaled }) => journaled !== null && ![journaled.applied, ...journaled.was].includes(percent),
  );
  return { fields, journaled: changes, foreignEdit };
}
