import fc from 'fast-check';
import { appendEntry, chainStart } from '../../src/core/audit-chain.ts';
import type { AuditLine } from '../../src/core/audit-line.ts';
import { aRecord, linesOf, sha256 } from './audit-lines.ts';

type Incidents = readonly (readonly AuditLine[])[];

/** One way to falsify what a cluster holds. `at` and `within` pick the place, from 0 up to 1. */
export interface Tampering {
  readonly kind: (typeof kinds)[number];
  readonly at: number;
  readonly within: number;
}

export const kinds = [
  'edit',
  'edit of the spec',
  'drop',
  'reorder',
  'truncate',
  'fork of an incident',
  'fork of the chain',
  'full re-hash',
  'deletion of the newest incident',
  'deletion of an incident',
  'replaced under the same name',
] as const;

export const tamperings: fc.Arbitrary<Tampering> = fc.record({
  kind: fc.constantFrom(...kinds),
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  within: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

/** Incidents of two to nine entries: there is something to reorder and to cut in each. */
export const records: fc.Arbitrary<Incidents> = fc
  .array(fc.integer({ min: 2, max: 9 }), { minLength: 2, maxLength: 6 })
  .map((sizes) => [...aRecord(sizes), ...aRecord(sizes.slice(1), 'cards')]);

/** The same incident hashed anew, from its place on: what only somebody who can write everything could do. */
function rehash(lines: readonly AuditLine[], firstPrevHash: string): readonly AuditLine[] {
  const anew: AuditLine[] = [];
  for (const line of lines)
    anew.push({ ...line, firstPrevHash, entry: appendEntry(anew.at(-1)?.entry ?? chainStart(firstPrevHash), line.entry, sha256) });
  return anew;
}

const edited = (line: AuditLine): AuditLine => ({ ...line, entry: { ...line.entry, reason: `${line.entry.reason}, they say` } });

/** With the hashes of all that comes after it, in this incident and in those that follow. */
function rehashAll(incidents: Incidents, from: number): Incidents {
  const anew: (readonly AuditLine[])[] = [];
  for (const [index, lines] of incidents.entries()) {
    const before = anew.at(-1)?.[0];
    const follows = before !== undefined && before.namespace === lines[0]?.namespace;
    anew.push(index < from ? lines : rehash(lines, follows ? before.entry.hash : (lines[0]?.firstPrevHash ?? '')));
  }
  return anew;
}

/** What the cluster holds after somebody was at it. */
export function tamper(incidents: Incidents, { kind, at, within }: Tampering): Incidents {
  const index = Math.floor(at * incidents.length);
  const lines = incidents[index] ?? [];
  const place = Math.floor(within * lines.length);
  const put = (changed: readonly AuditLine[]): Incidents => incidents.with(index, changed);
  const line = lines[place];
  if (line === undefined) throw new Error('an incident without entries');
  switch (kind) {
    case 'edit':
      return put(lines.with(place, edited(line)));
    case 'edit of the spec':
      return put(lines.map((each) => ({ ...each, specDigest: `sha256:${sha256('another spec')}` })));
    case 'drop':
      return put(lines.toSpliced(place, 1));
    case 'reorder': {
      const other = (place + 1) % lines.length;
      return put(lines.with(place, lines[other] ?? line).with(other, line));
    }
    case 'truncate':
      return put(lines.slice(0, place));
    case 'fork of an incident':
      return put([...lines.slice(0, place), ...rehash(lines.with(place, edited(line)), lines[0]?.firstPrevHash ?? '').slice(place)]);
    case 'fork of the chain': {
      const { namespace, firstPrevHash } = line;
      return [...incidents, linesOf({ name: 'forged', entries: 3, namespace, firstPrevHash })];
    }
    case 'full re-hash':
      return rehashAll(put(lines.with(place, edited(line))), index);
    case 'deletion of the newest incident':
      return incidents.slice(0, -1);
    case 'deletion of an incident':
      return incidents.toSpliced(index, 1);
    case 'replaced under the same name':
      return put(lines.map((each) => ({ ...each, uid: 'another-uid' })));
  }
}
