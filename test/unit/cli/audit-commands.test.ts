import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { writeAuditLine } from '../../../src/api/audit-line.ts';
import { printExport, printVerification } from '../../../src/cli/audit-commands.ts';
import { aRecord, recordStartMs } from '../../builders/audit-lines.ts';
import { recordClients, withoutRight } from '../../builders/record-clients.ts';

const options = { namespace: null, json: false, nowMs: recordStartMs + 3_600_000 };
const none = recordClients();
const denied = withoutRight(none, 'incidents');
const record = aRecord([2, 2]).flat().map(writeAuditLine);

let folder = '';
let out: string[] = [];
let problems: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'));
  out = [];
  problems = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0);
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => problems.push(String(text)) > 0);
});

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function fileOf(name: string, lines: readonly string[]): string {
  const file = join(folder, name);
  writeFileSync(file, lines.join('\n'));
  return file;
}

const verify = (file: string, against: string | null, offline = false) =>
  printVerification({ kind: 'VerifyExport', file, against, offline }, offline || against !== null ? null : none, options);

it('ends with 0 when two files agree, and with 1 when one was cut', async () => {
  const file = fileOf('sink.jsonl', record);
  expect(await verify(file, fileOf('same.jsonl', record))).toBe(0);
  expect(out.join('')).toBe('export: 2 incidents, 4 lines, intact; the other file agrees with it\n');
  expect(await verify(file, fileOf('cut.jsonl', record.slice(0, 3)))).toBe(1);
});

it('asks the cluster when no file is named, and nobody when it is offline', async () => {
  const file = fileOf('sink.jsonl', record);
  expect(await verify(file, null)).toBe(1);
  expect(out.join('')).toContain('RiskIncident lending-0: the export has 2 entries of it');
  expect(await verify(file, null, true)).toBe(0);
});

it('says which file it can’t read, and what it can’t list', async () => {
  expect(await verify(join(folder, 'none'), null, true)).toBe(1);
  expect(await verify(fileOf('sink.jsonl', record), join(folder, 'other'))).toBe(1);
  expect(await printExport(denied, null)).toBe(1);
  expect(problems).toEqual([
    `kubectl modelrisk audit verify: ${join(folder, 'none')} can't be read: ENOENT\n`,
    `kubectl modelrisk audit verify: ${join(folder, 'other')} can't be read: ENOENT\n`,
    "kubectl modelrisk audit export: RiskIncidents can't be listed: not allowed\n",
  ]);
  expect(await printExport(none, null)).toBe(0);
});
