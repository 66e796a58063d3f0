import { expect, it } from '@jest/globals';
import { parseQuantity } from '../../../../src/core/workload/quantity.ts';

it.each([
  ['250m', 0.25],
  ['1', 1],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['12345678n', 0.012345678],
  ['250u', 0.00025],
  // As the metrics server writes memory.
  ['524288Ki', 536_870_912],
  ['128Mi', 134_217_728],
  ['1Ti', 2 ** 40],
  ['1.5Gi', 1_610_612_736],
  ['1G', 1e9],
  ['2k', 2000],
  ['1e3', 1000],
  ['1E3', 1000],
  ['1E', 1e18],
  ['2e-3', 0.002],
  [4, 4],
])('reads %s', (text, value) => {
  expect(parseQuantity(text)).toBeCloseTo(value, 12);
});

it.each(['', '-1', 'abc', '1mi', '1i', '1K', '1 Gi', 'NaN', '1e999', `1${'0'.repeat(80)}`, null, undefined, {}, -1, NaN])(
  'refuses %s',
  (text) => {
    expect(parseQuantity(text)).toBeNull();
  },
);
