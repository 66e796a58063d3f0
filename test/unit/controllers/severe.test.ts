import { afterEach, describe, expect, it } from '@jest/globals';
import { applyGuardedModelTo, memoryPlan, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { liveIn, planIn, routeIn, shareIn } from '../../builders/memory-story.ts';
import { conditionOf, entriesOf, isMirrored } from '../../builders/traffic-view.ts';
import type { KubeObject } from '../../../testbed/api-client.ts';

const threshold = { direction: 'Above', warn: 0.1, breach: 0.25, clear: 0.1 };
const limit = { name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] };
const shadow = { name: 'shadow', actions: [{ target: 'traffic', shadow: { percent: 100 } }] };
const planWith = (stages: readonly object[]): object => memoryPlan({ stages, approval: { roles: ['risk'] } });
const severe = memoryRisk({ threshold: { ...threshold, severe: 0.8 } });

describe('a model judged by what does not scale with share', () => {
  let world: MemoryOperator;

  const start = async (risk: object, signal: object = { scalesWith: 'None' }): Promise<void> => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('riskpolicies', memoryPolicy({ ...signal }));
      api.apply('modelrisks', risk);
    });
    await world.pass(2);
  };
  const capped = async (): Promise<void> => {
    world.read(0.5);
    await world.passUntil('capped', () => shareIn(world) === 10);
  };
  afterEach(() => world.stop());

  it('is capped by a breach and taken further only beyond severe', async () => {
    await start(severe);
    await capped();
    await world.pass(30);
    expect(shareIn(world)).toBe(10);
    world.read(0.9);
    await world.passUntil('in shadow', () => isMirrored(routeIn(world)));
    const [incident] = world.api.list('riskincidents');
    const escalated = entriesOf(incident as unknown as KubeObject).find(({ type }) => type === 'Escalated');
    expect(escalated?.reason).toContain('beyond its severe limit 0.8');
    expect(incident?.['spec']).toMatchObject({ trigger: [{ threshold: { breach: 0.25, severe: 0.8 } }] });
  });

  it('stays at its cap without a severe limit, and the risk says why', async () => {
    await start(memoryRisk());
    await capped();
    world.read(0.95);
    await world.pass(30);
    expect(shareIn(world)).toBe(10);
    expect(JSON.stringify(liveIn(world, 'modelrisks', 'credit')['status'])).toContain('leads to no higher stage (no severe limit)');
  });

  it('forgets neither limit nor signal in a restart', async () => {
    await start(severe);
    await capped();
    await world.restart();
    await world.pass(30);
    expect(shareIn(world)).toBe(10);
  });

  it('takes a severe limit that is added during an engagement at once, and no signal that says otherwise', async () => {
    await start(memoryRisk());
    await capped();
    world.api.apply('riskpolicies', memoryPolicy({ scalesWith: 'Share' }));
    await world.pass(20);
    expect(shareIn(world)).toBe(10);
    expect(conditionOf(planIn(world), 'SpecPending')).toMatchObject({ status: 'True' });
    world.api.apply('modelrisks', memoryRisk({ threshold: { ...threshold, severe: 0.4 } }));
    await world.passUntil('in shadow', () => isMirrored(routeIn(world)));
  });

  it('may have a severe limit where the signal scales with share, and climbs by time all the same', async () => {
    await start(severe, {});
    expect(conditionOf(liveIn(world, 'modelrisks', 'credit'), 'Ready')).toMatchObject({ status: 'True' });
    await capped();
    await world.passUntil('in shadow', () => isMirrored(routeIn(world)));
  });

  it('goes straight to the stage that is for severe breaches', async () => {
    await start(severe, {});
    world.api.apply('mitigationplans', planWith([limit, { ...shadow, enterOnSevere: ['score-drift'] }]));
    await world.pass(2);
    world.read(0.9);
    await world.passUntil('in shadow', () => isMirrored(routeIn(world)));
    const [incident] = world.api.list('riskincidents');
    expect(entriesOf(incident as unknown as KubeObject).map(({ type }) => type)).not.toContain('Escalated');
  });

  it('is told where a stage for severe breaches can never be entered', async () => {
    await start(memoryRisk(), {});
    world.api.apply('mitigationplans', planWith([limit, { ...shadow, enterOnSevere: ['score-drift'] }]));
    await world.pass(2);
    const ready = conditionOf(planIn(world), 'Ready');
    expect(ready).toMatchObject({ status: 'False', reason: 'SevereMissing', message: expect.stringContaining('score-drift') });
    world.api.apply('modelrisks', severe);
    await world.passUntil('ready', () => conditionOf(planIn(world), 'Ready')?.status === 'True');
  });
});

describe('a stage that asks first', () => {
  let world: MemoryOperator;
  afterEach(() => world.stop());

  it('leaves the stage below it in force, over a restart too, until a person says yes', async () => {
    world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('riskpolicies', memoryPolicy());
      api.apply('modelrisks', memoryRisk());
    });
    world.api.apply(
      'mitigationplans',
      planWith([
        { ...limit, escalateAfterSeconds: 2 },
        { ...shadow, mode: 'Approve' },
      ]),
    );
    await world.pass(2);
    world.read(0.5);
    await world.passUntil('asked', () => conditionOf(planIn(world), 'AwaitingApproval')?.status === 'True');
    expect(shareIn(world)).toBe(10);
    await world.restart();
    await world.pass(10);
    expect(shareIn(world)).toBe(10);
    expect(conditionOf(planIn(world), 'AwaitingApproval')).toMatchObject({ status: 'True' });
  });
});
