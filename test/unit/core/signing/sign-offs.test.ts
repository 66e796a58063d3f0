import { describe, expect, it } from '@jest/globals';
import { firstEndMs, latestByRole, standings } from '../../../../src/core/signing/sign-offs.ts';
import type { SignOff } from '../../../../src/core/signing/sign-offs.ts';

const nowMs = 1_000_000;

function signOff(role: string, author: string, changes: Partial<SignOff> = {}): SignOff {
  return { role, author, decision: `${role}-${author}`, digest: 'sha256:a', atMs: 0, endsMs: null, isCurrent: true, ...changes };
}

const kinds = (signOffs: readonly SignOff[], roles: readonly string[] = ['product', 'compliance']) =>
  standings(signOffs, roles, nowMs).map(({ role, kind }) => `${role} ${kind}`);

describe('where the roles stand', () => {
  it('each that has to sign, in the order of the tier, and no other', () => {
    expect(kinds([])).toEqual(['product Never', 'compliance Never']);
    expect(kinds([signOff('compliance', 'carl'), signOff('risk', 'rita')])).toEqual(['product Never', 'compliance Signed']);
    expect(kinds([signOff('risk', 'rita')], [])).toEqual([]);
  });

  it('the last one of a role counts, also when it says less', () => {
    const both = [signOff('product', 'pia', { atMs: 1 }), signOff('product', 'paul', { atMs: 2, isCurrent: false })];
    expect(kinds(both, ['product'])).toEqual(['product Stale']);
    expect(kinds(both.toReversed(), ['product'])).toEqual(['product Stale']);
    expect(latestByRole(both).map(({ author }) => author)).toEqual(['paul']);
  });

  it('of two of one instant the name decides, so that all who look see the same', () => {
    const both = [signOff('product', 'pia', { decision: 'b' }), signOff('product', 'paul', { decision: 'a' })];
    expect(latestByRole(both).map(({ decision }) => decision)).toEqual(['b']);
    expect(latestByRole(both.toReversed()).map(({ decision }) => decision)).toEqual(['b']);
  });

  it('one ends at its end, not before', () => {
    expect(kinds([signOff('product', 'pia', { endsMs: nowMs + 1 })], ['product'])).toEqual(['product Signed']);
    expect(kinds([signOff('product', 'pia', { endsMs: nowMs })], ['product'])).toEqual(['product Expired']);
    // That it ended is said before that it is of another text: it would not count either way.
    expect(kinds([signOff('product', 'pia', { endsMs: nowMs, isCurrent: false })], ['product'])).toEqual(['product Expired']);
  });

  it('a person counts once, in the role signed in first', () => {
    const both = [signOff('product', 'pia', { atMs: 2 }), signOff('compliance', 'pia', { atMs: 1 })];
    expect(kinds(both)).toEqual(['product SamePerson', 'compliance Signed']);
  });

  it('what is over, stale or not asked for keeps nobody from signing in another role', () => {
    const earlier = [signOff('product', 'pia', { atMs: 1, endsMs: nowMs }), signOff('risk', 'carl', { atMs: 1 })];
    expect(kinds([...earlier, signOff('compliance', 'pia', { atMs: 2 })])).toEqual(['product Expired', 'compliance Signed']);
    expect(kinds([...earlier, signOff('compliance', 'carl', { atMs: 2 })])).toEqual(['product Expired', 'compliance Signed']);
    const stale = [signOff('product', 'pia', { atMs: 1, isCurrent: false }), signOff('compliance', 'pia', { atMs: 2 })];
    expect(kinds(stale)).toEqual(['product Stale', 'compliance Signed']);
  });
});

it('the first end is the least of those that come', () => {
  expect(firstEndMs([null, 5, 3])).toBe(3);
  expect(firstEndMs([null])).toBeNull();
  expect(firstEndMs([])).toBeNull();
});
