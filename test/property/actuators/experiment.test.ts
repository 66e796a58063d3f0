import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Claim, TargetObject } from '../../../src/actuators/port.ts';
import type { JSONValue } from '../../../src/shared/json.ts';
import * as given from '../../builders/experiment.ts';
import { holdsFor } from '../../builders/json-patch.ts';

const runs = { numRuns: 400 };
const models = ['credit-v2', 'credit-v1', 'v0', 'other'] as const;

const anyWeight = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 100 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 9_999, 1_000_000, 4_000_000_000) },
);
const anySpec = fc.record(
  {
    default: fc.constantFrom<JSONValue>(...models),
    mirror: fc.constant<JSONValue>({ name: 'audit', percent: 7 }),
    novelty: fc.constant<JSONValue>({ x: null }),
  },
  { requiredKeys: [] },
);
const anyExperiment = fc
  .tuple(fc.shuffledSubarray([...models], { minLength: 1 }), fc.array(anyWeight, { minLength: 4, maxLength: 4 }), anySpec)
  .map(([names, weights, spec]) =>
    given.anExperiment(Object.fromEntries(names.map((name, index) => [name, weights[index] ?? 0])), { spec }),
  );

const anyClaim = (plan: string): fc.Arbitrary<Claim> =>
  fc
    .record({
      percent: fc.constantFrom(0, 1, 5, 10, 33, 50, 100),
      age: fc.integer({ min: 0, max: 2 }),
      candidate: fc.constantFrom('credit-v2', 'credit-v1'),
    })
    .map(({ percent, age, candidate }) => {
      const safe = { model: candidate === 'credit-v2' ? 'credit-v1' : 'credit-v2' };
      return given.cap(percent, { holder: { plan, planCreatedAtMs: age }, target: { candidate: { model: candidate }, safe } });
    });
const anyClaims = fc.subarray(['a', 'b', 'c'], { minLength: 1 }).chain((plans) => fc.tuple(...plans.map(anyClaim)));

const sumOf = (live: TargetObject): number => given.candidatesOf(live).reduce((sum, { weight }) => sum + weight, 0);
const shareOf = (live: TargetObject, model: string): number => (sumOf(live) === 0 ? 0 : (given.weightsOf(live)[model] ?? 0) / sumOf(live));

describe('laws of the Experiment actuator', () => {
  it('after any claims, one after another, a release gives back every byte', () => {
    fc.assert(
      fc.property(anyExperiment, fc.array(anyClaims, { minLength: 1, maxLength: 3 }), (experiment, rounds) => {
        const live = rounds.reduce((object, claims) => given.passed(object, claims).live, experiment);
        expect(given.givenBack(live)).toEqual(experiment);
      }),
      runs,
    );
  });

  it('a cap that is honoured holds, no share rises but the safe one’s, no candidate comes or goes, and no sum becomes 0', () => {
    fc.assert(
      fc.property(anyExperiment, anyClaims, (experiment, claims) => {
        const { live, actuation } = given.passed(experiment, claims);
        expect(given.candidatesOf(live).map(({ name }) => name)).toEqual(given.candidatesOf(experiment).map(({ name }) => name));
        expect(given.candidatesOf(live).every(({ weight }) => Number.isInteger(weight) && weight >= 0)).toBe(true);
        expect(sumOf(live) === 0).toBe(sumOf(experiment) === 0);
        const honoured = claims.filter(({ holder }) => !actuation.rejected.some(({ planUID }) => planUID === holder.planUID));
        for (const { target, constraints } of honoured) {
          const [constraint] = constraints;
          if (target.kind !== 'Experiment' || constraint?.kind !== 'Cap') continue;
          expect(shareOf(live, target.candidate.model)).toBeLessThanOrEqual(Math.max(constraint.maxPercent / 100, 0) + 1e-9);
        }
        for (const model of ['v0', 'other']) expect(shareOf(live, model)).toBeCloseTo(shareOf(experiment, model), 4);
      }),
      runs,
    );
  });

  it('the order of claims never matters, a second pass has nothing to do, and a patch holds for its object alone', () => {
    fc.assert(
      fc.property(anyExperiment, anyClaims, anyWeight, (experiment, claims, weight) => {
        const once = given.passed(experiment, claims);
        expect(given.passed(experiment, claims.toReversed())).toEqual(once);
        expect(given.passed(once.live, claims).actuation.kind).not.toBe('Patch');
        if (once.actuation.kind !== 'Patch' || !once.actuation.moves) return;
        expect(holdsFor(experiment, once.actuation.operations)).toBe(true);
        const [first] = given.candidatesOf(experiment);
        if (first === undefined || first.weight === weight) return;
        expect(holdsFor(given.reweighed(experiment, { [first.name]: weight }), once.actuation.operations)).toBe(false);
      }),
      runs,
    );
  });

  it('what others write meanwhile is what comes back', () => {
    fc.assert(
      fc.property(anyExperiment, anyClaims, fc.array(anyWeight, { minLength: 4, maxLength: 4 }), (experiment, claims, weights) => {
        const held = given.passed(experiment, claims).live;
        const written = Object.fromEntries(models.map((name, index) => [name, weights[index] ?? 0]));
        // Whoever writes the number that stands there can't be told from one who left it alone.
        fc.pre(given.candidatesOf(held).every(({ name, weight }) => weight !== written[name]));
        const again = given.passed(given.reweighed(held, written), claims).live;
        expect(given.givenBack(again)).toEqual(given.reweighed(experiment, written));
      }),
      runs,
    );
  });
});
