import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countsAsBreach, mayEscalate, withinClear } from '../../../src/core/judge.ts';
import type { Indicator } from '../../../src/core/model/indicator.ts';
import { tightenIndicator } from '../../../src/core/tighten-indicator.ts';
import { anAssessment, anIndicator, failedReading, noReading } from '../../builders/core.ts';

const limits = fc
  .array(fc.integer({ min: -50, max: 50 }), { minLength: 3, maxLength: 3 })
  .map((numbers) => numbers.toSorted((a, b) => a - b));

const indicators: fc.Arbitrary<Indicator> = fc
  .record({
    limits,
    direction: fc.constantFrom('Above', 'Below'),
    hasWarn: fc.boolean(),
    severeBy: fc.option(fc.integer({ min: 1, max: 40 }), { nil: null }),
    scalesWith: fc.constantFrom('Share', 'None'),
    forSeconds: fc.integer({ min: 0, max: 100 }),
    clearForSeconds: fc.integer({ min: 0, max: 100 }),
    staleAfterSeconds: fc.integer({ min: 1, max: 100 }),
    onNoData: fc.constantFrom('Hold', 'Breach', 'Ignore'),
    onError: fc.constantFrom('Hold', 'Breach'),
  })
  .map(({ limits: [low = 0, middle = 0, high = 0], direction, hasWarn, severeBy, ...rest }) => {
    const [clear, breach] = direction === 'Above' ? [low, high] : [high, low];
    const severe = severeBy === null ? null : direction === 'Above' ? breach + severeBy : breach - severeBy;
    return anIndicator({ ...rest, threshold: { direction, warn: hasWarn ? middle : null, breach, clear, severe } });
  });

const readings = fc.oneof(fc.integer({ min: -60, max: 60 }), fc.constantFrom(noReading, failedReading));

describe('an indicator during an engagement', () => {
  it('is never looser than it began: what was a breach stays one, and only what was good then is good now', () => {
    fc.assert(
      fc.property(indicators, indicators, readings, (inForce, edited, reading) => {
        const now = tightenIndicator(inForce, edited);
        const [before, after] = [inForce, now].map((indicator) => anAssessment(reading, { indicator }));
        if (before === undefined || after === undefined) throw new Error('two assessments are made');
        if (countsAsBreach(before)) expect(countsAsBreach(after)).toBe(true);
        if (mayEscalate(before)) expect(mayEscalate(after)).toBe(true);
        if (withinClear(after)) expect(withinClear(before)).toBe(true);
        expect(now.forSeconds).toBeLessThanOrEqual(inForce.forSeconds);
        expect(now.clearForSeconds).toBeGreaterThanOrEqual(inForce.clearForSeconds);
      }),
    );
  });

  it('takes a tighter edit at once, on the same side', () => {
    fc.assert(
      fc.property(indicators, indicators, readings, (inForce, edited, reading) => {
        fc.pre(inForce.threshold.direction === edited.threshold.direction);
        const now = anAssessment(reading, { indicator: tightenIndicator(inForce, edited) });
        if (countsAsBreach(anAssessment(reading, { indicator: edited }))) expect(countsAsBreach(now)).toBe(true);
      }),
    );
  });

  it('does not depend on how often it is asked', () => {
    fc.assert(
      fc.property(indicators, indicators, (inForce, edited) => {
        const once = tightenIndicator(inForce, edited);
        expect(tightenIndicator(once, edited)).toEqual(once);
      }),
    );
  });
});
