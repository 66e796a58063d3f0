import { describe, expect, it } from '@jest/globals';
import { readAuditLine, toAuditLines } from '../../../src/api/audit-line.ts';
import { isFactLine } from '../../../src/api/fact-line.ts';
import { appendEntry } from '../../../src/core/audit-chain.ts';
import type { AuditLine } from '../../../src/core/audit-line.ts';
import { auditCopy, auditExport } from '../../../src/governance/export-audit.ts';
import { sha256 } from '../../builders/audit-lines.ts';
import { report, take } from '../../builders/handling.ts';
import { incidentsIn } from '../../builders/memory-decisions.ts';
import { applyGuardedModelTo, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { shareIn, tellStory } from '../../builders/memory-story.ts';

const url = 'https://audit.example/in';
const age = 'modelrisk_audit_unanchored_age_seconds';
const down = { message: 'could not be reached (ECONNREFUSED)', retryAfterMs: null, isAnswer: false };

async function start(secretRef: { readonly name: string; readonly key: string } | null = null): Promise<MemoryOperator> {
  const prepare = (api: MemoryOperator['api']): void => {
    applyGuardedModelTo(api);
    api.apply('secrets', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'audit', namespace: 'modelrisk-system' },
      data: { token: Buffer.from('s3cret').toString('base64') },
    });
  };
  return startMemoryOperator(prepare, { auditSink: { url, secretRef } });
}

/** Lines that are entries of a record: `facts.test.ts` is about the others. */
function entryRows(deliveries: MemoryOperator['notices']): readonly string[] {
  const rows = deliveries.filter((each) => each.url === url).flatMap(({ message }) => message.body.trimEnd().split('\n'));
  return rows.filter((row) => !isFactLine(JSON.parse(row)));
}

const entryDeliveries = (world: MemoryOperator) => world.notices.filter((each) => entryRows([each]).length > 0);

/** What the sink was sent, line by line. */
function sent(world: MemoryOperator): readonly AuditLine[] {
  return entryRows(world.notices).map((row) => {
    const line = readAuditLine(row);
    if (!line.ok) throw new Error(line.failure);
    return line.value;
  });
}

function held(world: MemoryOperator): readonly AuditLine[] {
  return incidentsIn(world).flatMap((object) => {
    const lines = toAuditLines(object, sha256);
    if (!lines.ok) throw new Error(lines.failure.join());
    return lines.value;
  });
}

async function engage(world: MemoryOperator): Promise<void> {
  await world.pass(2);
  world.read(0.9);
  await world.passUntil('capped', () => shareIn(world) <= 10);
}

interface Anchored {
  readonly status?: { readonly anchored?: { readonly seq: number; readonly hash: string } };
}

const anchoredIn = (world: MemoryOperator) => (incidentsIn(world)[0] as unknown as Anchored).status?.anchored;

