import { describe, expect, it } from '@jest/globals';
import { report, reportedIn, startHandling, take, withSpec } from '../../builders/handling.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { liveIn } from '../../builders/memory-story.ts';
import type { JSONValue } from '../../../src/shared/json.ts';

const receivers = [
  { name: 'chat', webhook: { url: 'https://chat.example/hook' } },
  { name: 'pager', alertmanager: { url: 'http://alertmanager.monitoring:9093' } },
  { name: 'boss', cloudEvents: { url: 'http://events.example/in' } },
];
const urls: Readonly<Record<string, string>> = {
  ...{ chat: 'https://chat.example/hook', pager: 'http://alertmanager.monitoring:9093', boss: 'http://events.example/in' },
};

const path = (...first: readonly string[]): object => ({
  escalation: [
    { afterSeconds: 0, receivers: first },
    { afterSeconds: 60, receivers: ['boss'] },
  ],
});

/** In a tier whose playbook says who is told; null: it says nothing. */
async function start(playbook: object | null): Promise<MemoryOperator> {
  const world = await startHandling();
  const tiers = [{ name: 'All', ...(playbook === null ? {} : { playbook }) }];
  world.api.apply('riskpolicies', withSpec(liveIn(world, 'riskpolicies', 'default'), { tiers, receivers }));
  await world.pass(2);
  return world;
}

async function tell(world: MemoryOperator, changes: object = {}): Promise<void> {
  take(world, { name: 'told', action: 'ReportIncident', report: { ...report, ...changes } });
  await world.pass(3);
}

type Sent = MemoryOperator['notices'];
const sentTo = (world: MemoryOperator, name: string): Sent => world.notices.filter(({ url }) => url === urls[name]);
const titles = (sent: Sent): readonly string[] =>
  sent.map(({ message }) => (JSON.parse(message.body) as { readonly text: string }).text.split('\n')[0] ?? '');

const toldCondition = (world: MemoryOperator) => reportedIn(world).status.conditions.find(({ type }) => type === 'Told');

const postmortem = { verdict: 'TruePositive', harmConfirmed: 'Confirmed', findings: [] };

describe('receivers of a tier', () => {
  it('are told at once of what a person reported, and of its end, once each', async () => {
    const world = await start(path('chat'));
    await tell(world);
    const name = reportedIn(world).metadata.name;
    expect(titles(sentTo(world, 'chat'))).toEqual([`*Reported (High): RiskIncident lending/${name} of ModelRisk credit*`]);
    await world.pass(50);
    expect(world.notices).toHaveLength(1);
    take(world, { name: 'back', action: 'Postmortem', on: reportedIn(world), postmortem });
    await world.pass(5);
    expect(titles(sentTo(world, 'chat')).at(-1)).toMatch(/^\*Closed: RiskIncident/);
    await world.pass(100);
    expect([sentTo(world, 'chat').length, sentTo(world, 'boss').length]).toEqual([2, 0]);
    await world.stop();
  });

  it('bring in who is next, and remind after four hours, counted from the record across a restart', async () => {
    const world = await start(path('chat'));
    await tell(world);
    await world.restart();
    await world.pass(50);
    expect([sentTo(world, 'chat').length, sentTo(world, 'boss').length]).toEqual([1, 0]);
    await world.pass(10);
    expect(sentTo(world, 'boss')).toHaveLength(1);
    await world.restart();
    await world.pass(20);
    expect(sentTo(world, 'boss')).toHaveLength(1);
    await world.clock.advance(14_400_000 - 90_000);
    await world.pass(20);
    expect(titles(sentTo(world, 'chat')).at(-1)).toMatch(/^\*Still Reported \(High\), not acknowledged/);
    await world.stop();
  });

  it('are left alone once somebody acknowledges', async () => {
    const world = await start(path('chat'));
    await tell(world);
    take(world, { name: 'mine', action: 'Acknowledge', on: reportedIn(world) });
    await world.pass(5);
    expect(titles(sentTo(world, 'chat')).at(-1)).toMatch(/^\*Acknowledged: RiskIncident/);
    await world.pass(120);
    expect([sentTo(world, 'chat').length, sentTo(world, 'boss').length]).toEqual([2, 0]);
    await world.stop();
  });

  it('hear of an alert that ends with the postmortem', async () => {
    const world = await start(path('pager'));
    await tell(world);
    const fires = (): boolean => {
      const alerts = JSON.parse(sentTo(world, 'pager').at(-1)?.message.body ?? '[]') as readonly { readonly endsAt: string }[];
      return alerts.some(({ endsAt }) => Date.parse(endsAt) > world.clock.nowMs());
    };
    expect(fires()).toBe(true);
    await world.pass(65);
    expect([sentTo(world, 'pager').length, fires()]).toEqual([2, true]);
    take(world, { name: 'back', action: 'Postmortem', on: reportedIn(world), postmortem });
    await world.pass(5);
    expect(fires()).toBe(false);
    await world.stop();
  });

  it('are named by condition Told; where there are none it says so, and what to write', async () => {
    const world = await start(path('chat'));
    await tell(world);
    expect(toldCondition(world)).toMatchObject({
      ...{ status: 'True', reason: 'ReceiversNamed' },
      message: 'Told at once: chat; while nobody acknowledges also boss after 60 s.',
    });
    world.api.apply('riskpolicies', withSpec(liveIn(world, 'riskpolicies', 'default'), { tiers: [{ name: 'All' }] }));
    await world.pass(2);
    expect(toldCondition(world)).toMatchObject({ status: 'False', reason: 'NobodyToTell' });
    expect(toldCondition(world)?.message).toContain('tier All of RiskPolicy default names no receivers; write playbook.escalation there');
    world.api.apply('riskpolicies', withSpec(liveIn(world, 'riskpolicies', 'default'), { tiers: [] }));
    await world.pass(2);
    expect(toldCondition(world)?.message).toContain('ModelRisk credit is in no tier of RiskPolicy default');
    world.api.remove('modelrisks', 'credit');
    await world.pass(2);
    expect(toldCondition(world)?.message).toContain('ModelRisk credit it is about is gone');
    await world.stop();
  });

  it('that come to a tier later are told of what is open still', async () => {
    const world = await start(null);
    await tell(world);
    expect(world.notices).toEqual([]);
    const tiers = [{ name: 'All', playbook: path('chat') }];
    world.api.apply('riskpolicies', withSpec(liveIn(world, 'riskpolicies', 'default'), { tiers }));
    await world.pass(3);
    expect(titles(sentTo(world, 'chat'))).toHaveLength(1);
    await world.stop();
  });

  it('of another tier are told as soon as the model stands there, though nothing was edited', async () => {
    const world = await start(null);
    const high = { name: 'High', when: { expectedAnnualLossAtLeast: 1e9 }, playbook: path('chat') };
    world.api.apply('riskpolicies', withSpec(liveIn(world, 'riskpolicies', 'default'), { tiers: [high, { name: 'All' }] }));
    await world.pass(2);
    await tell(world);
    expect(toldCondition(world)?.message).toContain('tier All of');
    const { status } = liveIn(world, 'modelrisks', 'credit') as unknown as { readonly status: Readonly<Record<string, JSONValue>> };
    world.api.setStatus('modelrisks', 'credit', { ...status, tier: { inherent: 'High', computed: 'High', message: 'By its numbers.' } });
    await world.pass(3);
    expect(toldCondition(world)).toMatchObject({ status: 'True' });
    expect(sentTo(world, 'chat')).toHaveLength(1);
    await world.stop();
  });
});

