import { toInstant } from '../api/instant.ts';
import type { EntryDraft } from '../core/audit-chain.ts';
import { explainNote } from '../core/explain.ts';
import type { PlanNote, PlanStepInput } from '../core/plan/input.ts';
import { snapshotInForce } from './plan-state.ts';
import type { PlanState } from './plan-state.ts';

/** A breach somebody accepts in the middle of an engagement moves nothing; the record says who answers for it. While idle there is none. */
export function acceptedDrafts(
  plan: PlanState,
  note: PlanNote,
  { decisions, nowMs }: Pick<PlanStepInput, 'decisions' | 'nowMs'>,
): readonly EntryDraft[] {
  if (note.kind !== 'Accepted' || plan.memory.phase === 'Idle') return [];
  const accept = decisions.find((each) => each.action === 'Accept' && each.author === note.by && each.expiresAtMs === note.untilMs);
  if (accept === undefined) return [];
  const reason = explainNote(snapshotInForce(plan), note, toInstant).slice(0, 512);
  return [
    { at: toInstant(nowMs), type: 'Accepted', actor: accept.author, target: `RiskDecision/${accept.name}`, before: '', after: '', reason },
  ];
}
