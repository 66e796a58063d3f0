import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryPlan, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { planIn, shareIn } from '../../builders/memory-story.ts';
import { conditionOf } from '../../builders/traffic-view.ts';

interface Recorded {
  readonly status?: { readonly entries: readonly { readonly type: string; readonly before: string; readonly after: string }[] };
}

const otherQuery = { promQL: { query: 'max by (namespace, model, version) (0 * score_drift)' } };

/** The risk of the story with changes of its spec. */
function riskWith(changes: Readonly<Record<string, unknown>>): object {
  const risk = memoryRisk() as { readonly spec: object };
  return { ...risk, spec: { ...risk.spec, ...changes } };
}

describe('nobody leaves a constraint by editing what is read', () => {
  let world: MemoryOperator;

  beforeEach(async () => {
    world = await startMemoryOperator();
    const stages = [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent: 10 } }] }];
    const { targets } = (memoryPlan() as { spec: { targets: { httpRoute?: { safe: object } }[] } }).spec;
    const [traffic] = targets;
    if (traffic?.httpRoute !== undefined) traffic.httpRoute.safe = { ...traffic.httpRoute.safe, version: '2.2.0' };
    world.api.apply('mitigationplans', memoryPlan({ stages, targets }));
    world.read(0.9, 0.01);
    await world.passUntil('capped', () => shareIn(world) === 10);
    await world.pass(1);
  });
  afterEach(() => world.stop());

  const superseded = (): readonly string[] =>
    world.api
      .list('riskincidents')
      .flatMap((incident) => (incident as unknown as Recorded).status?.entries ?? [])
      .filter(({ type }) => type === 'Superseded')
      .map(({ before, after }) => `${before} -> ${after}`);
  const pending = (): unknown => conditionOf(planIn(world), 'SpecPending');

  const edits: readonly (readonly [string, (api: MemoryOperator['api']) => void])[] = [
    ['the model’s name', (api) => api.apply('modelrisks', riskWith({ model: { name: 'other', version: '2.3.0' } }))],
    ['the query of its signal', (api) => api.apply('riskpolicies', memoryPolicy(otherQuery))],
  ];

  it.each(edits)('regression: an edit of %s changes nothing until the engagement is over', async (_what, edit) => {
    edit(world.api);
    await world.pass(20);
    expect(shareIn(world)).toBe(10);
    expect(pending()).toMatchObject({ status: 'True', reason: 'EngagementGoesOn' });
    world.read(0.01);
    await world.passUntil('given back on what it began on', () => shareIn(world) === 50);
    await world.pass(5);
    expect(pending()).toMatchObject({ status: 'False' });
    world.readElsewhere(0.9);
    await world.passUntil('engaged on what is read now', () => shareIn(world) === 10);
  });

  it.each(edits)('regression: nor over a restart; then nothing moves until it is as it was (%s)', async (_what, edit) => {
    edit(world.api);
    await world.pass(1);
    await world.restart();
    await world.pass(20);
    expect(shareIn(world)).toBe(10);
    expect(pending()).toMatchObject({ status: 'True', message: expect.stringContaining('release by a RiskDecision') });
    world.api.apply('modelrisks', riskWith({}));
    world.api.apply('riskpolicies', memoryPolicy());
    await world.pass(10);
    expect(shareIn(world)).toBe(10);
    world.read(0.01);
    await world.passUntil('given back', () => shareIn(world) === 50);
  });

  it.each([
    ['in one process', false],
    ['over a restart', true],
  ])('regression: the version callers are sent to takes nothing off the candidate (%s)', async (_how, restarts) => {
    world.api.apply('modelrisks', riskWith({ model: { name: 'credit', version: '2.2.0' } }));
    await world.pass(1);
    if (restarts) await world.restart();
    await world.pass(30);
    expect(shareIn(world)).toBe(10);
    expect(superseded()).toEqual(['2.3.0 -> 2.2.0']);
    expect(pending()).toMatchObject({ status: 'True', message: expect.stringContaining('2.2.0') });
    world.api.apply('modelrisks', riskWith({}));
    world.read(0.01);
    await world.passUntil('given back', () => shareIn(world) === 50);
    expect(superseded()).toEqual(['2.3.0 -> 2.2.0', '2.2.0 -> 2.3.0']);
  });

  const removals: readonly (readonly [string, (api: MemoryOperator['api']) => void])[] = [
    ['the indicator', (api) => api.apply('modelrisks', riskWith({ indicators: [] }))],
    ['its template', (api) => api.apply('riskpolicies', memoryPolicy({ name: 'another' }))],
  ];

  /** The plan of this engagement with changes of its spec. */
  const planWith = (changes: Readonly<Record<string, unknown>>): object => {
    const { spec } = planIn(world) as unknown as { readonly spec: object };
    return memoryPlan({ ...spec, ...changes });
  };

  it.each(removals)('regression: goes on with what it began on once %s is taken out', async (_what, edit) => {
    edit(world.api);
    world.api.apply('mitigationplans', planWith({ trigger: { indicators: ['renamed'] } }));
    await world.pass(20);
    expect(shareIn(world)).toBe(10);
    world.read(0.01);
    await world.passUntil('given back', () => shareIn(world) === 50);
  });

  it.each(removals)('regression: says over a restart that nothing moves, and what to do (%s)', async (_what, edit) => {
    edit(world.api);
    await world.pass(1);
    await world.restart();
    world.read(0.01);
    await world.pass(20);
    expect(shareIn(world)).toBe(10);
    expect(pending()).toMatchObject({ status: 'True', message: expect.stringContaining('or release by a RiskDecision') });
  });

  const neighbour = (maxPercent: number): object => ({
    ...planWith({ stages: [{ name: 'limit', actions: [{ target: 'traffic', canaryLimit: { maxPercent } }] }] }),
    metadata: { name: 'neighbour', namespace: 'lending' },
  });

  it('regression: two plans that engaged on different queries do not keep each other from recovering', async () => {
    world.api.apply('riskpolicies', memoryPolicy(otherQuery));
    await world.pass(2);
    world.readElsewhere(0.9);
    world.api.apply('mitigationplans', neighbour(3));
    await world.passUntil('the neighbour capped it too', () => shareIn(world) === 3);
    world.readElsewhere(0.01);
    await world.passUntil('the neighbour gave it back', () => shareIn(world) === 10);
    world.read(0.01);
    await world.passUntil('given back', () => shareIn(world) === 50);
  });

  it('regression: a plan held for want of what it was read from blinds no other plan', async () => {
    world.api.apply('riskpolicies', memoryPolicy(otherQuery));
    await world.pass(2);
    await world.restart();
    world.readElsewhere(0.9);
    world.api.apply('mitigationplans', neighbour(3));
    await world.passUntil('the neighbour capped it too', () => shareIn(world) === 3);
    world.readElsewhere(0.01);
    await world.passUntil('the neighbour gave it back', () => shareIn(world) === 10);
    await world.pass(20);
    expect(shareIn(world)).toBe(10);
  });

  it('regression: with readings of its own, another version must earn its Ok too', async () => {
    world.api.apply('riskpolicies', memoryPolicy(otherQuery));
    await world.pass(1);
    world.api.apply('modelrisks', riskWith({ model: { name: 'credit', version: '2.4.0' } }));
    await world.passUntil('given back', () => shareIn(world) === 50);
    await world.pass(2);
    expect(superseded()).toEqual(['2.3.0 -> 2.4.0']);
  });

  it('regression: names the risk that is gone, not the one an edit names since', async () => {
    world.api.apply('modelrisks', { ...riskWith({}), metadata: { name: 'credit-new', namespace: 'lending' } });
    world.api.apply('mitigationplans', planWith({ riskRef: { name: 'credit-new' } }));
    world.api.remove('modelrisks', 'credit');
    await world.pass(2);
    const ready = conditionOf(planIn(world), 'Ready');
    expect(ready).toMatchObject({ status: 'False', reason: 'RiskMissing' });
    expect(ready?.message).toContain('ModelRisk credit does not exist in namespace lending; create it again.');
    expect(ready?.message).toContain('RiskDecision with action Release');
  });

  it('a new version may earn its own Ok, and the record says which', async () => {
    world.api.apply('modelrisks', riskWith({ model: { name: 'credit', version: '2.4.0' } }));
    await world.passUntil('given back', () => shareIn(world) === 50);
    await world.pass(2);
    expect(superseded()).toEqual(['2.3.0 -> 2.4.0']);
  });
});
