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

export function appendEntry(_tail: ChainTail, _draft: EntryDraft, _hash: HashText): IncidentEntry {
  throw new Error('being written');
}

export function verifyChain(_chain: ChainToVerify, _hash: HashText): ChainVerification {
  throw new Error('being written');
}

/** The same for every retry of one engagement, and a valid object name. */
export function incidentName(_planUID: string, _engagement: number, _hash: HashText): string {
  throw new Error('being written');
}
