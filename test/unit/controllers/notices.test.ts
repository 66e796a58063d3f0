import { describe, expect, it } from '@jest/globals';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { applyGuardedModelTo, memoryPlan, memoryPolicy, startMemoryOperator } from '../../builders/memory-operator.ts';
import { decide, incidentsIn, validityOf } from '../../builders/memory-decisions.ts';
import { planIn, shareIn, tellStory } from '../../builders/memory-story.ts';
import { conditionOf, phaseOf } from '../../builders/traffic-view.ts';

const receivers = [
  { name: 'chat', webhook: { url: 'https://chat.example/hook', secretRef: { name: 'chat', key: 'token' } } },
  { name: 'pager', alertmanager: { url: 'http://alertmanager.monitoring:9093' } },
  { name: 'boss', cloudEvents: { url: 'http://events.example/in' } },
];

const oneStage = { stages: [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }] };

const notify = { receivers: ['chat'], repeatSeconds: 600, escalation: [{ afterSeconds: 60, receivers: ['boss'] }] };

function withReceivers(): object {
  const policy = memoryPolicy() as { readonly spec: object };
  return { ...policy, spec: { ...policy.spec, receivers } };
}

async function start(plan: Readonly<Record<string, unknown>> = {}): Promise<MemoryOperator> {
  return startMemoryOperator((api) => {
    applyGuardedModelTo(api);
    api.apply('secrets', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'chat', namespace: 'modelrisk-system' },
      data: { token: Buffer.from('s3cret\n').toString('base64') },
    });
    api.apply('riskpolicies', withReceivers());
    // As it goes over the wire: a field that is undefined is not there.
    api.apply('mitigationplans', JSON.parse(JSON.stringify(memoryPlan({ ...oneStage, notify, ...plan }))) as object);
  });
}

function sentTo(world: MemoryOperator, name: string): readonly MemoryOperator['notices'][number][] {
  const url = { chat: 'https://chat.example/hook', pager: 'http://alertmanager.monitoring:9093', boss: 'http://events.example/in' }[name];
  return world.notices.filter((each) => each.url === url);
}

const titleOf = ({ message }: MemoryOperator['notices'][number]): string =>
  (JSON.parse(message.body) as { readonly text: string }).text.split('\n')[0] ?? '';

async function engage(world: MemoryOperator): Promise<void> {
  await world.pass(2);
  world.read(0.9);
  await world.passUntil('capped', () => shareIn(world) <= 10);
  await world.pass(1);
}

interface Told {
  readonly receiver: string;
  readonly seq: number;
}

function toldIn(world: MemoryOperator): readonly Told[] {
  const { status } = incidentsIn(world)[0] as unknown as { readonly status?: { readonly notifications?: readonly Told[] } };
  return status?.notifications ?? [];
}

