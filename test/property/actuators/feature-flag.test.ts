import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Claim, TargetObject } from '../../../src/actuators/port.ts';
import type { JSONValue } from '../../../src/shared/json.ts';
import { actuator, aFlag, definitionsOf, editFlag, evaluate, flags, rollback, targetingEU } from '../../builders/feature-flag.ts';
import * as given from '../../builders/http-route.ts';
import { holdsFor } from '../../builders/json-patch.ts';

const runs = { numRuns: 500 };
const names = ['use-v2', 'a/b~c', '$x.y'] as const;
const variants = { on: true, off: false, third: true };

const anyTargeting = fc.constantFrom<JSONValue | undefined>(
  undefined,
  {},
  targetingEU,
  { if: [true, 'on'] },
  {
    fractional: [
      ['on', 50],
      ['off', 50],
    ],
  },
);
const anyDefault = fc.constantFrom('on', 'off', 'third');
const anyDefinition = fc
  .record({ defaultVariant: anyDefault, targeting: anyTargeting })
  .map(({ defaultVariant, targeting }) => aFlag({ variants, defaultVariant, ...(targeting === undefined ? {} : { targeting }) }));
const anyObject = fc
  .tuple(anyDefinition, anyDefinition, anyDefinition)
  .map(([first, second, third]) => flags({ [names[0]]: first, [names[1]]: second, [names[2]]: third }));

const anyClaim = (plan: string): fc.Arbitrary<Claim> =>
  fc
    .record({ flag: fc.constantFrom(...names), safeVariant: fc.constantFrom('off', 'third'), age: fc.integer({ min: 0, max: 2 }) })
    .map(({ flag, safeVariant, age }) => rollback({ holder: { plan, planCreatedAtMs: age }, target: { flag, safeVariant } }));
const anyClaims = fc.subarray(['a', 'b', 'c'], { minLength: 1 }).chain((plans) => fc.tuple(...plans.map(anyClaim)));

/** One member written anew; writing what stands there already can't be told from leaving it alone. */
const anyEdit = fc.record({
  flag: fc.constantFrom(...names),
  change: fc.oneof(
    anyDefault,
    anyTargeting.map((targeting) => ({ targeting })),
  ),
});

interface Story {
  readonly live: TargetObject;
  readonly wanted: TargetObject;
}

function edit({ live, wanted }: Story, { flag, change }: { flag: string; change: string | { targeting: JSONValue | undefined } }): Story {
  const changes = typeof change === 'string' ? { defaultVariant: change } : change;
  const stands = Object.entries(changes).every(
    ([field, value]) => JSON.stringify(definitionsOf(live)[flag]?.[field]) === JSON.stringify(value),
  );
  return stands ? { live, wanted } : { live: editFlag(live, flag, changes), wanted: editFlag(wanted, flag, changes) };
}

describe('laws of the flag actuator', () => {
  it('after any edits by others a release gives back exactly what they want', () => {
    fc.assert(
      fc.property(anyObject, anyClaims, fc.array(anyEdit, { maxLength: 5 }), (object, claims, edits) => {
        let story: Story = { live: given.pass(object, claims, { actuator }).live, wanted: object };
        for (const each of edits) {
          const edited = edit(story, each);
          story = { ...edited, live: given.pass(edited.live, claims, { actuator }).live };
        }
        expect(given.released(story.live, { actuator })).toEqual(story.wanted);
      }),
      runs,
    );
  });

  it('whoever holds a flag, flagd answers every caller with the variant of the plan that comes first', () => {
    fc.assert(
      fc.property(anyObject, anyClaims, fc.constantFrom({}, { region: 'EU' }), (object, claims, context) => {
        const { live } = given.pass(object, claims, { actuator });
        for (const name of names) {
          const own = claims.filter(({ target }) => target.kind === 'FeatureFlag' && target.flag === name);
          const first = own.toSorted(
            (a, b) => a.holder.planCreatedAtMs - b.holder.planCreatedAtMs || (a.holder.plan < b.holder.plan ? -1 : 1),
          )[0];
          if (first?.target.kind !== 'FeatureFlag') expect(definitionsOf(live)[name]).toEqual(definitionsOf(object)[name]);
          else expect(evaluate(live, name, { context })).toBe(first.target.safeVariant === 'third');
        }
      }),
      runs,
    );
  });

  it('the order of claims never matters, and a second pass has nothing to do', () => {
    fc.assert(
      fc.property(anyObject, anyClaims, (object, claims) => {
        const once = given.pass(object, claims, { actuator });
        expect(given.pass(object, claims.toReversed(), { actuator })).toEqual(once);
        expect(given.pass(once.live, claims, { actuator }).actuation.kind).toBe('Unchanged');
      }),
      runs,
    );
  });

  it('a patch holds for the object it was computed from, and for no other default of a flag it touches', () => {
    fc.assert(
      fc.property(anyObject, anyClaims, anyDefault, (object, claims, other) => {
        const { actuation, live } = given.pass(object, claims, { actuator });
        fc.pre(actuation.kind === 'Patch');
        expect(holdsFor(object, actuation.operations)).toBe(true);
        for (const name of names) {
          const [before, after] = [definitionsOf(object)[name], definitionsOf(live)[name]];
          if (before?.defaultVariant === after?.defaultVariant || before?.defaultVariant === other) continue;
          expect(holdsFor(editFlag(object, name, { defaultVariant: other }), actuation.operations)).toBe(false);
        }
      }),
      runs,
    );
  });
});
