import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isCopyLine, readCopyLine, toHeldObject, writeCopyLine } from '../../../src/api/held-line.ts';
import type { CopyLine } from '../../../src/api/held-line.ts';
import { toFact, writeFactLine } from '../../../src/api/fact-line.ts';
import { exportRecord, isClean, verifyExport } from '../../../src/cli/audit-export.ts';
import type { Against, ExportReport } from '../../../src/cli/audit-export.ts';
import { exportSentences } from '../../../src/cli/export-sentences.ts';
import type { RecordClients } from '../../../src/cli/record-copy.ts';
import { factStart, sealFact } from '../../../src/core/fact-chain.ts';
import type { Fact } from '../../../src/core/fact-chain.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { failure } from '../../../src/shared/result.ts';
import { chainHeadManifest, decisionManifest, modelRiskManifest, riskPolicyManifest, stored, withValue } from '../../builders/api.ts';
import type { Manifest } from '../../builders/api.ts';
import { recordStartMs, sha256 } from '../../builders/audit-lines.ts';
import { recordClients, withoutRight } from '../../builders/record-clients.ts';

const times = { nowMs: recordStartMs + 3_600_000, graceMs: 60_000 };
const at = new Date(recordStartMs).toISOString();
const object = (manifest: Manifest, uid: string): UntypedObject =>
  stored(manifest, { uid, creationTimestamp: at, generation: 1 }) as unknown as UntypedObject;

const decision = object(decisionManifest(), 'uid-of-decision');
const model = object(modelRiskManifest(), 'uid-of-model');
const policy = object(riskPolicyManifest(), 'uid-of-policy');

const seen = { at, event: 'Seen' } as const;
const told: readonly Fact[] = [['RiskPolicy', policy] as const, ['ModelRisk', model] as const, ['RiskDecision', decision] as const].reduce<
  readonly Fact[]
>((before, [kind, each]) => {
  const start = factStart(at, { follows: { chain: 'uid-of-head', run: '', seq: -1 }, hash: '' });
  return [...before, sealFact(before.at(-1) ?? start, toFact(kind, each, seen), sha256)];
}, []);
const exported = told.map(writeFactLine).join('\n');

function head(fact: Fact | undefined = told.at(-1)): UntypedObject {
  const facts = { run: fact?.run ?? '', seq: fact?.seq ?? 0, hash: fact?.hash ?? '', at };
  return object(
    { ...chainHeadManifest(), metadata: { name: 'facts', namespace: 'modelrisk-system' }, spec: { tails: [], facts } },
    'uid-of-head',
  );
}

const whole = (changes: Partial<Record<keyof RecordClients, readonly UntypedObject[]>> = {}): RecordClients =>
  recordClients({
    decisions: [decision],
    risks: [model],
    policies: [policy],
    heads: [head(), object(chainHeadManifest(), 'other')],
    ...changes,
  });

async function verify(
  against: Against,
  { text = exported, namespace = null }: { readonly text?: string; readonly namespace?: string | null } = {},
): Promise<ExportReport> {
  const report = await verifyExport({ text, against, namespace }, times);
  if (!report.ok) throw new Error(report.failure);
  return report.value;
}

const cluster = (changes: Partial<Record<keyof RecordClients, readonly UntypedObject[]>> = {}): Against => ({
  kind: 'Cluster',
  clients: whole(changes),
});

async function printed(clients: RecordClients, namespace: string | null = null): Promise<string> {
  const lines = await exportRecord(clients, namespace);
  if (!lines.ok) throw new Error(lines.failure);
  return lines.value.join('\n');
}

