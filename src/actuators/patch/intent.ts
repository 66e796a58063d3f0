import { canonicalJSON } from '../../shared/canonical-json.ts';
import type { JSONObject } from '../json-reading.ts';
import type { TargetObject } from '../port.ts';
import type { PatchChanges, PathChange } from './changes.ts';
import { findAt, withoutEmpty, withValue } from './document.ts';
import type { Found } from './document.ts';

export interface PatchIntent {
  /** The object as its users want it. */
  readonly document: JSONObject;
  /** Someone else changed what we had put there. */
  readonly foreignEdit: boolean;
}

/** Three-way, a path at a time: what stands as we applied it has the journaled intent, what differs is the user's new intent. */
export function intentOf(live: TargetObject, changes: PatchChanges | null): PatchIntent {
  const { values, parents } = changes ?? { values: [], parents: [] };
  const ours = values.filter((change) => standsAsApplied(live, change));
  const restored = ours.reduce((document, { path, intent }) => withValue(document, path, intent?.value ?? null), live);
  return { document: withoutEmpty(restored, parents), foreignEdit: ours.length < values.length };
}

function standsAsApplied(live: TargetObject, { path, applied }: PathChange): boolean {
  const found: Found = findAt(live, path);
  return found.kind === 'Present' && canonicalJSON(found.value) === canonicalJSON(applied);
}
