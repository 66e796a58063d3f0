import { describe, expect, it, jest } from '@jest/globals';

import type { KubeObject } from '../../../testbed/api-client.ts';
import { memoryBackend, memoryPlan, memoryPolicy, memoryRisk, memoryRoute, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { liveIn, planIn, routeIn, shareIn } from '../../builders/memory-story.ts';
import { conditionOf, isConstrained, isMirrored } from '../../builders/traffic-view.ts';

jest.setTimeout(30_000);

const ends = { candidate: { service: 'credit-v2', port: 8080 }, safe: { service: 'credit-v1', port: 8080 } };
const parentRefs = [{ name: 'edge', namespace: 'gateways' }];

interface PlanLook {
  readonly candidatePercent?: number;
  readonly generate?: object;
  readonly stages?: readonly object[];
}

const limit = { name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] };
const shadow = { name: 'shadow', enterOnSevere: ['score-drift'], actions: [{ target: 'traffic', shadow: { percent: 100 } }] };

function aPlan({ candidatePercent = 50, generate = {}, stages = [limit, shadow] }: PlanLook = {}): object {
  const made = { parentRefs, hostnames: ['credit.example.com'], pathPrefix: '/score', candidatePercent, ...generate };
  return memoryPlan({ targets: [{ name: 'traffic', httpRoute: { name: 'credit', ...ends, generate: made } }], stages });
}

async function start(plan: object | null = aPlan(), more: (api: MemoryOperator['api']) => void = () => undefined): Promise<MemoryOperator> {
  const world = await startMemoryOperator((api) => {
    memoryBackend(api, 'credit-v1');
    memoryBackend(api, 'credit-v2');
    api.apply('riskpolicies', memoryPolicy());
    api.apply('modelrisks', memoryRisk({ threshold: { direction: 'Above', warn: 0.1, breach: 0.25, clear: 0.1, severe: 0.5 } }));
    more(api);
    if (plan !== null) api.apply('mitigationplans', plan);
  });
  await world.pass(2);
  return world;
}

async function capped(world: MemoryOperator): Promise<void> {
  world.read(0.3);
  await world.passUntil('capped', () => shareIn(world) <= 10);
  await world.pass(3);
}

async function released(world: MemoryOperator): Promise<void> {
  world.read(0.01);
  await world.passUntil('given back', () => !isConstrained(routeIn(world)));
  await world.pass(3);
}

/** Shares of the candidate after each write of the route from now on. */
function sharesWritten(world: MemoryOperator): readonly number[] {
  const seen: number[] = [];
  world.api.onWrite(({ resource }) => {
    // What stood before this write: the one before it, as it landed.
    if (resource === 'httproutes' && world.api.get('httproutes', 'credit') !== null) seen.push(shareIn(world));
    return 'Pass';
  });
  return seen;
}

function editByHand(
  world: MemoryOperator,
  change: (spec: { rules: { backendRefs: { weight: number }[] }[]; hostnames: string[] }) => void,
): void {
  const route = structuredClone(routeIn(world)) as unknown as { spec: Parameters<typeof change>[0] };
  change(route.spec);
  world.api.apply('httproutes', route);
}

const half = [
  { group: '', kind: 'Service', name: 'credit-v1', port: 8080, weight: 50 },
  { group: '', kind: 'Service', name: 'credit-v2', port: 8080, weight: 50 },
];

