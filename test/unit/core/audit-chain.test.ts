import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { EntryDraft } from '../../../src/core/audit-chain.ts';
import { appendEntry, chainStart, incidentName, verifyChain } from '../../../src/core/audit-chain.ts';
import type { IncidentEntry } from '../../../src/core/model/incident-entry.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const firstPrevHash = 'f'.repeat(64);

function aDraft(reason: string): EntryDraft {
  return {
    at: '2026-01-01T00:00:00.000Z',
    type: 'Applied',
    actor: 'operator',
    target: 'traffic',
    before: 'v2 50 %',
    after: 'v2 10 %',
    reason,
  };
}

function aChain(length: number): IncidentEntry[] {
  const entries: IncidentEntry[] = [];
  for (let index = 0; index < length; index += 1)
    entries.push(appendEntry(entries.at(-1) ?? chainStart(firstPrevHash), aDraft(`step ${String(index)}`), sha256));
  return entries;
}

function verify(entries: readonly IncidentEntry[], expectedTail: { seq: number; hash: string } | null = null) {
  return verifyChain({ entries, firstPrevHash, expectedTail }, sha256);
}

describe('appendEntry', () => {
  it('numbers from 0 and links each entry to the one before', () => {
    const [first, second] = aChain(2);

    expect(first).toMatchObject({ seq: 0, prevHash: firstPrevHash });
    expect(second).toMatchObject({ seq: 1, prevHash: first?.hash });
  });

  it('hashes the canonical text of every other field', () => {
    const [first] = aChain(1);

    expect(first?.hash).toBe(
      sha256(
        `{"actor":"operator","after":"v2 10 %","at":"2026-01-01T00:00:00.000Z","before":"v2 50 %","prevHash":"${firstPrevHash}","reason":"step 0","seq":0,"target":"traffic","type":"Applied"}`,
      ),
    );
  });

  it('gives a retry the same entry, whatever order its fields come in', () => {
    const { reason, ...rest } = aDraft('again');

    expect(appendEntry(chainStart(firstPrevHash), { reason, ...rest }, sha256)).toEqual(
      appendEntry(chainStart(firstPrevHash), aDraft('again'), sha256),
    );
  });
});

describe('verifyChain', () => {
  it('finds a chain as written intact, whole or empty', () => {
    const chain = aChain(5);

    expect(verify(chain)).toEqual({ kind: 'Intact', tail: expect.objectContaining({ seq: 4, hash: chain[4]?.hash }) });
    expect(verify([])).toEqual({ kind: 'Intact', tail: chainStart(firstPrevHash) });
  });

  it.each(['at', 'type', 'actor', 'target', 'before', 'after', 'reason', 'prevHash', 'hash'] as const)('finds an edit of %s', (field) => {
    const edited = aChain(5).map((entry) => (entry.seq === 2 ? { ...entry, [field]: 'Held' } : entry));

    expect(verify(edited)).toEqual({ kind: 'Broken', brokenAt: 2, reason: 'Edited' });
  });

  it('finds an edit whose own hash was made to fit, at the entry after it', () => {
    const chain = aChain(5);
    const forged = chain.map((entry) =>
      entry.seq === 2 ? appendEntry({ seq: 1, hash: entry.prevHash }, aDraft('forged'), sha256) : entry,
    );

    expect(verify(forged)).toEqual({ kind: 'Broken', brokenAt: 3, reason: 'Edited' });
  });

  it('finds a dropped entry', () => {
    expect(verify(aChain(5).filter(({ seq }) => seq !== 2))).toEqual({ kind: 'Broken', brokenAt: 2, reason: 'Missing' });
    expect(verify(aChain(5).slice(1))).toEqual({ kind: 'Broken', brokenAt: 0, reason: 'Missing' });
  });

  it('finds swapped entries', () => {
    const [a, b, c, ...rest] = aChain(5);

    expect(verify([a, c, b, ...rest].flatMap((entry) => entry ?? []))).toEqual({ kind: 'Broken', brokenAt: 1, reason: 'Reordered' });
  });

  it('finds a chain moved under another start', () => {
    expect(verifyChain({ entries: aChain(3), firstPrevHash: '0'.repeat(64), expectedTail: null }, sha256)).toEqual({
      kind: 'Broken',
      brokenAt: 0,
      reason: 'Edited',
    });
  });

  describe('against a tail recorded elsewhere', () => {
    const chain = aChain(5);
    const tailOf = (index: number) => ({ seq: index, hash: chain[index]?.hash ?? '' });

    it('finds entries cut off the end, all of them too', () => {
      expect(verify(chain.slice(0, 3), tailOf(4))).toEqual({ kind: 'Broken', brokenAt: 3, reason: 'Truncated' });
      expect(verify([], tailOf(4))).toEqual({ kind: 'Broken', brokenAt: 0, reason: 'Truncated' });
    });

    it('accepts entries the record does not know of yet', () => {
      expect(verify(chain, tailOf(2)).kind).toBe('Intact');
      expect(verify(chain, chainStart(firstPrevHash)).kind).toBe('Intact');
    });

    it('finds a chain that was written again from the start', () => {
      expect(verify(chain, { seq: 4, hash: 'other' })).toEqual({ kind: 'Broken', brokenAt: 4, reason: 'Edited' });
    });
  });
});

describe('incidentName', () => {
  it('is the same for a retry, and another for another plan or engagement', () => {
    const name = incidentName('uid-1', 1, sha256);

    expect(incidentName('uid-1', 1, sha256)).toBe(name);
    expect(
      new Set([name, incidentName('uid-1', 2, sha256), incidentName('uid-2', 1, sha256), incidentName('uid-11', 1, sha256)]).size,
    ).toBe(4);
  });

  it('is a valid object name', () => {
    expect(incidentName('uid-1', 1, sha256)).toMatch(/^[a-z]([-a-z0-9]{0,60}[a-z0-9])?$/);
  });
});
