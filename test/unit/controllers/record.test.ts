import { describe, expect, it, jest } from '@jest/globals';

import { applyGuardedModelTo, memoryPlan, memoryRoute, startMemoryOperator } from '../../builders/memory-operator.ts';
import { auditIn, decide, incidentsIn, linesIn, patientPlan } from '../../builders/memory-record.ts';
import { flagIn, planIn, routeIn, shareIn } from '../../builders/memory-story.ts';
import { defaultVariant, phaseOf } from '../../builders/traffic-view.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
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

// Minutes of a clock that stands still are seconds of a busy machine.
jest.setTimeout(60_000);

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

describe('an engagement that begins before the last one is on record', () => {
  const steps = ['Engaged operator', 'Applied operator', 'Verified operator'];

  it('regression: keeps its own beginning, its own incident and its own steps', async () => {
    const world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('mitigationplans', patientPlan);
    });
    await world.pass(2);
    world.read(0.9);
    await world.pass(2);
    world.api.onWrite(({ resource }) => (resource === 'riskincidents' || resource === 'riskchainheads' ? 'Lose' : 'Pass'));
    world.read(0.01);
    await world.passUntil('released', () => shareIn(world) === 50);
    await world.pass(2);
    world.read(0.9);
    await world.passUntil('capped again', () => shareIn(world) === 10);
    world.api.onWrite(() => 'Pass');
    world.read(0.2);
    await world.pass(30);
    const [first, second] = incidentsIn(world);
    expect([first?.spec.engagement, second?.spec.engagement]).toEqual([1, 2]);
    expect([first?.status.closedAt, second?.status.closedAt]).toEqual([expect.any(String), undefined]);
    expect(second?.spec.openedAt).toBe(second?.status.entries[0]?.at);
    const [firstLines = [], secondLines] = linesIn(world);
    expect([firstLines.slice(0, 3), firstLines.at(-1)]).toEqual([steps, 'Closed operator']);
    expect(secondLines).toEqual(steps);
    expect(auditIn(world)).toEqual([]);
    await world.stop();
  });
});

describe('a question nobody answers any more', () => {
  it('regression: is closed once on record', async () => {
    const world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('mitigationplans', memoryPlan({ mode: 'Approve', approval: { roles: ['risk'] } }));
    });
    await world.pass(2);
    world.read(0.9);
    await world.passUntil('asked', () => phaseOf(planIn(world)) === 'Proposed');
    world.read(0.01);
    await world.pass(10);
    world.read(0.9);
    await world.passUntil('asked again', () => incidentsIn(world).length === 2);
    expect(linesIn(world)[0]?.filter((line) => line.startsWith('Closed'))).toHaveLength(1);
    await world.stop();
  });
});

describe('a deleted plan whose record can not be written', () => {
  async function engagedWorld(): Promise<MemoryOperator> {
    const world = await startMemoryOperator();
    await world.pass(2);
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) <= 10);
    await world.pass(1);
    return world;
  }
  const lost = ({ logged }: MemoryOperator) => logged.filter(({ message }) => message.includes('entries are lost'));

  it('regression: does not hang its namespace, which takes nothing new while it goes', async () => {
    const world = await engagedWorld();
    world.api.onWrite(({ verb }) => (verb === 'create' ? 'Terminating' : 'Pass'));
    for (const kind of ['riskincidents', 'riskchainheads'])
      for (const { metadata } of world.api.list(kind)) world.api.remove(kind, metadata.name);
    world.api.remove('mitigationplans', 'credit');
    await world.passUntil('gone', () => world.api.get('mitigationplans', 'credit') === null);
    expect(shareIn(world)).toBe(50);
    expect(lost(world)).toMatchObject([{ level: 'error', fields: { namespace: 'lending', plan: 'credit' } }]);
    await world.stop();
  });

  it('regression: is held for a minute after its targets are free, whatever refuses the record, and no longer', async () => {
    const world = await engagedWorld();
    world.api.onWrite(({ resource }) => (resource === 'riskincidents' ? 'Lose' : 'Pass'));
    world.api.remove('mitigationplans', 'credit');
    await world.pass(58);
    expect([shareIn(world), world.api.get('mitigationplans', 'credit')?.metadata.finalizers]).toEqual([50, ['modelrisk.dev/restore']]);
    await world.pass(4);
    expect([world.api.get('mitigationplans', 'credit'), lost(world).length]).toEqual([null, 1]);
    await world.stop();
  });

  it('is recorded whole when the fault passes in time', async () => {
    const world = await engagedWorld();
    world.api.onWrite(({ resource }) => (resource === 'riskincidents' ? 'Lose' : 'Pass'));
    world.api.remove('mitigationplans', 'credit');
    await world.pass(40);
    world.api.onWrite(() => 'Pass');
    await world.passUntil('gone', () => world.api.get('mitigationplans', 'credit') === null);
    expect([lost(world), linesIn(world)[0]?.at(-1)]).toEqual([[], 'Closed operator']);
    await world.stop();
  });
});

