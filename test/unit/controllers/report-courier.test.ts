import { describe, expect, it } from '@jest/globals';
import type { ReportDocument } from '../../../src/core/report/document.ts';
import { deliveriesIn } from '../../../src/controllers/report-courier.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import type { Delivery } from '../../../src/notifications/sender.ts';
import { applyGuardedModelTo, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { someTimeMs } from '../../builders/manual-clock.ts';
import { withValue } from '../../builders/api.ts';
import { anIncident } from '../../builders/reported.ts';
import { conditionOf } from '../../builders/traffic-view.ts';

const receivers = [
  { name: 'chat', webhook: { url: 'https://chat.example/hook', secretRef: { name: 'chat', key: 'token' } } },
  { name: 'bus', cloudEvents: { url: 'http://events.example/in' } },
  { name: 'pager', alertmanager: { url: 'http://alertmanager.monitoring:9093' } },
];
const hourMs = 3_600_000;
const at = (ms: number): string => new Date(someTimeMs + ms).toISOString();
const hourly = { name: 'hourly', receiver: 'chat', startingAt: at(10_000), everySeconds: 3600, format: 'md' };

type Report = Readonly<Record<string, unknown>>;

function policyWith(...reports: readonly Report[]): object {
  const policy = memoryPolicy() as { readonly spec: object };
  return { ...policy, spec: { ...policy.spec, receivers, reports, tiers: [{ name: 'High' }] } };
}

/** Nothing is polled, so that hours pass quickly. */
async function start(...reports: readonly Report[]): Promise<MemoryOperator> {
  return startMemoryOperator((api) => {
    applyGuardedModelTo(api);
    const risk = memoryRisk() as { readonly spec: object };
    api.apply('modelrisks', { ...risk, spec: { ...risk.spec, suspend: 'Hold' } });
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'chat', namespace: 'modelrisk-system' } };
    api.apply('secrets', { ...secret, data: { token: Buffer.from('s3cret').toString('base64') } });
    api.apply('riskpolicies', policyWith(...reports));
  });
}

const policyIn = (world: MemoryOperator): UntypedObject => {
  const [policy] = world.api.list('riskpolicies');
  if (policy === undefined) throw new Error('there is no policy');
  return policy;
};
const condition = (world: MemoryOperator) => conditionOf(policyIn(world), 'ReportsDelivered');
const textOf = ({ message }: Delivery): string => (JSON.parse(message.body) as { readonly text: string }).text;
const dueOf = ({ id }: Delivery): string => id.split('/').at(-1) ?? '';

