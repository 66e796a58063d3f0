import { afterEach, describe, expect, it } from '@jest/globals';
import {
  applyGuardedModelTo,
  memoryPlan,
  memoryPolicy,
  memoryRisk,
  memoryRoute,
  startMemoryOperator,
} from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { decide } from '../../builders/memory-decisions.ts';
import { incidentsIn } from '../../builders/memory-record.ts';
import { flagIn, liveIn, planIn, routeIn, shareIn } from '../../builders/memory-story.ts';
import { fight, overwrite } from '../../builders/rival.ts';
import { conditionOf, defaultVariant, isConstrained, isMirrored, stepsOf } from '../../builders/traffic-view.ts';

const limit = { name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] };
const yields = { action: 'Yield', afterSeconds: 10, retryAfterSeconds: 300 };
const chat = 'https://chat.example/hook';

describe('a contested target', () => {
  let world: MemoryOperator;
  afterEach(() => world.stop());

  async function capped(plan: Readonly<Record<string, unknown>> = {}): Promise<void> {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      const policy = memoryPolicy() as { readonly spec: object };
      api.apply('riskpolicies', { ...policy, spec: { ...policy.spec, receivers: [{ name: 'chat', webhook: { url: chat } }] } });
      api.apply('mitigationplans', memoryPlan({ stages: [limit], notify: { receivers: ['chat'] }, ...plan }));
    });
    await world.pass(1);
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
  }

  /** The other writer at work until the plan says so, once a second. */
  async function fightUntil(what: string, isSo: () => boolean): Promise<void> {
    for (let seconds = 0; !isSo(); seconds++) {
      if (seconds > 120) throw new Error(`not within two minutes: ${what}`);
      overwrite(world);
      await world.pass(1);
    }
  }

  const isYielded = (): boolean => conditionOf(planIn(world), 'Contested')?.reason === 'Yielded';
  const untilYielded = (): Promise<void> => fightUntil('yielded', () => isYielded() && shareIn(world) === 50);
  const entries = () => incidentsIn(world)[0]?.status.entries ?? [];
  const routePatches = () => world.api.writes.filter(({ resource }) => resource === 'httproutes').length;

  it('is laid again at once against a writer of one edit a second, for as long as that takes', async () => {
    await capped();
    const { patches, undone, aboveShare } = await fight(world, { everyMs: 1000, seconds: 60 });
    expect(undone).toBeGreaterThan(55);
    expect(patches).toBe(undone);
    expect(aboveShare).toBeLessThanOrEqual(0.05);
    expect(conditionOf(planIn(world), 'Contested')).toMatchObject({ status: 'True', reason: 'ForeignEdits' });
  }, 20_000);

  it('regression: has its status written every ten seconds, not with every edit, and at once when something else is to be told', async () => {
    await capped();
    await fight(world, { everyMs: 1000, seconds: 10 });
    const before = world.api.writes.length;
    await fight(world, { everyMs: 1000, seconds: 30 });
    const written = () => world.api.writes.slice(before).filter(({ resource }) => resource === 'mitigationplans').length;
    expect(written()).toBeGreaterThanOrEqual(1);
    expect(written()).toBeLessThanOrEqual(4);
    world.api.apply('mitigationplans', memoryPlan({ stages: [limit], notify: { receivers: ['chat'] }, suspend: 'Hold' }));
    await world.pass(0.5);
    expect(conditionOf(planIn(world), 'Held')).toMatchObject({ status: 'True' });
  }, 20_000);

  it('costs no more writes than its budget, however fast the other writer is: ten at once and one a second', async () => {
    await capped();
    const { patches, aboveShare } = await fight(world, { everyMs: 125, seconds: 40 });
    expect(patches).toBeGreaterThanOrEqual(40);
    expect(patches).toBeLessThanOrEqual(10 + 40);
    expect(aboveShare).toBeLessThan(1);
  }, 20_000);

  it('regression: costs no more than that beside a plan the route refuses, which asks in vain each time', async () => {
    await capped();
    const [traffic] = (memoryPlan() as { readonly spec: { readonly targets: readonly [{ readonly httpRoute: object }] } }).spec.targets;
    const absent = { name: 'traffic', httpRoute: { ...traffic.httpRoute, candidate: { service: 'credit-v3', port: 8080 } } };
    const other = memoryPlan({ stages: [limit], targets: [absent] }) as { readonly metadata: object };
    world.api.apply('mitigationplans', { ...other, metadata: { ...other.metadata, name: 'other' } });
    await world.pass(3);
    expect(conditionOf(liveIn(world, 'mitigationplans', 'other'), 'Effective')).toMatchObject({ reason: 'CandidateAbsent' });
    const { patches } = await fight(world, { everyMs: 125, seconds: 20 });
    expect(patches).toBeLessThanOrEqual(10 + 20);
  }, 20_000);

  it('is given back without waiting for the budget', async () => {
    await capped();
    await fight(world, { everyMs: 125, seconds: 12 });
    overwrite(world);
    expect(isConstrained(routeIn(world))).toBe(true);
    world.api.apply('mitigationplans', memoryPlan({ suspend: 'Release', stages: [limit] }));
    await world.clock.advance(20);
    expect(isConstrained(routeIn(world))).toBe(false);
    expect(shareIn(world)).toBe(50);
  }, 20_000);

  it('takes the next stage without waiting for the budget', async () => {
    const shadow = { name: 'shadow', enterOnSevere: ['score-drift'], actions: [{ target: 'traffic', shadow: { percent: 100 } }] };
    await capped({ stages: [limit, shadow] });
    await fight(world, { everyMs: 125, seconds: 12 });
    world.api.apply('modelrisks', memoryRisk({ threshold: { direction: 'Above', warn: 0.1, breach: 0.25, severe: 0.5, clear: 0.1 } }));
    overwrite(world);
    await world.passUntil('asked', () => stepsOf(incidentOf()).includes('Escalated'));
    expect(isMirrored(routeIn(world))).toBe(true);
  }, 20_000);

  it('tells people within ten seconds after it became contested, by name of the other writer', async () => {
    await capped();
    await world.pass(5);
    const before = world.notices.length;
    let contestedAtMs = 0;
    let toldAtMs = 0;
    for (let seconds = 0; seconds < 30 && toldAtMs === 0; seconds += 0.25) {
      if (seconds % 1 === 0) overwrite(world);
      await world.pass(0.25);
      const contested = entries().find(({ type }) => type === 'Contested');
      if (contested !== undefined) contestedAtMs = Date.parse(contested.at);
      if (world.notices.slice(before).some(({ message }) => message.body.includes('Contested'))) toldAtMs = world.clock.nowMs();
    }
    expect(contestedAtMs).toBeGreaterThan(0);
    expect(toldAtMs - contestedAtMs).toBeLessThanOrEqual(10_000);
    const text = world.notices.find(({ message }) => message.body.includes('Contested'))?.message.body ?? '';
    expect(text).toContain('flagger: more than 5 edits by others within 60 s');
    expect(text).toContain('laid again after each edit, at most 60 times a minute');
  }, 20_000);

  it('regression: is no contest of a plan that was released while the route was gone, and whose record is closed', async () => {
    const asOther = (changes: object): object => {
      const plan = memoryPlan({ stages: [limit], ...changes }) as { readonly metadata: object };
      return { ...plan, metadata: { ...plan.metadata, name: 'other' } };
    };
    await capped();
    world.api.apply('mitigationplans', asOther({}));
    await world.pass(3);
    world.api.remove('httproutes', 'credit');
    await world.pass(2);
    world.api.apply('mitigationplans', asOther({ suspend: 'Release' }));
    await world.pass(2);
    world.api.apply('httproutes', memoryRoute());
    await world.passUntil('capped anew', () => shareIn(world) === 10);
    await fight(world, { everyMs: 1000, seconds: 12 });
    await world.pass(1);
    const [own, others] = incidentsIn(world).map(({ status }) => status.entries.map(({ type }) => type));
    expect(own).toContain('Contested');
    expect(others?.slice(-2)).toEqual(['Released', 'Closed']);
  }, 20_000);

  it('is never left to the other writer where the plan does not say so', async () => {
    await capped();
    await fight(world, { everyMs: 1000, seconds: 60 });
    await world.pass(1);
    expect(shareIn(world)).toBe(10);
    expect(entries().some(({ type }) => type === 'Yielded')).toBe(false);
  }, 20_000);

  describe('of a plan that yields', () => {
    it('is left to the other writer after the grace and not before, which is said, recorded and told', async () => {
      await capped({ onContest: yields });
      await fightUntil('contested', () => conditionOf(planIn(world), 'Contested')?.status === 'True');
      expect(conditionOf(planIn(world), 'Contested')?.message).toContain('after 10 s the target is left to that writer');
      for (let seconds = 0; seconds < 8; seconds++) {
        overwrite(world);
        await world.pass(1);
        expect(shareIn(world)).toBe(10);
      }
      await untilYielded();
      const patches = routePatches();
      await fight(world, { everyMs: 1000, seconds: 60 });
      expect(routePatches()).toBe(patches);
      expect(shareIn(world)).toBe(50);
      const contested = conditionOf(planIn(world), 'Contested');
      expect(contested?.message).toContain('Target traffic is left to flagger since 2026-');
      expect(contested?.message).toContain('write onContest: {action: Reassert}');
      for (const type of ['Effective', 'Ready']) expect(conditionOf(planIn(world), type)).toMatchObject({ status: 'False' });
      expect(conditionOf(planIn(world), 'Effective')).toMatchObject({ reason: 'Yielded' });
      expect(conditionOf(planIn(world), 'Stalled')).toMatchObject({ status: 'False' });
      expect(planIn(world)['status']).toMatchObject({
        targets: [{ name: 'traffic', verified: 'Unconstrained', message: 'Left to flagger.' }, { name: 'flag' }],
      });
      expect(entries().filter(({ type }) => type === 'Yielded')).toMatchObject([{ target: 'HTTPRoute/credit', actor: 'operator' }]);
      expect(
        entries().filter(({ type, before, after }) => type === 'Applied' && before.includes('10') && after.includes('50')).length,
      ).toBeGreaterThan(0);
      expect(world.notices.some(({ message }) => message.body.includes('Yielded'))).toBe(true);
      expect(world.events.filter(({ action }) => action === 'Yield').map(({ regarding }) => regarding.kind)).toEqual([
        'MitigationPlan',
        'HTTPRoute',
      ]);
      expect(isConstrained(routeIn(world))).toBe(true);
    }, 20_000);

    it('is laid once more each retryAfterSeconds, and left again at the first edit, without a word more', async () => {
      await capped({ onContest: yields });
      await untilYielded();
      await world.pass(10);
      const [patches, told, recorded] = [routePatches(), world.notices.length, entries().length];
      await fight(world, { everyMs: 1000, seconds: 900 });
      // Three tries: laid, undone and laid by the edit that showed it, given back.
      expect(routePatches() - patches).toBe(9);
      expect(world.notices).toHaveLength(told);
      expect(entries().length).toBeLessThanOrEqual(recorded + 1);
      expect(isYielded()).toBe(true);
      expect(shareIn(world)).toBe(50);
    }, 20_000);

    it('is taken back when the other writer has stopped, and the contest is over once that stood for a minute', async () => {
      await capped({ onContest: yields });
      await untilYielded();
      await world.pass(290);
      expect(shareIn(world)).toBe(50);
      await world.pass(12);
      expect(shareIn(world)).toBe(10);
      expect(isYielded()).toBe(true);
      await world.pass(60);
      expect(conditionOf(planIn(world), 'Contested')).toMatchObject({ status: 'False' });
      expect(conditionOf(planIn(world), 'Effective')).toMatchObject({ status: 'True', reason: 'Verified' });
      expect(stepsOf(incidentOf()).slice(-2)).toEqual(['Yielded', 'Reasserted']);
      await fightUntil('contested anew', () => conditionOf(planIn(world), 'Contested')?.reason === 'ForeignEdits');
      expect(shareIn(world)).toBe(10);
    }, 20_000);

    it('is taken back as soon as what the other writer wants is within the constraint, which moves nobody', async () => {
      await capped({ onContest: yields });
      await untilYielded();
      await world.pass(65);
      overwrite(world, 4);
      await world.pass(2);
      expect(shareIn(world)).toBe(4);
      await world.pass(61);
      expect(conditionOf(planIn(world), 'Contested')).toMatchObject({ status: 'False' });
      overwrite(world, 50);
      await world.pass(1);
      expect(shareIn(world)).toBe(10);
    }, 20_000);

    it('costs no more than a try a minute where the other writer goes to and fro', async () => {
      await capped({ onContest: yields });
      await untilYielded();
      const before = routePatches();
      for (let seconds = 0; seconds < 130; seconds++) {
        overwrite(world, seconds % 2 === 0 ? 4 : 50);
        await world.clock.advance(1000);
      }
      expect(routePatches() - before).toBeLessThanOrEqual(3 * 3);
    }, 20_000);

    it('ends with the engagement: what the other writer wants stays to the byte, and the next engagement begins afresh', async () => {
      await capped({ onContest: yields });
      await untilYielded();
      overwrite(world, 37);
      const { spec } = routeIn(world);
      world.read(0.01);
      await world.passUntil('given back', () => !isConstrained(routeIn(world)));
      await world.pass(5);
      expect(routeIn(world)['spec']).toEqual(spec);
      expect(routeIn(world).metadata.annotations?.['modelrisk.dev/epoch']).toBeUndefined();
      expect(conditionOf(planIn(world), 'Contested')).toMatchObject({ status: 'False', reason: 'No' });
      world.read(0.9);
      await world.passUntil('capped again', () => shareIn(world) === 10);
      expect(conditionOf(planIn(world), 'Contested')).toMatchObject({ status: 'False' });
    }, 20_000);

    it('is laid again at once when the plan is edited to yield no more', async () => {
      await capped({ onContest: yields });
      await untilYielded();
      world.api.apply('mitigationplans', memoryPlan({ stages: [limit], notify: { receivers: ['chat'] } }));
      await world.pass(0.5);
      expect(shareIn(world)).toBe(10);
      await world.pass(2);
      expect(stepsOf(incidentOf()).at(-1)).toBe('Reasserted');
      expect(conditionOf(planIn(world), 'Effective')).toMatchObject({ status: 'True' });
    }, 20_000);

    it('is laid again by the next process: a restart forgets that it yielded, and protects', async () => {
      await capped({ onContest: yields });
      await untilYielded();
      await world.restart();
      await world.pass(3);
      expect(shareIn(world)).toBe(10);
    }, 20_000);

    it('is not left while people hold the plan', async () => {
      await capped({ onContest: yields });
      decide(world, { name: 'wait', action: 'Hold', expiresAt: new Date(world.clock.nowMs() + 600_000).toISOString() });
      await world.pass(2);
      expect(conditionOf(planIn(world), 'Held')).toMatchObject({ status: 'True' });
      await fight(world, { everyMs: 1000, seconds: 60 });
      await world.pass(1);
      expect(shareIn(world)).toBe(10);
      expect(conditionOf(planIn(world), 'Contested')).toMatchObject({ status: 'True', reason: 'ForeignEdits' });
    }, 20_000);

    it('is passed over for the next stage that protects without it', async () => {
      const shadow = { name: 'shadow', actions: [{ target: 'traffic', shadow: { percent: 100 } }] };
      const rollback = {
        name: 'rollback',
        actions: [
          { target: 'traffic', canaryLimit: { maxPercent: 0 } },
          { target: 'flag', flagRollback: {} },
        ],
      };
      await capped({ onContest: yields, stages: [limit, shadow, rollback] });
      await fightUntil('rolled back', () => defaultVariant(flagIn(world)) === 'off');
      expect(shareIn(world)).toBe(50);
      expect(isMirrored(routeIn(world))).toBe(false);
      await world.pass(2);
      const step = entries().find(({ type }) => type === 'Escalated');
      expect(step).toMatchObject({ before: 'limit', after: 'rollback' });
      expect(step?.reason).toContain('Another writer holds a target of the stage before');
    }, 20_000);

    it('lays the constraint of another plan that does not yield', async () => {
      await capped({ onContest: yields });
      const other = memoryPlan({ stages: [{ ...limit, actions: [{ target: 'traffic', canaryLimit: { maxPercent: 20 } }] }] });
      world.api.apply('mitigationplans', { ...other, metadata: { ...(other as { metadata: object }).metadata, name: 'other' } });
      await world.pass(3);
      expect(shareIn(world)).toBe(10);
      await fightUntil('yielded', isYielded);
      await world.pass(1);
      expect(shareIn(world)).toBe(20);
      const { aboveShare } = await fight(world, { everyMs: 1000, seconds: 12 });
      expect(aboveShare).toBe(1);
      expect(shareIn(world)).toBe(20);
    }, 20_000);
  });

  function incidentOf() {
    const [incident] = world.api.list('riskincidents');
    if (incident === undefined) throw new Error('nothing is on record');
    return incident as unknown as Parameters<typeof stepsOf>[0];
  }
});
