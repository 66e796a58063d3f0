import { lookup } from 'node:dns';
import type { IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parseModelRisk } from '../../../src/api/model-risk.ts';
import { parseRiskPolicy } from '../../../src/api/risk-policy.ts';
import { createReportCourier, deliveriesIn } from '../../../src/controllers/report-courier.ts';
import type { ReportCourierOptions } from '../../../src/controllers/report-courier.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { createResourceClient } from '../../../src/kube/resource-client.ts';
import { createStore } from '../../../src/kube/store.ts';
import { createSystemClock } from '../../../src/kube/system-clock.ts';
import { createNoticeSender } from '../../../src/notifications/sender.ts';
import { success } from '../../../src/shared/result.ts';
import { guardedLookup, isForbiddenHost } from '../../../src/signals/forbidden-address.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { installCRDs } from '../../../testbed/crds.ts';
import { listenHTTP, readBody } from '../../../testbed/http-server.ts';
import type { ListeningServer } from '../../../testbed/http-server.ts';
import { modelRiskManifest, riskPolicyManifest, stored } from '../../builders/api.ts';
import { startLiveRuntime } from '../../builders/live-runtime.ts';
import type { LiveRuntime } from '../../builders/live-runtime.ts';
import { createManualClock } from '../../builders/manual-clock.ts';

/** From the policy on a real API server to a receiver that speaks HTTP, and what became of it back in the status. */

const policies = { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'riskpolicies', kind: 'RiskPolicy', namespaced: false } as const;
const name = 'scheduled-reports';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let runtime: LiveRuntime;
let server: ListeningServer;
const received: Received[] = [];
let answer = 200;

beforeAll(async () => {
  runtime = await startLiveRuntime();
  await installCRDs(runtime.plane, 'crds/');
  server = await listenHTTP((request, response) => {
    void readBody(request).then((body) => {
      received.push({ headers: request.headers, body: body.toString() });
      response.writeHead(answer, answer === 503 ? { 'retry-after': '7' } : {}).end();
    });
  });
}, 120_000);

afterAll(async () => {
  await runtime.plane.client.delete(policies, { name }).catch(() => undefined);
  await server.close();
  await runtime.close();
});

const client = () => createResourceClient<UntypedObject>({ transport: runtime.transport, fieldManager: 'modelrisk', resource: policies });

async function readPolicy(): Promise<UntypedObject> {
  const read = await client().get({ namespace: null, name });
  if (!read.ok) throw new Error(read.failure.message);
  return read.value;
}

const due = '2026-06-01T08:00:00Z';
const reports = [
  { name: 'weekly', receiver: 'chat', startingAt: due, everySeconds: 604_800, format: 'html' },
  { name: 'events', receiver: 'bus', startingAt: due, everySeconds: 604_800, format: 'md', tier: 'High' },
];

/** A leader that knows only what the API server holds. */
async function aLeader(clock: ReportCourierOptions['clock']) {
  const object = await readPolicy();
  const policy = parseRiskPolicy(object);
  const risk = parseModelRisk(stored({ ...modelRiskManifest(), spec: { ...modelRiskManifest().spec, policyRef: { name } } }));
  if (!policy.ok || !risk.ok) throw new Error('a policy or model is not readable');
  const store = createStore<UntypedObject>({});
  store.put(object);
  const models = createStore<UntypedObject>({});
  models.put(risk.value);
  const empty = { store: createStore<UntypedObject>({}) };
  const own = { policies: { store, client: client() }, risks: { store: models }, plans: empty, incidents: empty, decisions: empty };
  return createReportCourier({
    cluster: { namespace: null, own } as unknown as ReportCourierOptions['cluster'],
    programme: {
      policies: new Map([[name, policy.value]]),
      risks: new Map([['lending/credit-default', { key: 'lending/credit-default', risk: risk.value }]]),
    } as unknown as ReportCourierOptions['programme'],
    ways: {
      sender: createNoticeSender({ clock: createSystemClock(), guard: { isForbiddenHost, lookup: guardedLookup(lookup) } }),
      readSecret: () => Promise.resolve(success('s3cret')),
    },
    clock,
    heads: { get: () => Promise.reject(new Error('a report needs no record')) },
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    metrics: createMetrics(),
  });
}

it('a report reaches its receiver once, whoever leads, and the server keeps what became of it', async () => {
  const url = `http://127.0.0.1:${String(server.port)}`;
  const receivers = [
    { name: 'chat', webhook: { url, secretRef: { name: 'chat', key: 'token' } } },
    { name: 'bus', cloudEvents: { url } },
  ];
  const manifest = riskPolicyManifest();
  await runtime.plane.client.create(policies, {
    ...manifest,
    metadata: { name },
    spec: { ...manifest.spec, receivers, reports, tiers: [{ name: 'High' }] },
  });
  const clock = createManualClock(Date.parse(due) + 60_000);

  answer = 503;
  expect(await (await aLeader(clock))(`${name}/weekly`)).toEqual({ kind: 'Retry', afterMs: 7000 });
  const failed = await readPolicy();
  expect(deliveriesIn(failed)).toEqual([
    { name: 'weekly', failing: { due: '2026-06-01T08:00:00.000Z', since: expect.any(String), message: expect.stringMatching(/503/) } },
  ]);

  answer = 200;
  expect(await (await aLeader(clock))(`${name}/weekly`)).toMatchObject({ kind: 'Again' });
  expect(await (await aLeader(clock))(`${name}/weekly`)).toMatchObject({ kind: 'Again' });
  expect(received).toHaveLength(2);
  expect(new Set(received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  expect(received[1]?.headers.authorization).toBe('Bearer s3cret');
  const { text, report } = JSON.parse(received[1]?.body ?? '') as { readonly text: string; readonly report: { readonly content: string } };
  expect(text).toContain(`RiskPolicy ${name}`);
  expect(report.content).toMatch(/^<!doctype html>[\s\S]*lending\/credit-default[\s\S]*<\/html>/);

  expect(await (await aLeader(clock))(`${name}/events`)).toMatchObject({ kind: 'Again' });
  const event = JSON.parse(received[2]?.body ?? '') as { readonly type: string; readonly id: string };
  expect(event).toMatchObject({ type: 'dev.modelrisk.report', id: received[2]?.headers['idempotency-key'] });
  const { status } = (await readPolicy()) as unknown as { readonly status: { readonly conditions: readonly object[] } };
  expect(status).toMatchObject({
    conditions: [{ type: 'ReportsDelivered', status: 'True', reason: 'Delivered' }],
    reports: [{ name: 'weekly', sentFor: '2026-06-01T08:00:00.000Z' }, { name: 'events' }],
  });
});

it('one that arrived while its policy was edited is written down on the next turn, and not sent again', async () => {
  const clock = createManualClock(Date.parse(due) + 604_800_000 + 60_000);
  const courier = await aLeader(clock);
  const before = received.length;
  // Somebody else writes first: what this leader holds is no longer what stands there.
  const other = await aLeader(clock);
  expect(await other(`${name}/events`)).toMatchObject({ kind: 'Again' });
  expect(await courier(`${name}/weekly`)).toEqual({ kind: 'Retry' });
  expect(received).toHaveLength(before + 2);
  expect(await courier(`${name}/weekly`)).toEqual({ kind: 'Retry' });
  expect(received).toHaveLength(before + 2);
});
