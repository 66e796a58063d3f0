import { describe, expect, it } from '@jest/globals';
import { auditCopy, auditExport } from '../../../src/governance/export-audit.ts';
import { aRecord, linesOf, recordStartMs, sha256 } from '../../builders/audit-lines.ts';

const late = { nowMs: recordStartMs + 3_600_000, graceMs: 60_000 };
const record = aRecord([2, 3]);
const exported = record.flat();
const [first = [], second = []] = record;

const messagesOf = (copy: readonly (typeof exported)[number][]): readonly string[] =>
  auditCopy({ exported, copy, ...late }, sha256).findings.map(({ incident, message }) => `${incident}: ${message}`);

describe('auditExport', () => {
  it('takes an empty export for intact: it claims nothing', () => {
    expect(auditExport([], sha256)).toEqual([]);
  });

  it('names the incident the chain needs and lacks', () => {
    expect(auditExport(second, sha256)).toEqual([
      { incident: 'lending-1', message: expect.stringMatching(/^no incident begins with hash [0-9a-f]{64}, which it says it follows/) },
    ]);
  });

  it('names both incidents that begin at one place', () => {
    const rival = linesOf({ name: 'rival', entries: 1, firstPrevHash: first[0]?.entry.hash ?? '' });
    expect(auditExport([...exported, ...rival], sha256)).toEqual([
      { incident: 'rival', message: 'it begins where lending-1 begins: the chain of namespace lending forks there' },
    ]);
  });

  it('tells namespaces apart: each has a first incident of its own', () => {
    expect(auditExport([...exported, ...aRecord([1, 1], 'cards').flat()], sha256)).toEqual([]);
  });

  it('can not find lines that are missing from the end of an incident, though others follow it', () => {
    const cut = [...first.slice(0, 1), ...second];
    expect(auditExport(cut, sha256)).toEqual([]);
    expect(auditCopy({ exported: cut, copy: exported, ...late }, sha256).findings).toEqual([
      { incident: 'lending-0', message: expect.stringMatching(/^entry 1 of .* is not in the export/) },
    ]);
  });

  it('finds lines that say they are of two places', () => {
    const moved = second.map((line, index) => (index === 2 ? { ...line, namespace: 'cards' } : line));
    expect(auditExport([...first, ...moved], sha256).map(({ message }) => message)).toEqual([
      'entry 2 stands in another incident, spec or place than entry 0',
    ]);
  });
});

describe('auditCopy', () => {
  it('has a sentence for each way', () => {
    expect(messagesOf(first)).toEqual(['lending-1: the export has 3 entries of it (uid uid-of-lending-1), but it is gone: it was deleted']);
    expect(messagesOf([...first, ...second.slice(0, 2)])).toEqual([
      'lending-1: entry 2 is in the export but not in the record: it was dropped or cut off',
    ]);
    expect(messagesOf([...first, ...second.toReversed()])).toEqual([
      'lending-1: entry 0 is reordered: the lines do not hash to what was written',
    ]);
    expect(messagesOf([...first, ...second.map((line) => ({ ...line, firstPrevHash: '' }))])).toEqual([
      'lending-1: it stands at another place of the chain than in the export',
      'lending-1: entry 0 is edited: the lines do not hash to what was written',
      'lending-1: it begins where lending-0 begins: the chain of namespace lending forks there',
    ]);
    expect(messagesOf([...first, ...second.map((line) => ({ ...line, uid: 'new' }))])).toEqual([
      'lending-1: the export has 3 entries of it (uid uid-of-lending-1), but it is gone: it was deleted',
      ...second.map(
        ({ entry }) =>
          `lending-1: entry ${String(entry.seq)} of ${entry.at} is not in the export: it was added beside the record, or the export lacks its end`,
      ),
    ]);
    expect(messagesOf(exported.map((line) => (line.uid === second[0]?.uid ? { ...line, incident: 'renamed' } : line)))).toEqual([
      'lending-1: it has another name than in the export: renamed',
    ]);
  });

  it('lets a time in the future excuse nothing', () => {
    const [forged] = linesOf({ name: 'forged', entries: 1, firstPrevHash: second[0]?.entry.hash ?? '' });
    if (forged === undefined) throw new Error('no line');
    const { findings, unanchored } = auditCopy(
      { exported, copy: [...exported, forged], nowMs: recordStartMs - 86_400_000, graceMs: 60_000 },
      sha256,
    );
    expect([findings.length, unanchored]).toEqual([1, 0]);
  });
});
