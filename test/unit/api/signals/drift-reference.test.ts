import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readReference, referenceDigest } from '../../../../src/api/signals/drift-reference.ts';

const counted = { upperBounds: [1, 2], counts: [10, 20, 30] };
const listed = {
  categories: [
    { name: 'a', count: 3 },
    { name: 'b', count: 4 },
  ],
};

describe('a reference as text', () => {
  it.each([
    ['buckets', counted],
    ['categories', listed],
  ])('of %s is read as it was captured, with the digest that was asked for', (_what, reference) => {
    const digest = referenceDigest(reference);
    const text = JSON.stringify({ ...reference, digest, capturedAt: '2026-01-01T00:00:00Z' });
    expect(readReference(text, digest)).toEqual({ ok: true, value: { ...reference, digest, capturedAt: '2026-01-01T00:00:00Z' } });
  });

  it('that vouches for itself is not believed: the digest it must have is not its own word', () => {
    const edited = { ...counted, counts: [30, 20, 10] };
    const text = JSON.stringify({ ...edited, digest: referenceDigest(counted) });
    expect(readReference(text, referenceDigest(counted))).toEqual({ ok: false, failure: expect.stringContaining(referenceDigest(edited)) });
  });

  it('with other counts is never read, whichever count was changed by however much', () => {
    fc.assert(
      fc.property(fc.nat(2), fc.integer({ min: 1, max: 1_000_000 }), (at, more) => {
        const counts = counted.counts.map((rows, index) => (index === at ? rows + more : rows));
        expect(readReference(JSON.stringify({ ...counted, counts }), referenceDigest(counted)).ok).toBe(false);
      }),
    );
  });

  it.each([
    ['too few counts', { ...counted, counts: [10, 20] }],
    ['no bounds', { counts: [1, 2, 3] }],
    ['bounds out of order', { ...counted, upperBounds: [2, 1] }],
    ['one bound twice', { ...counted, upperBounds: [1, 1] }],
    ['no rows', { ...counted, counts: [0, 0, 0] }],
    ['a negative count', { ...counted, counts: [10, -20, 30] }],
    [
      'one category with rows',
      {
        categories: [
          { name: 'a', count: 3 },
          { name: 'b', count: 0 },
        ],
      },
    ],
    [
      'one category twice',
      {
        categories: [
          { name: 'a', count: 3 },
          { name: 'a', count: 4 },
        ],
      },
    ],
    ['something else', { seasonal: { offsetSeconds: 60 } }],
    ['null', null],
  ])('with %s is no reference, though its digest were right', (_what, content) => {
    const digest =
      content !== null && ('upperBounds' in content || 'categories' in content) ? referenceDigest(content) : `sha256:${'0'.repeat(64)}`;
    expect(readReference(JSON.stringify(content), digest)).toEqual({ ok: false, failure: expect.stringContaining('holds no reference') });
  });

  it('that is no JSON is told apart', () => {
    expect(readReference('counts: [1]', referenceDigest(counted))).toEqual({ ok: false, failure: 'is no JSON; capture it again' });
  });
});
