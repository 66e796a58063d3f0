import { describe, expect, it } from '@jest/globals';
import { writeAuditLine } from '../../../src/api/audit-line.ts';
import { toFact, writeFactLine } from '../../../src/api/fact-line.ts';
import { exportRecord, verifyExport } from '../../../src/cli/audit-export.ts';
import type { Against } from '../../../src/cli/audit-export.ts';
import { exportSentences } from '../../../src/cli/export-sentences.ts';
import type { AuditLine } from '../../../src/core/audit-line.ts';
import { appendEntry, chainStart } from '../../../src/core/audit-chain.ts';
import { factStart, sealFact } from '../../../src/core/fact-chain.ts';
import type { Fact } from '../../../src/core/fact-chain.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { failure, success } from '../../../src/shared/result.ts';
import { incidentManifest, stored, withValue } from '../../builders/api.ts';
import { aRecord, recordStartMs, sha256 } from '../../builders/audit-lines.ts';
import { recordClients, withoutRight } from '../../builders/record-clients.ts';

const times = { nowMs: recordStartMs + 3_600_000, graceMs: 60_000 };

function incident(reasons: readonly string[]): UntypedObject {
  const entries = reasons.reduce<readonly AuditLine['entry'][]>((before, reason, index) => {
    const at = new Date(recordStartMs + index * 1000).toISOString();
    const draft = { at, type: 'Applied', actor: 'operator', target: 'traffic', before: '', after: '', reason } as const;
    return [...before, appendEntry(before.at(-1) ?? chainStart(''), draft, sha256)];
  }, []);
  const manifest = withValue(incidentManifest(), 'spec.firstPrevHash', '');
  return stored({ ...manifest, status: { entries } }) as unknown as UntypedObject;
}

const denied = withoutRight(recordClients(), 'incidents');
const cluster = (...incidents: readonly UntypedObject[]): Against => ({ kind: 'Cluster', clients: recordClients({ incidents }) });

async function exported(object: UntypedObject): Promise<string> {
  const lines = await exportRecord(recordClients({ incidents: [object] }), null);
  if (!lines.ok) throw new Error(lines.failure);
  return `${lines.value.join('\n')}\n`;
}

async function findings(text: string, against: Against, namespace: string | null = null): Promise<readonly string[]> {
  const report = await verifyExport({ text, against, namespace }, times);
  if (!report.ok) throw new Error(report.failure);
  return report.value.findings.map(({ message }) => message);
}

