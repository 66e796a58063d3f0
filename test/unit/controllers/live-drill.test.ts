import { httpRouteActuator } from '../../../src/actuators/http-route/actuator.ts';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { restoreObject } from '../../../src/cli/restore.ts';
import { applyPatch } from '../../builders/json-patch.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { memoryBackend, memoryPlan, memoryRisk } from '../../builders/memory-operator.ts';
import {
  askForDrill,
  drill,
  drillEntriesIn,
  drillRequest,
  drillsIn,
  lastDrillOf,
  markSandbox,
  startDrilled,
  usersOf,
} from '../../builders/drilling.ts';
import { auditIn } from '../../builders/memory-record.ts';
import { flagIn, planIn, routeIn, shareIn, untilGivenBack } from '../../builders/memory-story.ts';
import { conditionOf, defaultVariant, entriesOf, isConstrained, isMirrored, phaseOf, stepsOf } from '../../builders/traffic-view.ts';
import type { KubeObject } from '../../../testbed/api-client.ts';

const sandbox = { drill: { everySeconds: 86_400, scope: 'Sandbox' } };
const { stages } = (memoryPlan() as { readonly spec: { readonly stages: readonly object[] } }).spec;

jest.setTimeout(60_000);

let world: MemoryOperator;

afterEach(() => world.stop());

async function startLive(plan: Readonly<Record<string, unknown>> = {}): Promise<MemoryOperator> {
  world = await startDrilled({ ...sandbox, ...plan }, markSandbox);
  await world.pass(2);
  return world;
}

/** Asks, and lets time go by until the drill has mirrored requests: in the middle of its ladder. */
async function inTheMiddle(plan: Readonly<Record<string, unknown>> = {}): Promise<void> {
  askForDrill(world, 'one', { ...sandbox, ...plan });
  await world.passUntil('in shadow', () => isMirrored(routeIn(world)));
}

/** In its last stage, until the function it answers lets the patch of the flag through: polls come once a second, drills are faster. */
async function inTheLastStage(): Promise<() => void> {
  askForDrill(world, 'one', sandbox);
  await world.passUntil('in the first stage', () => shareIn(world) === 10);
  const letThrough = world.api.hold('featureflags');
  await world.passUntil('in the last stage', () => shareIn(world) === 0 && !isMirrored(routeIn(world)));
  await world.pass(1);
  return letThrough;
}

const realIncidents = (): readonly KubeObject[] => {
  const drills = new Set(drillsIn(world).map(({ metadata }) => metadata.name));
  return world.api.list('riskincidents').filter(({ metadata }) => !drills.has(metadata.name));
};