describe('the audit sink', () => {
  it('gets every entry once, in batches, and the status says how far it has come', async () => {
    const world = await start();
    await tellStory(world);
    await world.pass(10);
    expect(sent(world)).toEqual(held(world));
    expect(auditExport(sent(world), sha256)).toEqual([]);
    const tail = held(world).at(-1)?.entry;
    expect(anchoredIn(world)).toMatchObject({ seq: tail?.seq, hash: tail?.hash });
    expect(entryDeliveries(world).length).toBeLessThan(held(world).length);
    expect(world.notices.every(({ message }) => message.contentType === 'application/x-ndjson')).toBe(true);
    const before = world.notices.length;
    await world.pass(120);
    expect(world.notices).toHaveLength(before);
    expect(await world.sample(age, 'lending')).toBe(0);
    await world.stop();
  });

  it('grows old while it is down, and is given all of it within a minute once it is back', async () => {
    const world = await start();
    world.failNotices(down);
    await engage(world);
    await world.pass(300);
    const old = await world.sample(age, 'lending');
    expect(old).toBeGreaterThanOrEqual(299);
    expect(anchoredIn(world)).toBeUndefined();
    expect(world.logged.some(({ message }) => message === 'the audit sink could not be given entries; it is tried again')).toBe(true);
    world.failNotices(null);
    const before = world.notices.length;
    await world.pass(60);
    expect(await world.sample(age, 'lending')).toBe(0);
    const ids = new Set(held(world).map(({ entry }) => entry.hash));
    const arrived = entryRows(world.notices.slice(before));
    expect(new Set(arrived.map((row) => (JSON.parse(row) as AuditLine).entry.hash))).toEqual(ids);
    await world.stop();
  });

  it('counts what is not on record yet as not with the sink', async () => {
    const world = await start();
    world.api.onWrite(({ verb, resource }) => (resource === 'riskincidents' && verb === 'create' ? 'Deny' : 'Pass'));
    await engage(world);
    await world.pass(30);
    expect(incidentsIn(world)).toHaveLength(0);
    expect(await world.sample(age, 'lending')).toBeGreaterThan(25);
    await world.stop();
  });

  it('regression: did not count what people decided and no record holds yet', async () => {
    const world = await start();
    world.api.onWrite(({ verb, resource }) => (resource === 'riskincidents' && verb === 'create' ? 'Deny' : 'Pass'));
    await world.pass(2);
    take(world, { name: 'told', action: 'ReportIncident', report });
    await world.pass(30);
    expect(incidentsIn(world)).toHaveLength(0);
    expect(await world.sample(age, 'lending')).toBeGreaterThan(25);
    world.api.onWrite(() => 'Pass');
    await world.pass(60);
    expect(incidentsIn(world)).toHaveLength(1);
    expect(await world.sample(age, 'lending')).toBe(0);
    await world.stop();
  });

  it('goes on after a restart where it was, with the token of the operator’s own namespace', async () => {
    const world = await start({ name: 'audit', key: 'token' });
    await engage(world);
    await world.pass(10);
    await world.restart();
    await world.pass(10);
    world.read(0.01);
    await world.pass(60);
    expect(sent(world)).toEqual(held(world));
    expect(world.notices.every(({ credential }) => credential?.use === 'Bearer' && credential.secret === 's3cret')).toBe(true);
    expect(world.logged.some((line) => JSON.stringify(line).includes('s3cret'))).toBe(false);
    await world.stop();
  });

  it('is told nothing without the secret it is named', async () => {
    const world = await start({ name: 'audit', key: 'other' });
    await engage(world);
    await world.pass(10);
    expect(sent(world)).toEqual([]);
    expect(await world.sample(age, 'lending')).toBeGreaterThan(5);
    await world.stop();
  });

  it('says so and exports again when a record is not the one that was acknowledged', async () => {
    const world = await start();
    await engage(world);
    await world.pass(10);
    world.read(0.2);
    await world.pass(5);
    const exported = sent(world);
    const [incident] = incidentsIn(world);
    const { entries } = (incident as unknown as { readonly status: { readonly entries: readonly object[] } }).status;
    const forged = entries.map((entry, index) => (index === entries.length - 1 ? { ...entry, hash: 'f'.repeat(64) } : entry));
    world.api.setStatus('riskincidents', incident?.metadata.name ?? '', { ...(incident?.['status'] as object), entries: forged } as never);
    await world.pass(10);
    const told = world.logged.filter(({ message }) => message.startsWith('the record of an incident is not the one'));
    expect(told).toHaveLength(1);
    expect(sent(world).length).toBeGreaterThan(exported.length);
    expect(auditExport(sent(world), sha256).map(({ message }) => message)).toContain(
      `entry ${String(entries.length - 1)} is told in two ways: it was changed after it was exported`,
    );
    expect(auditCopy({ exported, copy: held(world), nowMs: world.clock.nowMs(), graceMs: 60_000 }, sha256).findings).not.toEqual([]);
    await world.stop();
  });

  it('regression: said nothing of a record that was emptied', async () => {
    const world = await start();
    await engage(world);
    await world.pass(10);
    const [incident] = incidentsIn(world);
    world.api.setStatus('riskincidents', incident?.metadata.name ?? '', { ...(incident?.['status'] as object), entries: [] });
    await world.pass(10);
    expect(world.logged.filter(({ message }) => message.startsWith('the record of an incident is not the one'))).toHaveLength(1);
    await world.stop();
  });

  it('is given an entry somebody forged behind the record, too: that can not be told from one of the operator', async () => {
    const world = await start();
    await tellStory(world);
    await world.pass(10);
    const [incident] = incidentsIn(world);
    const tail = held(world).at(-1)?.entry;
    if (incident === undefined || tail === undefined) throw new Error('no record');
    const forged = appendEntry(tail, { ...tail, type: 'Acknowledged', actor: 'ana' }, sha256);
    const status = incident['status'] as { readonly entries: readonly object[] };
    world.api.setStatus('riskincidents', incident.metadata.name ?? '', { ...status, entries: [...status.entries, forged] } as never);
    await world.pass(10);
    expect(sent(world).at(-1)?.entry).toEqual(forged);
    const audit = { exported: sent(world), copy: held(world), nowMs: world.clock.nowMs(), graceMs: 60_000 };
    expect([...auditExport(sent(world), sha256), ...auditCopy(audit, sha256).findings]).toEqual([]);
    await world.stop();
  });

  it('is still given what it lacks of a record that is deleted', async () => {
    const world = await start();
    world.failNotices(down);
    await engage(world);
    await world.pass(5);
    const lines = held(world);
    world.api.remove('riskincidents', incidentsIn(world)[0]?.metadata.name ?? '');
    await world.pass(1);
    world.failNotices(null);
    const before = world.notices.length;
    await world.pass(20);
    const hashes = entryRows(world.notices.slice(before)).map((row) => (JSON.parse(row) as AuditLine).entry.hash);
    for (const { entry } of lines) expect(hashes).toContain(entry.hash);
    await world.stop();
  });
});

it('regression: counted lines and no bytes, so that 200 entries with long texts were more than a sink takes', async () => {
  const world = await start();
  await engage(world);
  await world.pass(10);
  const [incident] = incidentsIn(world);
  const status = incident?.['status'] as { readonly entries: readonly { readonly seq: number; readonly hash: string }[] };
  const text = '\u{1F4C9}'.repeat(512);
  const entries = [...held(world).map(({ entry }) => entry)];
  while (entries.length < 240) {
    const tail = entries.at(-1);
    if (tail === undefined) throw new Error('no record');
    entries.push(appendEntry(tail, { ...tail, type: 'Held', actor: 'ana', before: text, after: text, reason: text }, sha256));
  }
  const before = world.notices.length;
  world.api.setStatus('riskincidents', incident?.metadata.name ?? '', { ...status, entries } as never);
  await world.pass(10);
  const sizes = entryDeliveries(world).map(({ message }) => Buffer.byteLength(message.body));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000_000);
  expect(world.notices.length - before).toBeGreaterThan(1);
  expect(sent(world)).toEqual(held(world));
  const newest = held(world).at(-1)?.entry;
  expect(newest?.seq).toBeGreaterThanOrEqual(239);
  expect(anchoredIn(world)).toMatchObject({ seq: newest?.seq, hash: newest?.hash });
  await world.stop();
});

it('exports nothing, and shows no series, without a sink', async () => {
  const world = await startMemoryOperator();
  await engage(world);
  await world.pass(10);
  expect(world.notices).toEqual([]);
  expect(await world.sample(age, 'lending')).toBeNull();
  await world.stop();
});
