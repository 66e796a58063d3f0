import process from 'node:process';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { printAudit, verifyEverywhere } from '../../../src/cli/audit-everywhere.ts';
import type { AuditLine } from '../../../src/core/audit-line.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { failure, success } from '../../../src/shared/result.ts';
import { chainHeadManifest, incidentManifest, stored } from '../../builders/api.ts';
import { aRecord } from '../../builders/audit-lines.ts';

type Lines = readonly AuditLine[];

interface Held {
  readonly incidents: readonly UntypedObject[];
  readonly head: UntypedObject | null;
}

function objectOf(lines: Lines, namespace: string): UntypedObject {
  const [first] = lines;
  const manifest = incidentManifest();
  return stored({
    ...manifest,
    metadata: { name: first?.incident ?? '', namespace },
    spec: { ...manifest.spec, firstPrevHash: first?.firstPrevHash ?? '' },
    status: { entries: lines.map(({ entry }) => entry) },
  }) as unknown as UntypedObject;
}

function headOf(record: readonly Lines[], namespace: string): UntypedObject {
  const tails = record.map((lines) => {
    const last = lines.at(-1);
    return { incident: last?.incident ?? '', seq: last?.entry.seq ?? 0, hash: last?.entry.hash ?? '' };
  });
  const newest = record.at(-1)?.[0];
  const last = { incident: newest?.incident ?? '', hash: newest?.entry.hash ?? '' };
  const manifest = chainHeadManifest();
  return stored({ ...manifest, metadata: { ...manifest.metadata, namespace }, spec: { tails, last } }) as unknown as UntypedObject;
}

const holding = (record: readonly Lines[], namespace: string): Held => ({
  incidents: record.map((lines) => objectOf(lines, namespace)),
  head: headOf(record, namespace),
});

const denied = (kind = 'Forbidden') => Promise.resolve(failure({ kind, message: 'not allowed' } as never));

function clients(namespaces: Readonly<Record<string, Held>>) {
  const asked: string[] = [];
  const reader = (pick: (held: Held) => readonly UntypedObject[]) => ({
    listPage: ({ namespace }: { readonly namespace: string | null }) => {
      asked.push(namespace ?? '*');
      const items = Object.entries(namespaces).flatMap(([name, held]) => (namespace === null || namespace === name ? pick(held) : []));
      return Promise.resolve(success({ items, continueToken: null, resourceVersion: '1' }));
    },
    get: ({ namespace }: { readonly namespace: string | null }) => {
      const head = namespaces[namespace ?? '']?.head ?? null;
      return head === null ? denied('NotFound') : Promise.resolve(success(head));
    },
  });
  return { asked, incidents: reader(({ incidents }) => incidents), heads: reader(({ head }) => (head === null ? [] : [head])) };
}

afterEach(() => {
  jest.restoreAllMocks();
});

async function printed(namespaces: Readonly<Record<string, Held>>, ask: { namespace: string | null; json?: boolean }) {
  let text = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((part) => {
    text += String(part);
    return true;
  });
  const code = await printAudit(clients(namespaces), { json: false, ...ask });
  return { code, lines: text.trimEnd().split('\n') };
}

const record = aRecord([3, 2, 4]);
const untouched = { lending: holding(record, 'lending'), mortgages: holding(record, 'mortgages') };

describe('regression: audit verify of all namespaces', () => {
  it('verifies each by its own chain, in order of their names', async () => {
    const read = await verifyEverywhere(clients({ mortgages: untouched.mortgages, lending: untouched.lending }));
    if (!read.ok) throw new Error(read.failure);
    expect(read.value.map(({ namespace, findings }) => [namespace, findings])).toEqual([
      ['lending', []],
      ['mortgages', []],
    ]);
    expect(read.value.every(({ incidents }) => incidents === record.length)).toBe(true);
  });

  it('prints a line each, and ends with 0', async () => {
    const { code, lines } = await printed(untouched, { namespace: null });
    expect(code).toBe(0);
    expect(lines).toEqual([
      expect.stringMatching(/^namespace lending: \d+ incidents, \d+ entries, .*, the record is intact$/),
      expect.stringMatching(/^namespace mortgages: .*, the record is intact$/),
    ]);
  });

  it('finds what was done in one of them, says where, and ends with 1', async () => {
    const cut = holding(record, 'mortgages');
    const tampered = { ...untouched, mortgages: { ...cut, incidents: cut.incidents.slice(1) } };
    const { code, lines } = await printed(tampered, { namespace: null });
    expect(code).toBe(1);
    expect(lines.filter((line) => line.startsWith('RiskIncident mortgages/')).length).toBeGreaterThan(0);
    expect(lines).toContainEqual(expect.stringMatching(/^namespace lending: .*, the record is intact$/));
    expect(lines.at(-1)).toMatch(/^namespace mortgages: .*, \d+ findings$/);
  });

  it('misses no namespace all of whose incidents were deleted: its head knows of them', async () => {
    const { code, lines } = await printed(
      { ...untouched, mortgages: { incidents: [], head: untouched.mortgages.head } },
      { namespace: null },
    );
    expect(code).toBe(1);
    expect(lines.at(-1)).toMatch(/^namespace mortgages: 0 incidents, .* findings$/);
  });

  it('says that it verified nothing where there is no record', async () => {
    expect(await printed({}, { namespace: null })).toEqual({ code: 0, lines: ['no namespace has a record: nothing is verified'] });
  });

  it('with --json is a list, of one namespace an object as before', async () => {
    const all = await printed(untouched, { namespace: null, json: true });
    expect(JSON.parse(all.lines.join(''))).toMatchObject([{ namespace: 'lending' }, { namespace: 'mortgages' }]);
    const one = await printed(untouched, { namespace: 'lending', json: true });
    expect(JSON.parse(one.lines.join(''))).toMatchObject({ namespace: 'lending', findings: [] });
  });

  it.each(['incidents', 'heads'] as const)('says what of %s it may not list', async (which) => {
    const refused = { ...clients(untouched), [which]: { listPage: () => denied(), get: () => denied() } };
    const kind = which === 'incidents' ? 'RiskIncident' : 'RiskChainHead';
    expect(await verifyEverywhere(refused)).toEqual(failure(`${kind}s of all namespaces can't be listed: not allowed`));
  });
});
