import { fromInstant } from '../api/instant.ts';
import type { EntryDraft } from '../core/audit-chain.ts';
import type { UnrecordedStep } from '../core/model/constraint.ts';

/** More than any ladder has, up and down. */
const maxUnrecorded = 16;

/** The steps among what waits to be recorded of one engagement, the newest, oldest first. */
export function unrecordedSteps(drafts: readonly EntryDraft[]): readonly UnrecordedStep[] {
  const steps = drafts.flatMap(({ type, at, before, after }): readonly UnrecordedStep[] =>
    type === 'Engaged' || type === 'Escalated' || type === 'SteppedDown' ? [{ type, atMs: fromInstant(at), before, after }] : [],
  );
  return steps.slice(-maxUnrecorded);
}
