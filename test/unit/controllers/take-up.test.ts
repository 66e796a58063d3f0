import { httpRouteActuator } from '../../../src/actuators/http-route/actuator.ts';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { restoreActor, restoreObject } from '../../../src/cli/restore.ts';
import type { KubeObject } from '../../../testbed/api-client.ts';
import { memoryPlan, memoryRoute, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { planIn, routeIn, shareIn, untilGivenBack } from '../../builders/memory-story.ts';
import { entriesOf, isConstrained, phaseOf, stepsOf } from '../../builders/traffic-view.ts';
import { applyPatch } from '../../builders/json-patch.ts';

const otherRoute = { ...(memoryRoute() as Record<string, unknown>), metadata: { name: 'other', namespace: 'lending' } };
const backends = { candidate: { service: 'credit-v2', port: 8080 }, safe: { service: 'credit-v1', port: 8080 } };

function planFor(route: string, changes: Readonly<Record<string, unknown>> = {}): object {
  return memoryPlan({
    targets: [{ name: 'traffic', httpRoute: { name: route, ...backends } }],
    stages: [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }],
    ...changes,
  });
}

describe('what a plan does not know of its targets', () => {
  let world: MemoryOperator;

  beforeEach(async () => {
    world = await startMemoryOperator();
    world.api.apply('httproutes', otherRoute);
    world.api.apply('mitigationplans', planFor('credit'));
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) === 10);
    await world.pass(2);
  });
  afterEach(() => world.stop());

  /** The documented way out when the operator is gone: the finalizer is taken off by hand. */
  function stripAndDelete(): void {
    world.api.onWrite(({ resource }) => (resource === 'mitigationplans' || resource === 'httproutes' ? 'Lose' : 'Pass'));
    world.api.stripFinalizers('mitigationplans', 'credit');
    world.api.remove('mitigationplans', 'credit');
  }

  it('regression: a plan of the same name that is edited to name the route adopts its constraint, and lifts it only on evidence', async () => {
    stripAndDelete();
    await world.pass(1);
    world.api.onWrite(() => 'Pass');
    world.api.apply('mitigationplans', planFor('other', { trigger: { indicators: ['another'] } }));
    await world.pass(2);
    expect(shareIn(world)).toBe(10);
    world.api.apply('mitigationplans', planFor('credit'));
    await world.pass(5);
    expect(shareIn(world)).toBe(10);
    expect(phaseOf(planIn(world))).toBe('Engaged');
    world.read(0.01);
    await untilGivenBack(world);
    expect(shareIn(world)).toBe(50);
  });

  it('regression: a limit that was tightened holds over a restart though the edit was taken back', async () => {
    const limit = (maxPercent: number): Readonly<Record<string, unknown>> => ({
      stages: [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent } }] }],
    });
    world.api.apply('mitigationplans', planFor('credit', limit(5)));
    await world.passUntil('tightened', () => shareIn(world) === 5);
    world.api.apply('mitigationplans', planFor('credit', limit(10)));
    await world.pass(2);
    expect(shareIn(world)).toBe(5);
    await world.restart();
    await world.pass(5);
    expect(shareIn(world)).toBe(5);
    world.read(0.01);
    await untilGivenBack(world);
    expect(shareIn(world)).toBe(50);
  });

  it('regression: a plan that only observes never lets go of what it finds', async () => {
    stripAndDelete();
    await world.pass(1);
    world.api.onWrite(() => 'Pass');
    world.api.apply('mitigationplans', planFor('credit', { mode: 'Observe' }));
    await world.pass(5);
    expect(shareIn(world)).toBe(10);
  });

  it('regression: targets edited during an engagement, then a restart: the old one is still released on evidence', async () => {
    world.api.apply('mitigationplans', planFor('other'));
    await world.pass(2);
    await world.restart();
    await world.pass(3);
    expect(shareIn(world)).toBe(10);
    world.read(0.01);
    await untilGivenBack(world);
    expect(shareIn(world)).toBe(50);
  });

  it('regression: a restore by a person, the operator running, is a release by that person: on record, and held until Clear', async () => {
    const live = routeIn(world) as unknown as Parameters<typeof restoreObject>[0];
    const restoration = restoreObject(live, { actuator: httpRouteActuator, actor: restoreActor, nowMs: world.clock.nowMs() });
    if (restoration.kind !== 'Patch') throw new Error('there is something to restore');
    world.api.apply('httproutes', applyPatch(live, restoration.operations));
    await world.pass(6);
    expect(shareIn(world)).toBe(50);
    expect(phaseOf(planIn(world))).toBe('Idle');
    expect(isConstrained(routeIn(world))).toBe(false);
    const [incident] = world.api.list('riskincidents').map((object) => object as unknown as KubeObject);
    if (incident === undefined) throw new Error('there is an incident');
    expect(stepsOf(incident)).toEqual(['Engaged', 'Released', 'Closed']);
    expect(entriesOf(incident).find(({ type }) => type === 'Released')).toMatchObject({ actor: restoreActor });
  });
});
