import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { signedLimits } from '../../../src/api/signed-limits.ts';
import type { IndicatorInForce } from '../../../src/api/model-risk.ts';

type Declared = IndicatorInForce;
type Threshold = NonNullable<Declared['threshold']>;

const thresholds: fc.Arbitrary<Threshold> = fc
  .record({
    limits: fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 3, maxLength: 3 }),
    direction: fc.constantFrom('Above', 'Below'),
    hasWarn: fc.boolean(),
    hasClear: fc.boolean(),
    severeBy: fc.option(fc.integer({ min: 1, max: 20 }), { nil: null }),
  })
  .map(({ limits, direction, hasWarn, hasClear, severeBy }) => {
    const [low = 0, middle = 0, high = 0] = limits.toSorted((a, b) => a - b);
    const [clear, breach] = direction === 'Above' ? [low, high] : [high, low];
    const beyond = direction === 'Above' ? 1 : -1;
    return {
      ...{ direction, breach },
      ...(hasWarn ? { warn: middle } : {}),
      ...(hasClear ? { clear } : {}),
      ...(severeBy === null ? {} : { severe: breach + beyond * severeBy }),
    };
  });

const indicators: fc.Arbitrary<Declared> = fc
  .record({
    signal: fc.constantFrom({ template: { name: 'drift' } }, { template: { name: 'drift' } }, { template: { name: 'calm' } }),
    threshold: thresholds,
    rows: fc.option(fc.integer({ min: 0, max: 3 }), { nil: null }),
    forSeconds: fc.integer({ min: 0, max: 9 }),
    clearForSeconds: fc.integer({ min: 0, max: 9 }),
    staleAfterSeconds: fc.integer({ min: 1, max: 9 }),
    onNoData: fc.constantFrom('Hold', 'Breach', 'Ignore'),
    onError: fc.constantFrom('Hold', 'Breach'),
  })
  .map(({ rows, ...rest }) => ({ name: 'parity', risk: 'unfair', ...rest, ...(rows === null ? {} : { minSamples: rows }) }));

function inForce(written: Declared, signed: Declared) {
  const [only] = signedLimits([written], [signed]);
  if (only === undefined) throw new Error('one goes in, one comes out');
  return only;
}

const noData = ['Ignore', 'Hold', 'Breach'];
const clearOf = ({ clear, warn, breach }: Threshold): number => clear ?? warn ?? breach;
const limitsOf = ({ threshold }: Declared): Threshold => threshold ?? { direction: 'Above', breach: NaN };

/** `a` breaches, warns, fires and doubts wherever `b` does, and is Ok nowhere else. */
function isAsStrict(a: Declared, b: Declared): boolean {
  const [mine, theirs] = [limitsOf(a), limitsOf(b)];
  const sign = theirs.direction === 'Above' ? 1 : -1;
  const within = (limit: number | undefined, other: number | undefined): boolean =>
    other === undefined || (limit !== undefined && sign * limit <= sign * other);
  return (
    JSON.stringify(a.signal) === JSON.stringify(b.signal) &&
    mine.direction === theirs.direction &&
    within(mine.breach, theirs.breach) &&
    within(mine.warn, theirs.warn) &&
    within(mine.severe, theirs.severe) &&
    within(clearOf(mine), clearOf(theirs)) &&
    a.minSamples === b.minSamples &&
    a.forSeconds <= b.forSeconds &&
    a.clearForSeconds >= b.clearForSeconds &&
    a.staleAfterSeconds <= b.staleAfterSeconds &&
    noData.indexOf(a.onNoData) >= noData.indexOf(b.onNoData) &&
    (a.onError === 'Breach' || b.onError === 'Hold')
  );
}

describe('signed limits', () => {
  it('are never looser than they were signed, whatever is written', () => {
    fc.assert(fc.property(indicators, indicators, (written, signed) => isAsStrict(inForce(written, signed).indicator, signed)));
  });

  it('take an edit that tightens as it is written, and hold nothing of it', () => {
    const steps = fc.record({ by: fc.integer({ min: 0, max: 5 }), waits: fc.integer({ min: 0, max: 5 }), breach: fc.boolean() });
    fc.assert(
      fc.property(indicators, steps, (signed, { by, waits, breach }) => {
        const { direction, warn, severe, ...limits } = limitsOf(signed);
        const tighter = (limit: number) => limit - (direction === 'Above' ? by : -by);
        const threshold = {
          ...{ direction, breach: tighter(limits.breach), clear: tighter(clearOf(limitsOf(signed))) },
          ...(warn === undefined ? {} : { warn: tighter(warn) }),
          ...(severe === undefined ? {} : { severe: tighter(severe) }),
        };
        const written: Declared = {
          ...{ ...signed, threshold, clearForSeconds: signed.clearForSeconds + waits, forSeconds: Math.max(0, signed.forSeconds - waits) },
          ...(breach ? { onNoData: 'Breach', onError: 'Breach' } : {}),
        };
        expect(inForce(written, signed)).toEqual({ indicator: written, held: [] });
      }),
    );
  });

  it('say so wherever something else is written than is in force, and only there', () => {
    fc.assert(
      fc.property(indicators, indicators, (written, signed) => {
        const { indicator, held } = inForce(written, signed);
        expect(held.length === 0).toBe(isAsStrict(indicator, written) && isAsStrict(written, indicator));
      }),
    );
  });

  it('are what they are when they are applied again', () => {
    fc.assert(
      fc.property(indicators, indicators, (written, signed) => {
        const { indicator } = inForce(written, signed);
        expect(inForce(indicator, signed)).toEqual({ indicator, held: [] });
      }),
    );
  });
});
