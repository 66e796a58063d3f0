import { describe, expect, it } from '@jest/globals';
import type { Stage } from '../../../../src/core/model/plan.ts';
import { closedUpwards, isAsTight, tightenedLadder } from '../../../../src/core/plan/tighter-ladder.ts';
import { flag, limitStage, rollbackStage, route, shadowStage } from '../../../builders/core.ts';

const facts = { targets: [route, flag], neededSeconds: 120 };
const signed = { mode: 'Enforce' as const, stages: [limitStage, shadowStage, rollbackStage] };
const capped = (maxPercent: number, changes: Partial<Stage> = {}): Stage => ({
  ...limitStage,
  ...changes,
  actions: [{ target: 'traffic', kind: 'CanaryLimit', maxPercent }],
});
const after = (stage: Stage, escalateAfterSeconds: number | null): Stage => ({ ...stage, escalateAfterSeconds });
const ladder = (...stages: readonly Stage[]) => ({ mode: 'Enforce' as const, stages });
const [limit, shadow, rollback] = [limitStage, shadowStage, rollbackStage] as const;

describe('a ladder is as tight as another', () => {
  it.each([
    ['itself', ladder(limit, shadow, rollback)],
    ['with a lower limit', ladder(capped(3), shadow, rollback)],
    ['sooner up', ladder(after(limit, 120), shadow, rollback)],
    ['with a stage more on top', ladder(limit, shadow, after(rollback, 300), { ...rollback, name: 'again' })],
    [
      'with a stage between that takes no time of the next',
      ladder(after(limit, 150), capped(5, { name: 'less', escalateAfterSeconds: 150 }), shadow, rollback),
    ],
    ['by other names', ladder({ ...limit, name: 'a' }, { ...shadow, name: 'b' }, { ...rollback, name: 'c' })],
    ['without the stage that holds less', ladder(after(limit, 120), { ...shadow, enterOn: ['score-drift'] }, rollback)],
    ['straight to a stage on an indicator', ladder(limit, { ...shadow, enterOn: ['score-drift'] }, rollback)],
  ])('%s', (_, written) => {
    expect(isAsTight(written, signed, facts)).toBe(true);
  });

  it.each([
    ['with a higher limit', ladder(capped(11), shadow, rollback)],
    ['later up', ladder(after(limit, 301), shadow, rollback)],
    ['never up', ladder(after(limit, null), shadow, rollback)],
    ['too soon for a window of its own, which is never', ladder(after(limit, 119), shadow, rollback)],
    ['with a limit that leaves nothing to measure, which is never', ladder(capped(0), shadow, rollback)],
    ['with a milder stage first', ladder(capped(50, { name: 'mild', escalateAfterSeconds: 120 }), limit, shadow, rollback)],
    ['with a stage between that takes its time', ladder(limit, capped(5, { name: 'less', escalateAfterSeconds: 120 }), shadow, rollback)],
    ['without its last stage', ladder(limit, after(shadow, null))],
    ['without an action', ladder(limit, shadow, { ...rollback, actions: rollback.actions.slice(0, 1) })],
    [
      'with a flag that would have to follow before the next stage',
      ladder({ ...limit, actions: [...limit.actions, { target: 'flag', kind: 'FlagRollback' }] }, shadow, rollback),
    ],
    [
      'on another target',
      ladder(limit, shadow, rollback, { ...rollback, name: 'x', actions: [...rollback.actions, { target: 'x', kind: 'Patch' }] }),
    ],
    ['where a stage asks', ladder({ ...limit, mode: 'Approve' }, shadow, rollback)],
    ['with fewer copies in shadow', ladder(limit, { ...shadow, actions: [{ target: 'traffic', kind: 'Shadow', percent: 1 }] }, rollback)],
    ['with stages that fall back', ladder(limit, shadow, rollback, capped(50, { name: 'loose' }))],
    ['in a mode that only observes', { ...signed, mode: 'Observe' as const }],
  ])('not %s', (_, written) => {
    expect(isAsTight(written, signed, facts)).toBe(false);
  });

  it('only if what led straight to a stage does so still', () => {
    const straight = ladder(limit, shadow, { ...rollback, enterOn: ['score-drift'], enterOnSevere: ['parity'] });
    expect(isAsTight(signed, straight, facts)).toBe(false);
    expect(isAsTight(ladder(limit, shadow, { ...rollback, enterOn: ['score-drift', 'parity'] }), straight, facts)).toBe(true);
    expect(isAsTight(ladder(limit, { ...shadow, enterOn: ['score-drift'] }, rollback), straight, facts)).toBe(false);
  });

  it('where people are asked, only if they are asked the same', () => {
    const asking = ladder({ ...limit, mode: 'Approve' }, { ...shadow, mode: 'Approve' }, rollback);
    expect(isAsTight(asking, asking, facts)).toBe(true);
    const straight = ladder({ ...limit, mode: 'Approve' }, { ...shadow, mode: 'Approve', enterOn: ['score-drift'] }, rollback);
    expect(isAsTight(straight, asking, facts)).toBe(false);
    expect(isAsTight(signed, asking, facts)).toBe(true);
  });

  it('than one without stages is any', () => {
    expect(isAsTight(ladder(capped(100)), ladder(), facts)).toBe(true);
    expect(isAsTight(ladder(), signed, facts)).toBe(false);
  });

  it('only if the jobs that were signed are run, and no others', () => {
    const running = ladder({ ...limit, runs: ['retrain'] }, shadow, rollback);
    expect(isAsTight(signed, running, facts)).toBe(false);
    expect(isAsTight(running, running, facts)).toBe(true);
    expect(isAsTight(running, signed, facts)).toBe(false);
  });
});

