import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { leverOf } from '../../../src/actuators/rollout/lever.ts';
import { progressOf } from '../../../src/actuators/rollout/progress.ts';
import { aRollout } from '../../builders/rollout.ts';

const step = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 1000 }).map((setWeight) => ({ setWeight })) },
  { weight: 2, arbitrary: fc.constantFrom({ pause: {} }, { analysis: {} }) },
);

const anUpdate = fc
  .record({
    steps: fc.array(step, { minLength: 1, maxLength: 6 }),
    whole: fc.constantFrom(100, 1000, 7),
    reported: fc.integer({ min: 0, max: 1000 }),
  })
  .chain(({ steps, ...more }) =>
    fc.record({
      steps: fc.constant(steps),
      at: fc.nat(steps.length - 1),
      whole: fc.constant(more.whole),
      reported: fc.constant(more.reported),
    }),
  );

type Update = ReturnType<typeof anUpdate.generate>['value'];

/** Weights the controller may have on the route while it stays at the step: as it walks there, the last it met and the one before it. */
function mayStand({ steps, at, reported }: Update): readonly number[] {
  const walked: number[] = [0];
  for (const each of steps.slice(0, at + 1)) walked.push('setWeight' in each ? each.setWeight : (walked.at(-1) ?? 0));
  return [...walked.slice(-2), reported];
}

const progressIn = ({ steps, at, whole, reported }: Update) =>
  progressOf(aRollout({ steps, step: at, weight: reported, canary: { trafficRouting: { maxTrafficWeight: whole } } }));

describe('the most an update may give while it stays at its step', () => {
  it('is never less than any weight the controller may have set, and no whole percent more than the highest of them', () => {
    let below = 0;
    fc.assert(
      fc.property(anUpdate, (update) => {
        const ceiling = progressIn(update)?.ceilingPercent ?? -1;
        const highest = Math.min(100, (100 * Math.max(...mayStand(update))) / update.whole);
        expect(ceiling).toBeGreaterThanOrEqual(highest - 1e-9);
        expect(ceiling).toBeLessThan(highest + 1);
        if (highest < 100) below++;
      }),
      { numRuns: 500 },
    );
    expect(below).toBeGreaterThan(50);
  });

  it('decides the lever: held within any cap it fits, aborted under any it does not, and never held at 0', () => {
    const levers = { Hold: 0, Abort: 0 };
    fc.assert(
      fc.property(anUpdate, fc.integer({ min: 0, max: 99 }), (update, maxPercent) => {
        const progress = progressIn(update);
        const lever = leverOf(progress, maxPercent);
        expect(lever).toBe(maxPercent > 0 && (progress?.ceilingPercent ?? 101) <= maxPercent ? 'Hold' : 'Abort');
        expect(leverOf(progress, 100)).toBe('None');
        if (lever === 'Hold') expect(mayStand(update).every((weight) => (100 * weight) / update.whole <= maxPercent)).toBe(true);
        if (lever === 'Hold' || lever === 'Abort') levers[lever]++;
      }),
      { numRuns: 500 },
    );
    expect(levers.Hold).toBeGreaterThan(10);
    expect(levers.Abort).toBeGreaterThan(100);
  });
});
