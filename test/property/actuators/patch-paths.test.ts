import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { overlap, podMemberIn, segmentsOf, whyForbiddenPath } from '../../../src/actuators/patch/path.ts';
import { readPatchKinds, whyForbiddenResource } from '../../../src/actuators/patch/resource.ts';
import { podMembers, unpatchableCore, unpatchableGroups } from '../../../src/core/model/unpatchable.ts';
import type { JSONValue } from '../../../src/shared/json.ts';

const segment = fc.string({ unit: fc.constantFrom('a', 'b', '/', '~', '0', '1'), minLength: 1, maxLength: 4 });
const pointer = (segments: readonly string[]): string =>
  segments.map((each) => `/${each.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
const segments = fc.array(segment, { minLength: 1, maxLength: 4 });
const member = fc.constantFrom(...podMembers);

describe('a path of a patch', () => {
  it('is read as RFC 6901 writes it', () => {
    fc.assert(
      fc.property(segments, (written) => {
        expect(segmentsOf(pointer(written))).toEqual(written);
      }),
    );
  });

  it('overlaps another where one leads through the other, whichever is named first', () => {
    fc.assert(
      fc.property(segments, segments, (a, b) => {
        const isWithin = (inner: readonly string[], outer: readonly string[]) => outer.every((each, index) => inner[index] === each);
        expect(overlap(pointer(a), pointer(b))).toBe(isWithin(a, b) || isWithin(b, a));
        expect(overlap(pointer(a), pointer([...a, ...b]))).toBe(true);
      }),
    );
  });

  it('never leads through what pods are made from, however deep', () => {
    fc.assert(
      fc.property(segments, member, segments, (before, of, after) => {
        expect(whyForbiddenPath(pointer(['spec', ...before, of, ...after]))).toBe(`${of} says what runs in pods`);
      }),
    );
  });

  it('may lead anywhere else below spec', () => {
    fc.assert(
      fc.property(segments, (below) => {
        expect(whyForbiddenPath(pointer(['spec', ...below]))).toBeNull();
      }),
    );
  });
});

describe('a value of a patch', () => {
  it('that holds what pods are made from is found, however deep it is wrapped', () => {
    const wraps = fc.array(fc.boolean(), { maxLength: 5 });
    const wrapped = (inner: JSONValue, lists: readonly boolean[]) =>
      lists.reduce<JSONValue>((value, isList) => (isList ? [1, value] : { calm: 1, deeper: value }), inner);
    fc.assert(
      fc.property(member, wraps, (of, lists) => {
        expect(podMemberIn(wrapped({ [of]: {} }, lists))).toBe(of);
        expect(podMemberIn(wrapped({ maxReplicas: of }, lists))).toBeNull();
      }),
    );
  });
});

describe('a kind plans may patch', () => {
  const plural = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 6 });

  it('is none of the groups that confine the operator, whatever the resource, nor listed as one', () => {
    fc.assert(
      fc.property(fc.constantFrom(...unpatchableGroups), plural, (group, of) => {
        expect(whyForbiddenResource({ group, plural: of })).not.toBeNull();
        expect(readPatchKinds(`${group}/v1/${of}/Thing`, []).ok).toBe(false);
      }),
    );
  });

  it('of the core is none that holds credentials or runs programs; of another group the name alone forbids nothing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...unpatchableCore), (of) => {
        expect(readPatchKinds(`v1/${of}/Thing`, []).ok).toBe(false);
        expect(readPatchKinds(`example.com/v1/${of}/Thing`, []).ok).toBe(true);
      }),
    );
  });

  it('is refused with the whole list: no forbidden kind slips in behind good ones', () => {
    fc.assert(
      fc.property(fc.uniqueArray(plural, { maxLength: 4 }), fc.nat(4), (good, at) => {
        const words = good.map((of) => `example.com/v1/${of}/Thing`);
        expect(readPatchKinds(words.toSpliced(at, 0, 'v1/secrets/Secret').join(), []).ok).toBe(false);
        if (words.length > 0) expect(readPatchKinds(words.join(), []).ok).toBe(true);
      }),
    );
  });
});