describe('a route a plan makes', () => {
  it('is created with what the plan says, is marked as ours and owned by nobody', async () => {
    const world = await start();
    const { metadata, spec } = routeIn(world);
    expect(spec).toEqual({
      parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'edge', namespace: 'gateways' }],
      hostnames: ['credit.example.com'],
      rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/score' } }], backendRefs: half }],
    });
    expect(metadata).toMatchObject({
      labels: { 'app.kubernetes.io/managed-by': 'modelrisk' },
      annotations: { 'modelrisk.dev/generated-by': 'credit' },
    });
    expect(metadata).not.toHaveProperty('ownerReferences');
    expect(conditionOf(planIn(world), 'Ready')).toMatchObject({ status: 'True' });
    const quiet = world.api.writes.length;
    await world.pass(10);
    expect(world.api.writes.slice(quiet)).toEqual([]);
    await world.stop();
  });

  it('is bounded and given back as any other', async () => {
    const world = await start();
    await capped(world);
    expect(shareIn(world)).toBe(10);
    await released(world);
    expect((routeIn(world)['spec'] as { rules: unknown[] }).rules).toMatchObject([{ backendRefs: half }]);
    await world.stop();
  });

  it('follows its plan while nothing is constrained: split, hosts and path', async () => {
    const world = await start();
    world.api.apply('mitigationplans', aPlan({ candidatePercent: 20, generate: { hostnames: ['new.example.com'], pathPrefix: '/v2' } }));
    await world.pass(2);
    expect(shareIn(world)).toBe(20);
    expect(routeIn(world)['spec']).toMatchObject({ hostnames: ['new.example.com'], rules: [{ matches: [{ path: { value: '/v2' } }] }] });
    await world.stop();
  });

  it('is made again when somebody deletes it', async () => {
    const world = await start();
    world.api.remove('httproutes', 'credit');
    await world.pass(2);
    expect(shareIn(world)).toBe(50);
    await world.stop();
  });

  it('is made without a share for the candidate while its plan is engaged, and then bounded', async () => {
    const world = await start();
    await capped(world);
    world.api.remove('httproutes', 'credit');
    const shares = sharesWritten(world);
    await world.passUntil('made again', () => world.api.get('httproutes', 'credit') !== null && shareIn(world) === 10);
    expect(Math.max(...shares)).toBeLessThanOrEqual(10);
    await released(world);
    expect(shareIn(world)).toBe(50);
    await world.stop();
  });
});

describe('an edit of the plan while a constraint holds', () => {
  it.each([
    ['more', 80, 10],
    ['less', 5, 5],
    ['as much as the cap', 10, 10],
    ['none', 0, 0],
    ['all', 100, 10],
  ])(
    'that gives the candidate %s is bounded in the same write, and is what the release gives back',
    async (_, candidatePercent, bounded) => {
      const world = await start();
      await capped(world);
      const shares = sharesWritten(world);
      world.api.apply('mitigationplans', aPlan({ candidatePercent }));
      await world.pass(3);
      expect(shareIn(world)).toBe(bounded);
      await released(world);
      expect(shareIn(world)).toBe(candidatePercent);
      const all = [...shares, shareIn(world)];
      expect(all.filter((share) => share !== candidatePercent && share > 10)).toEqual([]);
      expect(conditionOf(planIn(world), 'SpecPending')).toMatchObject({ status: 'False' });
      await world.stop();
    },
  );

  it('in shadow keeps the mirror, and is given back after the step down', async () => {
    const world = await start();
    world.read(0.9);
    await world.passUntil('in shadow', () => isMirrored(routeIn(world)));
    await world.pass(2);
    world.api.apply('mitigationplans', aPlan({ candidatePercent: 0, generate: { hostnames: ['new.example.com'] } }));
    await world.pass(3);
    expect([shareIn(world), isMirrored(routeIn(world))]).toEqual([0, true]);
    expect(routeIn(world)['spec']).toMatchObject({ hostnames: ['new.example.com'] });
    await released(world);
    expect([shareIn(world), isMirrored(routeIn(world))]).toEqual([0, false]);
    await world.stop();
  });
});

