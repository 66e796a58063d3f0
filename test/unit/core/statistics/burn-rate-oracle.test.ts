import { describe, expect, it } from '@jest/globals';

import { measureBurnRate, mostByChance } from '../../../../src/core/statistics/burn-rate.ts';
import { expectRelative, loadGolden } from '../../../builders/golden.ts';

const readings = loadGolden('burn-rate', 'reading');

describe('burn rates against exact fractions', () => {
  it.each(readings.filter(({ expected }) => expected.beyond !== null))('$name', ({ input, expected }) => {
    const measured = measureBurnRate({ targetPercent: input.target * 100, falseAlarmProbability: 0.01 }, input.long, input.short);

    if (!measured.ok) throw new Error(measured.failure.message);
    expectRelative(measured.value.value, Math.min(expected.longBurn ?? NaN, expected.shortBurn ?? NaN), 1e-9);
    expect(measured.value.value > input.factor).toBe(expected.beyond);
  });

  it.each(readings.filter(({ expected }) => expected.beyond === null))('none: $name', ({ input }) => {
    const measured = measureBurnRate({ targetPercent: input.target * 100, falseAlarmProbability: 0.01 }, input.long, input.short);

    expect(measured).toMatchObject({ ok: false, failure: { cause: 'Empty' } });
  });
});

describe('the most bad events chance explains, against scipy', () => {
  it.each(loadGolden('burn-rate', 'most-by-chance'))('$name', ({ input, expected }) => {
    expect(mostByChance(input.total, input.rate, input.alpha)).toBe(expected.count);
  });
});
