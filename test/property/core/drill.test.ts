import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judgeSteps } from '../../../src/core/drill/outcome.ts';
import { drillDue } from '../../../src/core/drill/schedule.ts';
import { drillPatienceMs, stepDrill } from '../../../src/core/drill/walk.ts';
import type { DrillFacts, DrillWalk } from '../../../src/core/drill/walk.ts';
import { startMs } from '../../builders/core.ts';
import { drillFacts, opening } from '../../builders/drill-walk.ts';

const runs = { numRuns: 2000 };

const rarely = (...words: readonly string[]) => fc.nat(19).map((drawn) => words[drawn] ?? null);
const mostly = fc.nat(4).map((drawn) => drawn > 0);
const anySight = fc.record({
  passedMs: fc.integer({ min: 0, max: 30_000 }),
  isOnRecord: mostly,
  isVerified: mostly,
  refusal: rarely('traffic', 'flag'),
  isReleased: mostly,
  damage: rarely('/spec', '/metadata/labels'),
  editedBy: rarely('kubectl'),
});
type Sight = typeof anySight extends fc.Arbitrary<infer Value> ? Value : never;

/** Facts as they may come, one after the other; an obstacle only where the story says so. */
function factsOf(sights: readonly Sight[], obstacleAt: number | null): readonly DrillFacts[] {
  let nowMs = startMs;
  return sights.map((sight, index) => {
    nowMs += sight.passedMs;
    return drillFacts({
      nowMs,
      isOnRecord: sight.isOnRecord,
      verifiedAtMs: sight.isVerified ? nowMs : null,
      refusals: sight.refusal === null ? [] : [{ target: sight.refusal, reason: 'Denied', message: 'no' }],
      isReleased: sight.isReleased,
      differences: sight.isReleased ? [{ target: 'traffic', path: sight.damage, editedBy: sight.editedBy }] : [],
      obstacle: index === obstacleAt ? { reason: 'Engaged', message: 'a real breach' } : null,
    });
  });
}

function walksOf(facts: readonly DrillFacts[]): readonly DrillWalk[] {
  const walks: DrillWalk[] = [opening];
  for (const each of facts) walks.push(stepDrill(walks.at(-1) ?? opening, each));
  return walks;
}

const stageOf = (walk: DrillWalk): number => (walk.phase === 'Climbing' ? walk.stage : -1);
const order = { Opening: 0, Climbing: 1, Returning: 2, Over: 3 };

describe('any drill', () => {
  it('goes one way: no phase and no stage comes twice', () => {
    fc.assert(
      fc.property(fc.array(anySight, { maxLength: 30 }), (sights) => {
        const walks = walksOf(factsOf(sights, null));
        walks.slice(1).forEach((walk, index) => {
          const before = walks[index] ?? opening;
          expect(order[walk.phase]).toBeGreaterThanOrEqual(order[before.phase]);
          if (walk.phase === 'Climbing' && before.phase === 'Climbing') expect(stageOf(walk) - stageOf(before)).toBeLessThanOrEqual(1);
          if (walk.phase === 'Climbing') expect(stageOf(walk)).toBeGreaterThanOrEqual(stageOf(before));
        });
      }),
      runs,
    );
  });

  it('lays nothing before it is on record', () => {
    fc.assert(
      fc.property(fc.array(anySight, { maxLength: 30 }), (sights) => {
        const facts = factsOf(
          sights.map((sight) => ({ ...sight, isOnRecord: false })),
          null,
        );
        expect(walksOf(facts).every(({ phase }) => phase === 'Opening' || phase === 'Over')).toBe(true);
      }),
      runs,
    );
  });

  it('passes only if every stage was seen in effect and nothing of ours is left', () => {
    let passed = 0;
    fc.assert(
      fc.property(fc.array(anySight, { minLength: 12, maxLength: 30 }), (sights) => {
        const facts = factsOf(sights, null);
        const walks = walksOf(facts);
        const last = walks.at(-1);
        if (last?.phase !== 'Over' || last.aborted !== null || judgeSteps(last.steps).result !== 'Passed') return;
        passed++;
        expect(new Set(walks.map(stageOf))).toEqual(new Set([-1, 0, 1]));
        const end = facts[walks.findIndex(({ phase }) => phase === 'Over') - 1];
        expect(end?.isReleased).toBe(true);
        expect(end?.differences.every(({ path, editedBy }) => path === null || editedBy !== null)).toBe(true);
        expect(last.timeToMitigateMs).not.toBeNull();
        // Nothing is given back before it is in effect, and no time is told of what nobody could compare.
        if (last.restored === 'Restored') expect(last.timeToRestoreMs ?? -1).toBeGreaterThanOrEqual(last.timeToMitigateMs ?? 0);
        else expect(last.timeToRestoreMs).toBeNull();
      }),
      runs,
    );
    expect(passed).toBeGreaterThan(50);
  });

  it('ends within a bounded time, whatever its targets do, and at once for what comes first', () => {
    fc.assert(
      fc.property(fc.array(anySight, { maxLength: 20 }), fc.nat(19), (sights, obstacleAt) => {
        const facts = factsOf(sights, obstacleAt);
        const walks = walksOf(facts);
        if (obstacleAt < facts.length) expect(walks[obstacleAt + 1]?.phase).toBe('Over');
        let walk = walks.at(-1) ?? opening;
        let nowMs = facts.at(-1)?.nowMs ?? startMs;
        // Opening, two stages, and the way back.
        for (let phase = 0; phase < 4; phase++) {
          nowMs += drillPatienceMs;
          walk = stepDrill(walk, drillFacts({ nowMs, isOnRecord: false }));
        }
        expect(walk.phase).toBe('Over');
      }),
      runs,
    );
  });
});

describe('any schedule', () => {
  it('runs once a period at most, and never waits longer than one', () => {
    const anyTimes = fc.array(fc.integer({ min: 0, max: 40 * 86_400_000 }), { maxLength: 40 });
    fc.assert(
      fc.property(fc.integer({ min: 3600, max: 2_592_000 }), anyTimes, (everySeconds, gaps) => {
        let lastAtMs: number | null = null;
        let nowMs = startMs;
        for (const gap of gaps) {
          nowMs += gap;
          const times = {
            schedule: { everySeconds, scope: 'DryRun' as const },
            request: null,
            answered: null,
            createdAtMs: startMs,
            lastAtMs,
          };
          const due = drillDue(times, nowMs);
          expect(due.kind === 'Now').toBe(nowMs - (lastAtMs ?? startMs) >= everySeconds * 1000);
          if (due.kind === 'Later') expect(due.atMs - nowMs).toBeLessThanOrEqual(everySeconds * 1000);
          if (due.kind === 'Now') lastAtMs = nowMs;
        }
      }),
      runs,
    );
  });
});
