import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { findAt, withValue } from '../../../src/actuators/patch/document.ts';
import type { Claim, TargetObject } from '../../../src/actuators/port.ts';
import type { JSONValue } from '../../../src/shared/json.ts';
import * as given from '../../builders/http-route.ts';
import { holdsFor } from '../../builders/json-patch.ts';
import { actuator, aThrottle, edited, patching } from '../../builders/patch.ts';

const runs = { numRuns: 500 };
type Fields = { readonly [key: string]: JSONValue };

/** Some stand in each other, some share a parent that may not be there, one goes through a list when users write one. */
const paths = [
  '/spec/mode',
  '/spec/limits/perSecond',
  '/spec/limits/burst',
  '/spec/limits',
  '/spec/new/deep/value',
  '/spec/new/other',
] as const;

const anyScalar = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('a', 'b'), fc.boolean());
const anyValue: fc.Arbitrary<JSONValue> = fc.oneof(
  anyScalar,
  fc.array(anyScalar, { maxLength: 2 }),
  fc.dictionary(fc.constantFrom('perSecond', 'burst', 'deep'), anyScalar, { maxKeys: 2 }),
);
const anySpec: fc.Arbitrary<Fields> = fc.record({ mode: anyValue, limits: anyValue, new: anyValue, other: anyValue }, { requiredKeys: [] });

const anyClaim = (plan: string): fc.Arbitrary<Claim> =>
  fc
    .record({
      values: fc.uniqueArray(fc.tuple(fc.constantFrom(...paths), anyValue), { minLength: 1, maxLength: 3, selector: ([path]) => path }),
      age: fc.integer({ min: 0, max: 2 }),
    })
    .map(({ values, age }) => patching(Object.fromEntries(values), { holder: { plan, planCreatedAtMs: age } }));
const anyClaims = fc.subarray(['a', 'b', 'c'], { minLength: 1 }).chain((plans) => fc.tuple(...plans.map(anyClaim)));

/** One place written anew, or taken away; writing what stands there already can't be told from leaving it alone. */
const anyEdit = fc.record({ path: fc.constantFrom(...paths, '/spec/elsewhere'), value: fc.option(anyValue) });

interface Story {
  readonly live: TargetObject;
  readonly wanted: TargetObject;
}

/** Where the edit means the same in both: what is there now differs from it, and nothing of ours stands within or around it. */
function edit(
  { live, wanted }: Story,
  { path, value }: { readonly path: string; readonly value: JSONValue | null },
  held: ReadonlySet<string>,
): Story {
  const around = [...held].some((other) => other !== path && (other.startsWith(`${path}/`) || path.startsWith(`${other}/`)));
  const reachable = [live, wanted].every((object) => findAt(object, path).kind !== 'Unreachable');
  const now = findAt(live, path);
  const same = value === null ? now.kind === 'Absent' : now.kind === 'Present' && JSON.stringify(now.value) === JSON.stringify(value);
  const parent = path.split('/').slice(0, -1).join('/');
  const hasParents = [live, wanted].every((object) => findAt(object, parent).kind === 'Present');
  if (around || !reachable || same || !hasParents) return { live, wanted };
  const change = (object: TargetObject): TargetObject => edited(object, withValue(object, path, value).spec ?? {});
  return { live: change(live), wanted: change(wanted) };
}

const specOf = ({ spec }: TargetObject): JSONValue | undefined => spec;

describe('laws of the patch actuator', () => {
  it('a release gives back every byte', () => {
    fc.assert(
      fc.property(anySpec, anyClaims, (spec, claims) => {
        const object = aThrottle(spec);
        expect(given.released(given.pass(object, claims, { actuator }).live, { actuator })).toEqual(object);
      }),
      runs,
    );
  });

  it('after any edits by others a release gives back exactly what they want', () => {
    fc.assert(
      fc.property(anySpec, anyClaims, fc.array(anyEdit, { maxLength: 5 }), (spec, claims, edits) => {
        const object = aThrottle(spec);
        const held = new Set(claims.flatMap(({ target }) => (target.kind === 'Patch' ? target.values.map(({ path }) => path) : [])));
        let story: Story = { live: given.pass(object, claims, { actuator }).live, wanted: object };
        for (const each of edits) {
          const next = edit(story, each, held);
          story = { ...next, live: given.pass(next.live, claims, { actuator }).live };
        }
        expect(specOf(given.released(story.live, { actuator }))).toEqual(specOf(story.wanted));
      }),
      runs,
    );
  });

  it('the order in which plans come and are listed changes nothing of the object', () => {
    fc.assert(
      fc.property(anySpec, anyClaims, (spec, claims) => {
        const object = aThrottle(spec);
        const together = given.pass(object, claims, { actuator }).live;
        expect(specOf(given.pass(object, claims.toReversed(), { actuator }).live)).toEqual(specOf(together));
        let live = object;
        const here: Claim[] = [];
        for (const claim of claims) {
          here.push(claim);
          live = given.pass(live, here, { actuator }).live;
        }
        expect(specOf(live)).toEqual(specOf(together));
      }),
      runs,
    );
  });

  it('nothing is asked of an object that stands as planned, and a patch holds for the object it was computed from only', () => {
    fc.assert(
      fc.property(anySpec, anyClaims, anyEdit, (spec, claims, change) => {
        const object = aThrottle(spec);
        const { live, actuation } = given.pass(object, claims, { actuator });
        expect(given.pass(live, claims, { actuator }).actuation.kind).not.toBe('Patch');
        if (actuation.kind !== 'Patch') return;
        expect(holdsFor(object, actuation.operations)).toBe(true);
        const written = actuation.operations.filter(({ op }) => op !== 'test').some(({ path }) => path === change.path);
        const other = edited(object, withValue(object, change.path, change.value).spec ?? {});
        const differs = JSON.stringify(findAt(object, change.path)) !== JSON.stringify(findAt(other, change.path));
        if (written && differs) expect(holdsFor(other, actuation.operations)).toBe(false);
      }),
      runs,
    );
  });
});