describe('a live drill', () => {
  it('walks every stage over the live objects, measures, and gives all back to the byte', async () => {
    await startLive();
    const before = usersOf(world);

    const found = await drill(world, 'one', sandbox);
    await world.pass(2);

    expect(found).toMatchObject({ scope: 'Sandbox', result: 'Passed', restored: 'Restored' });
    expect(found.timeToMitigateSeconds).toBeGreaterThan(0);
    expect(found.timeToMitigateSeconds).toBeLessThan(5);
    expect(usersOf(world)).toEqual(before);
    expect(drillEntriesIn(world).map(({ type, after = '' }) => `${type} ${after}`)).toEqual([
      'Engaged drill',
      'Escalated limit',
      'Applied credit-v1 90 %, credit-v2 10 %',
      'Verified credit-v1 90 %, credit-v2 10 %',
      'Escalated shadow',
      'Applied credit-v1 100 %, credit-v2 0 %; copies 100 % to credit-v2',
      'Verified credit-v1 100 %, credit-v2 0 %; copies 100 % to credit-v2',
      'Escalated rollback',
      'Applied credit-v1 100 %, credit-v2 0 %',
      'Applied use-v2 answers off',
      'Verified use-v2 answers off',
      'Verified credit-v1 100 %, credit-v2 0 %',
      'Released none',
      'Applied use-v2 answers on',
      'Applied credit-v1 50 %, credit-v2 50 %',
      'Closed Passed',
    ]);
    expect(auditIn(world)).toEqual([]);
    expect(await world.sample('modelrisk_drill_time_to_mitigate_seconds', '')).not.toBe(0);
  });

  it('is no engagement: the plan stays idle, no risk is in breach, no gauge and no open incident of the model tells of it', async () => {
    await startLive();
    await inTheMiddle();

    const status = planIn(world)['status'] as { readonly memory: unknown };
    expect(phaseOf(planIn(world))).toBe('Idle');
    expect(status.memory).toEqual({ phase: 'Idle', engagement: 0, recentEngagementTimes: [], suppressed: [] });
    expect(conditionOf(planIn(world), 'Engaged')).toMatchObject({ status: 'False' });
    expect(conditionOf(planIn(world), 'Drilled')).toMatchObject({ status: 'Unknown', reason: 'Running' });
    const risk = world.api.get('modelrisks', 'credit') as unknown as KubeObject;
    expect(conditionOf(risk, 'Breached')).toMatchObject({ status: 'False' });
    expect((risk['status'] as { readonly openIncidents?: readonly string[] }).openIncidents ?? []).toEqual([]);
    expect(await world.sample('modelrisk_engaged_stage', 'lending', 'credit')).toBe(0);
    expect(world.events.filter(({ reason }) => reason === 'Engaged')).toEqual([]);
  });

  it('makes way for a real breach at once: the constraint stands without a gap, and the engagement is the plan’s own', async () => {
    await startLive();
    const before = usersOf(world);
    const letThrough = await inTheLastStage();
    const askedAt = world.clock.nowMs();
    world.read(0.9);
    const shares: number[] = [];
    await world.passUntil('engaged', () => {
      shares.push(shareIn(world));
      return phaseOf(planIn(world)) === 'Engaged';
    });

    // One poll a second, and one patch.
    letThrough();
    expect(world.clock.nowMs() - askedAt).toBeLessThanOrEqual(2000);
    expect(Math.max(...shares)).toBeLessThanOrEqual(10);
    await world.pass(1);
    expect(lastDrillOf(planIn(world))).toMatchObject({ result: 'Aborted', reason: 'Engaged', restored: 'NotCompared' });
    expect(drillEntriesIn(world).at(-1)).toMatchObject({ type: 'Closed', after: 'Aborted' });
    expect(realIncidents()).toHaveLength(1);

    await world.passUntil('rolled back', () => defaultVariant(flagIn(world)) === 'off');
    world.read(0.01);
    await untilGivenBack(world);
    expect(usersOf(world)).toEqual(before);
    expect(realIncidents().map(stepsOf)).toEqual([
      ['Engaged', 'Escalated', 'Escalated', 'SteppedDown', 'SteppedDown', 'Released', 'Closed'],
    ]);
    expect(auditIn(world)).toEqual([]);
  });

  it.each(['traffic', 'flag', 'journal'] as const)('gives back what an operator that was killed in it left (%s)', async (where) => {
    await startLive();
    const before = usersOf(world);
    askForDrill(world, 'one', sandbox);
    const isThere = {
      traffic: () => shareIn(world) === 10,
      flag: () => defaultVariant(flagIn(world)) === 'off',
      journal: () => isConstrained(routeIn(world)),
    }[where];
    await world.passUntil(where, isThere);

    await world.restart();
    await world.passUntil('told', () => lastDrillOf(planIn(world)) !== null);
    await world.pass(3);

    expect(usersOf(world)).toEqual(before);
    expect(lastDrillOf(planIn(world))).toMatchObject({ result: 'Interrupted', request: 'one', reason: 'OperatorEnded' });
    expect(drillEntriesIn(world).at(-1)).toMatchObject({ type: 'Closed', after: 'Interrupted' });
    expect(drillsIn(world)).toHaveLength(1);
    expect(phaseOf(planIn(world))).toBe('Idle');
    expect(auditIn(world)).toEqual([]);
  });

  it('ends when somebody suspends the plan, edits or deletes it', async () => {
    const ends: readonly (readonly [string, () => void, object])[] = [
      [
        'suspended',
        () => {
          askForDrill(world, 'one', { ...sandbox, suspend: 'Hold' });
        },
        { result: 'Aborted', reason: 'Suspended' },
      ],
      [
        'edited',
        () => {
          askForDrill(world, 'one', { ...sandbox, recovery: { stepSeconds: 9 } });
        },
        { result: 'Aborted', reason: 'Edited' },
      ],
    ];
    for (const [what, end, wanted] of ends) {
      await startLive();
      const before = usersOf(world);
      const letThrough = await inTheLastStage();
      end();
      await world.pass(2);
      letThrough();
      await world.passUntil(what, () => lastDrillOf(planIn(world)) !== null);
      await world.pass(3);
      expect(lastDrillOf(planIn(world))).toMatchObject(wanted);
      expect(usersOf(world)).toEqual(before);
      await world.stop();
    }

    await startLive();
    const before = usersOf(world);
    await inTheMiddle();
    world.api.remove('mitigationplans', 'credit');
    await world.passUntil('gone', () => world.api.get('mitigationplans', 'credit') === null);
    await world.pass(2);
    expect(usersOf(world)).toEqual(before);
    expect(drillEntriesIn(world).at(-1)).toMatchObject({ type: 'Closed', after: 'Aborted' });
  });

  it('fails where somebody restores a target by hand in the middle of it, and lays nothing there again', async () => {
    await startLive();
    const before = usersOf(world);
    await inTheMiddle();
    const live = world.api.get('httproutes', 'credit');
    if (live === null) throw new Error('no route');
    const restoration = restoreObject(live, { actuator: httpRouteActuator, actor: 'restore', nowMs: world.clock.nowMs() });
    if (restoration.kind !== 'Patch') throw new Error(restoration.message);
    world.api.apply('httproutes', applyPatch(live, restoration.operations));
    await world.passUntil('told', () => lastDrillOf(planIn(world)) !== null);
    await world.pass(2);
    expect(lastDrillOf(planIn(world))).toMatchObject({ result: 'Failed', reason: 'Released' });
    expect(usersOf(world)).toEqual(before);
  });

  it('keeps an edit that comes in the middle, and does not claim to have compared', async () => {
    await startLive();
    await inTheMiddle();
    const live = routeIn(world);
    world.api.apply('httproutes', { ...live, metadata: { ...live.metadata, labels: { team: 'risk' } } });
    await world.passUntil('told', () => lastDrillOf(planIn(world)) !== null);
    await world.pass(2);
    // The memory keeps no managers, so nobody can say who it was: the drill says what differs.
    expect(lastDrillOf(planIn(world))).toMatchObject({ result: 'Failed', reason: 'NotRestored', restored: 'NotRestored' });
    expect(lastDrillOf(planIn(world))?.message).toContain('/metadata/labels');
    expect(routeIn(world).metadata.labels).toEqual({ team: 'risk' });
  });

  it('names who edited a target in the middle, and fails for nobody’s edit', async () => {
    await startLive();
    await inTheMiddle();
    const live = routeIn(world);
    const time = new Date(world.clock.nowMs()).toISOString();
    const managedFields = [{ manager: 'kubectl-edit', operation: 'Update', time }];
    world.api.apply('httproutes', { ...live, metadata: { ...live.metadata, labels: { team: 'risk' }, managedFields } });
    await world.passUntil('told', () => lastDrillOf(planIn(world)) !== null);
    expect(lastDrillOf(planIn(world))).toMatchObject({ result: 'Passed', restored: 'NotCompared' });
    expect(lastDrillOf(planIn(world))?.steps.find(({ reason }) => reason === 'Edited')?.message).toContain('kubectl-edit edited it');
  });

  it('comes down again from a stage nobody takes', async () => {
    await startLive();
    const before = usersOf(world);
    askForDrill(world, 'one', sandbox);
    await world.passUntil('capped', () => shareIn(world) === 10);
    memoryBackend(world.api, 'credit-v1', false);
    await world.passUntil('told', () => lastDrillOf(planIn(world)) !== null);
    await world.pass(2);
    expect(lastDrillOf(planIn(world))).toMatchObject({ result: 'Failed', reason: 'SafeBackendNotReady', restored: 'Restored' });
    expect(usersOf(world)).toEqual(before);
  });

  it('touches nothing before it is on record', async () => {
    await startLive();
    world.api.onWrite(({ resource }) => (resource === 'riskincidents' ? 'Lose' : 'Pass'));
    askForDrill(world, 'one', sandbox);
    await world.pass(20);
    expect(isConstrained(routeIn(world))).toBe(false);
    await world.passUntil('given up', () => lastDrillOf(planIn(world)) !== null);
    expect(lastDrillOf(planIn(world))).toMatchObject({ result: 'Aborted', reason: 'NotRecorded' });
    expect(world.api.writes.filter(({ resource }) => resource === 'httproutes')).toEqual([]);
  });
});

