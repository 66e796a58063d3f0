import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { contributorsIn, hasContributed } from '../../../src/controllers/contributors.ts';

const users = fc.string({ unit: fc.constantFrom('a', 'b', ',', '%', '2', 'C', '5', '='), minLength: 1, maxLength: 12 });

/** What the policies compute, written as their CEL writes it. */
function gain(annotation: string, user: string): string {
  const entry = user.replaceAll('%', '%25').replaceAll(',', '%2C');
  if (annotation === '') return entry;
  return `,${annotation},`.includes(`,${entry},`) ? annotation : `${annotation},${entry}`;
}

describe('a list of contributors', () => {
  it('reads back as exactly those who were written into it, whatever is in their names', () => {
    fc.assert(
      fc.property(fc.array(users, { maxLength: 6 }), (wrote) => {
        const annotation = wrote.reduce(gain, '');
        expect(contributorsIn(annotation)).toEqual([...new Set(wrote)]);
        for (const user of wrote) expect(hasContributed(annotation, user)).toBe(true);
      }),
    );
  });

  it('never loses anybody, though it began in the old form', () => {
    fc.assert(
      fc.property(fc.array(users, { minLength: 1, maxLength: 4 }), fc.array(users, { maxLength: 4 }), (before, since) => {
        const annotation = since.reduce(gain, before.join(','));
        for (const user of [...before, ...since]) expect(hasContributed(annotation, user)).toBe(true);
      }),
    );
  });

  it('takes nobody for a contributor whose plain name is not in it', () => {
    fc.assert(
      fc.property(fc.array(users, { maxLength: 6 }), fc.stringMatching(/^[a-b]{1,6}$/), (wrote, user) => {
        expect(hasContributed(wrote.reduce(gain, ''), user)).toBe(wrote.includes(user));
      }),
    );
  });
});
