import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readArguments } from '../../../src/cli/arguments.ts';
import { controlsOf, makePack } from '../../../src/cli/pack.ts';
import type { PackClients } from '../../../src/cli/pack.ts';
import type { ReportDocument } from '../../../src/core/report/document.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { failure, success } from '../../../src/shared/result.ts';
import { incidentManifest, modelRiskManifest, riskPolicyManifest, stored, withValue } from '../../builders/api.ts';

const lister = (...items: readonly object[]) => ({
  listPage: () => Promise.resolve(success({ items: items as readonly UntypedObject[], continueToken: null, resourceVersion: '1' })),
});
const refusal = { kind: 'Denied', status: 403, message: 'not allowed' } as never;
const refused = { listPage: () => Promise.resolve(failure(refusal)), get: () => Promise.resolve(failure(refusal)) };
const absent = () => Promise.resolve(failure({ kind: 'NotFound', status: 404, message: 'not found' } as never));

function clients(changes: Partial<PackClients> = {}): PackClients {
  return {
    risks: lister(stored(modelRiskManifest())),
    plans: lister(),
    incidents: { ...lister(), get: absent },
    decisions: lister(),
    policies: lister(stored(riskPolicyManifest())),
    heads: { ...lister(), get: absent },
    kinds: [],
    ...changes,
  };
}

const frameworks = [
  {
    name: 'Some Act',
    edition: '2024',
    note: '',
    controls: [{ reference: 'Article 1', asks: 'Know them.', ascertained: 'Text', evidence: ['Inventory', 'Record'] }],
  },
  {
    name: 'Other Act',
    edition: '2025',
    note: '',
    controls: [{ reference: '1', asks: 'Train.', ascertained: 'Unchecked', evidence: ['Training'] }],
  },
] as const;
const call = { namespace: 'lending', nowMs: Date.parse('2026-07-01T00:00:00Z') };
const ask = { frameworks, framework: null, format: 'json' as const };

async function packOf(changes: Partial<PackClients> = {}, framework: string | null = null): Promise<ReportDocument> {
  const made = await makePack(clients(changes), { ...ask, framework }, call);
  if (!made.ok) throw new Error(made.failure);
  return JSON.parse(made.value) as ReportDocument;
}

function rowsOf(pack: ReportDocument, heading: string): readonly (readonly string[])[] {
  const blocks = pack.sections.find((each) => each.heading === heading)?.blocks ?? [];
  return blocks.flatMap((block) => (block.kind === 'Table' ? block.rows.map(({ cells }) => cells) : []));
}

describe('kubectl modelrisk report --pack', () => {
  it('maps what is in the namespace to the controls', async () => {
    const pack = await packOf();
    expect(pack).toMatchObject({ title: 'Regulator pack', scope: 'namespace lending', generatedAt: '2026-07-01T00:00:00.000Z' });
    expect(pack.sections.map(({ heading }) => heading)).toEqual([
      'What this is',
      'Some Act',
      'Other Act',
      'Evidence',
      'Missing, object by object',
    ]);
    expect(rowsOf(pack, 'Some Act')[0]?.slice(2, 4)).toEqual(['Partly evidenced', 'Inventory 1 of 1; Record: nothing']);
  });

  it('looks for workloads nobody registered, and says what it may not see', async () => {
    const stray = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'stray', namespace: 'lending', labels: {} } };
    const kinds = [
      { kind: 'Deployment', labelled: true, client: lister(stray) },
      { kind: 'Model', labelled: false, client: refused },
    ];
    const pack = await packOf({ kinds });
    expect(rowsOf(pack, 'Missing, object by object')).toEqual([
      ['Deployment lending/stray', 'Inventory', 'It looks like a model and no ModelRisk speaks for it: write one.'],
    ]);
    expect(pack.sections[0]?.blocks.at(-1)).toMatchObject({
      kind: 'Gaps',
      items: ["Objects of kind Model can't be listed (not allowed): models among them are not looked for."],
    });
  });

  it('recomputes the record: what is broken is named, what may not be read is no evidence', async () => {
    const entries = [
      {
        ...{ seq: 0, at: '2026-06-01T12:00:00Z', type: 'Engaged', actor: 'operator', target: '', before: '', after: 'limit', reason: '' },
        ...{ prevHash: '', hash: `sha256:${'0'.repeat(64)}` },
      },
    ];
    const incidents = { ...lister({ ...stored(incidentManifest()), status: { entries } }), get: absent };
    const broken = rowsOf(await packOf({ incidents }), 'Missing, object by object');
    expect(broken.map(([ref, evidence]) => [ref, evidence])).toEqual([['RiskIncident lending/credit-default-1', 'Record']]);
    expect(broken[0]?.[2]).toMatch(/hash/);
    const unread = await packOf({ incidents, heads: refused });
    expect(rowsOf(unread, 'Missing, object by object')[0]?.[2]).toMatch(/^Its chain was not recomputed/);
    expect(JSON.stringify(unread.sections[0]?.blocks.at(-1))).toMatch(/The record of namespace lending can't be recomputed/);
  });

  it('shows one framework, however its name is written', async () => {
    for (const name of ['Some Act', 'some act', 'SOME-ACT'])
      expect((await packOf({}, name)).sections.map(({ heading }) => heading)).not.toContain('Other Act');
    expect(await makePack(clients(), { ...ask, framework: 'Third Act' }, call)).toEqual(
      failure('framework Third Act is not in the controls: name one of Some Act, Other Act'),
    );
  });

  it('says what cannot be listed, and what of it cannot be read', async () => {
    expect(await makePack(clients({ decisions: refused }), ask, call)).toEqual(failure("RiskDecisions can't be listed: not allowed"));
    const pack = await packOf({ risks: lister(withValue(stored(modelRiskManifest()), 'spec.risks', [])) });
    expect(JSON.stringify(pack.sections[0]?.blocks.at(-1))).toMatch(/ModelRisk lending\/credit-default is not readable by this version/);
  });
});

