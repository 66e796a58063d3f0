import { expect, it } from '@jest/globals';
import { selects } from '../../../../src/core/workload/selector.ts';

const labels = { app: 'credit', tier: 'model' };

it.each([
  ['In', ['credit', 'other'], true],
  ['In', ['other'], false],
  ['NotIn', ['credit'], false],
  ['NotIn', ['other'], true],
  ['Exists', [], true],
  ['DoesNotExist', [], false],
  ['Matches', ['credit'], false],
])('app %s %s: %s', (operator, values, expected) => {
  expect(selects([{ key: 'app', operator, values }], labels)).toBe(expected);
});

it.each([
  ['In', false],
  ['NotIn', true],
  ['Exists', false],
  ['DoesNotExist', true],
])('a label that is not there, %s: %s', (operator, expected) => {
  expect(selects([{ key: 'zone', operator, values: ['a'] }], labels)).toBe(expected);
  expect(selects([{ key: 'toString', operator, values: ['a'] }], labels)).toBe(expected);
});

it('needs every term, and without any selects all', () => {
  const both = [
    { key: 'app', operator: 'In', values: ['credit'] },
    { key: 'tier', operator: 'In', values: ['data'] },
  ];
  expect([selects(both, labels), selects([], labels), selects(null, labels)]).toEqual([false, true, false]);
});