describe('an edit of the route by hand', () => {
  it('is taken back while nothing is constrained', async () => {
    const world = await start();
    editByHand(world, (spec) => {
      spec.hostnames = ['evil.example.com'];
      spec.rules[0]?.backendRefs.forEach((backend, index) => (backend.weight = index === 0 ? 1 : 99));
    });
    await world.pass(1);
    expect(routeIn(world)['spec']).toMatchObject({ hostnames: ['credit.example.com'], rules: [{ backendRefs: half }] });
    await world.stop();
  });

  it('is taken back under a cap, is no new intent, and counts as an edit by others', async () => {
    const world = await start();
    await capped(world);
    for (let time = 0; time < 7; time++) {
      editByHand(world, (spec) => {
        spec.rules[0]?.backendRefs.forEach((backend, index) => (backend.weight = index === 0 ? 1 : 99));
      });
      await world.pass(3);
      expect(shareIn(world)).toBe(10);
    }
    expect(conditionOf(planIn(world), 'Contested')).toMatchObject({ status: 'True' });
    await released(world);
    expect(shareIn(world)).toBe(50);
    await world.stop();
  });

  it('that never tires is answered at a slower pace', async () => {
    const world = await start();
    const before = world.api.writes.length;
    for (let quarter = 0; quarter < 80; quarter++) {
      editByHand(world, (spec) => {
        spec.hostnames = [`evil-${String(quarter)}.example.com`];
      });
      await world.pass(0.25);
    }
    const patches = world.api.writes.slice(before).filter(({ resource }) => resource === 'httproutes');
    // A patch whose test fails, because the gateway has reported meanwhile, is computed again at once.
    const answered = new Set(patches.map(({ atMs }) => atMs)).size;
    expect(answered).toBeLessThanOrEqual(10 + 20 + 3);
    expect(answered).toBeGreaterThan(10);
    await world.pass(5);
    expect(routeIn(world)['spec']).toMatchObject({ hostnames: ['credit.example.com'] });
    await world.stop();
  });
});

describe('a route of that name which the plan did not make', () => {
  it('is left alone, and the plan says so', async () => {
    const world = await start(aPlan(), (api) => api.apply('httproutes', memoryRoute()));
    const before = JSON.stringify(routeIn(world)['spec']);
    expect(conditionOf(planIn(world), 'Ready')).toMatchObject({
      status: 'False',
      reason: 'RouteNotOurs',
      message:
        'HTTPRoute lending/credit is somebody else’s, and plan credit would make it: name another, delete that one, or leave generate out.',
    });
    world.read(0.3);
    await world.pass(5);
    expect(JSON.stringify(routeIn(world)['spec'])).toBe(before);
    expect(isConstrained(routeIn(world))).toBe(false);
    await world.stop();
  });

  it('of another plan that makes one is left to it', async () => {
    const world = await start();
    const other = structuredClone(aPlan({ candidatePercent: 5 })) as { metadata: { name: string } };
    other.metadata.name = 'other';
    await world.pass(1);
    world.api.apply('mitigationplans', other);
    await world.pass(3);
    expect(shareIn(world)).toBe(50);
    expect(conditionOf(liveIn(world, 'mitigationplans', 'other') satisfies KubeObject, 'Ready')).toMatchObject({
      reason: 'RouteNotOurs',
      message: expect.stringContaining('was made from plan credit'),
    });
    await world.stop();
  });
});

it('outlives its plan with what the plan last said, free of constraints', async () => {
  const world = await start();
  await capped(world);
  world.api.remove('mitigationplans', 'credit');
  await world.pass(5);
  expect(world.api.get('mitigationplans', 'credit')).toBeNull();
  expect([shareIn(world), isConstrained(routeIn(world))]).toEqual([50, false]);
  expect(world.events.filter(({ reason }) => reason === 'RouteStays')).toMatchObject([
    { regarding: { kind: 'HTTPRoute', metadata: { name: 'credit' } }, note: expect.stringContaining('MitigationPlan credit') },
  ]);
  world.api.apply('mitigationplans', aPlan({ candidatePercent: 30 }));
  world.read(0.01);
  await world.pass(3);
  expect(shareIn(world)).toBe(30);
  await world.stop();
});

it('a plan that could not make its route says why, and goes on trying', async () => {
  const world = await start(null);
  world.api.onWrite(({ resource }) => (resource === 'httproutes' ? 'Deny' : 'Pass'));
  world.api.apply('mitigationplans', aPlan());
  await world.pass(3);
  const { targets } = planIn(world)['status'] as { readonly targets?: readonly { readonly message?: string }[] };
  expect(JSON.stringify([targets, conditionOf(planIn(world), 'Ready')])).toContain('TargetMissing');
  world.api.onWrite(() => 'Pass');
  await world.pass(60);
  expect(shareIn(world)).toBe(50);
  await world.stop();
});
