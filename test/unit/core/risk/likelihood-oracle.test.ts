import { describe, expect, it } from '@jest/globals';
import { chanceOfIncident, incidentRate, meanRate, rateQuantile, weighByEvidence } from '../../../../src/core/risk/incident-rate.ts';
import { expectRelative, loadGolden } from '../../../builders/golden.ts';

describe('incident rates against scipy', () => {
  it.each(loadGolden('likelihood', 'rate'))('$name', ({ input, expected }) => {
    const rate = incidentRate(
      { incidents: input.priorIncidents, years: input.priorYears },
      { incidents: input.incidents, years: input.years },
    );
    expect(rate).toEqual({ shape: expected.shape, years: expected.exposureYears });
    expectRelative(meanRate(rate), expected.rate, 1e-9);
    expectRelative(rateQuantile(rate, 0.05), expected.low, 1e-9);
    expectRelative(rateQuantile(rate, 0.95), expected.high, 1e-9);
    // Over another horizon than a year: the same rate counted in that horizon.
    expectRelative(chanceOfIncident({ shape: rate.shape, years: rate.years / input.horizonYears }), expected.probabilityAtLeastOne, 1e-9);
  });
});

describe('live evidence against Bayes', () => {
  it.each(loadGolden('likelihood', 'odds'))('$name', ({ input, expected }) => {
    const perHorizon = -Math.log1p(-input.probability);
    const weighed = meanRate(weighByEvidence({ shape: 1, years: 1 / perHorizon }, input.oddsRatio));
    expectRelative(-Math.expm1(-weighed), expected.probability, 1e-9);
    expectRelative(weighed / input.horizonYears, expected.rate, 1e-9);
  });
});