describe('who released', () => {
  it('regression: is not who released an earlier engagement', async () => {
    const world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('mitigationplans', patientPlan);
    });
    await world.pass(2);
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) <= 10);
    await world.pass(1);
    decide(world, { action: 'Release', engagement: 1 });
    await world.passUntil('released', () => shareIn(world) === 50);
    world.read(0.01);
    await world.pass(5);
    world.read(0.9);
    await world.passUntil('capped again', () => shareIn(world) <= 10);
    world.api.onWrite(({ resource }) => (resource.startsWith('risk') ? 'Lose' : 'Pass'));
    world.api.remove('mitigationplans', 'credit');
    await world.passUntil('given back', () => shareIn(world) === 50);
    const tombstone: unknown = JSON.parse(routeIn(world).metadata.annotations?.['modelrisk.dev/journal'] ?? '{}');
    expect(tombstone).toMatchObject({ state: 'Released', actor: 'operator', released: [{ engagement: 2, actor: 'operator' }] });
    await world.stop();
  });
});

describe('the way back', () => {
  const journalOf = (world: MemoryOperator): unknown => JSON.parse(routeIn(world).metadata.annotations?.['modelrisk.dev/journal'] ?? '{}');
  const routePatches = (world: MemoryOperator): number => world.api.writes.filter(({ resource }) => resource === 'httproutes').length;

  it('regression: is told by one Applied for one change of the route', async () => {
    const world = await startMemoryOperator();
    await world.pass(2);
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) <= 10);
    await world.pass(1);
    world.read(0.01);
    await world.passUntil('released', () => shareIn(world) === 50);
    await world.pass(5);
    const applied = incidentsIn(world)[0]?.status.entries.filter(({ type }) => type === 'Applied') ?? [];
    expect(applied.map(({ before, after }) => [before, after])).toEqual([
      ['credit-v1 50 %, credit-v2 50 %', 'credit-v1 90 %, credit-v2 10 %'],
      ['credit-v1 90 %, credit-v2 10 %', 'credit-v1 50 %, credit-v2 50 %'],
    ]);
    await world.stop();
  });

  it('regression: leaves on every target why it was constrained until it is free', async () => {
    const world = await startMemoryOperator();
    await world.pass(2);
    world.read(0.9);
    await world.passUntil('rolled back', () => defaultVariant(flagIn(world)) === 'off');
    await world.pass(1);
    const before = [journalOf(world), routePatches(world)];
    // The flag is given back first; while it can't be, the route keeps what it has.
    world.api.onWrite(({ resource }) => (resource === 'featureflags' ? 'Deny' : 'Pass'));
    decide(world, { action: 'Release', engagement: 1 });
    await world.pass(3);
    expect(phaseOf(planIn(world))).toBe('Idle');
    expect(before[0]).toMatchObject({ claims: [{ holder: { triggeredBy: ['score-drift'], readings: [{ indicator: 'score-drift' }] } }] });
    expect([journalOf(world), routePatches(world)]).toEqual(before);
    await world.stop();
  });
});