describe('audit export and verify', () => {
  it('prints what it reads back, and the cluster it came from agrees', async () => {
    const text = await exported(incident(['a', 'b', 'c']));
    expect(text.trimEnd().split('\n')).toHaveLength(3);
    const report = await verifyExport({ text, against: cluster(incident(['a', 'b', 'c'])), namespace: null }, times);
    const facts = { facts: 0, copied: 0, factFindings: [], factEnds: { unheld: 0, isBehind: false }, objects: null };
    expect(report).toEqual(success({ lines: 3, incidents: 1, against: 'Cluster', ...facts, unanchored: 0, findings: [] }));
    if (report.ok) expect(exportSentences(report.value)).toEqual(['export: 1 incidents, 3 lines, intact; the cluster agrees with it']);
  });

  it('checks the facts beside the entries, also that the spec of an incident is the one its entries were made for', async () => {
    const object = incident(['a', 'b']);
    const seen = { at: '2026-06-01T12:00:00.000Z', event: 'Seen' } as const;
    const first = sealFact(factStart('run'), toFact('RiskIncident', object, seen), sha256);
    const second = sealFact(first, toFact('RiskDecision', { metadata: { name: 'd', uid: 'u' }, spec: {} }, seen), sha256);
    const verify = async (...facts: readonly Fact[]) => {
      const text = `${await exported(object)}${facts.map((fact) => `${writeFactLine(fact)}\n`).join('')}`;
      const report = await verifyExport({ text, against: { kind: 'Nothing' }, namespace: null }, times);
      if (!report.ok) throw new Error(report.failure);
      return report.value;
    };
    const intact = await verify(first, second);
    expect(intact).toMatchObject({ lines: 2, facts: 2, factFindings: [], findings: [] });
    expect(exportSentences(intact)).toContain('facts: 2 lines, intact; their end was compared with nothing: a missing one does not show');
    const dropped = await verify(second);
    expect(dropped.factFindings).toEqual(['fact 0 of run run is missing']);
    expect(exportSentences(dropped)).toContain(
      'facts: 1 lines, 1 findings; their end was compared with nothing: a missing one does not show',
    );
    const other = sealFact(factStart('run'), { ...toFact('RiskIncident', object, seen), content: { spec: {} } }, sha256);
    expect((await verify(other)).factFindings).toEqual([expect.stringContaining('is not the one its entries were made for')]);
    const refused = await verifyExport({ text: '{"fact":{}}', against: { kind: 'Nothing' }, namespace: null }, times);
    expect(refused.ok ? '' : refused.failure).toContain('line 1 of the export is no fact:');
  });

  it('finds a record that was cut, re-hashed or deleted, or whose spec was changed', async () => {
    const text = await exported(incident(['a', 'b', 'c']));
    expect(await findings(text, cluster(incident(['a', 'b'])))).toEqual([expect.stringContaining('entry 2 is in the export but not')]);
    expect(await findings(text, cluster(incident(['a', 'B', 'c'])))).toEqual([
      expect.stringContaining('entry 1 is not the one that was exported'),
      expect.stringContaining('entry 2 is not the one that was exported'),
      expect.stringContaining('entry 1 of 2026-06-01T12:00:01.000Z is not in the export'),
      expect.stringContaining('entry 2 of 2026-06-01T12:00:02.000Z is not in the export'),
    ]);
    expect(await findings(text, cluster())).toEqual([expect.stringContaining('the export has 3 entries of it')]);
    const other = withValue(incident(['a', 'b', 'c']) as never, 'spec.engagement', 9) as unknown as UntypedObject;
    expect(await findings(text, cluster(other))).toEqual([expect.stringContaining('its spec is not the one that was exported')]);
  });

  it('needs no cluster against another file, and says what nothing at all can’t show', async () => {
    const whole = aRecord([3, 2]).flat();
    const text = whole.map(writeAuditLine).join('\n');
    const cut = whole.slice(0, -1).map(writeAuditLine).join('\n');
    expect(await findings(text, { kind: 'File', text })).toEqual([]);
    expect(await findings(text, { kind: 'File', text: cut })).toEqual([expect.stringContaining('entry 1 is in the export but not')]);
    const alone = await verifyExport({ text: cut, against: { kind: 'Nothing' }, namespace: null }, times);
    expect(alone).toMatchObject({ ok: true, value: { findings: [], lines: 4 } });
    if (alone.ok)
      expect(exportSentences(alone.value)[0]).toContain(
        'lines that are missing from the end of an incident, or the newest incidents, do not show',
      );
  });

  it('looks at the namespace it is asked about', async () => {
    const text = [...aRecord([2]).flat(), ...aRecord([2], 'cards').flat().slice(1)].map(writeAuditLine).join('\n');
    expect(await findings(text, { kind: 'Nothing' }, 'lending')).toEqual([]);
    expect(await findings(text, { kind: 'Nothing' }, 'cards')).toEqual(['entry 0 is missing: the lines do not hash to what was written']);
  });

  it('counts what the sink can’t have yet', async () => {
    const [line] = aRecord([1]).flat();
    const text = line === undefined ? '' : writeAuditLine(line);
    const young = await verifyExport(
      { text: '', against: { kind: 'File', text }, namespace: null },
      { ...times, nowMs: recordStartMs + 1000 },
    );
    expect(young).toMatchObject({ ok: true, value: { unanchored: 1, findings: [] } });
    if (young.ok) expect(exportSentences(young.value)[0]).toContain('1 entries are not in it yet');
  });

  it.each([
    ['no JSON', 'line 1 of the export is no entry of a record: it is no JSON'],
    [JSON.stringify({ schemaVersion: 2 }), 'line 1 of the export is no entry of a record: schemaVersion:'],
    [
      `${writeAuditLine(aRecord([1]).flat()[0] as AuditLine)}\n${writeAuditLine(aRecord([1]).flat()[0] as AuditLine).replace('{', '{"x":1,')}`,
      'line 2 of the export is no entry of a record: : Unrecognized key: "x"',
    ],
    [
      writeAuditLine(aRecord([1]).flat()[0] as AuditLine).replace('"id":"uid', '"id":"other'),
      'line 1 of the export is no entry of a record: its id is not',
    ],
  ])('says which line it can’t read: %s', async (text, sentence) => {
    const report = await verifyExport({ text, against: { kind: 'Nothing' }, namespace: null }, times);
    expect(report.ok).toBe(false);
    if (!report.ok) expect(report.failure).toContain(sentence);
  });

  it('says why it can read nothing', async () => {
    expect(await exportRecord(denied, null)).toEqual(failure("RiskIncidents can't be listed: not allowed"));
    const report = await verifyExport({ text: '', against: { kind: 'Cluster', clients: denied }, namespace: null }, times);
    expect(report).toEqual(failure("RiskIncidents can't be listed: not allowed"));
  });

  it('prints no half record: an incident that is not readable is a failure, and a finding of verify', async () => {
    const broken = { ...incident(['a']), spec: {} } as unknown as UntypedObject;
    expect((await exportRecord(recordClients({ incidents: [broken] }), null)).ok).toBe(false);
    expect(await findings('', cluster(broken))).toEqual([expect.stringContaining('it is not readable: spec.riskRef')]);
  });

  it.each([
    ['', null, 'the export holds no line, so nothing is verified by it'],
    ['\n \n', null, 'the export holds no line, so nothing is verified by it'],
    ['', 'cards', 'the export holds no line of namespace cards, so nothing is verified by it'],
  ])('regression: an empty export (%j) by itself is not intact', async (text, namespace, sentence) => {
    expect(await verifyExport({ text, against: { kind: 'Nothing' }, namespace }, times)).toEqual(failure(sentence));
  });

  it('regression: an export without a line of the namespace that was named is not intact either', async () => {
    const text = await exported(incident(['a', 'b']));
    const against = { kind: 'Nothing' } as const;
    expect(await verifyExport({ text, against, namespace: 'nowhere' }, times)).toEqual(
      failure('the export holds no line of namespace nowhere, so nothing is verified by it'),
    );
    expect(await verifyExport({ text, against, namespace: null }, times)).toMatchObject({ ok: true, value: { lines: 2, findings: [] } });
  });

  it('an empty export beside a cluster without a record agrees with it', async () => {
    const report = await verifyExport({ text: '', against: cluster(), namespace: null }, times);
    expect(report).toMatchObject({ ok: true, value: { lines: 0, findings: [] } });
  });
});
