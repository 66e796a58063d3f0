import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PlanSnapshot, Stage } from '../../../src/core/model/plan.ts';
import { anyHappenings, anySnapshot, hastyIndicators } from '../../builders/core-arbitraries.ts';
import { tellStory } from '../../builders/core-story.ts';

/** An oracle of its own: most of the candidate's answers callers can get by the route while `actions` hold, the flag being behind it or not. */
function routeShare({ targets }: PlanSnapshot, actions: Stage['actions']): number {
  const isBehind = targets.some((target) => target.kind === 'FeatureFlag' && target.behind === 'traffic');
  if (isBehind && actions.some(({ kind }) => kind === 'FlagRollback')) return 0;
  const limits = actions.map((action) => (action.kind === 'CanaryLimit' ? action.maxPercent : action.kind === 'Shadow' ? 0 : 100));
  return Math.min(100, ...limits);
}

describe('yielding', () => {
  it('leads only to a later stage that gives callers no more without the targets left to others, and only while they are', () => {
    const counts: Record<string, number> = {};
    const left = fc.array(fc.constantFrom<string[][]>([], ['traffic'], ['flag'], ['traffic', 'flag']), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(anySnapshot, anyHappenings, left, (snapshot, happenings, leaving) => {
        const story = tellStory({ snapshot, indicators: hastyIndicators });
        happenings.forEach((happening, index) => {
          story.leaveToOthers(...(leaving[index % leaving.length] ?? []));
          happening.run(story);
        });
        for (const { transition, before, yielded } of story.steps) {
          if (transition?.reason !== 'Yielded') continue;
          if (before.phase !== 'Engaged') throw new Error('yielded outside of an engagement');
          counts[transition.kind] = (counts[transition.kind] ?? 0) + 1;
          const [from, to] = [snapshot.stages[before.stage], snapshot.stages[transition.to ?? -1]];
          expect(transition.to).toBeGreaterThan(before.stage);
          expect(yielded.length).toBeGreaterThan(0);
          const without = (to?.actions ?? []).filter(({ target }) => !yielded.includes(target));
          expect(routeShare(snapshot, without)).toBeLessThanOrEqual(routeShare(snapshot, from?.actions ?? []));
        }
      }),
      { numRuns: 1500 },
    );
    expect(Object.keys(counts).sort()).toEqual(['Escalated', 'Proposed']);
  });
});

describe('a stage that is refused for good', () => {
  it('is passed only while it was never seen in force, for a later one that gives callers no more without what is refused', () => {
    const counts: Record<string, number> = {};
    const refusing = fc.array(fc.constantFrom<string[][]>([], ['traffic'], ['flag'], ['traffic', 'flag']), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(anySnapshot, anyHappenings, refusing, (snapshot, happenings, refusals) => {
        const story = tellStory({ snapshot, indicators: hastyIndicators, verifiesAtOnce: false });
        happenings.forEach((happening, index) => {
          story.refuseForGood(...(refusals[index % refusals.length] ?? []));
          happening.run(story);
        });
        for (const { transition, before, unserved } of story.steps) {
          if (transition?.reason !== 'Refused') continue;
          if (before.phase !== 'Engaged') throw new Error('passed outside of an engagement');
          counts[transition.kind] = (counts[transition.kind] ?? 0) + 1;
          expect([before.verifiedAtMs, before.direction]).toEqual([null, 'Up']);
          expect(transition.to).toBeGreaterThan(before.stage);
          const [from, to] = [snapshot.stages[before.stage], snapshot.stages[transition.to ?? -1]];
          expect((from?.actions ?? []).some(({ target }) => unserved.includes(target))).toBe(true);
          const without = (to?.actions ?? []).filter(({ target }) => !unserved.includes(target));
          expect(routeShare(snapshot, without)).toBeLessThanOrEqual(routeShare(snapshot, from?.actions ?? []));
        }
      }),
      { numRuns: 1500 },
    );
    expect(Object.keys(counts).sort()).toEqual(['Escalated', 'Proposed']);
  });
});
