import { describe, expect, it } from '@jest/globals';
import { explainExposure, exposureOf, exposureStaleMs, isWorthShowing } from '../../../src/core/exposure.ts';
import type { Exposure } from '../../../src/core/exposure.ts';

const asked = { valuePerUnit: 180, why: 'its newest sample is too old', nowMs: 1_000_000 };
const known = (unitsPerMinute: number, observedAtMs = 0, valuePerUnit = 180): Exposure => ({
  kind: 'Known',
  unitsPerMinute,
  moneyPerMinute: unitsPerMinute * valuePerUnit,
  observedAtMs,
});
const unknown: Exposure = { kind: 'Unknown', why: 'no series' };

describe('what is at stake', () => {
  it('is the rate of a second, by the minute, times what one is worth', () => {
    const exposure = exposureOf({ unitsPerSecond: 2, dataTimeMs: 999_000 }, asked);
    expect(exposure).toEqual({ kind: 'Known', unitsPerMinute: 120, moneyPerMinute: 21_600, observedAtMs: 999_000 });
  });

  it('is unknown where nothing was read, and never 0', () => {
    expect(exposureOf(null, asked)).toEqual({ kind: 'Unknown', why: asked.why });
  });

  it('is 0 where a reading says so', () => {
    expect(exposureOf({ unitsPerSecond: 0, dataTimeMs: 999_000 }, asked)).toMatchObject({ kind: 'Known', moneyPerMinute: 0 });
  });

  it('regression: is unknown beyond all counting: infinity went into a status the server refuses whole', () => {
    const exposure = exposureOf({ unitsPerSecond: 1e305, dataTimeMs: 999_000 }, { ...asked, valuePerUnit: 1e12 });
    expect(exposure).toEqual({ kind: 'Unknown', why: 'a rate of 1e+305 a second is beyond all counting' });
  });

  it('stands for five minutes after the last reading, and not longer', () => {
    const at = (ageMs: number) => exposureOf({ unitsPerSecond: 1, dataTimeMs: asked.nowMs - ageMs }, asked).kind;
    expect(at(exposureStaleMs)).toBe('Known');
    expect(at(exposureStaleMs + 1)).toBe('Unknown');
  });
});

describe('what is shown is replaced', () => {
  const later = 600_000;

  it.each([
    ['at once when it becomes known', unknown, known(100, 1), true],
    ['at once when it becomes unknown', known(100), unknown, true],
    ['not while it stays unknown, whatever the cause', unknown, { kind: 'Unknown', why: 'a timeout' } as const, false],
    ['not by what is about the same', known(100), known(124, later), false],
    ['by what is more than a quarter larger', known(100), known(126, later), true],
    ['by what is more than a fifth smaller', known(100), known(79, later), true],
    ['not within five minutes', known(100), known(199, 299_999), false],
    [
      'regression: within a minute by what is more than twice as large: a figure may not stand at a tenth',
      known(100),
      known(201, 60_000),
      true,
    ],
    ['within a minute by what is less than half', known(100), known(49, 60_000), true],
    ['and not sooner, so that a rate that climbs costs no write a reading', known(100), known(500, 59_999), false],
    ['by traffic that stopped', known(100), known(0, later), true],
    ['by traffic that began', known(0), known(1, later), true],
    ['not by none and none', known(0), known(0, later), false],
    ['at once by another price', known(100), known(100, 1, 200), true],
    ['at once by a price of nothing', known(100), known(100, 1, 0), true],
  ])('%s', (_, shown, now, replaced) => {
    expect(isWorthShowing(shown, now)).toBe(replaced);
  });
});

describe('for people', () => {
  const instant = (atMs: number): string => `t${String(atMs)}`;

  it('says units, money and the time of the data', () => {
    expect(explainExposure({ unit: 'application', currency: 'USD', exposure: known(1200, 7) }, instant)).toBe(
      'At stake: 1,200 a minute (unit: application), 216,000 USD a minute, as of t7.',
    );
  });

  it('says that unknown is not 0, and why', () => {
    expect(explainExposure({ unit: 'application', currency: null, exposure: unknown }, instant)).toBe(
      'At stake: unknown, not 0 (unit: application): no series.',
    );
  });
});