describe('a report that is due', () => {
  /** Known for two days but 80 seconds: people are warned in 20. */
  const urgent = { severity: 'Critical', category: 'Security', awareAt: '2026-05-30T12:01:22Z' };

  it('is told when it is due soon and when it is overdue, once each and across a restart; that it was filed is not', async () => {
    const world = await start(path('chat'));
    await tell(world, urgent);
    take(world, { name: 'mine', action: 'Acknowledge', on: reportedIn(world) });
    await world.pass(25);
    const about = (): readonly string[] => titles(sentTo(world, 'chat')).filter((title) => title.startsWith('*Report '));
    expect(about()).toEqual([expect.stringMatching(/^\*Report ai-act-critical is due soon/)]);
    await world.restart();
    await world.pass(60);
    expect(about()).toEqual([expect.anything(), expect.stringMatching(/^\*Report ai-act-critical is overdue/)]);
    await world.restart();
    await world.pass(10);
    const filed = { reporting: 'ai-act-critical', at: '2026-06-01T12:01:22Z', reference: 'MSA-17' };
    take(world, { name: 'sent', action: 'FileReport', on: reportedIn(world), filed });
    await world.pass(10);
    expect(about()).toHaveLength(2);
    await world.stop();
  });

  it('is an alert that ends when it is filed, also after the incident is over', async () => {
    const world = await start(path('pager'));
    await tell(world, urgent);
    take(world, { name: 'back', action: 'Postmortem', on: reportedIn(world), postmortem });
    await world.pass(90);
    const firing = (): readonly string[] => {
      const alerts = JSON.parse(sentTo(world, 'pager').at(-1)?.message.body ?? '[]') as readonly {
        readonly labels: { readonly alertname: string; readonly state?: string };
        readonly endsAt: string;
      }[];
      return alerts.flatMap(({ labels, endsAt }) =>
        Date.parse(endsAt) > world.clock.nowMs() ? [`${labels.alertname} ${labels.state ?? ''}`] : [],
      );
    };
    expect(firing()).toEqual(['ModelRiskReportDue Overdue']);
    const before = sentTo(world, 'pager').length;
    await world.pass(65);
    expect(sentTo(world, 'pager').length).toBeGreaterThan(before);
    const filed = { reporting: 'ai-act-critical', at: '2026-06-01T12:01:30Z', reference: 'MSA-17' };
    take(world, { name: 'sent', action: 'FileReport', on: reportedIn(world), filed });
    await world.pass(5);
    expect(firing()).toEqual([]);
    const ended = sentTo(world, 'pager').length;
    await world.pass(130);
    expect(sentTo(world, 'pager')).toHaveLength(ended);
    await world.stop();
  });
});