describe('its controls', () => {
  it('are those that ship, unless a file is named', () => {
    const shipped = controlsOf(null);
    expect(shipped.ok && shipped.value.map(({ name }) => name)).toContain('NIST AI RMF');
  });

  it('tell of each reference in a file how it was ascertained, and of one that says nothing that it is unchecked', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'modelrisk-controls-'));
    const file = join(folder, 'controls.yaml');
    const controls =
      '[{reference: B, asks: c, ascertained: Contents, evidence: [Training]}, {reference: D, asks: e, evidence: [Training]}]';
    writeFileSync(file, `frameworks:\n- {name: Ours, edition: "1", controls: ${controls}}\n`);
    const read = controlsOf(file);
    rmSync(folder, { recursive: true });
    const made = read.ok ? await makePack(clients(), { ...ask, frameworks: read.value }, call) : read;
    if (!made.ok) throw new Error(made.failure);
    const rows = rowsOf(JSON.parse(made.value) as ReportDocument, 'Ours');
    expect(rows.map(([reference, ...cells]) => [reference, cells.at(-1)])).toEqual([
      ['B', 'contents page'],
      ['D', 'unchecked'],
    ]);
  });

  it('are refused with the file, the control and the line of what is wrong', () => {
    const folder = mkdtempSync(join(tmpdir(), 'modelrisk-controls-'));
    const file = join(folder, 'controls.yaml');
    writeFileSync(file, 'frameworks:\n- {name: A, edition: "1", controls: [{reference: B, asks: c, evidence: [Nothing]}]}\n');
    const read = controlsOf(file);
    expect(read.ok ? '' : read.failure).toMatch(
      new RegExp(`^--controls ${file}:\\n  line 2, A B, evidence 1: Nothing is no evidence; known are `),
    );
    rmSync(folder, { recursive: true });
    const gone = controlsOf(file);
    expect(gone.ok ? '' : gone.failure).toMatch(/^--controls .* can't be read: ENOENT/);
  });
});

describe('its arguments', () => {
  const commandOf = (...words: readonly string[]) => {
    const read = readArguments(words);
    return read.ok ? read.value.command : read.failure;
  };

  it('say which framework, which controls and how it is written', () => {
    const plain = { kind: 'Pack', format: 'md', framework: null, controls: null };
    expect(commandOf('report', '--pack')).toEqual(plain);
    expect(commandOf('report', '--pack', '-A', '--json')).toEqual({ ...plain, format: 'json' });
    expect(commandOf('report', '--pack', '--framework', 'EU AI Act', '--controls', 'mine.yaml')).toEqual({
      ...plain,
      ...{ framework: 'EU AI Act', controls: 'mine.yaml' },
    });
  });

  it.each<[readonly string[], RegExp]>([
    [['report', '--framework', 'x'], /^--pack, --framework and --controls go with report --pack$/],
    [['list', '--pack'], /^--pack, --framework and --controls go with report --pack$/],
    [['report', 'credit', '--pack'], /^report --pack takes no name$/],
    [['report', '--pack', '--period', '30'], /^--period says nothing to a pack/],
    [['report', '--pack', '--tier', 'High'], /^--pack is of the programme: leave --model and --tier out$/],
    [['report', '--pack', '--format', 'doc'], /^--format doc is not known: write md, /],
    [['report', '--pack', '--json', '--format', 'md'], /^--json and --format exclude each other$/],
  ])('%j are refused', (words, sentence) => {
    expect(commandOf(...words)).toMatch(sentence);
  });
});
