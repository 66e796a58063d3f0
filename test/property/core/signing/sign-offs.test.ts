import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { standings } from '../../../../src/core/signing/sign-offs.ts';
import type { SignOff } from '../../../../src/core/signing/sign-offs.ts';

const roles = ['product', 'security', 'compliance'];

const signOffs: fc.Arbitrary<readonly SignOff[]> = fc.uniqueArray(
  fc.record({
    role: fc.constantFrom(...roles, 'risk'),
    author: fc.constantFrom('ana', 'ben', 'cleo'),
    decision: fc.uuid(),
    digest: fc.constant('sha256:a'),
    atMs: fc.integer({ min: 0, max: 5 }),
    endsMs: fc.option(fc.integer({ min: 0, max: 10 }), { nil: null }),
    isCurrent: fc.boolean(),
  }),
  { selector: ({ decision }) => decision, maxLength: 12 },
);
const nows = fc.integer({ min: 0, max: 12 });
const signed = (all: readonly SignOff[], nowMs: number) =>
  standings(all, roles, nowMs).flatMap((each) => (each.kind === 'Signed' ? [each.signOff] : []));

describe('sign-offs', () => {
  it('no person answers for two roles, and each that counts is current and not over', () => {
    fc.assert(
      fc.property(signOffs, nows, (all, nowMs) => {
        const counted = signed(all, nowMs);
        expect(new Set(counted.map(({ author }) => author)).size).toBe(counted.length);
        for (const each of counted) expect(each.isCurrent && (each.endsMs === null || each.endsMs > nowMs)).toBe(true);
      }),
    );
  });

  it('the order they are read in changes nothing', () => {
    fc.assert(
      fc.property(signOffs, nows, fc.infiniteStream(fc.nat()), (all, nowMs, order) => {
        const keyed = all.map((each) => [order.next().value, each] as const).toSorted(([a], [b]) => a - b);
        expect(
          standings(
            keyed.map(([, each]) => each),
            roles,
            nowMs,
          ),
        ).toEqual(standings(all, roles, nowMs));
      }),
    );
  });

  it('time alone signs nothing: who has signed later had signed before', () => {
    fc.assert(
      fc.property(signOffs, nows, nows, (all, a, b) => {
        const [before, after] = [Math.min(a, b), Math.max(a, b)];
        // One person's other sign-off may end, so that this one counts: of different people the number never grows.
        const ofDifferent = all.map((each, index) => ({ ...each, author: `person-${index}` }));
        expect(signed(ofDifferent, after).length).toBeLessThanOrEqual(signed(ofDifferent, before).length);
      }),
    );
  });
});
