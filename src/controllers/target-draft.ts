import { toInstant } from '../api/instant.ts';
import type { TargetKind } from '../actuators/port.ts';
import type { EntryDraft } from '../core/audit-chain.ts';
import { cutText } from '../core/freeze.ts';
import type { IncidentEntryType } from '../core/model/incident-entry.ts';
import type { EpochMs } from '../shared/clock.ts';

/** One target object as one pass sees it. */
export interface SettledObject {
  readonly kind: TargetKind;
  readonly object: string;
}

const maxTextLength = 512;

/** What the record says of one target object. */
export function targetDraft(
  type: IncidentEntryType,
  { kind, object }: SettledObject,
  facts: { readonly nowMs: EpochMs; readonly after: string; readonly reason: string },
): EntryDraft {
  const texts = { before: '', after: cutText(facts.after, maxTextLength), reason: cutText(facts.reason, maxTextLength) };
  return { at: toInstant(facts.nowMs), type, actor: 'operator', target: `${kind}/${object}`, ...texts };
}
