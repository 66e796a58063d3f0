import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { decide, incidentsIn, validityOf } from '../../builders/memory-decisions.ts';
import { memoryPlan, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { planIn, routeIn, shareIn, untilGivenBack } from '../../builders/memory-story.ts';
import { conditionOf, entriesOf, isConstrained, isMirrored, phaseOf, stepsOf } from '../../builders/traffic-view.ts';

const asking = { mode: 'Approve', approval: { roles: ['risk'] } };
const later = (world: MemoryOperator, seconds: number): string => new Date(world.clock.nowMs() + seconds * 1000).toISOString();

describe('decisions, by the real controllers', () => {
  let world: MemoryOperator;
  const isAsked = (stage: number) => (): boolean =>
    conditionOf(planIn(world), 'AwaitingApproval')?.message.includes(`stage ${String(stage)} `) ?? false;
  const whileAsking = async (): Promise<void> => {
    world.api.apply('mitigationplans', memoryPlan(asking));
    world.read(0.9);
    await world.passUntil('asked', isAsked(0));
    await world.pass(1);
  };
  const whileEngaged = async (): Promise<void> => {
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    await world.pass(1);
  };

  beforeEach(async () => {
    world = await startMemoryOperator();
  });
  afterEach(() => world.stop());

  it('a plan that asks says what is missing before anybody approves', async () => {
    await whileAsking();
    world.api.remove('services', 'credit-v1');
    await world.pass(1);
    expect(conditionOf(planIn(world), 'Ready')).toMatchObject({ status: 'False', reason: 'BackendMissing' });
  });

  it('regression: people are told when nobody has answered in time', async () => {
    world.api.apply('mitigationplans', memoryPlan({ ...asking, approval: { roles: ['risk'], timeoutSeconds: 10 } }));
    world.read(0.9);
    await world.passUntil('asked', isAsked(0));
    await world.pass(15);
    expect(conditionOf(planIn(world), 'AwaitingApproval')?.message).toContain('longer than its 10 s');
    const told = world.events.filter(({ reason, regarding }) => reason === 'AwaitingApproval' && regarding.kind === 'MitigationPlan');
    expect(told.map(({ note }) => note.includes('longer than its 10 s'))).toEqual([false, true]);
  });

  it('an Approve engages in the name of its author, and is used from then on', async () => {
    await whileAsking();
    decide(world, { name: 'yes', action: 'Approve', stage: 0 });
    await world.pass(0.25);
    expect(shareIn(world)).toBe(10);
    await world.pass(2);
    expect(validityOf(world, 'yes')).toEqual({ status: 'True', reason: 'Used' });
    expect(entriesOf(incidentsIn(world)[0] ?? planIn(world))).toContainEqual(expect.objectContaining({ type: 'Engaged', actor: 'ana' }));
  });

  it('an Approve whose use a crash left on the target only does not answer the next question', async () => {
    await whileAsking();
    decide(world, { name: 'yes', action: 'Approve', stage: 0 });
    await world.passUntil('asked again', isAsked(1));
    world.api.onWrite(({ resource }) => (resource === 'httproutes' ? 'Pass' : 'Lose'));
    decide(world, { name: 'yes-1', action: 'Approve', stage: 1 });
    await world.passUntil('in shadow', () => isMirrored(routeIn(world)));
    world.api.onWrite(() => 'Pass');
    await world.restart();
    world.read(0.01);
    await world.passUntil('stepped down', () => shareIn(world) === 10);
    world.read(0.9);
    await world.passUntil('asked once more', isAsked(1));
    await world.pass(10);
    expect(shareIn(world)).toBe(10);
    expect(validityOf(world, 'yes-1')).toEqual({ status: 'True', reason: 'Used' });
  });

  it('a Reject ends the question and its record, once each', async () => {
    await whileAsking();
    decide(world, { name: 'no', action: 'Reject', stage: 0 });
    await world.pass(5);
    expect(phaseOf(planIn(world))).toBe('Idle');
    expect(isConstrained(routeIn(world))).toBe(false);
    expect(validityOf(world, 'no')).toEqual({ status: 'True', reason: 'Used' });
    expect(incidentsIn(world).map(stepsOf)).toEqual([['Proposed', 'Rejected', 'Closed']]);
    expect(conditionOf(incidentsIn(world)[0] ?? planIn(world), 'Closed')).toMatchObject({ status: 'True' });
  });

  it('a question that is withdrawn closes its record once; one withdrawn during an engagement does not close it', async () => {
    await whileAsking();
    world.read(0.01);
    await world.pass(5);
    expect(incidentsIn(world).map(stepsOf)).toEqual([['Proposed', 'Withdrawn', 'Closed']]);
    world.read(0.9);
    await world.passUntil('asked again', isAsked(0));
    await world.pass(1);
    decide(world, { name: 'yes', action: 'Approve', stage: 0 });
    await world.passUntil('asked for more', isAsked(1));
    world.read(0.01);
    await world.passUntil('withdrawn', () => !isAsked(1)());
    world.read(0.2);
    await world.pass(3);
    const [, second] = incidentsIn(world);
    expect(stepsOf(second ?? planIn(world))).toEqual(['Proposed', 'Approved', 'Engaged', 'Proposed', 'Withdrawn']);
    expect(second?.['status']).not.toHaveProperty('closedAt');
  });

  it('a Release gives the target back, stays valid until that is done, and is carried out again after a crash before it', async () => {
    await whileEngaged();
    world.api.onWrite(({ resource }) => (resource === 'httproutes' ? 'Lose' : 'Pass'));
    decide(world, { name: 'off', action: 'Release' });
    await world.pass(3);
    expect(validityOf(world, 'off')).toEqual({ status: 'True', reason: 'Valid' });
    world.api.onWrite(() => 'Pass');
    await world.restart();
    await untilGivenBack(world);
    expect(shareIn(world)).toBe(50);
    expect(validityOf(world, 'off')).toEqual({ status: 'True', reason: 'Used' });
    expect(phaseOf(planIn(world))).toBe('Idle');
  });

  it('a Release keeps to its expiresAt, also when a crash left nothing but the tombstone', async () => {
    await whileEngaged();
    world.api.onWrite(({ resource }) => (resource === 'httproutes' ? 'Pass' : 'Lose'));
    decide(world, { name: 'off', action: 'Release', expiresAt: later(world, 20) });
    await world.passUntil('given back', () => shareIn(world) === 50);
    await world.restart();
    world.api.onWrite(() => 'Pass');
    await world.pass(10);
    expect(shareIn(world)).toBe(50);
    await world.passUntil('engaged again', () => shareIn(world) === 10);
  });

  it('counts without a single poll: a risk that is gone keeps nobody from releasing', async () => {
    await whileEngaged();
    world.api.remove('modelrisks', 'credit');
    await world.pass(2);
    decide(world, { name: 'off', action: 'Release' });
    await world.pass(1);
    expect(shareIn(world)).toBe(50);
  });

  it('suspend: Release does not need a poll either', async () => {
    await whileEngaged();
    world.api.remove('modelrisks', 'credit');
    world.api.apply('mitigationplans', memoryPlan({ suspend: 'Release' }));
    await world.pass(1);
    expect(shareIn(world)).toBe(50);
  });

  it('a Hold says when it counts, when it is void, and when it ended', async () => {
    await world.pass(2);
    decide(world, { name: 'wait', action: 'Hold', expiresAt: later(world, 20) });
    await world.pass(0.5);
    expect(validityOf(world, 'wait')).toEqual({ status: 'False', reason: 'NotEngaged' });
    await whileEngaged();
    expect(validityOf(world, 'wait')).toEqual({ status: 'True', reason: 'Valid' });
    expect(conditionOf(planIn(world), 'Held')).toMatchObject({ status: 'True' });
    await world.restart();
    await world.pass(1);
    const held = incidentsIn(world)
      .flatMap(entriesOf)
      .filter(({ type }) => type === 'Held');
    expect(held).toMatchObject([{ actor: 'ana', target: 'RiskDecision/wait' }]);
    await world.pass(10);
    expect(shareIn(world)).toBe(10);
    world.api.remove('modelrisks', 'credit');
    await world.pass(10);
    expect(validityOf(world, 'wait')).toEqual({ status: 'False', reason: 'Expired' });
    expect(conditionOf(planIn(world), 'Held')).toMatchObject({ status: 'False' });
    await world.pass(61);
    expect(await world.sample('modelrisk_programme_events', 'overridesHold')).toBe(1);
  });

  it('is judged again when the plan becomes another one', async () => {
    await whileEngaged();
    decide(world, { name: 'wait', action: 'Hold', expiresAt: later(world, 600) });
    await world.pass(0.5);
    world.api.apply('mitigationplans', memoryPlan({ recovery: { stepSeconds: 3, probeAfterSeconds: 3 } }));
    await world.pass(0.5);
    expect(validityOf(world, 'wait')).toEqual({ status: 'False', reason: 'DigestChanged' });
    world.api.apply('mitigationplans', memoryPlan());
    await world.pass(0.5);
    expect(validityOf(world, 'wait')).toEqual({ status: 'True', reason: 'Valid' });
  });

  it('is void for a contributor, a foreign role, a subject that is gone and an engagement that is over, with the reason', async () => {
    await whileAsking();
    decide(world, { name: 'own', action: 'Approve', stage: 0, author: 'olga' });
    decide(world, { name: 'foreign', action: 'Approve', stage: 0, role: 'product' });
    decide(world, {
      name: 'lost',
      action: 'Hold',
      expiresAt: later(world, 600),
      subjectRef: { kind: 'MitigationPlan', name: 'credit', uid: 'another' },
    });
    decide(world, { name: 'early', action: 'Release', engagement: 1 });
    decide(world, { name: 'ahead', action: 'Approve', stage: 1 });
    await world.pass(1);
    expect(validityOf(world, 'own')).toEqual({ status: 'False', reason: 'AuthorContributed' });
    expect(validityOf(world, 'foreign')).toEqual({ status: 'False', reason: 'ForeignRole' });
    expect(validityOf(world, 'lost')).toEqual({ status: 'False', reason: 'SubjectMissing' });
    expect(validityOf(world, 'early')).toEqual({ status: 'False', reason: 'NotEngaged' });
    expect(validityOf(world, 'ahead')).toEqual({ status: 'True', reason: 'NotAsked' });
    expect(shareIn(world)).toBe(50);
    world.read(0.01);
    await world.pass(5);
    expect(validityOf(world, 'ahead')).toEqual({ status: 'False', reason: 'EngagementOver' });
  });

  it('regression: an edit while it asks takes the question back: nobody approves what was not asked', async () => {
    await whileAsking();
    decide(world, { name: 'too-late', action: 'Approve', stage: 0, author: 'bea' });
    world.api.apply(
      'mitigationplans',
      memoryPlan({ ...asking, stages: [{ name: 'tight', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 3 } }] }] }),
    );
    await world.pass(3);
    expect(shareIn(world)).toBe(50);
    expect(incidentsIn(world).map(stepsOf)).toEqual([['Proposed', 'Withdrawn', 'Closed'], ['Proposed']]);
    expect(validityOf(world, 'too-late')).toMatchObject({ status: 'False' });
    decide(world, { name: 'approve', action: 'Approve', stage: 0 });
    await world.pass(1);
    expect(shareIn(world)).toBe(3);
  });

  it('regression: an answer stays valid though the plan was edited during the engagement it is about', async () => {
    await whileAsking();
    decide(world, { name: 'approve', action: 'Approve', stage: 0 });
    await world.passUntil('asked about shadow', isAsked(1));
    world.api.apply('mitigationplans', memoryPlan({ ...asking, recovery: { stepSeconds: 9, probeAfterSeconds: 9 } }));
    await world.pass(0.5);
    decide(world, { name: 'shadow', action: 'Approve', stage: 1 });
    await world.pass(1);
    expect(isMirrored(routeIn(world))).toBe(true);
  });

  describe('of somebody whose name has a comma', () => {
    const dana = 'uid=dana,ou=people';
    const releaseAmong = async (contributors: string): Promise<void> => {
      const plan = memoryPlan() as { readonly metadata: object };
      const annotations = { 'modelrisk.dev/contributors': contributors };
      world.api.apply('mitigationplans', { ...plan, metadata: { ...plan.metadata, annotations } });
      await whileEngaged();
      decide(world, { name: 'release', action: 'Release', author: dana });
      await world.pass(3);
    };

    it('regression: counts as everybody else’s does', async () => {
      await releaseAmong('olga');
      expect(validityOf(world, 'release')).toMatchObject({ status: 'True' });
      expect(shareIn(world)).toBe(50);
    });

    it.each([
      ['as it is encoded now', 'olga,uid=dana%2Cou=people'],
      ['as lists held it before', 'uid=dana,ou=people,olga'],
    ])('regression: is void where the list of contributors holds that name %s', async (_form, contributors) => {
      await releaseAmong(contributors);
      expect(validityOf(world, 'release')).toEqual({ status: 'False', reason: 'AuthorContributed' });
      expect(shareIn(world)).toBe(10);
    });
  });
});
