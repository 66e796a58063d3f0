import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readAuditLine, writeAuditLine } from '../../../src/api/audit-line.ts';
import { auditExport } from '../../../src/governance/export-audit.ts';
import { sha256 } from '../../builders/audit-lines.ts';
import { records } from '../../builders/tampering.ts';

/** Each draws a record and hashes it: few runs are many lines. */
const runs = { numRuns: 30 };

const anyLine = fc.tuple(records, fc.nat()).map(([incidents, index]) => {
  const lines = incidents.flat();
  const line = lines[index % lines.length];
  if (line === undefined) throw new Error('a record has lines');
  return line;
});

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (text: string) => JSON.parse(text) as Fields & { readonly entry: Fields };

describe('an audit line', () => {
  it('is read as it was written, on one line, whatever people wrote into it', () => {
    fc.assert(
      fc.property(anyLine, fc.string({ unit: 'binary' }), (line, reason) => {
        const told = { ...line, entry: { ...line.entry, reason } };
        const text = writeAuditLine(told);
        expect(text).not.toContain('\n');
        expect(readAuditLine(text)).toEqual({ ok: true, value: told });
      }),
      runs,
    );
  });

  it('is the same text however its fields were ordered, so that a sink knows it again', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        const turned = Object.fromEntries(Object.entries(line).toReversed()) as unknown as typeof line;
        const entry = Object.fromEntries(Object.entries(line.entry).toReversed()) as unknown as typeof line.entry;
        expect(writeAuditLine({ ...turned, entry })).toBe(writeAuditLine(line));
      }),
      runs,
    );
  });

  it('with a field no hash covers is refused, in the line and in its entry', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        const fields = fieldsOf(writeAuditLine(line));
        expect(readAuditLine(JSON.stringify({ ...fields, note: 'x' })).ok).toBe(false);
        expect(readAuditLine(JSON.stringify({ ...fields, entry: { ...fields.entry, note: 'x' } })).ok).toBe(false);
      }),
      runs,
    );
  });

  it('that lacks a field, or has it in another type, is refused in a sentence', () => {
    fc.assert(
      fc.property(anyLine, fc.nat(), (line, index) => {
        const fields = fieldsOf(writeAuditLine(line));
        const keys = Object.keys(fields);
        const key = keys[index % keys.length] ?? '';
        for (const changed of [undefined, null, false]) {
          const read = readAuditLine(JSON.stringify({ ...fields, [key]: changed }));
          expect(read.ok ? '' : read.failure).not.toBe('');
        }
      }),
      runs,
    );
  });

  it('under the id of another is refused: a sink would drop one of them', () => {
    fc.assert(
      fc.property(anyLine, anyLine, (line, other) => {
        const { id } = fieldsOf(writeAuditLine(other));
        const fields = fieldsOf(writeAuditLine(line));
        expect(readAuditLine(JSON.stringify({ ...fields, id })).ok).toBe(id === fields['id']);
      }),
      runs,
    );
  });

  it('of a newer schema is refused, and what is no JSON is called so', () => {
    fc.assert(
      fc.property(anyLine, fc.integer({ min: 2 }), (line, schemaVersion) => {
        const text = writeAuditLine(line);
        expect(readAuditLine(JSON.stringify({ ...fieldsOf(text), schemaVersion })).ok).toBe(false);
        expect(readAuditLine(text.slice(0, -1))).toEqual({ ok: false, failure: 'it is no JSON' });
      }),
      runs,
    );
  });

  it('proves as much from a file as in memory: a record that was written and read is intact', () => {
    fc.assert(
      fc.property(records, (incidents) => {
        const read = incidents.flat().flatMap((line) => {
          const parsed = readAuditLine(writeAuditLine(line));
          return parsed.ok ? [parsed.value] : [];
        });
        expect(read.length).toBe(incidents.flat().length);
        expect(auditExport(read, sha256)).toEqual([]);
      }),
      runs,
    );
  });
});