describe('an export against the cluster', () => {
  it('is clean where the cluster holds what was told, and says how much was compared', async () => {
    const report = await verify(cluster());
    expect(report).toMatchObject({
      facts: 3,
      factFindings: [],
      factEnds: { unheld: 0, isBehind: false },
      objects: { findings: [], compared: 3 },
    });
    expect(isClean(report)).toBe(true);
    expect(exportSentences(report).slice(1)).toEqual(['facts: 3 lines, intact', 'policies, models and decisions: 3 as they were told']);
  });

  it('finds a decision that was changed or deleted past admission, and ends with a finding for each', async () => {
    const changed = withValue(decision as unknown as Manifest, 'spec.reason', 'another') as unknown as UntypedObject;
    for (const decisions of [[changed], []]) {
      const report = await verify(cluster({ decisions }));
      expect(report.objects?.findings).toEqual([expect.stringMatching(/^RiskDecision .* (is gone|is not the one)/)]);
      expect(isClean(report)).toBe(false);
      expect(exportSentences(report).at(-1)).toBe('policies, models and decisions: 2 as they were told, 1 findings');
    }
  });

  it('finds the end of the facts cut off, or a head that is gone', async () => {
    const text = told.slice(0, 2).map(writeFactLine).join('\n');
    const cut = await verify(cluster({ decisions: [] }), { text });
    expect(cut.factFindings).toEqual([expect.stringContaining('fact 2 of run')]);
    expect(isClean(cut)).toBe(false);
    expect((await verify(cluster({ heads: [] }))).factFindings).toEqual([expect.stringContaining('of a chain no RiskChainHead ends')]);
  });

  it('says of a namespace only what stands there, and nothing of the end, which is another’s', async () => {
    const namespace = decision.metadata.namespace ?? '';
    const report = await verify(cluster({ policies: [], heads: [] }), { namespace });
    expect(report).toMatchObject({ factEnds: null, objects: { findings: [], compared: 2 } });
    expect(exportSentences(report)[1]).toContain('their end was compared with nothing');
    const elsewhere = await verify(cluster(), { namespace: 'elsewhere' });
    expect(elsewhere.objects).toEqual({ findings: [], compared: 0, unsettled: 0, goneDecisions: 0 });
  });

  it('says what it does not know yet', async () => {
    const facts = sealFact(told.at(-1) ?? factStart(''), toFact('RiskDecision', decision, { at, event: 'Gone' }), sha256);
    const gone = await verify(cluster({ decisions: [], heads: [head(facts)] }), { text: `${exported}\n${writeFactLine(facts)}` });
    expect(exportSentences(gone).at(-1)).toBe('policies, models and decisions: 2 as they were told, 1 decisions gone as it tells');
    const edited = { ...model, metadata: { ...model.metadata, generation: 2 }, spec: {} } as UntypedObject;
    expect(exportSentences(await verify(cluster({ risks: [edited] }))).at(-1)).toBe(
      'policies, models and decisions: 2 as they were told, 1 newer or gone since',
    );
    expect(exportSentences(await verify(cluster({ heads: [head(told[1])] })))[1]).toBe(
      'facts: 3 lines, intact; nothing in the cluster holds 1 of them yet',
    );
    const early = await verifyExport(
      { text: exported, against: cluster({ heads: [head(facts)] }), namespace: null },
      { ...times, nowMs: recordStartMs + 1000 },
    );
    expect(early.ok && exportSentences(early.value)[1]).toContain('the sink was told more within the last minute');
  });

  it.each([
    ['decisions', 'RiskDecisions'],
    ['risks', 'ModelRisks'],
    ['policies', 'RiskPolicies'],
    ['heads', 'RiskChainHeads'],
  ] as const)('says that it may not list %s', async (kind, plural) => {
    const clients = withoutRight(whole(), kind);
    expect(await exportRecord(clients, null)).toEqual(failure(`${plural} can't be listed: not allowed`));
    expect(await verifyExport({ text: exported, against: { kind: 'Cluster', clients }, namespace: null }, times)).toEqual(
      failure(`${plural} can't be listed: not allowed`),
    );
  });

  it('says which head it can’t read', async () => {
    const broken = { ...head(), spec: { tails: [], facts: {} } } as unknown as UntypedObject;
    const read = await exportRecord(whole({ heads: [broken] }), null);
    expect(read.ok ? '' : read.failure).toContain("RiskChainHead facts of namespace modelrisk-system can't be read: spec.facts");
  });
});