describe('notices', () => {
  it('tells of each transition once, in order, with the secret of the operator’s own namespace', async () => {
    const world = await start();
    await engage(world);
    world.read(0.01);
    await world.passUntil('released', () => phaseOf(planIn(world)) === 'Idle');
    await world.pass(10);
    const told = sentTo(world, 'chat');
    expect(told.map(titleOf)).toEqual([
      '*Engaged (limit): MitigationPlan lending/credit of ModelRisk credit*',
      '*Released: MitigationPlan lending/credit of ModelRisk credit*',
    ]);
    expect(told.map(({ credential }) => credential)).toEqual(Array(2).fill({ use: 'Bearer', secret: 's3cret' }));
    expect(world.logged.some((line) => JSON.stringify(line).includes('s3cret'))).toBe(false);
    expect(sentTo(world, 'boss')).toEqual([]);
    await world.stop();
  });

  it('repeats while nobody acknowledges, brings in who is next, and stops at an acknowledgement', async () => {
    const world = await start();
    await engage(world);
    await world.pass(61);
    expect(sentTo(world, 'boss')).toHaveLength(1);
    expect(JSON.parse(sentTo(world, 'boss')[0]?.message.body ?? '')).toMatchObject({
      data: { occasion: 'Escalation', entry: { type: 'Engaged' } },
    });
    await world.pass(600);
    expect(sentTo(world, 'chat').map(titleOf)[1]).toContain('Still Engaged');
    decide(world, { name: 'mine', action: 'Acknowledge', author: 'olga' });
    await world.pass(5);
    expect(validityOf(world, 'mine')).toEqual({ status: 'True', reason: 'Used' });
    const before = world.notices.length;
    await world.pass(1300);
    expect(world.notices).toHaveLength(before);
    expect(sentTo(world, 'chat').at(-1)?.message.body).toContain('Acknowledged');
    expect(phaseOf(planIn(world))).toBe('Engaged');
    await world.stop();
  });

  it('goes on where it was after a restart: nothing is told twice, timers keep their beginning', async () => {
    const world = await start();
    await engage(world);
    await world.pass(30);
    await world.restart();
    await world.pass(20);
    expect(sentTo(world, 'chat')).toHaveLength(1);
    expect(sentTo(world, 'boss')).toHaveLength(0);
    await world.pass(15);
    expect(sentTo(world, 'boss')).toHaveLength(1);
    await world.stop();
  });

  it('tries again under the same id until a receiver takes it, and protects meanwhile', async () => {
    const world = await start();
    world.failNotices({ message: 'could not be reached (ECONNREFUSED)', retryAfterMs: null, isAnswer: false });
    await engage(world);
    await world.pass(30);
    const attempts = sentTo(world, 'chat');
    expect(attempts.length).toBeGreaterThan(2);
    expect(new Set(attempts.map(({ id }) => id)).size).toBe(1);
    expect(toldIn(world)).toEqual([]);
    world.failNotices(null);
    await world.pass(20);
    expect(toldIn(world)).toMatchObject([{ receiver: 'chat' }]);
    expect(await world.sample('modelrisk_notifications_total', 'chat', 'Delivered')).toBe(1);
    expect(await world.sample('modelrisk_notifications_total', 'chat', 'Failed')).toBe(attempts.length);
    await world.stop();
  });

  it('tells an Alertmanager again each minute without a write, and resolves the alert when it is over', async () => {
    const world = await start({ notify: { receivers: ['pager'] } });
    await engage(world);
    const writes = world.api.get('riskincidents', incidentsIn(world)[0]?.metadata.name ?? '')?.metadata.resourceVersion;
    await world.pass(180);
    expect(sentTo(world, 'pager').length).toBeGreaterThanOrEqual(3);
    expect(incidentsIn(world)[0]?.metadata.resourceVersion).toBe(writes);
    const alertsOf = (index: number): readonly { readonly endsAt: string }[] =>
      JSON.parse(sentTo(world, 'pager').at(index)?.message.body ?? '[]') as readonly { readonly endsAt: string }[];
    expect(alertsOf(0)).toMatchObject([{ labels: { alertname: 'ModelRiskEngaged', stage: 'limit' } }]);
    expect(Date.parse(alertsOf(-1)[0]?.endsAt ?? '')).toBeGreaterThan(world.clock.nowMs());
    world.read(0.01);
    await world.passUntil('released', () => phaseOf(planIn(world)) === 'Idle');
    await world.pass(10);
    expect(Date.parse(alertsOf(-1)[0]?.endsAt ?? '')).toBeLessThanOrEqual(world.clock.nowMs());
    const count = sentTo(world, 'pager').length;
    await world.pass(180);
    expect(sentTo(world, 'pager')).toHaveLength(count);
    await world.stop();
  });

  it('tells who was told of the beginning of the end, though the plan is gone', async () => {
    const world = await start();
    await engage(world);
    world.api.remove('mitigationplans', 'credit');
    await world.pass(20);
    expect(sentTo(world, 'chat').map(titleOf).at(-1)).toMatch(/^\*Released/);
    await world.stop();
  });

  it('goes to whom the playbook of the tier says where the plan names nobody: at once, and later to who else is there', async () => {
    const escalation = [
      { afterSeconds: 60, receivers: ['boss'] },
      { afterSeconds: 0, receivers: ['chat'] },
    ];
    const world = await start({ notify: undefined });
    const policy = withReceivers() as { readonly spec: object };
    world.api.apply('riskpolicies', { ...policy, spec: { ...policy.spec, tiers: [{ name: 'All', playbook: { escalation } }] } });
    await engage(world);
    expect(sentTo(world, 'chat').map(titleOf)).toEqual([expect.stringMatching(/^\*Engaged/)]);
    expect(sentTo(world, 'boss')).toEqual([]);
    await world.pass(61);
    expect(sentTo(world, 'boss')).toHaveLength(1);
    await world.stop();
  });

  it('says nothing of a secret that is missing but where it looked', async () => {
    const world = await start();
    world.api.remove('secrets', 'chat', 'modelrisk-system');
    await engage(world);
    expect(world.notices).toEqual([]);
    const line = world.logged.find(({ message }) => message.startsWith('a receiver could not be told'));
    expect(line?.fields).toMatchObject({
      receiver: 'default/chat',
      message: expect.stringContaining('Secret chat in namespace modelrisk-system'),
    });
    await world.stop();
  });

  it('tells nobody where the plan names nobody', async () => {
    const world = await start({ notify: undefined });
    await tellStory(world).catch(() => undefined);
    expect(world.notices).toEqual([]);
    await world.stop();
  });

  it('names a receiver the policy does not have, and takes it back when it does', async () => {
    const world = await start({ notify: { receivers: ['chat', 'nobody'] } });
    await world.pass(3);
    expect(conditionOf(planIn(world), 'Ready')).toMatchObject({
      status: 'False',
      reason: 'ReceiverMissing',
      message: expect.stringContaining('RiskPolicy default has no receiver nobody; it has chat, pager, boss.'),
    });
    const policy = withReceivers() as { readonly spec: object };
    const more = [...receivers, { name: 'nobody', alertmanager: { url: 'http://other.monitoring:9093' } }];
    world.api.apply('riskpolicies', { ...policy, spec: { ...policy.spec, receivers: more } });
    await world.pass(3);
    expect(conditionOf(planIn(world), 'Ready')).toMatchObject({ status: 'True' });
    await world.stop();
  });

  it('is void to acknowledge what is over', async () => {
    const world = await start();
    await engage(world);
    world.read(0.01);
    await world.passUntil('released', () => phaseOf(planIn(world)) === 'Idle');
    await world.pass(5);
    decide(world, { name: 'late', action: 'Acknowledge' });
    await world.pass(2);
    expect(validityOf(world, 'late')).toEqual({ status: 'False', reason: 'EngagementOver' });
    expect(JSON.stringify(incidentsIn(world))).not.toContain('Acknowledged');
    await world.stop();
  });

  it('tells once that an engaged plan can not do what it should', async () => {
    const world = await start();
    await world.pass(2);
    world.api.onWrite(({ verb, resource }) => (verb === 'patch' && resource === 'httproutes' ? 'Deny' : 'Pass'));
    world.read(0.9);
    await world.pass(20);
    await world.restart();
    await world.pass(20);
    const stalls = sentTo(world, 'chat').filter(({ message }) => message.body.includes('Stalled'));
    expect(stalls).toHaveLength(1);
    expect(JSON.stringify(incidentsIn(world)).split('"type":"Stalled"')).toHaveLength(2);
    await world.stop();
  });
});
