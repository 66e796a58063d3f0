import { describe, expect, it } from '@jest/globals';
import { chanceOfIncident, incidentRate, meanRate, rateQuantile, weighByEvidence } from '../../../../src/core/risk/incident-rate.ts';

const none = { incidents: 0, years: 0 };
const rateOf = (mean: number) => ({ shape: 1, years: 1 / mean });
const chanceAt = (mean: number) => -Math.expm1(-mean);

describe('incidentRate', () => {
  it('adds what was confirmed to what was held before: 2 in 4 years, then 3 in 1', () => {
    const rate = incidentRate({ incidents: 2, years: 4 }, { incidents: 3, years: 1 });
    expect(rate).toEqual({ shape: 5, years: 5 });
    expect(meanRate(rate)).toBe(1);
    expect(rateQuantile(rate, 0.05)).toBeCloseTo(0.3940299, 7);
    expect(rateQuantile(rate, 0.95)).toBeCloseTo(1.8307038, 7);
  });

  it('takes "never seen" for half an incident, and only then', () => {
    expect(incidentRate({ incidents: 0, years: 3 }, none)).toEqual({ shape: 0.5, years: 3 });
    expect(incidentRate({ incidents: 0, years: 3 }, { incidents: 1, years: 1 })).toEqual({ shape: 1.5, years: 4 });
    expect(incidentRate({ incidents: 1, years: 3 }, none)).toEqual({ shape: 1, years: 3 });
  });

  it('lowers the rate when years pass without harm', () => {
    const before = incidentRate({ incidents: 2, years: 4 }, none);
    const after = incidentRate({ incidents: 2, years: 4 }, { incidents: 0, years: 2 });
    expect(meanRate(after)).toBeLessThan(meanRate(before));
  });
});

describe('chanceOfIncident', () => {
  it('is 1 - (T / (T + 1))^k, with what is not known of the rate in it', () => {
    expect(chanceOfIncident({ shape: 5, years: 5 })).toBeCloseTo(1 - (5 / 6) ** 5, 12);
    expect(chanceOfIncident({ shape: 2, years: 4 })).toBeCloseTo(1 - 0.64, 12);
  });

  it('is lower than at the mean rate taken for certain: a rate that is not known may be small', () => {
    expect(chanceOfIncident({ shape: 2, years: 4 })).toBeLessThan(chanceAt(0.5));
  });
});

describe('weighByEvidence', () => {
  it('multiplies the odds once: 10 % and a breach give 35.7 %', () => {
    const weighed = weighByEvidence(rateOf(-Math.log(0.9)), 5);
    expect(chanceAt(meanRate(weighed))).toBeCloseTo(5 / 14, 12);
  });

  it.each([0.8, 2, 5, 10])('multiplies the odds by %d whatever the rate', (ratio) => {
    for (const mean of [1e-9, 0.01, 0.5, 3]) {
      const odds = (rate: number) => Math.expm1(rate);
      expect(odds(meanRate(weighByEvidence(rateOf(mean), ratio))) / (odds(mean) * ratio)).toBeCloseTo(1, 9);
    }
  });

  it('keeps a rate that needs no odds any more finite: 10,000 a year', () => {
    expect(meanRate(weighByEvidence(rateOf(10_000), 5))).toBeCloseTo(10_000 + Math.log(5), 6);
  });

  it('says nothing new with a factor of 1, and leaves how sure the rate is', () => {
    const rate = { shape: 2, years: 4 };
    expect(meanRate(weighByEvidence(rate, 1))).toBeCloseTo(0.5, 14);
    const weighed = weighByEvidence(rate, 5);
    expect(weighed.shape).toBe(2);
    expect(rateQuantile(weighed, 0.95) / meanRate(weighed)).toBeCloseTo(rateQuantile(rate, 0.95) / meanRate(rate), 12);
  });
});
