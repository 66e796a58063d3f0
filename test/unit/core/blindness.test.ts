import { describe, expect, it } from '@jest/globals';
import { isHeld, massHeldForMs, nextBlindness, providerSight } from '../../../src/core/blindness.ts';
import type { Blindness, Sight } from '../../../src/core/blindness.ts';

const since = (sinceMs: number, kind: Blindness['kind'] = 'NoData'): Blindness => ({ kind, sinceMs });
const sight = (namespace: string, blindness: Blindness | null, intervalMs = 1000): Sight => ({ namespace, blindness, intervalMs });

describe('providerSight', () => {
  it.each([
    ['two of three', [sight('a', since(5)), sight('b', since(6)), sight('c', null)], null],
    ['three of three in two namespaces', [sight('a', since(5)), sight('b', since(6)), sight('b', since(7))], 5],
    ['three of three in one namespace', [sight('a', since(5)), sight('a', since(6)), sight('a', since(7))], null],
    ['three of six: not most', [...['a', 'b', 'c'].map((n) => sight(n, since(5))), ...['d', 'e', 'f'].map((n) => sight(n, null))], null],
  ])('with %s blind', (_what, indicators, massSinceMs) => {
    expect(providerSight(indicators, 0, 10)).toMatchObject({ massSinceMs });
  });

  it('knows that most are blind however long, where the mass is held for a time', () => {
    const blind = [sight('a', since(5)), sight('b', since(6)), sight('b', since(7))];
    const seen = [5, massHeldForMs + 100].map((nowMs) => providerSight(blind, 0, nowMs));
    expect(seen.map(({ massSinceMs, mostAreBlind }) => [massSinceMs, mostAreBlind])).toEqual([
      [5, true],
      [null, true],
    ]);
    expect(providerSight([...blind, ...['a', 'b', 'c'].map((n) => sight(n, null))], 0, 10).mostAreBlind).toBe(false);
    expect(providerSight(blind.slice(1), 0, 10).mostAreBlind).toBe(false);
  });

  it('lets everybody have a look first, but waits at most a minute, and for nobody where few share the provider', () => {
    const among = (intervalMs: number, count: number) =>
      Array.from({ length: count }, (_unused, index) => sight(`n${index}`, null, intervalMs));
    expect([among(5000, 3), among(3_600_000, 3), among(5000, 2)].map((each) => providerSight(each, 0, 0).settleMs)).toEqual([
      5000, 60_000, 0,
    ]);
  });
});

describe('isHeld', () => {
  const alone = { massSinceMs: null, mostAreBlind: false, settleMs: 0, lastAnswerAtMs: 100 };

  it('holds a failure until the provider answered somebody after it began', () => {
    const held = [null, 99, 100, 101].map((lastAnswerAtMs) => isHeld(since(100, 'Error'), { ...alone, lastAnswerAtMs }, 500));
    expect(held).toEqual([true, true, false, false]);
  });

  it('holds what went blind with most others, for a bounded time', () => {
    const sight = { ...alone, massSinceMs: 90 };
    expect([massHeldForMs + 99, massHeldForMs + 100].map((nowMs) => isHeld(since(100), sight, nowMs))).toEqual([true, false]);
  });

  it('counts a single missing reading at once where nobody else could say more', () => {
    expect(isHeld(since(100), alone, 100)).toBe(false);
  });
});

describe('nextBlindness', () => {
  it('lasts as long as its kind', () => {
    expect(nextBlindness(null, 'NoData', 1)).toEqual(since(1));
    expect(nextBlindness(since(1), 'NoData', 2)).toEqual(since(1));
    expect(nextBlindness(since(1), 'Error', 2)).toEqual(since(2, 'Error'));
    expect(nextBlindness(since(1), 'Ok', 2)).toBeNull();
    expect(nextBlindness(since(1), 'Insufficient', 2)).toBeNull();
  });
});