describe('where live objects are not to be touched', () => {
  it.each([
    ['a namespace without the label', sandbox, null, 'NotSandbox'],
    ['a namespace whose label says something else', sandbox, 'yes', 'NotSandbox'],
    ['a plan that only observes', { ...sandbox, mode: 'Observe' }, 'true', 'Observes'],
  ])('%s: refused with the reason', async (_, plan, label, reason) => {
    world = await startDrilled(plan, (api) => {
      if (label !== null) markSandbox(api, label);
    });
    await world.pass(2);
    expect(await drill(world, 'one', plan)).toMatchObject({ scope: 'Sandbox', result: 'Skipped', reason });
    expect(isConstrained(routeIn(world))).toBe(false);
  });

  it('a model that is taken for broken when its data are missing, which a drill would make them', async () => {
    world = await startDrilled(sandbox, (api) => {
      markSandbox(api);
      api.apply('modelrisks', memoryRisk({ onNoData: 'Breach' }));
    });
    await world.pass(2);
    expect(await drill(world, 'one', sandbox)).toMatchObject({ result: 'Skipped', reason: 'EngagesWithoutData' });
  });

  /** Of another model behind the same route. */
  function applySecondPlan(changes: Readonly<Record<string, unknown>> = {}, annotations: Readonly<Record<string, string>> = {}): void {
    const { spec: risk, ...about } = memoryRisk() as { readonly spec: object };
    world.api.apply('modelrisks', {
      ...about,
      metadata: { name: 'other', namespace: 'lending' },
      spec: { ...risk, model: { name: 'other', version: '2.3.0' } },
    });
    const { spec, ...manifest } = memoryPlan({ riskRef: { name: 'other' }, stages: stages.slice(0, 1), ...changes }) as {
      readonly spec: object;
    };
    world.api.apply('mitigationplans', { ...manifest, metadata: { name: 'second', namespace: 'lending', annotations }, spec });
  }

  it('a route another plan holds', async () => {
    await startLive();
    applySecondPlan();
    world.readElsewhere(0.9);
    await world.passUntil('held by the other plan', () => isConstrained(routeIn(world)));
    expect(await drill(world, 'one', sandbox)).toMatchObject({ result: 'Skipped', reason: 'TargetHeld' });
    expect(shareIn(world)).toBe(10);
  });

  it('a route another plan comes to hold in the middle: its constraint stays, the drill ends', async () => {
    await startLive();
    applySecondPlan();
    const letThrough = await inTheLastStage();
    world.readElsewhere(0.9);
    const shares: number[] = [];
    await world.passUntil('told', () => {
      shares.push(shareIn(world));
      return lastDrillOf(planIn(world)) !== null;
    });
    letThrough();
    await world.pass(3);
    expect(lastDrillOf(planIn(world))).toMatchObject({ result: 'Aborted', reason: 'TargetHeld' });
    expect(Math.max(...shares)).toBeLessThanOrEqual(10);
    expect(shareIn(world)).toBe(10);
    expect(defaultVariant(flagIn(world))).toBe('on');
  });

  it('a route the drill of another plan lays its stages over (the second took what the first had laid for what users want)', async () => {
    await startLive();
    const before = usersOf(world);
    await inTheMiddle();
    applySecondPlan(sandbox, { [drillRequest]: 'two' });
    const second = () => lastDrillOf(world.api.get('mitigationplans', 'second') as unknown as KubeObject);
    await world.passUntil('both are over', () => second() !== null && lastDrillOf(planIn(world)) !== null);
    await world.pass(3);
    expect(lastDrillOf(planIn(world))).toMatchObject({ result: 'Passed', restored: 'Restored' });
    expect(second()).toMatchObject({ result: 'Skipped', reason: 'TargetDrilled' });
    expect(usersOf(world)).toEqual(before);
  });

  it('drills of one route that fall due at once come one after the other', async () => {
    const often = { drill: { everySeconds: 3600, scope: 'Sandbox' } };
    await startLive(often);
    const before = usersOf(world);
    applySecondPlan(often);
    await world.pass(2);
    await world.clock.advance(3_600_000);
    const second = () => lastDrillOf(world.api.get('mitigationplans', 'second') as unknown as KubeObject);
    await world.passUntil('one is over', () => second() !== null || lastDrillOf(planIn(world)) !== null);
    await world.passUntil('the other looks again', () => second() !== null && lastDrillOf(planIn(world)) !== null);
    await world.pass(3);
    for (const found of [lastDrillOf(planIn(world)), second()]) expect(found).toMatchObject({ result: 'Passed', restored: 'Restored' });
    expect(usersOf(world)).toEqual(before);
  });

  it('a plan a dry run finds fault with: nothing is laid', async () => {
    await startLive();
    world.api.onWrite(({ resource }) => (resource === 'featureflags' ? 'Deny' : 'Pass'));
    const found = await drill(world, 'one', sandbox);
    expect(found).toMatchObject({
      scope: 'Sandbox',
      result: 'Failed',
      reason: 'Denied',
      message: expect.stringContaining('Nothing was touched.') as unknown,
    });
    expect(world.api.writes.filter(({ resource }) => resource === 'httproutes')).toEqual([]);
    expect(drillsIn(world).flatMap(entriesOf).at(-1)).toMatchObject({ type: 'Closed', after: 'Failed' });
  });
});
