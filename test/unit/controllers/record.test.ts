import { describe, expect, it } from '@jest/globals';

import { applyGuardedModelTo, memoryPlan, memoryRoute, startMemoryOperator } from '../../builders/memory-operator.ts';
import { auditIn, incidentsIn } from '../../builders/memory-record.ts';
import type { MemoryAPI } from '../../builders/memory-api.ts';

/** A second plan of the same namespace, on a route of its own. */
function applyTwoPlansTo(api: MemoryAPI): void {
  applyGuardedModelTo(api);
  const route = memoryRoute() as { readonly metadata: object };
  api.apply('httproutes', { ...route, metadata: { ...route.metadata, name: 'other' } });
  const candidate = { service: 'credit-v2', port: 8080 };
  const plan = memoryPlan({
    targets: [{ name: 'traffic', httpRoute: { name: 'other', candidate, safe: { ...candidate, service: 'credit-v1' } } }],
    stages: [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }],
  }) as { readonly metadata: object };
  api.apply('mitigationplans', { ...plan, metadata: { ...plan.metadata, name: 'second' } });
}

describe('records of two plans of one namespace', () => {
  it.each([
    ['fails once', 'Lose'],
    ['loses its answer', 'LoseAnswer'],
  ] as const)('regression: stand in one chain though the first write of entries %s', async (_how, fault) => {
    const world = await startMemoryOperator(applyTwoPlansTo);
    await world.pass(2);
    let isOver = false;
    world.api.onWrite(({ resource, subresource }) => {
      if (isOver || resource !== 'riskincidents' || subresource !== 'status') return 'Pass';
      isOver = true;
      return fault;
    });
    world.read(0.9);
    await world.pass(3);
    world.read(0.2);
    await world.pass(30);
    expect(isOver).toBe(true);
    expect(incidentsIn(world)).toHaveLength(2);
    expect(auditIn(world)).toEqual([]);
    await world.stop();
  });
});
