import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { auditCopy, auditExport } from '../../../src/governance/export-audit.ts';
import { recordStartMs, sha256 } from '../../builders/audit-lines.ts';
import { kinds, records, tamper, tamperings } from '../../builders/tampering.ts';

/** Long after everything: no entry may still be on its way to the sink. */
const late = { nowMs: recordStartMs + 86_400_000, graceMs: 60_000 };

describe('what an export proves', () => {
  it('finds all of 1,000 random tamperings of the record, of every kind, without a cluster', () => {
    const tried = new Map<string, number>();
    fc.assert(
      fc.property(records, tamperings, (incidents, tampering) => {
        const exported = incidents.flat();
        const copy = tamper(incidents, tampering).flat();
        const { findings } = auditCopy({ exported, copy, ...late }, sha256);
        tried.set(tampering.kind, (tried.get(tampering.kind) ?? 0) + 1);
        expect(findings.length).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
    expect([...tried.values()].reduce((sum, count) => sum + count, 0)).toBe(1000);
    // Of each some 90 are tried.
    for (const kind of kinds) expect([kind, (tried.get(kind) ?? 0) > 30]).toEqual([kind, true]);
  });

  it('finds nothing in a record nobody touched, in whatever order and how often its lines arrived at the sink', () => {
    fc.assert(
      fc.property(records, fc.infiniteStream(fc.nat()), (incidents, numbers) => {
        const copy = incidents.flat();
        const arrived = [...copy, ...copy.filter((_, index) => index % 3 === 0)]
          .map((line) => ({ line, rank: Number(numbers.next().value) }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ line }) => line);
        expect(auditExport(arrived, sha256)).toEqual([]);
        expect(auditCopy({ exported: arrived, copy, ...late }, sha256)).toEqual({ findings: [], unanchored: 0 });
      }),
    );
  });

  it('finds what was changed in the export itself, unless lines are missing from its end or all are made anew', () => {
    const shows = tamperings.filter(({ kind }) => ['edit', 'fork of an incident', 'fork of the chain'].includes(kind));
    fc.assert(
      fc.property(records, shows, (incidents, tampering) => {
        const told = [...incidents.flat(), ...tamper(incidents, tampering).flat()];
        expect(auditExport(told, sha256).length).toBeGreaterThan(0);
      }),
    );
  });

  it('calls an entry younger than the grace not exported yet, and an older one a finding', () => {
    fc.assert(
      fc.property(records, fc.integer({ min: -120_000, max: 240_000 }), (incidents, afterMs) => {
        const copy = incidents.flat();
        const exported = copy.filter(({ namespace }) => namespace !== 'cards');
        const missing = copy.filter(({ namespace }) => namespace === 'cards');
        const nowMs = recordStartMs + afterMs;
        const { findings, unanchored } = auditCopy({ exported, copy, nowMs, graceMs: 60_000 }, sha256);
        const young = missing.filter(({ entry }) => Math.abs(nowMs - Date.parse(entry.at)) <= 60_000);
        expect([unanchored, findings.length]).toEqual([young.length, missing.length - young.length]);
      }),
    );
  });
});
