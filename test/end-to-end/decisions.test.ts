import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../testbed/api-client.ts';
import type { OperatorProcess } from '../../testbed/operator-process.ts';
import { refusal } from '../builders/admission-bed.ts';
import { decide, meetDeciders, untilAsked, untilJudged, untilPolled } from '../builders/deciding.ts';
import type { Deciders } from '../builders/deciding.ts';
import { applyGuardedModel, httpRoutes, mitigationPlans, riskDecisions, riskIncidents } from '../builders/guarded-model.ts';
import { openOperatorWorld } from '../builders/operator-world.ts';
import type { OperatorWorld } from '../builders/operator-world.ts';
import { conditionOf, entriesOf, isConstrained, isMirrored, ownedByUsers, phaseOf, shareOf } from '../builders/traffic-view.ts';

const asking = {
  mode: 'Approve',
  approval: { roles: ['risk'] },
  recovery: { stepSeconds: 1, probeAfterSeconds: 2, flap: { maxEngagements: 16, windowSeconds: 86400 } },
  stages: [
    { name: 'limit', escalateAfterSeconds: 2, actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] },
    { name: 'shadow', actions: [{ target: 'traffic', shadow: { percent: 100 } }] },
  ],
};

/** One story in one world: each test goes on where the one before ended. */
describe('people decide, each with a token of their own', () => {
  let world: OperatorWorld;
  let people: Deciders;
  let operator: OperatorProcess;
  let route: KubeObject;

  const live = (): Promise<KubeObject> => world.get(httpRoutes, 'credit');
  const untilShare = (share: number): Promise<KubeObject> =>
    world.until(httpRoutes, 'credit', (object) => shareOf(object, 'credit-v2') === share);
  const incident = async () => {
    const { status } = await world.get(mitigationPlans, 'credit');
    return world.get(riskIncidents, (status as { readonly incidentRef: { readonly name: string } }).incidentRef.name);
  };
  const untilRecorded = async (type: string, actor: string): Promise<void> => {
    const { name = '' } = (await incident()).metadata;
    await world.until(riskIncidents, name, (object) => entriesOf(object).some((entry) => entry.type === type && entry.actor === actor));
  };
  const untilIdle = async (): Promise<void> => {
    await world.until(mitigationPlans, 'credit', (plan) => phaseOf(plan) === 'Idle');
    await world.until(httpRoutes, 'credit', (object) => !isConstrained(object));
  };
  const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();

  beforeAll(async () => {
    world = await openOperatorWorld();
    people = await meetDeciders(world);
    await applyGuardedModel(world.plane.client, { namespace: world.namespace, providerURL: world.provider.url, plan: asking });
    await people.olga.client.merge(mitigationPlans, { namespace: world.namespace, name: 'credit' }, { spec: { owner: 'olgas-team' } });
    route = await live();
    operator = await world.start();
  }, 120_000);

  afterAll(async () => {
    await people.close();
    await world.close();
  });

  it('refuses at the door who holds no verb, and who names another author', async () => {
    world.setDrift(0.9);
    await untilAsked(world, 0);
    const approve = { name: 'refused', action: 'Approve', stage: 0 } as const;
    expect(await refusal(decide(world, people.bob, approve), 'decision-role')).toContain('may not approve in role risk');
    expect(await refusal(decide(world, people.cleo, approve), 'decision-role')).toContain('may not approve in role risk');
    expect(await refusal(decide(world, people.ana, { ...approve, author: people.bob.user }), 'decision-author')).toContain(
      `spec.author must be ${people.ana.user}`,
    );
  }, 60_000);

  it('says why a decision is void, and moves nothing on it', async () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const approve = { action: 'Approve', stage: 0 } as const;
    await decide(world, people.cleo, { ...approve, name: 'foreign-role', role: 'product' });
    await decide(world, people.olga, { ...approve, name: 'own-plan' });
    await decide(world, people.ana, { ...approve, name: 'other-digest', digest });
    await decide(world, people.ana, { ...approve, name: 'too-late', expiresAt: inSeconds(-60) });
    await decide(world, people.ana, {
      ...{ name: 'other-plan', action: 'Hold', expiresAt: inSeconds(600) },
      subjectRef: { kind: 'MitigationPlan', name: 'mortgage', uid: 'none' },
    });
    for (const [name, reason] of [
      ['foreign-role', 'ForeignRole'],
      ['own-plan', 'AuthorContributed'],
      ['other-digest', 'DigestChanged'],
      ['too-late', 'Expired'],
      ['other-plan', 'SubjectMissing'],
    ] as const)
      expect(await untilJudged(world, name, reason)).toBe('False');
    await untilPolled(world, 2);
    expect(ownedByUsers(await live())).toEqual(ownedByUsers(route));
  }, 60_000);

  it('Approve takes the stage asked for, in the name of its author, and is used then', async () => {
    await decide(world, people.ana, { name: 'approve-0', action: 'Approve', stage: 0 });
    await untilShare(10);
    expect(await untilJudged(world, 'approve-0', 'Used')).toBe('True');
    await untilRecorded('Engaged', people.ana.user);
    await untilAsked(world, 1);
    await decide(world, people.ana, { name: 'approve-1', action: 'Approve', stage: 1 });
    await world.until(httpRoutes, 'credit', isMirrored);
    await untilRecorded('Escalated', people.ana.user);
  }, 60_000);

  it('a used Approve answers no later question, also after a restart', async () => {
    expect(await untilJudged(world, 'approve-1', 'Used')).toBe('True');
    operator.process.signal('SIGKILL');
    await operator.process.exited;
    operator = await world.start();
    world.setDrift(0.01);
    await untilShare(10);
    world.setDrift(0.9);
    await untilAsked(world, 1);
    await untilPolled(world, 3);
    expect(isMirrored(await live())).toBe(false);
  }, 90_000);

  it('Reject is not asked again while it lasts', async () => {
    await decide(world, people.ana, { name: 'reject-1', action: 'Reject', stage: 1 });
    expect(await untilJudged(world, 'reject-1', 'Used')).toBe('True');
    await untilRecorded('Rejected', people.ana.user);
    await world.until(mitigationPlans, 'credit', (plan) => conditionOf(plan, 'AwaitingApproval')?.status === 'False');
    await untilPolled(world, 4);
    expect(conditionOf(await world.get(mitigationPlans, 'credit'), 'AwaitingApproval')?.status).toBe('False');
    expect(shareOf(await live(), 'credit-v2')).toBe(10);
  }, 60_000);

  it('Hold freezes both directions, bounds a foreign edit again, and ends by itself', async () => {
    const hold = { name: 'hold', action: 'Hold' } as const;
    await expect(decide(world, people.ana, { ...hold, name: 'endless' })).rejects.toThrow(
      'a Hold and an Accept must end by themselves: write expiresAt',
    );
    await decide(world, people.ana, { ...hold, expiresAt: inSeconds(8) });
    const held = await world.until(mitigationPlans, 'credit', (plan) => conditionOf(plan, 'Held')?.status === 'True');
    expect(conditionOf(held, 'Held')?.message).toContain(people.ana.user);
    await untilRecorded('Held', people.ana.user);
    world.setDrift(0.01);
    const weights = [70, 30].map((value, index) => ({ op: 'replace' as const, path: `/spec/rules/0/backendRefs/${index}/weight`, value }));
    await world.plane.client.patch(httpRoutes, { namespace: world.namespace, name: 'credit' }, weights);
    await untilShare(10);
    await untilPolled(world, 3);
    expect(shareOf(await live(), 'credit-v2')).toBe(10);
    expect(await untilJudged(world, 'hold', 'Expired')).toBe('False');
    await untilIdle();
    expect(shareOf(await live(), 'credit-v2')).toBe(30);
  }, 60_000);

  it('a rejected question is closed, and asked again once all was Clear', async () => {
    world.setDrift(0.9);
    const { metadata } = await untilAsked(world, 0);
    await decide(world, people.ana, { name: 'reject-0', action: 'Reject', stage: 0 });
    await world.until(riskIncidents, metadata.name ?? '', (object) => conditionOf(object, 'Closed')?.status === 'True');
    await untilPolled(world, 3);
    expect(conditionOf(await world.get(mitigationPlans, 'credit'), 'AwaitingApproval')?.status).toBe('False');
    world.setDrift(0.01);
    await world.untilCondition('ModelRisk', 'Breached', ({ status }) => status === 'False');
    world.setDrift(0.9);
    await untilAsked(world, 0);
    await decide(world, people.ana, { name: 'approve-again', action: 'Approve', stage: 0 });
    await untilShare(10);
  }, 60_000);

  it('Release gives the targets back while the breach goes on, until all was Clear once', async () => {
    await untilJudged(world, 'approve-again', 'Used');
    await decide(world, people.ana, { name: 'release', action: 'Release' });
    await untilIdle();
    await untilRecorded('Released', people.ana.user);
    expect(await untilJudged(world, 'release', 'Used')).toBe('True');
    await untilPolled(world, 3);
    expect(phaseOf(await world.get(mitigationPlans, 'credit'))).toBe('Idle');
    expect(shareOf(await live(), 'credit-v2')).toBe(30);
    world.setDrift(0.01);
    await world.untilCondition('ModelRisk', 'Breached', ({ status }) => status === 'False');
    world.setDrift(0.9);
    await untilAsked(world, 0);
  }, 60_000);

  it('keeps every decision as it was, on a record that verifies', async () => {
    const attempt = world.plane.client.merge(riskDecisions, { namespace: world.namespace, name: 'release' }, { spec: { reason: 'other' } });
    await expect(attempt).rejects.toThrow('a decision never changes');
    const verified = await world.plugin(['audit', 'verify', '--namespace', world.namespace, '--json']);
    expect(JSON.parse(verified.stdout)).toMatchObject({ findings: [] });
  }, 60_000);
});
