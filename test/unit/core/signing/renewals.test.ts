import { expect, it } from '@jest/globals';
import { renewalsOf } from '../../../../src/core/signing/renewals.ts';
import type { Acceptance } from '../../../../src/core/signing/renewals.ts';

const accept = (fromMs: number, untilMs: number, ...indicators: readonly string[]): Acceptance => ({
  indicators: indicators.length === 0 ? ['drift'] : indicators,
  fromMs,
  untilMs,
});

it.each([
  ['the first is no renewal', [], 0],
  ['one that follows at once is', [accept(0, 50)], 1],
  ['one that overlaps is', [accept(0, 150)], 1],
  ['each in a row counts', [accept(0, 30), accept(30, 60), accept(60, 90)], 3],
  ['in any order they are read', [accept(60, 90), accept(0, 30), accept(30, 60)], 3],
  ['not one that ended a gap before', [accept(0, 90 - 100 + 10)], 0],
  ['nor what came before such a gap', [accept(-300, -200), accept(50, 90)], 1],
  ['nor one of another indicator', [accept(0, 90, 'parity')], 0],
])('%s', (_, before, renewals) => {
  expect(renewalsOf(accept(100, 200), before, 100)).toBe(renewals);
});

it('of several indicators the one accepted most often counts', () => {
  const before = [accept(0, 50, 'drift'), accept(50, 90, 'drift'), accept(50, 90, 'parity')];
  expect(renewalsOf(accept(100, 200, 'parity', 'drift'), before, 100)).toBe(2);
  expect(renewalsOf(accept(100, 200, 'parity'), before, 100)).toBe(1);
});
