import { describe, expect, it } from '@jest/globals';
import { contributorsIn, hasContributed } from '../../../src/controllers/contributors.ts';

describe('the contributors of a plan', () => {
  it.each([
    ['olga', 'olga', true],
    ['olga,ana', 'ana', true],
    ['olga,ana', 'an', false],
    ['olga,ana', 'bea', false],
    ['', 'olga', false],
    ['uid=dana%2Cou=people', 'uid=dana,ou=people', true],
    ['uid=dana%2Cou=people', 'uid=dana', false],
    ['uid=dana%2Cou=people', 'uid=dana,ou=people,dc=example', false],
    ['100%25', '100%', true],
    ['a%252Cb', 'a%2Cb', true],
    ['a%252Cb', 'a,b', false],
  ])('in %j, %j: %j', (annotation, user, expected) => {
    expect(hasContributed(annotation, user)).toBe(expected);
  });

  it.each([
    ['first', 'uid=dana,ou=people,olga'],
    ['in between', 'olga,uid=dana,ou=people,ana'],
    ['beside names that are encoded', 'uid=dana,ou=people,uid=bea%2Cou=people'],
  ])('are known in a list from before names were encoded, %s', (_place, annotation) => {
    expect(hasContributed(annotation, 'uid=dana,ou=people')).toBe(true);
    expect(hasContributed(annotation, 'uid=carl,ou=people')).toBe(false);
  });

  it('are shown by the names people have', () => {
    expect(contributorsIn('olga,uid=dana%2Cou=100%25,,a%252Cb')).toEqual(['olga', 'uid=dana,ou=100%', 'a%2Cb']);
    expect(contributorsIn('')).toEqual([]);
  });
});
