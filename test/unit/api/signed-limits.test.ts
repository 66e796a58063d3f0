import { describe, expect, it } from '@jest/globals';
import type { IndicatorInForce } from '../../../src/api/model-risk.ts';
import { same, signedLimits, told } from '../../../src/api/signed-limits.ts';

const parity: IndicatorInForce = {
  ...{ name: 'parity', risk: 'unfair', signal: { template: { name: 'parity' } }, minSamples: 500 },
  ...{ forSeconds: 30, clearForSeconds: 600, staleAfterSeconds: 300, onNoData: 'Hold', onError: 'Hold' },
  threshold: { direction: 'Below', warn: 0.85, breach: 0.8, clear: 0.85 },
};
const drift: IndicatorInForce = { ...parity, name: 'drift', threshold: { direction: 'Above', breach: 0.25, clear: 0.25 } };

describe('the indicators of a signed model', () => {
  it('stay when they are taken out, and it is told', () => {
    expect(signedLimits([parity], [parity, drift])).toEqual([
      { indicator: parity, held: [] },
      { indicator: drift, held: [{ field: '', indicator: 'drift', signed: 'as signed', written: 'removed' }] },
    ]);
  });

  it('that come are judged as they are written', () => {
    expect(signedLimits([parity, drift], [parity])).toContainEqual({ indicator: drift, held: [] });
  });

  it('are held as a whole when they read another signal: a tight limit of one number is none of another', () => {
    const other: IndicatorInForce = { ...parity, signal: { template: { name: 'calm' } }, onNoData: 'Breach' };
    const [only] = signedLimits([other], [parity]);
    expect(only?.indicator).toEqual(parity);
    expect(only?.held.map(({ field }) => field)).toEqual(['signal', 'onNoData']);
  });

  it('are held as a whole when their bad side is turned', () => {
    const turned: IndicatorInForce = { ...parity, threshold: { direction: 'Above', breach: 0.8 } };
    expect(signedLimits([turned], [parity])[0]?.indicator).toEqual(parity);
  });

  it('take the tighter half of an edit and hold the looser', () => {
    const edited: IndicatorInForce = { ...parity, forSeconds: 10, threshold: { direction: 'Below', breach: 0.5, warn: 0.9, clear: 0.9 } };
    const [only] = signedLimits([edited], [parity]);
    expect(only?.indicator).toEqual({ ...parity, forSeconds: 10, threshold: { direction: 'Below', breach: 0.8, warn: 0.9, clear: 0.9 } });
    expect(only?.held).toEqual([{ field: 'threshold.breach', indicator: 'parity', signed: '0.8', written: '0.5' }]);
  });
});

describe('two values', () => {
  it('are the same whatever the order of their fields, and not where a list is turned', () => {
    expect(same({ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 })).toBe(true);
    expect(same({ a: 1, b: [1, 2] }, { a: 1, b: [2, 1] })).toBe(false);
    expect([same(undefined, undefined), same(undefined, null), same(0, undefined)]).toEqual([true, false, false]);
  });

  it('are told as people write them, left out in words and long ones cut', () => {
    expect([told('Low'), told(0.8), told(undefined), told({ b: 1, a: 2 })]).toEqual(['Low', '0.8', 'left out', '{"a":2,"b":1}']);
    const long = told('x'.repeat(500));
    expect(long).toBe(`${'x'.repeat(120)}...`);
    // Room a status has for it.
    expect(long.length).toBeLessThanOrEqual(128);
  });
});
