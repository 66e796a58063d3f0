import { canonicalJSON } from '../shared/canonical-json.ts';
import type { IncidentEntry } from './model/incident-entry.ts';

/** Hex digest of a UTF-8 text, e.g. SHA-256; passed in because the core imports no crypto. */
export type HashText = (text: string) => string;

/** Where the next entry links to. */
export interface ChainTail {
  readonly seq: number;
  readonly hash: string;
}

export type EntryDraft = Omit<IncidentEntry, 'seq' | 'prevHash' | 'hash'>;

export interface ChainToVerify {
  readonly entries: readonly IncidentEntry[];
  readonly firstPrevHash: string;
  /** The tail recorded elsewhere (chain head, export); null when there is none, and truncation then stays unseen. */
  readonly expectedTail: ChainTail | null;
}

export type ChainVerification =
  | { readonly kind: 'Intact'; readonly tail: ChainTail }
  | { readonly kind: 'Broken'; readonly brokenAt: number; readonly reason: 'Edited' | 'Missing' | 'Reordered' | 'Truncated' };

/** The tail of an incident without entries: its first entry gets seq 0 and links to `firstPrevHash`. */
export function chainStart(firstPrevHash: string): ChainTail {
  return { seq: -1, hash: firstPrevHash };
}

/** The next entry of a chain. Guarantee: equal tail and draft give an equal entry, so a retry adds nothing new. */
export function appendEntry(tail: ChainTail, draft: EntryDraft, hash: HashText): IncidentEntry {
  const { at, type, actor, target, before, after, reason } = draft;
  const unsealed = { seq: tail.seq + 1, at, type, actor, target, before, after, reason, prevHash: tail.hash };
  return { ...unsealed, hash: hash(canonicalJSON(unsealed)) };
}

/**
 * Finds the first entry that is not as it was written. `brokenAt` is the seq that should stand there.
 * Reordered: it stands elsewhere in the list. Truncated: entries the expected tail knows of are gone from the end.
 */
export function verifyChain({ entries, firstPrevHash, expectedTail }: ChainToVerify, hash: HashText): ChainVerification {
  let tail = chainStart(firstPrevHash);
  for (const entry of entries) {
    const seq = tail.seq + 1;
    if (entry.seq !== seq) return broken(seq, entries.some((other) => other.seq === seq) ? 'Reordered' : 'Missing');
    if (entry.prevHash !== tail.hash || entry.hash !== appendEntry(tail, entry, hash).hash) return broken(seq, 'Edited');
    tail = { seq, hash: entry.hash };
  }
  if (expectedTail !== null && expectedTail.seq > tail.seq) return broken(tail.seq + 1, 'Truncated');
  const expected = entries.find((entry) => entry.seq === expectedTail?.seq);
  if (expectedTail !== null && expectedTail.seq >= 0 && expected?.hash !== expectedTail.hash) return broken(expectedTail.seq, 'Edited');
  return { kind: 'Intact', tail };
}

/** The same for every retry of one engagement, and a valid object name. */
export function incidentName(planUID: string, engagement: number, hash: HashText): string {
  return `ri-${hash(canonicalJSON({ planUID, engagement })).slice(0, 24)}`;
}

function broken(brokenAt: number, reason: 'Edited' | 'Missing' | 'Reordered' | 'Truncated'): ChainVerification {
  return { kind: 'Broken', brokenAt, reason };
}
