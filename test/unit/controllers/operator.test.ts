import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../testbed/api-client.ts';
import { memoryBackend, memoryPlan, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { endOf, flagIn, planIn, routeIn, shareIn, tellStory, untilGivenBack } from '../../builders/memory-story.ts';
import { conditionOf, defaultVariant, entriesOf, isConstrained, isMirrored, stepsOf } from '../../builders/traffic-view.ts';

function timeOf(incident: object | undefined, type: string): string | undefined {
  const { status } = incident as { readonly status: { readonly entries: readonly { readonly type: string; readonly at: string }[] } };
  return status.entries.find((entry) => entry.type === type)?.at;
}

describe('an operator over objects in memory', () => {
  let world: MemoryOperator;

  beforeEach(async () => {
    world = await startMemoryOperator();
  });
  afterEach(() => world.stop());

  it('leaves a quiet model alone and writes nothing once all is said', async () => {
    await world.pass(3);
    const before = world.api.writes.length;
    await world.pass(20);
    expect(shareIn(world)).toBe(50);
    expect(world.api.writes.slice(before)).toEqual([]);
  });

  it('goes down the whole ladder and comes back', async () => {
    const before = endOf(world);
    await tellStory(world);
    expect(endOf(world)).toEqual({
      ...before,
      phase: 'Idle',
      incidents: [['Engaged', 'Escalated', 'Escalated', 'SteppedDown', 'SteppedDown', 'Released', 'Closed']],
    });
  });

  it('sends nothing else while a patch that protects is on its way, and tells all once it is acknowledged', async () => {
    await world.pass(3);
    const [before, toldBefore] = [world.api.writes.length, world.events.length];
    const written = (): readonly string[] => world.api.writes.slice(before).map(({ resource }) => resource);
    world.api.onWrite(({ resource }) => (resource === 'httproutes' ? 'Slow' : 'Pass'));
    world.read(0.9);
    await world.passUntil('patched', () => written().length > 0);
    expect(written()).toEqual(['httproutes']);
    expect(world.events.slice(toldBefore)).toEqual([]);
    await world.pass(1);
    expect(written()).toEqual(expect.arrayContaining(['mitigationplans', 'modelrisks', 'riskincidents']));
    expect(world.events.slice(toldBefore).map(({ reason }) => reason)).toContain('Engaged');
  });

  describe('when no safe backend is ready', () => {
    const flagOnly = { name: 'flag', actions: [{ target: 'flag', flagRollback: {} }] };
    const limit = { name: 'limit', escalateAfterSeconds: 600, actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] };

    it('moves no request, says why, and takes the next stage that needs none at once', async () => {
      world.api.apply('mitigationplans', memoryPlan({ stages: [limit, flagOnly] }));
      memoryBackend(world.api, 'credit-v1', false);
      world.read(0.9);
      await world.passUntil('rolled back', () => defaultVariant(flagIn(world)) === 'off');
      await world.pass(1);
      expect(shareIn(world)).toBe(50);
      const [incident] = world.api.list('riskincidents');
      expect(stepsOf(incident as unknown as KubeObject)).toEqual(['Engaged', 'Escalated']);
      expect(entriesOf(incident as unknown as KubeObject).at(-1)?.reason ?? '').not.toBe('');
      const [engaged, escalated] = ['Engaged', 'Escalated'].map((type) => timeOf(incident, type));
      expect(escalated).toBe(engaged);
    });

    it('is not ready while engaged either, and names what is missing', async () => {
      world.api.remove('services', 'credit-v1');
      world.read(0.9);
      await world.pass(3);
      expect(shareIn(world)).toBe(50);
      expect(conditionOf(planIn(world), 'Ready')).toMatchObject({ status: 'False', reason: 'BackendMissing' });
      memoryBackend(world.api, 'credit-v1');
      await world.pass(1);
      expect(conditionOf(planIn(world), 'Ready')).toMatchObject({ status: 'True' });
    });

    it('waits with a condition where every stage needs one, and caps when it is ready', async () => {
      memoryBackend(world.api, 'credit-v1', false);
      world.read(0.9);
      await world.pass(6);
      expect(shareIn(world)).toBe(50);
      expect(conditionOf(planIn(world), 'Effective')).toMatchObject({ status: 'False', reason: 'SafeBackendNotReady' });
      memoryBackend(world.api, 'credit-v1');
      await world.pass(0.25);
      expect(shareIn(world)).toBe(10);
    });
  });

  describe('edits of the risk during an engagement', () => {
    const limits = (threshold: object) => memoryRisk({ threshold: { direction: 'Above', ...threshold } });

    it('nobody leaves a constraint by moving its limits: looser ones wait until it is over', async () => {
      world.read(0.4);
      await world.passUntil('capped', () => shareIn(world) === 10);
      world.api.apply('modelrisks', limits({ breach: 0.9, clear: 0.8 }));
      await world.passUntil('in shadow', () => isMirrored(routeIn(world)));
      expect(conditionOf(planIn(world), 'SpecPending')).toMatchObject({ status: 'True', reason: 'EngagementGoesOn' });
      world.read(0.01);
      await untilGivenBack(world);
      expect(conditionOf(planIn(world), 'SpecPending')).toMatchObject({ status: 'False' });
      world.read(0.4);
      await world.pass(5);
      expect(shareIn(world)).toBe(50);
    });

    it('a restart forgets none of it', async () => {
      world.read(0.4);
      await world.passUntil('capped', () => shareIn(world) === 10);
      world.api.apply('modelrisks', limits({ breach: 0.9, clear: 0.8 }));
      await world.pass(1);
      await world.restart();
      await world.pass(10);
      expect(shareIn(world)).toBe(0);
    });

    it('tighter ones apply at once', async () => {
      world.read(0.4);
      await world.passUntil('capped', () => shareIn(world) === 10);
      world.read(0.05);
      world.api.apply('modelrisks', limits({ breach: 0.03, clear: 0.02 }));
      await world.passUntil('in shadow', () => isMirrored(routeIn(world)));
    });

    it('a risk deleted meanwhile: the plan holds and says so', async () => {
      world.read(0.4);
      await world.passUntil('capped', () => shareIn(world) === 10);
      world.api.remove('modelrisks', 'credit');
      await world.pass(5);
      expect(shareIn(world)).toBe(10);
      expect(conditionOf(planIn(world), 'Ready')).toMatchObject({ status: 'False', reason: 'RiskMissing' });
    });
  });

  describe('a plan deleted while engaged', () => {
    const steps = (): readonly (readonly string[])[] =>
      world.api.list('riskincidents').map((incident) => stepsOf(incident as unknown as KubeObject));

    it('regression: closes its record, once, though no target ever took its stage', async () => {
      memoryBackend(world.api, 'credit-v1', false);
      world.read(0.9);
      await world.pass(3);
      world.api.remove('mitigationplans', 'credit');
      await world.pass(5);
      expect(world.api.get('mitigationplans', 'credit')).toBeNull();
      expect(steps()).toEqual([['Engaged', 'Stalled', 'ReleasedByDeletion', 'Closed']]);
    });

    it('regression: says so once, though the operator restarts meanwhile', async () => {
      world.read(0.9);
      await world.passUntil('capped', () => shareIn(world) === 10);
      await world.pass(1);
      world.api.onWrite(({ resource }) => (resource === 'httproutes' ? 'Lose' : 'Pass'));
      world.api.remove('mitigationplans', 'credit');
      await world.pass(3);
      await world.restart();
      world.api.onWrite(() => 'Pass');
      await world.pass(20);
      expect(world.api.get('mitigationplans', 'credit')).toBeNull();
      expect(shareIn(world)).toBe(50);
      expect(steps()).toEqual([['Engaged', 'ReleasedByDeletion', 'Closed']]);
    });

    it('regression: closes its record once, though its target is gone and the operator ends before the plan says so', async () => {
      world.read(0.9);
      await world.passUntil('capped', () => shareIn(world) === 10);
      await world.pass(1);
      world.api.remove('httproutes', 'credit');
      await world.pass(1);
      const isClosed = (): boolean => steps().flat().includes('Closed');
      world.api.onWrite(({ resource }) => (resource === 'mitigationplans' && isClosed() ? 'Lose' : 'Pass'));
      world.api.remove('mitigationplans', 'credit');
      await world.passUntil('closed', isClosed);
      await world.pass(3);
      await world.restart();
      world.api.onWrite(() => 'Pass');
      await world.pass(20);
      expect(world.api.get('mitigationplans', 'credit')).toBeNull();
      expect(steps()).toEqual([['Engaged', 'Stalled', 'ReleasedByDeletion', 'Closed']]);
    });
  });

  describe('a patch on the wire', () => {
    const stepsNow = (): readonly (readonly string[])[] =>
      world.api.list('riskincidents').map((incident) => stepsOf(incident as unknown as KubeObject));

    it('regression: a plan deleted meanwhile waits for it, and gives back what it did', async () => {
      await world.pass(1);
      const open = world.api.hold('httproutes');
      world.read(0.9);
      await world.pass(2);
      world.api.remove('mitigationplans', 'credit');
      await world.pass(3);
      expect(world.api.get('mitigationplans', 'credit')).not.toBeNull();
      open();
      await world.pass(10);
      expect(world.api.get('mitigationplans', 'credit')).toBeNull();
      expect(shareIn(world)).toBe(50);
      expect(isConstrained(routeIn(world))).toBe(false);
      expect(stepsNow()).toEqual([['Engaged', 'ReleasedByDeletion', 'Closed']]);
    });

    it('regression: what it did is told as what was asked then, not as what is wanted now', async () => {
      await world.pass(1);
      const open = world.api.hold('httproutes');
      world.read(0.9);
      await world.pass(2);
      world.read(0.01);
      await world.pass(8);
      expect(stepsNow().flat()).not.toContain('Closed');
      open();
      await world.pass(20);
      expect(shareIn(world)).toBe(50);
      expect(isConstrained(routeIn(world))).toBe(false);
      expect(stepsNow()).toEqual([['Engaged', 'Released', 'Closed']]);
    });

    it('regression: one whose answer was lost keeps a deleted plan until it can no longer land', async () => {
      await world.pass(1);
      world.api.onWrite(({ resource }) => (resource === 'httproutes' ? 'Lose' : 'Pass'));
      world.read(0.9);
      await world.pass(2);
      world.api.onWrite(() => 'Pass');
      world.api.remove('mitigationplans', 'credit');
      await world.pass(60);
      expect(world.api.get('mitigationplans', 'credit')).toBeNull();
      expect(isConstrained(routeIn(world))).toBe(false);
    });
  });
});