describe('a target two writers fight over', () => {
  it('regression: does not add an entry an edit to the record, and tells of all of them at the end', async () => {
    const world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('mitigationplans', patientPlan);
    });
    await world.pass(2);
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) <= 10);
    world.read(0.2);
    for (let edits = 0; edits < 40; edits++) {
      const route = structuredClone(routeIn(world)) as unknown as { spec: { rules: { backendRefs: { weight: number }[] }[] } };
      for (const backend of route.spec.rules[0]?.backendRefs ?? []) backend.weight = 30 + edits;
      world.api.apply('httproutes', route);
      await world.passUntil('bounded again', () => shareIn(world) <= 10);
    }
    const types = (): readonly string[] => incidentsIn(world).flatMap(({ status }) => status.entries.map(({ type }) => type));
    expect(types().filter((type) => type === 'Applied').length).toBeLessThan(10);
    world.read(0.01);
    await world.passUntil('released', () => types().includes('Closed'));
    const told = incidentsIn(world)[0]?.status.entries.filter(({ reason }) => reason.includes('more times since')) ?? [];
    expect(told).toMatchObject([{ type: 'Applied', target: 'HTTPRoute/credit' }]);
    await world.stop();
  });
});

describe('the record of an engagement', () => {
  it('names who answers for plan and model, and the category of the risk, as does the event', async () => {
    const world = await startMemoryOperator();
    await world.pass(2);
    world.read(0.9);
    await world.passUntil('on record', () => incidentsIn(world).length === 1);
    const [incident] = incidentsIn(world);
    expect(incident?.spec).toMatchObject({
      owner: 'lending-ml',
      model: { team: 'lending-ml', contact: '#lending-ml' },
      categories: ['DataQuality'],
    });
    const engaged = world.events.find(({ reason }) => reason === 'Engaged');
    expect(engaged?.note).toContain('lending-ml answers for the plan, lending-ml (#lending-ml) for the model. Category: DataQuality.');
    await world.stop();
  });

  it('says by whom a step was approved before it says that it was taken', async () => {
    const world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('mitigationplans', memoryPlan({ mode: 'Approve', approval: { roles: ['risk'] } }));
    });
    await world.pass(2);
    world.read(0.9);
    await world.passUntil('asked', () => incidentsIn(world)[0]?.status.entries[0]?.type === 'Proposed');
    const [incident] = incidentsIn(world);
    const subjectRef = { kind: 'RiskIncident', name: incident?.metadata.name, uid: incident?.metadata.uid };
    decide(world, { action: 'Approve', stage: 0, subjectRef });
    await world.passUntil('capped', () => shareIn(world) <= 10);
    await world.pass(1);
    expect(linesIn(world)[0]?.slice(0, 3)).toEqual(['Proposed operator', 'Approved alice', 'Engaged alice']);
    await world.stop();
  });

  it('says once a stage why it does not climb while the safe version breaches too, and nothing while idle', async () => {
    const { targets } = (
      memoryPlan() as { readonly spec: { readonly targets: readonly [{ readonly httpRoute: { readonly safe: object } }] } }
    ).spec;
    const [traffic, ...others] = targets;
    const { httpRoute } = traffic;
    const assessed = { ...traffic, httpRoute: { ...httpRoute, safe: { ...httpRoute.safe, version: '2.2.0' } } };
    const world = await startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('mitigationplans', memoryPlan({ targets: [assessed, ...others] }));
    });
    await world.pass(2);
    world.read(0.9, 0.9);
    await world.pass(5);
    expect(incidentsIn(world)).toEqual([]);
    world.read(0.9, 0.01);
    await world.passUntil('capped', () => shareIn(world) <= 10);
    for (const candidate of [0.9, 0.2, 0.9]) {
      world.read(candidate, 0.9);
      await world.pass(5);
    }
    const shared = incidentsIn(world)[0]?.status.entries.filter(({ type }) => type === 'SharedCause') ?? [];
    expect(shared).toMatchObject([{ reason: expect.stringContaining('the cause is shared') }]);
    await world.stop();
  });
});
