import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PlanMemory, PlanSnapshot, Stage } from '../../../src/core/model/plan.ts';
import { bounded } from '../../../src/core/plan/bounded.ts';
import { stageExposure } from '../../../src/core/plan/stage.ts';
import { holdsOf } from '../../../src/core/plan/trigger.ts';
import { anySnapshot, hastyIndicators } from '../../builders/core-arbitraries.ts';
import { breachValue } from '../../builders/core.ts';
import { tellStory } from '../../builders/core-story.ts';

const names = hastyIndicators.map(({ name }) => name);
const modes = ['Observe', 'Approve', 'Enforce'] as const;
const neededSeconds = (name: string): number | null => {
  const indicator = hastyIndicators.find((each) => each.name === name);
  return indicator === undefined ? null : indicator.windowSeconds + indicator.forSeconds;
};
const facts = { isSignedVersion: true, neededSeconds };

/** A ladder with one thing about it changed. */
type Edit = (stages: readonly Stage[]) => readonly Stage[];
const at =
  (index: number, change: (stage: Stage) => Stage): Edit =>
  (stages) =>
    stages.map((stage, place) => (place === index % stages.length ? change(stage) : stage));
const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ index: fc.nat(3), percent: fc.constantFrom(0, 1, 5, 9, 10, 60, 100) }).map(({ index, percent }) =>
    at(index, (stage) => ({
      ...stage,
      actions: stage.actions.map((action) => (action.kind === 'CanaryLimit' ? { ...action, maxPercent: percent } : action)),
    })),
  ),
  fc
    .record({ index: fc.nat(3), seconds: fc.constantFrom(null, 1, 30, 60, 74, 75, 900) })
    .map(({ index, seconds }) => at(index, (stage) => ({ ...stage, escalateAfterSeconds: seconds }))),
  fc.record({ index: fc.nat(3), enterOn: fc.subarray(names) }).map(({ index, enterOn }) => at(index, (stage) => ({ ...stage, enterOn }))),
  fc
    .record({ index: fc.nat(3), mode: fc.constantFrom(null, 'Approve' as const, 'Enforce' as const) })
    .map(({ index, mode }) => at(index, (stage) => ({ ...stage, mode }))),
  fc.nat(3).map(
    (index): Edit =>
      (stages) =>
        stages.filter((_, place) => place !== index),
  ),
  fc.nat(3).map(
    (index): Edit =>
      (stages) =>
        stages.flatMap((stage, place) => (place === index ? [{ ...stage, name: 'before', escalateAfterSeconds: 60 }, stage] : [stage])),
  ),
  fc.nat(3).map(
    (index): Edit =>
      (stages) =>
        stages.flatMap((stage, place) =>
          place === index
            ? [stage, { ...stage, name: 'more', actions: [{ target: 'traffic', kind: 'CanaryLimit' as const, maxPercent: 3 }] }]
            : [stage],
        ),
  ),
);

const anyPair = fc
  .record({
    signed: anySnapshot,
    signedMode: fc.constantFrom(...modes),
    other: anySnapshot,
    otherMode: fc.constantFrom(...modes),
    edits: fc.array(anyEdit, { maxLength: 3 }),
    isEdit: fc.boolean(),
    trigger: fc.record({ indicators: fc.subarray(names, { minLength: 1 }), match: fc.constantFrom('Any' as const, 'All' as const) }),
    before: fc.record({ indicators: fc.subarray(names, { minLength: 1 }), match: fc.constantFrom('Any' as const, 'All' as const) }),
  })
  .map(({ signed, signedMode, other, otherMode, edits, isEdit, trigger, before }) => {
    const was: PlanSnapshot = { ...signed, mode: signedMode, trigger: before, safeVersion: null };
    const stages = edits.reduce((ladder, edit) => edit(ladder), was.stages);
    const is: PlanSnapshot = isEdit ? { ...was, stages } : { ...other, mode: otherMode, trigger, safeVersion: null };
    return { signed: was, written: is };
  });

/** Most of the candidate callers get by each target while the plan stands there. */
function sharesIn(snapshot: PlanSnapshot, memory: PlanMemory): ReadonlyMap<string, number> {
  const stage = memory.phase === 'Engaged' && snapshot.mode !== 'Observe' ? (snapshot.stages[memory.stage] ?? null) : null;
  return new Map(stageExposure(stage, snapshot.targets).map(({ target, livePercent }) => [target, livePercent]));
}

/** By time, under a breach that does not end. */
function breachUnder(snapshot: PlanSnapshot, breaching: readonly string[]): readonly ReadonlyMap<string, number>[] {
  const story = tellStory({ snapshot, indicators: hastyIndicators });
  const readings = Object.fromEntries(names.map((name) => [name, breaching.includes(name) ? breachValue : 0.02]));
  return Array.from({ length: 60 }, () => {
    story.poll(readings);
    return sharesIn(snapshot, story.memory());
  });
}

describe('a plan in force', () => {
  it('gives callers never more of the candidate than what was signed, however long a breach lasts', () => {
    let [tighter, held, same] = [0, 0, 0];
    fc.assert(
      fc.property(anyPair, fc.subarray(names, { minLength: 1 }), ({ signed, written }, breaching) => {
        const inForce = bounded(written, signed, facts);
        const [was, is] = [breachUnder(signed, breaching), breachUnder(inForce, breaching)];
        const sum = (shares: typeof was): number => shares.reduce((all, each) => all + [...each.values()].reduce((a, b) => a + b, 0), 0);
        if (sum(is) < sum(was)) tighter += 1;
        if (JSON.stringify(inForce.stages) === JSON.stringify(written.stages)) same += 1;
        else held += 1;
        was.forEach((shares, poll) => {
          for (const [target, share] of shares) expect(is[poll]?.get(target)).toBeLessThanOrEqual(share);
        });
      }),
      { numRuns: 600 },
    );
    // Of 600: some 200, 300 and 250 expected.
    expect(tighter).toBeGreaterThan(40);
    expect(held).toBeGreaterThan(60);
    expect(same).toBeGreaterThan(60);
  });

  it('begins on whatever began the signed one, in no milder mode, and comes down no sooner', () => {
    fc.assert(
      fc.property(anyPair, fc.subarray(names), ({ signed, written }, firing) => {
        const inForce = bounded(written, signed, facts);
        const fires = ({ trigger }: PlanSnapshot): boolean => holdsOf(trigger, (name) => firing.includes(name));
        expect(fires(inForce) || !fires(signed)).toBe(true);
        expect(signed.trigger.indicators.every((name) => inForce.trigger.indicators.includes(name))).toBe(true);
        expect(modes.indexOf(inForce.mode)).toBeGreaterThanOrEqual(modes.indexOf(signed.mode));
        expect(inForce.recovery.stepSeconds).toBeGreaterThanOrEqual(signed.recovery.stepSeconds);
        expect(inForce.recovery.flap.maxEngagements).toBeLessThanOrEqual(signed.recovery.flap.maxEngagements);
        expect(inForce.targets).toEqual(signed.targets);
      }),
      { numRuns: 1000 },
    );
  });

  it('is what was signed where nothing was edited, and what is in force is in force again', () => {
    fc.assert(
      fc.property(anyPair, ({ signed, written }) => {
        expect(bounded(signed, signed, facts)).toEqual(signed);
        const inForce = bounded(written, signed, facts);
        expect(bounded(inForce, signed, facts)).toEqual(inForce);
      }),
      { numRuns: 600 },
    );
  });
});
