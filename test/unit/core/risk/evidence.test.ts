import { describe, expect, it } from '@jest/globals';
import chiSquareQuantile from '@stdlib/stats-base-dists-chisquare-quantile';
import { hasPower, nextRatio, ratioOf } from '../../../../src/core/risk/evidence.ts';
import type { EvidenceReading, StandingEvidence } from '../../../../src/core/risk/evidence.ts';
import { aValue, anIndicator, noReading } from '../../../builders/core.ts';

const reading = (verdict: EvidenceReading['verdict'], changes: Partial<EvidenceReading> = {}): EvidenceReading => ({
  verdict,
  severe: false,
  hasPower: true,
  constrained: false,
  ...changes,
});

describe('nextRatio', () => {
  it.each([
    ['Ok', 0.8],
    ['Warn', 2],
    ['Breach', 5],
  ] as const)('%s multiplies the odds by %d', (verdict, ratio) => {
    for (const before of [0.8, 1, 2, 5]) expect(nextRatio(before, reading(verdict))).toBe(ratio);
    expect(nextRatio(10, reading(verdict))).toBe(verdict === 'Breach' ? 10 : ratio);
  });

  it('a breach beyond severe multiplies them by 10, while it lasts and until something else is read', () => {
    expect(nextRatio(1, reading('Breach', { severe: true }))).toBe(10);
    expect(nextRatio(5, reading('Breach', { severe: true }))).toBe(10);
    expect(nextRatio(10, reading('Breach'))).toBe(10);
    expect(nextRatio(10, reading('NoData'))).toBe(10);
    expect(nextRatio(10, reading('Warn'))).toBe(2);
  });

  it.each(['Insufficient', 'NoData', 'Error'] as const)('%s leaves the last factor above 1 where it is', (verdict) => {
    expect(nextRatio(5, reading(verdict))).toBe(5);
    expect(nextRatio(2, reading(verdict))).toBe(2);
    expect(nextRatio(1, reading(verdict))).toBe(1);
  });

  it.each(['Insufficient', 'NoData', 'Error'] as const)('%s ends good news: it was about data that are not there any more', (verdict) => {
    expect(nextRatio(0.8, reading(verdict))).toBe(1);
  });

  it('takes an Ok without power for no evidence, but as the end of a breach', () => {
    expect(nextRatio(1, reading('Ok', { hasPower: false }))).toBe(1);
    expect(nextRatio(5, reading('Ok', { hasPower: false }))).toBe(1);
  });

  it('under a constraint never falls below what the breach before it said', () => {
    expect(nextRatio(5, reading('Ok', { constrained: true }))).toBe(5);
    expect(nextRatio(5, reading('Warn', { constrained: true }))).toBe(5);
    expect(nextRatio(2, reading('Breach', { constrained: true }))).toBe(5);
    expect(nextRatio(1, reading('Ok', { constrained: true }))).toBe(0.8);
  });

  it('lets the first fresh Ok after the constraint take it off', () => {
    const under = nextRatio(5, reading('Ok', { constrained: true }));
    expect(nextRatio(under, reading('Ok'))).toBe(0.8);
  });
});

describe('hasPower', () => {
  const indicator = anIndicator({ threshold: { direction: 'Above', breach: 0.2 } });
  const observed = (noiseFloor: number | null) => ({ indicator, observation: aValue(0.01, { noiseFloor }) });

  it('holds while chance alone stays under half of breach', () => {
    expect(hasPower(observed(0.1))).toBe(true);
    expect(hasPower(observed(0.1001))).toBe(false);
  });

  it('does not hold where nothing is known of chance', () => {
    expect(hasPower(observed(null))).toBe(false);
    expect(hasPower({ indicator, observation: noReading })).toBe(false);
  });

  it('holds where an interval came with the value: Ok asks for all of it to be within breach', () => {
    expect(hasPower({ indicator, observation: aValue(0.01, { interval: { low: 0, high: 0.19 } }) })).toBe(true);
  });

  it('does not take a floor for one on the other side', () => {
    const below = anIndicator({ threshold: { direction: 'Below', breach: 0.8 } });
    expect(hasPower({ indicator: below, observation: aValue(0.9, { noiseFloor: 0.1 }) })).toBe(false);
  });

  // A distance over its noise is chi-square; under a change of `breach` non-central. At a floor of half of breach the change is twice the floor.
  it.each([2, 4, 8, 18, 48])('is then a power above 0.8, with %d degrees of freedom', (freedom) => {
    for (const falseAlarm of [0.5, 0.3, 0.2, 0.1, 0.05, 0.01, 0.001, 0.000001]) {
      const floor = chiSquareQuantile(1 - falseAlarm, freedom);
      expect(nonCentralTail(floor, freedom, 2 * floor)).toBeGreaterThan(0.8);
      // A distance that grows like the root is twice its floor where chi-square is four times its own.
      expect(nonCentralTail(floor, freedom, 4 * floor)).toBeGreaterThan(0.9);
    }
  });

  it('regression of the check itself: a change as large as the floor alone would not be told', () => {
    const floor = chiSquareQuantile(0.99, 4);
    expect(nonCentralTail(floor, 4, floor)).toBeLessThan(0.8);
  });
});

/** P(X > x) of a chi-square with an even number of degrees of freedom: a Poisson sum. */
function chiSquareTail(x: number, freedom: number): number {
  let [term, sum] = [Math.exp(-x / 2), 0];
  for (let i = 0; i < freedom / 2; i++) {
    sum += term;
    term *= x / 2 / (i + 1);
  }
  return sum;
}

/** P(X > x) of a non-central chi-square: a Poisson mixture of central ones. */
function nonCentralTail(x: number, freedom: number, shift: number): number {
  let [weight, sum] = [Math.exp(-shift / 2), 0];
  for (let j = 0; j < 1000; j++) {
    sum += weight * chiSquareTail(x, freedom + 2 * j);
    weight *= shift / 2 / (j + 1);
  }
  return sum;
}

describe('ratioOf', () => {
  const risk = { name: 'unfair-denials', category: 'Fairness' };
  const says = (indicator: string, ratio: number, changes: Partial<StandingEvidence> = {}): StandingEvidence => ({
    ...{ indicator, ratio, risk: risk.name, category: risk.category },
    ...changes,
  });

  it('takes the most extreme of a category, never the product', () => {
    expect(ratioOf(risk, [says('parity', 2), says('odds', 5), says('calm', 0.8)])).toMatchObject({ indicator: 'odds', ratio: 5 });
  });

  it('leaves other categories to their own risks', () => {
    expect(ratioOf(risk, [says('drift', 5, { risk: 'stale', category: 'DataQuality' })])).toBeNull();
  });

  it('takes bad news from an indicator that watches another risk of the category, good news from its own only', () => {
    const neighbour = { risk: 'other' };
    expect(ratioOf(risk, [says('parity', 5, neighbour)])).toMatchObject({ ratio: 5 });
    expect(ratioOf(risk, [says('parity', 0.8, neighbour)])).toBeNull();
    expect(ratioOf(risk, [says('parity', 0.8), says('odds', 1, neighbour)])).toMatchObject({ indicator: 'parity', ratio: 0.8 });
  });

  it('says who said nothing: an indicator at factor 1', () => {
    expect(ratioOf(risk, [says('parity', 1)])).toMatchObject({ indicator: 'parity', ratio: 1 });
    expect(ratioOf(risk, [])).toBeNull();
  });
});
