import { describe, expect, it } from '@jest/globals';
import { verifyAudit } from '../../../src/cli/audit.ts';
import type { AuditReport } from '../../../src/cli/audit.ts';
import type { AuditLine } from '../../../src/core/audit-line.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { failure, success } from '../../../src/shared/result.ts';
import { chainHeadManifest, incidentManifest, stored } from '../../builders/api.ts';
import { aRecord } from '../../builders/audit-lines.ts';

type Lines = readonly AuditLine[];

/** As the cluster holds it. */
function objectOf(lines: Lines): UntypedObject {
  const [first] = lines;
  const manifest = incidentManifest();
  return stored({
    ...manifest,
    metadata: { name: first?.incident ?? '', namespace: 'lending' },
    spec: { ...manifest.spec, firstPrevHash: first?.firstPrevHash ?? '' },
    status: { entries: lines.map(({ entry }) => entry) },
  }) as unknown as UntypedObject;
}

function headOf(record: readonly Lines[]): UntypedObject {
  const tails = record.map((lines) => {
    const last = lines.at(-1);
    return { incident: last?.incident ?? '', seq: last?.entry.seq ?? 0, hash: last?.entry.hash ?? '' };
  });
  const newest = record.at(-1)?.[0];
  const last = { incident: newest?.incident ?? '', hash: newest?.entry.hash ?? '' };
  return stored({ ...chainHeadManifest(), spec: { tails, last } }) as unknown as UntypedObject;
}

const refused = (kind: string) => Promise.resolve(failure({ kind, status: 403, message: 'not allowed' } as never));

interface Cluster {
  readonly objects: readonly UntypedObject[];
  readonly head?: UntypedObject | null;
}

function verify({ objects, head = null }: Cluster, pageSize = 100) {
  const asked: string[] = [];
  const reader = {
    listPage: ({ namespace, continueToken = '0' }: { readonly namespace: string | null; readonly continueToken?: string }) => {
      asked.push(namespace ?? '*');
      const from = Number(continueToken);
      const next = from + pageSize < objects.length ? String(from + pageSize) : null;
      return Promise.resolve(success({ items: objects.slice(from, from + pageSize), continueToken: next, resourceVersion: '1' }));
    },
    get: () => (head === null ? refused('NotFound') : Promise.resolve(success(head))),
  };
  return { asked, report: verifyAudit({ incidents: reader, heads: reader }, 'lending') };
}

async function verified(cluster: Cluster): Promise<AuditReport> {
  const report = await verify(cluster).report;
  if (!report.ok) throw new Error(report.failure);
  return report.value;
}

const record = aRecord([3, 2, 4]);
const head = headOf(record);
const objects = record.map(objectOf);
const nameOf = (index: number): string => record[index]?.[0]?.incident ?? '';

