import { afterEach, describe, expect, it } from '@jest/globals';
import { applyGuardedModelTo, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { liveIn, planIn, routeIn, shareIn } from '../../builders/memory-story.ts';
import { conditionOf, entriesOf, isMirrored } from '../../builders/traffic-view.ts';
import type { KubeObject } from '../../../testbed/api-client.ts';

const threshold = { direction: 'Above', warn: 0.1, breach: 0.25, clear: 0.1 };
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

  it('is told that severe has no effect where the signal scales with share, and is guarded all the same', async () => {
    await start(severe, {});
    const ready = conditionOf(liveIn(world, 'modelrisks', 'credit'), 'Ready');
    expect(ready).toMatchObject({ status: 'False', reason: 'SevereWithoutEffect', message: expect.stringContaining('scalesWith: None') });
    await capped();
    await world.passUntil('in shadow', () => isMirrored(routeIn(world)));
  });
});
