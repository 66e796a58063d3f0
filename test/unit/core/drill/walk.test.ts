import { describe, expect, it } from '@jest/globals';
import { judgeSteps } from '../../../../src/core/drill/outcome.ts';
import { drillPatienceMs, stepDrill } from '../../../../src/core/drill/walk.ts';
import type { DrillFacts, DrillWalk } from '../../../../src/core/drill/walk.ts';
import { startMs } from '../../../builders/core.ts';
import { drillFacts, opening } from '../../../builders/drill-walk.ts';

/** One step for each of the facts, over what the step before left. */
function walkThrough(...seen: readonly Partial<DrillFacts>[]): DrillWalk {
  return seen.reduce((walk, facts) => stepDrill(walk, drillFacts(facts)), opening);
}

const at = (seconds: number) => startMs + seconds * 1000;
const equal = ['traffic', 'flag'].map((target) => ({ target, path: null, editedBy: null }));
const upAndVerified: readonly Partial<DrillFacts>[] = [
  { nowMs: at(1) },
  { nowMs: at(4), verifiedAtMs: at(3) },
  { nowMs: at(9), verifiedAtMs: at(9) },
];

describe('a drill over live objects', () => {
  it('climbs a stage each time all targets show the one in force, measures the first, and comes down', () => {
    expect(walkThrough(...upAndVerified.slice(0, 1))).toMatchObject({ phase: 'Climbing', stage: 0, stageSinceMs: at(1) });
    expect(walkThrough(...upAndVerified.slice(0, 2))).toMatchObject({
      phase: 'Climbing',
      stage: 1,
      stageSinceMs: at(4),
      timeToMitigateMs: 2000,
    });
    expect(walkThrough(...upAndVerified)).toMatchObject({ phase: 'Returning', sinceMs: at(9), timeToMitigateMs: 2000 });
    const over = walkThrough(...upAndVerified, { nowMs: at(10) }, { nowMs: at(11), isReleased: true, differences: equal });
    expect(over).toMatchObject({ phase: 'Over', restored: 'Restored', aborted: null, timeToMitigateMs: 2000, timeToRestoreMs: 10_000 });
    expect(over.phase === 'Over' ? judgeSteps(over.steps).result : null).toBe('Passed');
  });

  it('begins the next stage later than the one before, even within one millisecond', () => {
    const walk = walkThrough({ nowMs: at(1) }, { nowMs: at(1), verifiedAtMs: at(1) });
    expect(walk).toMatchObject({ stage: 1, stageSinceMs: at(1) + 1 });
  });

  it('lays nothing before it is on record, and gives up where it never gets there', () => {
    expect(walkThrough({ isOnRecord: false, nowMs: at(59) })).toEqual(opening);
    expect(walkThrough({ isOnRecord: false, nowMs: startMs + drillPatienceMs })).toMatchObject({
      phase: 'Over',
      aborted: { reason: 'NotRecorded' },
      restored: 'NotCompared',
    });
  });

  it('comes down from a stage a target refuses, and says which', () => {
    const refusals = [{ target: 'flag', reason: 'FlagMissing', message: 'no such flag' }];
    const walk = walkThrough(...upAndVerified.slice(0, 2), { nowMs: at(5), refusals });
    expect(walk).toMatchObject({ phase: 'Returning' });
    expect(walk.phase === 'Returning' ? walk.steps.at(-1) : null).toEqual({
      stage: 'rollback',
      target: 'flag',
      outcome: 'Refused',
      reason: 'FlagMissing',
      message: 'no such flag',
    });
  });

  it('comes down from a stage no controller takes in time', () => {
    expect(walkThrough({ nowMs: at(1) }, { nowMs: at(60) })).toMatchObject({ phase: 'Climbing' });
    const walk = walkThrough({ nowMs: at(1) }, { nowMs: at(61) });
    expect(walk).toMatchObject({ phase: 'Returning', timeToMitigateMs: null, steps: [{ outcome: 'Refused', reason: 'NotVerified' }] });
  });

  it('fails where what comes back is not as it was, but not for what somebody else wrote', () => {
    const differs = (editedBy: string | null) => [{ target: 'traffic', path: '/spec/rules/0', editedBy }];
    const damaged = walkThrough(...upAndVerified, { isReleased: true, differences: differs(null) });
    expect(damaged).toMatchObject({ phase: 'Over', restored: 'NotRestored', timeToRestoreMs: null });
    expect(damaged.phase === 'Over' ? judgeSteps(damaged.steps) : null).toMatchObject({ result: 'Failed', reason: 'NotRestored' });
    const edited = walkThrough(...upAndVerified, { isReleased: true, differences: differs('kubectl') });
    expect(edited).toMatchObject({ phase: 'Over', restored: 'NotCompared', timeToRestoreMs: null });
    expect(edited.phase === 'Over' ? judgeSteps(edited.steps) : null).toMatchObject({ result: 'Passed' });
  });

  it('fails where a target is not given back in time', () => {
    const late = walkThrough(...upAndVerified, { nowMs: at(9) + drillPatienceMs });
    expect(late).toMatchObject({ phase: 'Over', restored: 'NotRestored' });
    expect(late.phase === 'Over' ? judgeSteps(late.steps).reason : '').toBe('NotReleased');
  });

  it.each([0, 1, 2, 3])('ends at once for what comes first, after %s steps', (taken) => {
    const obstacle = { reason: 'Engaged', message: 'a real breach' };
    const walk = walkThrough(...upAndVerified.slice(0, taken), { nowMs: at(20), verifiedAtMs: at(20), isReleased: true, obstacle });
    expect(walk).toMatchObject({ phase: 'Over', aborted: obstacle, restored: 'NotCompared' });
    expect(stepDrill(walk, drillFacts())).toBe(walk);
  });
});
