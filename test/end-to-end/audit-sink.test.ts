import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAuditSink } from '../../testbed/audit-sink.ts';
import type { AuditSinkServer } from '../../testbed/audit-sink.ts';
import { eventually } from '../../testbed/eventually.ts';
import type { OperatorProcess } from '../../testbed/operator-process.ts';
import { applyGuardedModel, httpRoutes, riskIncidents } from '../builders/guarded-model.ts';
import { openOperatorWorld } from '../builders/operator-world.ts';
import type { OperatorWorld } from '../builders/operator-world.ts';
import { isConstrained, shareOf } from '../builders/traffic-view.ts';

interface Recorded {
  readonly entries?: readonly { readonly hash: string; readonly seq: number }[];
  readonly anchored?: { readonly hash: string };
}

let world: OperatorWorld;
let sink: AuditSinkServer;
let operator: OperatorProcess;
let directory: string;

beforeAll(async () => {
  [world, sink] = await Promise.all([openOperatorWorld(), startAuditSink()]);
  directory = await mkdtemp(join(tmpdir(), 'modelrisk-export-'));
  await applyGuardedModel(world.plane.client, { namespace: world.namespace, providerURL: world.provider.url });
  operator = await world.start({ 'audit-sink-url': sink.url });
}, 120_000);

afterAll(async () => {
  await world.close();
  await sink.stop();
  await rm(directory, { recursive: true });
});

async function age(): Promise<number | null> {
  const text = await (await fetch(`${operator.url}/metrics`)).text();
  const found = /^modelrisk_audit_unanchored_age_seconds\{[^}]*\} (\S+)$/m.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}

/** The file somebody would take from the sink, checked against the cluster. */
async function verify(): Promise<{ readonly code: number; readonly stdout: string }> {
  const file = join(directory, 'sink.jsonl');
  await writeFile(file, sink.lines.map(({ text }) => `${text}\n`).join(''));
  return world.plugin(['audit', 'verify', '--export', file, '-n', world.namespace, '--json']);
}

describe('an audit sink over TLS', () => {
  it('gets nothing from an operator that does not trust its certificate, and the age says so', async () => {
    world.setDrift(0.9);
    await world.until(httpRoutes, 'credit', (object) => shareOf(object, 'credit-v2') <= 10);
    await eventually(async () => ((await age()) ?? 0) > 3, { timeoutMs: 30_000 });
    expect(sink.lines).toEqual([]);
    await operator.process.stop();
  });

  it('gets every entry from one that does, after a restart too, and the age is 0 again', async () => {
    operator = await world.start({ 'audit-sink-url': sink.url }, { NODE_EXTRA_CA_CERTS: sink.caFile });
    world.setDrift(0.01);
    await world.until(httpRoutes, 'credit', (object) => !isConstrained(object));
    const isAnchored = (incident: { readonly status?: Recorded }): boolean =>
      incident.status?.anchored !== undefined && incident.status.anchored.hash === incident.status.entries?.at(-1)?.hash;
    const incidents = await world.untilListed(
      riskIncidents,
      (found) => found.length > 0 && found.every((each) => isAnchored(each as { readonly status?: Recorded })),
    );
    const entries = incidents.flatMap((each) => (each as { readonly status?: Recorded }).status?.entries ?? []);
    // It is told facts beside entries.
    const sunk = new Set(sink.lines.map(({ text }) => (JSON.parse(text) as { readonly entry?: { readonly hash: string } }).entry?.hash));
    expect(entries.every(({ hash }) => sunk.has(hash))).toBe(true);
    expect([...sink.contentTypes]).toEqual(['application/x-ndjson']);
    await eventually(async () => (await age()) === 0, { timeoutMs: 30_000 });
    expect(await verify()).toMatchObject({ code: 0 });
  });

  it('proves a record that was changed past admission and hashed anew', async () => {
    const [incident] = await world.plane.client.list(riskIncidents, { namespace: world.namespace });
    await operator.process.stop();
    const last = ((incident as { readonly status?: Recorded }).status?.entries?.length ?? 1) - 1;
    await world.tamper(riskIncidents, incident?.metadata.name ?? '', [{ op: 'remove', path: `/status/entries/${String(last)}` }]);
    const found = await verify();
    expect(found.code).toBe(1);
    expect(found.stdout).toContain(incident?.metadata.name ?? 'none');
  });
});
