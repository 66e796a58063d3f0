import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { readFlag, writeFlags } from '../../../src/actuators/flagd-config-map/flag-text.ts';
import type { Claim } from '../../../src/actuators/port.ts';
import type { JSONValue } from '../../../src/shared/json.ts';
import { targetingEU } from '../../builders/feature-flag.ts';
import { aConfigMap, actuator, edited, evaluate, rollback, textOf } from '../../builders/flagd-config-map.ts';
import * as given from '../../builders/http-route.ts';
import { holdsFor } from '../../builders/json-patch.ts';

const runs = { numRuns: 300 };
const names = ['use-v2', 'a/b~c', '$x."y\\'] as const;
const variants = { on: true, off: false, third: true };

const blank = fc.constantFrom('', ' ', '\n', '\t', '\r\n    ', '  \n  ');

/** JSON text of a value with blanks wherever they may stand, so that no two writers agree on it. */
function loose(value: JSONValue, draw: () => string): string {
  if (Array.isArray(value)) return `[${value.map((each: JSONValue) => `${draw()}${loose(each, draw)}${draw()}`).join(',') || draw()}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, each]) => `${draw()}${JSON.stringify(key)}${draw()}:${draw()}${loose(each, draw)}${draw()}`,
  );
  return `{${members.join(',') || draw()}}`;
}

const anyTargeting = fc.constantFrom<JSONValue | undefined>(undefined, {}, targetingEU, { if: [true, 'on'] });
const anyDefault = fc.constantFrom<JSONValue | undefined>('on', 'off', 'third', null, undefined);
const anyMembers = fc.record({
  defaultVariant: anyDefault,
  targeting: anyTargeting,
  metadata: fc.constantFrom<JSONValue | undefined>(undefined, { n: 1 }),
});
/** Members in any order, absent ones left out. */
const anyDefinition = anyMembers.chain((members) =>
  fc
    .shuffledSubarray(Object.entries({ state: 'ENABLED', variants, ...members }), { minLength: 5, maxLength: 5 })
    .map((entries) => Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as JSONValue),
);

const anyText = fc
  .tuple(anyDefinition, anyDefinition, anyDefinition, fc.array(blank, { minLength: 7, maxLength: 13 }))
  .map(([first, second, third, blanks]) => {
    let at = 0;
    const draw = (): string => blanks[at++ % blanks.length] ?? '';
    return `${draw()}${loose({ $schema: 'x', flags: { [names[0]]: first, [names[1]]: second, [names[2]]: third } }, draw)}${draw()}`;
  });

const anyClaim = (plan: string): fc.Arbitrary<Claim> =>
  fc
    .record({ flag: fc.constantFrom(...names), safeVariant: fc.constantFrom('off', 'third'), age: fc.integer({ min: 0, max: 2 }) })
    .map(({ flag, safeVariant, age }) => rollback({ holder: { plan, planCreatedAtMs: age }, target: { flag, safeVariant } }));
const anyClaims = fc.subarray(['a', 'b', 'c'], { minLength: 1 }).chain((plans) => fc.tuple(...plans.map(anyClaim)));

/** A member written anew by somebody, in words of their own. */
const anyEdit = fc.record({
  flag: fc.constantFrom(...names),
  change: fc.constantFrom(
    { defaultVariant: ' "third"' },
    { defaultVariant: '"on"' },
    { targeting: '{ "if": [ true,"on" ] }' },
    { targeting: '{"==": [1, 1]}' },
  ),
});
type Edit = typeof anyEdit extends fc.Arbitrary<infer Value> ? Value : never;

/** Null: it would write what stands there, which can't be told from leaving it alone, or put a member where there is none. */
function editText(text: string, { flag, change }: Edit): string | null {
  const read = readFlag(text, flag);
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  const [[member, written] = ['', '']] = Object.entries(change);
  const stands = read.value[member as 'targeting'];
  if (stands === null || JSON.stringify(JSON.parse(stands)) === JSON.stringify(JSON.parse(written))) return null;
  const { defaultVariant, targeting } = read.value;
  return writeFlags(text, new Map([[flag, { defaultVariant, targeting, [member]: written.trim() }]]));
}

describe('laws of the flagd actuator', () => {
  it('after any claims, one after another, a release gives back every byte', () => {
    fc.assert(
      fc.property(anyText, fc.array(anyClaims, { minLength: 1, maxLength: 3 }), (text, rounds) => {
        const before = aConfigMap(text);
        const live = rounds.reduce((object, claims) => given.pass(object, claims, { actuator }).live, before);
        expect(given.released(live, { actuator })).toEqual(before);
      }),
      runs,
    );
  });

  it('after any edits by others a release gives back exactly the text they want', () => {
    fc.assert(
      fc.property(anyText, anyClaims, fc.array(anyEdit, { maxLength: 4 }), (text, claims, edits) => {
        let wanted = text;
        let { live } = given.pass(aConfigMap(text), claims, { actuator });
        for (const each of edits) {
          const [seen, meant] = [editText(textOf(live), each), editText(wanted, each)];
          // A member we put where there was none is ours to take out, whatever somebody writes into it then.
          if (seen === null || meant === null) continue;
          wanted = meant;
          live = given.pass(
            edited(live, () => seen),
            claims,
            { actuator },
          ).live;
        }
        expect(textOf(given.released(live, { actuator }))).toBe(wanted);
      }),
      runs,
    );
  });

  it('whoever holds a flag, flagd answers every caller with the variant of the plan that comes first', () => {
    fc.assert(
      fc.property(anyText, anyClaims, fc.constantFrom({}, { region: 'EU' }), (text, claims, context) => {
        const { live } = given.pass(aConfigMap(text), claims, { actuator });
        for (const name of names) {
          const own = claims.filter(({ target }) => target.kind === 'ConfigMap' && target.flag === name);
          const first = own.toSorted(
            (a, b) => a.holder.planCreatedAtMs - b.holder.planCreatedAtMs || (a.holder.plan < b.holder.plan ? -1 : 1),
          )[0];
          if (first?.target.kind !== 'ConfigMap') expect(readFlag(textOf(live), name)).toEqual(readFlag(text, name));
          else
            expect(evaluate(textOf(live), name, { context, code: first.target.safeVariant !== 'third' })).toBe(
              first.target.safeVariant === 'third',
            );
        }
      }),
      runs,
    );
  });

  it('the order of claims never matters, a second pass has nothing to do, and a patch holds for its text alone', () => {
    fc.assert(
      fc.property(anyText, anyClaims, (text, claims) => {
        const before = aConfigMap(text);
        const once = given.pass(before, claims, { actuator });
        expect(given.pass(before, claims.toReversed(), { actuator })).toEqual(once);
        expect(given.pass(once.live, claims, { actuator }).actuation.kind).toBe('Unchanged');
        if (once.actuation.kind !== 'Patch') return;
        expect(holdsFor(before, once.actuation.operations)).toBe(true);
        if (once.actuation.moves)
          expect(
            holdsFor(
              edited(before, (each) => `${each}\n`),
              once.actuation.operations,
            ),
          ).toBe(false);
      }),
      runs,
    );
  });

  it('reading never throws, whatever the text, and what it reads can be written', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json(), anyText),
        fc.nat(),
        fc.constantFrom('', '"', '{', '}', '[', ',', '\\', '/*'),
        (text, at, splice) => {
          const cut = text.length === 0 ? 0 : at % text.length;
          const damaged = text.slice(0, cut) + splice + text.slice(cut + 1);
          const read = readFlag(damaged, names[0]);
          if (read.ok) expect(writeFlags(damaged, new Map([[names[0], read.value]]))).toBe(damaged);
        },
      ),
      runs,
    );
  });
});