describe('audit verify', () => {
  it('counts what it checked, and finds nothing where nobody meddled', async () => {
    expect(await verified({ objects, head })).toEqual({
      namespace: 'lending',
      incidents: 3,
      entries: 9,
      recomputedValues: 0,
      findings: [],
    });
  });

  it('reads every page of the one namespace', async () => {
    const { asked, report } = verify({ objects, head }, 1);
    expect(await report).toMatchObject({ ok: true, value: { incidents: 3, findings: [] } });
    expect(asked).toEqual(['lending', 'lending', 'lending']);
  });

  it('of nothing, with or without a head that knows of nothing, is intact', async () => {
    expect(await verified({ objects: [] })).toMatchObject({ incidents: 0, entries: 0, findings: [] });
    const fresh = stored({ ...chainHeadManifest(), spec: {} }) as unknown as UntypedObject;
    expect(await verified({ objects: [], head: fresh })).toMatchObject({ findings: [] });
  });

  it.each([0, 1, 2])('finds that incident %i was deleted, by its name where the head knows it', async (index) => {
    const { findings } = await verified({ objects: objects.filter((_each, at) => at !== index), head });
    expect(findings).toEqual(
      expect.arrayContaining([
        { incident: nameOf(index), message: 'the chain head knows it, but it is gone' },
        { incident: '', message: expect.stringContaining('an incident was deleted or replaced') },
      ]),
    );
  });

  it('finds that the last entry of an incident was cut off', async () => {
    const cut = record.map((lines, index) => (index === 2 ? lines.slice(0, -1) : lines)).map(objectOf);
    expect((await verified({ objects: cut, head })).findings).toEqual([
      { incident: nameOf(2), message: 'entry 3 is truncated: the record does not hash to what was written' },
    ]);
  });

  it('cannot see that without the head, and says nothing it does not know', async () => {
    const cut = record.map((lines, index) => (index === 2 ? lines.slice(0, -1) : lines)).map(objectOf);
    const { findings } = await verified({ objects: cut });
    expect(findings.filter(({ message }) => message.includes('truncated'))).toEqual([]);
    // Without a head none of them is in a chain.
    expect(findings.map(({ incident }) => incident)).toEqual(record.map((_lines, index) => nameOf(index)));
  });

  it('finds a word that was changed, in which entry of which incident', async () => {
    const changed = record.map((lines, index) =>
      objectOf(
        index === 1
          ? lines.map((line, at) => (at === 1 ? { ...line, entry: { ...line.entry, reason: 'nothing happened' } } : line))
          : lines,
      ),
    );
    expect((await verified({ objects: changed, head })).findings).toEqual([
      { incident: nameOf(1), message: 'entry 1 is edited: the record does not hash to what was written' },
    ]);
  });

  it('finds an incident that was added beside the record', async () => {
    const [other = []] = aRecord([2], 'elsewhere');
    const added = objectOf(other.map((line) => ({ ...line, incident: 'ri-added' })));
    expect((await verified({ objects: [...objects, added], head })).findings).toEqual([
      { incident: 'ri-added', message: expect.stringContaining('it is in no chain') },
    ]);
  });

  it('does not take an incident that was opened and not yet written for an added one', async () => {
    const opened = { ...objectOf([]), metadata: { ...objectOf([]).metadata, name: 'ri-opened' } } as UntypedObject;
    expect((await verified({ objects: [...objects, opened], head })).findings).toEqual([]);
  });

  it('regression: names an incident it cannot read for that, and does not say that it is gone', async () => {
    const unreadable = objects.map((each, index) => (index === 2 ? { ...each, spec: {} } : each));
    const { incidents, findings } = await verified({ objects: unreadable, head });
    expect(incidents).toBe(3);
    expect(findings[0]).toEqual({ incident: nameOf(2), message: expect.stringMatching(/^spec\.\w+: /) });
    expect(findings.filter(({ message }) => message.includes('gone'))).toEqual([]);
  });

  it.each([
    ['incidents', "RiskIncidents of namespace lending can't be listed: not allowed"],
    ['heads', "RiskChainHead chain can't be read: not allowed"],
  ])('says that it may not read %s: nobody takes that for an intact record', async (which, sentence) => {
    const fine = {
      listPage: () => Promise.resolve(success({ items: [], continueToken: null, resourceVersion: '1' })),
      get: () => refused('NotFound'),
    };
    const denied = { listPage: () => refused('Denied'), get: () => refused('Denied') };
    const clients = { incidents: which === 'incidents' ? denied : fine, heads: which === 'heads' ? denied : fine };
    expect(await verifyAudit(clients, 'lending')).toEqual({ ok: false, failure: sentence });
  });

  it('says that it cannot read the head', async () => {
    const broken = stored({ ...chainHeadManifest(), spec: { tails: [{ incident: 'a' }] } }) as unknown as UntypedObject;
    expect(await verify({ objects, head: broken }).report).toEqual({
      ok: false,
      failure: expect.stringMatching(/^RiskChainHead chain is not readable: spec\.tails\[0\]\.seq: .*; spec\.tails\[0\]\.hash: /),
    });
  });
});