describe('a scheduled report', () => {
  it("is sent when it is due, once, with the secret of the operator's own namespace, and the status says so", async () => {
    const world = await start(hourly);
    await world.clock.advance(9000);
    expect(world.notices).toEqual([]);
    expect(condition(world)).toMatchObject({ status: 'Unknown', reason: 'NotDue' });
    await world.clock.advance(60_000);
    expect(world.notices).toHaveLength(1);
    const [sent] = world.notices as readonly [Delivery];
    expect(sent).toMatchObject({ url: 'https://chat.example/hook', credential: { use: 'Bearer', secret: 's3cret' } });
    expect(sent.id).toBe(`${policyIn(world).metadata.uid}/report/hourly/${at(10_000)}`);
    expect(textOf(sent)).toMatch(/^\*.+\* \(report hourly of RiskPolicy default, due 2026-06-01T12:00:10\.000Z\): /);
    expect(textOf(sent)).toContain('lending/credit');
    expect(deliveriesIn(policyIn(world))).toEqual([{ name: 'hourly', sentFor: at(10_000), sentAt: expect.any(String) }]);
    expect(condition(world)).toMatchObject({ status: 'True', reason: 'Delivered' });
    expect(await world.sample('modelrisk_report_deliveries_total', 'hourly', 'Delivered')).toBe(1);
    await world.stop();
  });

  it('is sent again each time it is due, and between them costs no write', async () => {
    const world = await start(hourly);
    await world.clock.advance(20_000);
    const written = policyIn(world).metadata.resourceVersion;
    await world.clock.advance(hourMs - 20_000);
    expect(policyIn(world).metadata.resourceVersion).toBe(written);
    await world.clock.advance(2 * hourMs);
    expect(world.notices.map(dueOf)).toEqual([at(10_000), at(10_000 + hourMs), at(10_000 + 2 * hourMs)]);
    await world.stop();
  });

  it('is not sent twice over a restart or by another leader, and after an outage only the latest is', async () => {
    const world = await start(hourly);
    await world.clock.advance(20_000);
    await world.restart();
    await world.clock.advance(60_000);
    expect(world.notices).toHaveLength(1);
    await world.stop();
    await world.clock.advance(3.5 * hourMs);
    await world.restart();
    await world.clock.advance(60_000);
    expect(world.notices.map(dueOf)).toEqual([at(10_000), at(10_000 + 3 * hourMs)]);
    await world.stop();
  });

  it('is sent once more under the same id where the process ended between the answer and the status', async () => {
    const world = await start({ ...hourly, format: 'json' });
    world.api.onWrite(({ resource, subresource }) => (resource === 'riskpolicies' && subresource === 'status' ? 'Lose' : 'Pass'));
    await world.clock.advance(20_000);
    expect(world.notices).toHaveLength(1);
    world.api.onWrite(() => 'Pass');
    await world.restart();
    await world.clock.advance(20_000);
    expect(world.notices).toHaveLength(2);
    expect(new Set(world.notices.map(({ id }) => id)).size).toBe(1);
    const ids = world.notices.map(({ message }) => (JSON.parse(message.body) as { readonly report: { readonly id: string } }).report.id);
    expect(new Set(ids)).toEqual(new Set([world.notices[0]?.id]));
    expect(deliveriesIn(policyIn(world))).toMatchObject([{ sentFor: at(10_000) }]);
    await world.stop();
  });

  it('regression: too large for its receiver is not sent over and over, and people are told how large and what to do', async () => {
    const world = await start({ ...hourly, format: 'csv' });
    world.failNotices({ message: 'answered with HTTP status 413', retryAfterMs: null, isAnswer: true, isTooLarge: true });
    await world.clock.advance(300_000);
    expect(world.notices).toHaveLength(1);
    expect(condition(world)?.message).toMatch(/413: the report as csv is 0\.0 MB; write reports\[\]\.tier, another format/);
    world.failNotices(null);
    await world.clock.advance(600_000);
    expect([world.notices.length, condition(world)?.status]).toEqual([2, 'True']);
    await world.stop();
  });

  it('that does not arrive is tried again under the same id, told as a condition and an event, and then is well', async () => {
    const world = await start(hourly);
    world.failNotices({ message: 'the receiver answered 503', retryAfterMs: null, isAnswer: true });
    await world.clock.advance(60_000);
    const tried = world.notices.length;
    expect(tried).toBeGreaterThan(2);
    expect(new Set(world.notices.map(({ id }) => id)).size).toBe(1);
    expect(condition(world)).toMatchObject({
      status: 'False',
      reason: 'NotDelivered',
      message: `Report hourly, due ${at(10_000)}, did not reach receiver chat: the receiver answered 503; it is tried again until the next is due.`,
    });
    expect(world.events.filter(({ reason }) => reason === 'NotDelivered')).toHaveLength(1);
    expect(await world.sample('modelrisk_report_deliveries_total', 'hourly', 'Failed')).toBe(tried);
    const written = policyIn(world).metadata.resourceVersion;
    await world.clock.advance(60_000);
    // Attempts go to the log and the counter: the status says it once.
    expect(policyIn(world).metadata.resourceVersion).toBe(written);
    world.failNotices(null);
    await world.clock.advance(600_000);
    expect(condition(world)).toMatchObject({ status: 'True', reason: 'Delivered' });
    expect(world.events.map(({ reason }) => reason)).toContain('ReportsDeliveredAgain');
    expect(deliveriesIn(policyIn(world))?.[0]).not.toHaveProperty('failing');
    await world.stop();
  });

  it('waits as long as its receiver asks', async () => {
    const world = await start(hourly);
    world.failNotices({ message: 'the receiver answered 429', retryAfterMs: 300_000, isAnswer: true });
    await world.clock.advance(200_000);
    expect(world.notices).toHaveLength(1);
    await world.clock.advance(200_000);
    expect(world.notices).toHaveLength(2);
    await world.stop();
  });

  it('that never arrived gives way to the next, which a restart in between does not forget', async () => {
    const world = await start(hourly);
    world.failNotices({ message: 'the receiver answered 503', retryAfterMs: null, isAnswer: true });
    await world.clock.advance(20_000);
    await world.restart();
    await world.clock.advance(hourMs + 60_000);
    world.failNotices(null);
    await world.clock.advance(600_000);
    expect(dueOf(world.notices.at(-1) as Delivery)).toBe(at(10_000 + hourMs));
    expect(deliveriesIn(policyIn(world))).toEqual([{ name: 'hourly', sentFor: at(10_000 + hourMs), sentAt: expect.any(String) }]);
    await world.stop();
  });

  it('goes to a sink of events as data, of one tier where it says so', async () => {
    const world = await start({ ...hourly, receiver: 'bus', format: 'json', tier: 'High', periodDays: 7 });
    await world.clock.advance(20_000);
    const [sent] = world.notices as readonly [Delivery];
    expect(sent).toMatchObject({ url: 'http://events.example/in', credential: null });
    const event = JSON.parse(sent.message.body) as { readonly id: string; readonly type: string; readonly data: Report };
    expect(event).toMatchObject({ id: sent.id, type: 'dev.modelrisk.report', data: { name: 'hourly', format: 'json' } });
    const report = JSON.parse(String(event.data['content'])) as { readonly scope: string; readonly period: { from: string; to: string } };
    expect(report.scope).toMatch(/High/);
    expect(Date.parse(report.period.to) - Date.parse(report.period.from)).toBe(7 * 86_400_000);
    await world.stop();
  });

  it.each([
    ['pager', 'an Alertmanager carries alerts, no reports; name a webhook or cloudEvents receiver.'],
    ['nobody', 'the policy has no such receiver; correct reports[].receiver or add it.'],
  ])('to %s is refused in a sentence, though an older server took it', async (receiver, sentence) => {
    const world = await start({ ...hourly, receiver });
    await world.clock.advance(60_000);
    expect(world.notices).toEqual([]);
    expect(condition(world)).toMatchObject({ status: 'False', message: expect.stringContaining(sentence) });
    // Corrected, it goes out at once.
    world.api.apply('riskpolicies', policyWith({ ...hourly, receiver: 'chat' }));
    await world.clock.advance(10_000);
    expect(world.notices).toHaveLength(1);
    expect(condition(world)).toMatchObject({ status: 'True' });
    await world.stop();
  });

  it('speaks of the models under its policy alone, and ends with its entry', async () => {
    const world = await start(hourly);
    const risk = memoryRisk() as { readonly metadata: object; readonly spec: object };
    world.api.apply('riskpolicies', { ...memoryPolicy(), metadata: { name: 'other' } });
    world.api.apply('modelrisks', {
      ...risk,
      metadata: { ...risk.metadata, name: 'elsewhere' },
      spec: { ...risk.spec, policyRef: { name: 'other' }, suspend: 'Hold' },
    });
    world.api.apply('riskincidents', withValue(anIncident('ri-gone'), 'spec.riskRef.name', 'gone'));
    await world.clock.advance(20_000);
    const text = textOf(world.notices[0] as Delivery);
    expect(text).not.toContain('elsewhere');
    // Of several policies nobody knows which it went by: said, and not counted as none.
    expect(text).toContain('What is left of lending/gone is left out: the ModelRisks are gone');
    world.api.apply('riskpolicies', policyWith());
    await world.clock.advance(2 * hourMs);
    expect(world.notices).toHaveLength(1);
    expect(condition(world)).toBeUndefined();
    await world.stop();
  });

  it('says whose models it counts, and drops no incident of a model that is gone and no model that can not be read', async () => {
    const world = await start({ ...hourly, format: 'json', receiver: 'bus' });
    const incident = anIncident('ri-gone', { spec: { severity: 'Critical' } });
    world.api.apply('riskincidents', withValue(incident, 'spec.riskRef.name', 'gone'));
    world.api.apply('modelrisks', {
      ...memoryRisk(),
      metadata: { name: 'strange', namespace: 'lending' },
      spec: { policyRef: { name: 'default' } },
    });
    await world.clock.advance(20_000);
    const event = JSON.parse((world.notices[0] as Delivery).message.body) as { readonly data: { readonly content: string } };
    const report = JSON.parse(event.data.content) as ReportDocument;
    expect(report.scope).toBe('all namespaces under RiskPolicy default');
    expect(event.data.content).toContain('ModelRisk lending/strange is not readable by this version');
    const figures = report.sections.flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === 'Figures' ? block.figures : [])));
    expect(figures).toContainEqual(expect.objectContaining({ label: 'Open incidents of severity Critical', number: 1 }));
    await world.stop();
  });

  it('of a large programme ranks no backlog: it would hold up protection for longer than the lease lasts', async () => {
    const world = await start({ ...hourly, receiver: 'bus', format: 'md' });
    const risk = memoryRisk() as { readonly metadata: object; readonly spec: object };
    const risks = Array.from({ length: 26 }, (_, each) => ({ name: `risk-${String(each)}`, category: 'DataQuality' }));
    for (const name of ['one', 'two', 'three', 'four'])
      world.api.apply('modelrisks', {
        ...risk,
        metadata: { ...risk.metadata, name },
        spec: { ...risk.spec, suspend: 'Hold', indicators: [], risks },
      });
    await world.clock.advance(20_000);
    const { data } = JSON.parse((world.notices[0] as Delivery).message.body) as { readonly data: { readonly content: string } };
    expect(data.content).toMatch(/The \d+ risks and remediations under RiskPolicy default are more than the 100 that are ranked here/);
    await world.stop();
  });
});