describe('a ladder tightened by an edit', () => {
  it('takes lower limits and earlier stages, and nothing else', () => {
    const edited = ladder(after(capped(3), 120), after(shadow, 9000), { ...rollback, actions: rollback.actions.slice(0, 1) });
    expect(tightenedLadder(edited, signed, facts)).toEqual([after(capped(3), 120), shadow, rollback]);
  });

  it('regression: keeps no stage above that holds less than the one below: it would never be taken', () => {
    const two = ladder(capped(20), capped(10, { name: 'less' }), rollback);
    const stages = tightenedLadder(ladder(capped(5)), two, facts);
    expect(stages.map(({ actions }) => actions[0])).toEqual([
      { target: 'traffic', kind: 'CanaryLimit', maxPercent: 5 },
      { target: 'traffic', kind: 'CanaryLimit', maxPercent: 5 },
      rollback.actions[0],
    ]);
  });

  it('leaves something to measure where something was, and waits as long as evidence takes', () => {
    expect(tightenedLadder(ladder(after(capped(0), 1)), signed, facts)).toEqual(signed.stages);
  });

  it('asks where both ask, of a plan that acts elsewhere', () => {
    const [first, second] = tightenedLadder(
      { mode: 'Enforce', stages: [{ ...limit, mode: 'Approve' }, shadow] },
      { mode: 'Approve', stages: [limit, shadow, rollback] },
      facts,
    );
    expect([first?.mode, second?.mode]).toEqual(['Approve', 'Approve']);
    expect(tightenedLadder({ ...signed, mode: 'Observe' }, signed, facts)).toEqual(signed.stages);
  });

  it('has more room going up', () => {
    const room = (name: string, minReplicas: number): Stage => ({
      ...limit,
      name,
      actions: [{ target: 'room', kind: 'Scale', minReplicas, readyWithinSeconds: 60 }],
    });
    expect(closedUpwards([room('a', 9), room('b', 4)])).toEqual([room('a', 9), room('b', 9)]);
    expect(tightenedLadder(ladder(room('a', 6)), ladder(room('a', 3), room('b', 4)), facts)).toEqual([room('a', 6), room('b', 6)]);
  });
});