describe('an export against a file of audit export', () => {
  it('needs no cluster for what a cluster would show', async () => {
    const text = await printed(whole());
    expect(text.split('\n')).toHaveLength(4);
    expect(await verify({ kind: 'File', text })).toMatchObject({
      factFindings: [],
      factEnds: { unheld: 0 },
      objects: { findings: [], compared: 3 },
    });
    const without = await verify({ kind: 'File', text: await printed(whole({ decisions: [] })) });
    expect(without.objects?.findings).toEqual([expect.stringContaining('is gone, and no fact says so')]);
  });

  it('regression: a head of the facts that was deleted left no trace in a file, nor did all objects at once', async () => {
    const headless = await verify({ kind: 'File', text: await printed(whole({ heads: [] })) });
    expect(headless.factFindings).toEqual([expect.stringContaining('of a chain no RiskChainHead ends')]);
    const empty = await verify({ kind: 'File', text: await printed(whole({ decisions: [], risks: [], policies: [] })) });
    expect(empty.objects?.findings).toEqual([expect.stringContaining('is gone, and no fact says so')]);
  });

  it('compares nothing with a file that holds entries only, and says so', async () => {
    const report = await verify({ kind: 'File', text: '' });
    expect(report).toMatchObject({ factEnds: null, objects: null });
    expect(exportSentences(report)[1]).toContain('their end was compared with nothing');
  });

  it('may be one itself: what was copied then is compared with what is there now', async () => {
    const text = await printed(whole());
    expect(await verify(cluster(), { text })).toMatchObject({ objects: { findings: [], compared: 3 } });
    expect((await verify(cluster({ decisions: [] }), { text })).objects?.findings).toHaveLength(1);
    expect(await verify({ kind: 'Nothing' }, { text })).toMatchObject({ objects: null, factEnds: null, findings: [] });
  });

  it('regression: a copy tells no facts, and was found to lack those the sink has', async () => {
    const report = await verify(cluster(), { text: await printed(whole()) });
    expect(report.factFindings).toEqual([]);
    expect(isClean(report)).toBe(true);
    expect(exportSentences(report)[1]).toContain('their end was compared with nothing');
  });

  it('holds no policies and no end of one namespace', async () => {
    const rows = (await printed(whole(), decision.metadata.namespace ?? '')).split('\n');
    expect(rows.map((row) => (JSON.parse(row) as { readonly held?: { readonly kind: string } }).held?.kind)).toEqual([
      'ModelRisk',
      'RiskDecision',
    ]);
  });

  it('says which line it can’t read', async () => {
    const read = await verifyExport({ text: '{"held":{}}', against: { kind: 'Nothing' }, namespace: null }, times);
    expect(read.ok ? '' : read.failure).toContain('line 1 of the export is no copy of an object:');
  });
});

describe('a line of a copy', () => {
  it('reads back as it was written, and with nothing in it that nobody knows', () => {
    const line: fc.Arbitrary<CopyLine> = fc.oneof(
      fc
        .record({ chain: fc.string(), run: fc.string(), seq: fc.integer({ min: -1 }), hash: fc.string(), at: fc.string() })
        .map((end) => ({ kind: 'FactEnd', end }) as const),
      fc
        .jsonValue()
        .map((content) => ({ kind: 'Held', object: { ...toHeldObject('RiskDecision', decision), content: content as never } }) as const),
    );
    fc.assert(
      fc.property(line, (each) => {
        const json: unknown = JSON.parse(writeCopyLine(each));
        expect(isCopyLine(json)).toBe(true);
        const read = readCopyLine(json);
        expect(read.ok && writeCopyLine(read.value)).toBe(writeCopyLine(each));
        expect(readCopyLine({ ...(json as object), note: 'x' }).ok).toBe(false);
      }),
    );
  });
});
