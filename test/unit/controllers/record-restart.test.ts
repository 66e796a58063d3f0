import { describe, expect, it, jest } from '@jest/globals';

import { applyGuardedModelTo, memoryPlan, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { decide, incidentsIn, linesIn, patientPlan } from '../../builders/memory-record.ts';
import { planIn, shareIn } from '../../builders/memory-story.ts';
import { phaseOf } from '../../builders/traffic-view.ts';

// Minutes of a clock that stands still are seconds of a busy machine.
jest.setTimeout(60_000);

describe('a restart between a step and its record', () => {
  const loseBookkeeping = (world: MemoryOperator): void => {
    world.api.onWrite(({ resource }) => (resource === 'httproutes' || resource === 'featureflags' ? 'Pass' : 'Lose'));
  };
  const approving = memoryPlan({ mode: 'Approve', approval: { roles: ['risk'] } });
  const startWith = (plan: object): Promise<MemoryOperator> =>
    startMemoryOperator((api) => {
      applyGuardedModelTo(api);
      api.apply('mitigationplans', plan);
    });
  const ask = async (world: MemoryOperator): Promise<void> => {
    await world.pass(2);
    world.read(0.9);
    await world.passUntil('asked', () => incidentsIn(world)[0]?.status.entries[0]?.type === 'Proposed');
    await world.pass(1);
  };

  it('regression: says of a plan that only observes no more than that it would have acted', async () => {
    const world = await startWith(memoryPlan({ mode: 'Observe' }));
    await world.pass(2);
    world.read(0.9);
    await world.pass(3);
    world.read(0.2);
    await world.restart();
    await world.pass(3);
    expect(linesIn(world)).toEqual([['WouldApply operator']]);
    await world.stop();
  });

  it('regression: names who released, and when', async () => {
    const world = await startWith(patientPlan);
    await world.pass(2);
    world.read(0.9);
    await world.passUntil('capped', () => shareIn(world) <= 10);
    await world.pass(1);
    loseBookkeeping(world);
    decide(world, { action: 'Release', engagement: 1 });
    await world.passUntil('released', () => shareIn(world) === 50);
    const released = new Date(world.clock.nowMs()).toISOString();
    await world.pass(2);
    world.api.onWrite(() => 'Pass');
    await world.restart();
    await world.pass(5);
    const [incident] = incidentsIn(world);
    const [release, end, ...more] = incident?.status.entries.slice(3) ?? [];
    expect(release).toMatchObject({ type: 'Released', actor: 'alice' });
    expect((release?.at ?? '') <= released).toBe(true);
    expect([end?.type, more]).toEqual(['Closed', []]);
    await world.stop();
  });

  it('regression: says Rejected, and by whom, of a question that was refused', async () => {
    const world = await startWith(approving);
    await ask(world);
    const [incident] = incidentsIn(world);
    world.api.onWrite(({ resource }) => (resource === 'riskincidents' ? 'Lose' : 'Pass'));
    const subjectRef = { kind: 'RiskIncident', name: incident?.metadata.name, uid: incident?.metadata.uid };
    decide(world, { action: 'Reject', stage: 0, subjectRef });
    await world.passUntil('refused', () => phaseOf(planIn(world)) === 'Idle');
    await world.restart();
    world.api.onWrite(() => 'Pass');
    await world.pass(5);
    expect(linesIn(world)).toEqual([['Proposed operator', 'Rejected alice', 'Closed operator']]);
    await world.stop();
  });

  it('regression: says Withdrawn of a question that was withdrawn', async () => {
    const world = await startWith(approving);
    await ask(world);
    world.api.onWrite(({ resource }) => (resource === 'riskincidents' ? 'Lose' : 'Pass'));
    world.read(0.01);
    await world.passUntil('withdrawn', () => phaseOf(planIn(world)) === 'Idle');
    await world.restart();
    world.api.onWrite(() => 'Pass');
    await world.pass(5);
    expect(linesIn(world)).toEqual([['Proposed operator', 'Withdrawn operator', 'Closed operator']]);
    await world.stop();
  });

  it('regression: asks on record what the status says was asked', async () => {
    const world = await startWith(approving);
    await world.pass(2);
    world.api.onWrite(({ resource }) => (resource === 'riskincidents' ? 'Lose' : 'Pass'));
    world.read(0.9);
    await world.passUntil('asked', () => phaseOf(planIn(world)) === 'Proposed');
    await world.restart();
    world.api.onWrite(() => 'Pass');
    await world.pass(5);
    expect(linesIn(world)).toEqual([['Proposed operator']]);
    await world.stop();
  });

  it('regression: closes an engagement that another one followed before it was on record', async () => {
    const world = await startWith(patientPlan);
    await world.pass(2);
    world.read(0.9);
    await world.pass(2);
    world.api.onWrite(({ resource }) => (resource === 'riskincidents' ? 'Lose' : 'Pass'));
    world.read(0.01);
    await world.passUntil('released', () => shareIn(world) === 50);
    await world.pass(2);
    world.read(0.9);
    await world.passUntil('capped again', () => shareIn(world) === 10);
    await world.restart();
    world.api.onWrite(() => 'Pass');
    world.read(0.2);
    await world.pass(5);
    const [first, second] = incidentsIn(world);
    expect([first?.status.closedAt, second?.status.closedAt]).toEqual([expect.any(String), undefined]);
    expect(linesIn(world).map((lines) => lines.at(-1))).toEqual(['Closed operator', expect.not.stringContaining('Closed')]);
    await world.stop();
  });
});
