import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryPlan, memoryRoute, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { liveIn } from '../../builders/memory-story.ts';
import { phaseOf } from '../../builders/traffic-view.ts';

interface Route {
  readonly metadata: object;
  readonly spec: { readonly rules: readonly [{ readonly backendRefs: readonly { readonly name: string; readonly weight: number }[] }] };
}

const end = (service: string) => ({ service, port: 8080 });

/** A plan that takes callers from one version to the one before it. */
function leaving(candidate: string, safe: string, name: string): object {
  const { metadata, spec, ...plan } = memoryPlan({
    targets: [{ name: 'traffic', httpRoute: { name: 'credit', candidate: end(candidate), safe: end(safe) } }],
    stages: [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }],
  }) as { readonly metadata: object; readonly spec: object };
  return { ...plan, metadata: { ...metadata, name }, spec };
}

describe('two plans that leave one version for the one before it, while the route has the newest alone', () => {
  let world: MemoryOperator;
  const weights = (): object =>
    Object.fromEntries(
      (world.api.get('httproutes', 'credit') as unknown as Route).spec.rules[0].backendRefs.map(({ name, weight }) => [name, weight]),
    );

  beforeEach(async () => {
    world = await startMemoryOperator();
    world.api.apply('services', { ...world.api.get('services', 'credit-v2'), metadata: { namespace: 'lending', name: 'credit-v3' } });
    const route = memoryRoute() as Route;
    const backendRefs = [{ name: 'credit-v3', port: 8080, weight: 1 }];
    world.api.apply('httproutes', { ...route, spec: { ...route.spec, rules: [{ ...route.spec.rules[0], backendRefs }] } });
    world.api.apply('mitigationplans', leaving('credit-v2', 'credit-v1', 'credit'));
    world.api.apply('mitigationplans', leaving('credit-v3', 'credit-v2', 'newest'));
    await world.pass(2);
  });
  afterEach(() => world.stop());

  it('regression: callers never get the one between, which is limited too, and all is given back', async () => {
    world.read(0.9);
    await world.passUntil('both', () =>
      ['credit', 'newest'].every((name) => phaseOf(liveIn(world, 'mitigationplans', name)) === 'Engaged'),
    );
    await world.pass(3);
    expect(weights()).toEqual({ 'credit-v3': 10, 'credit-v1': 90 });
    world.read(0.01);
    await world.passUntil('over', () => ['credit', 'newest'].every((name) => phaseOf(liveIn(world, 'mitigationplans', name)) === 'Idle'));
    await world.pass(2);
    expect(weights()).toEqual({ 'credit-v3': 1 });
  });
});
