import gammaQuantile from '@stdlib/stats-base-dists-gamma-quantile';

/** How often something was seen, or is held to happen. */
export interface IncidentHistory {
  readonly incidents: number;
  readonly years: number;
}

/**
 * What is known of a yearly rate of incidents: a Gamma distribution. Its mean is `shape / years`; the more years, the surer.
 * Incidents of one year are then negative binomial (a Poisson count whose rate is not known for certain).
 */
export interface IncidentRate {
  readonly shape: number;
  readonly years: number;
}

/** "None in 4 years" is not "never": half an incident stands in (Jeffreys' prior). */
const unseenIncidents = 0.5;

/** The horizon of likelihood and loss. */
export const horizonYears = 1;

/** Gamma prior of the owner's judgement, updated by the incidents whose harm was confirmed since: (k0 + k) / (T0 + T). */
export function incidentRate(prior: IncidentHistory, confirmed: IncidentHistory): IncidentRate {
  const shape = (prior.incidents > 0 ? prior.incidents : unseenIncidents) + confirmed.incidents;
  return { shape, years: prior.years + confirmed.years };
}

/** Incidents a year. */
export function meanRate({ shape, years }: IncidentRate): number {
  return shape / years;
}

/** Incidents a year that the true rate stays under with this probability. */
export function rateQuantile({ shape, years }: IncidentRate, probability: number): number {
  return gammaQuantile(probability, shape, 1) / years;
}

/** Probability of at least one incident within the horizon; what is not known of the rate is in it. */
export function chanceOfIncident({ shape, years }: IncidentRate): number {
  return -Math.expm1(-shape * Math.log1p(horizonYears / years));
}

/**
 * Live evidence multiplies, once, the odds of at least one incident within the horizon: p = 1 - exp(-rate H),
 * p' / (1 - p') = ratio p / (1 - p), rate' = -ln(1 - p') / H. How unsure the rate is stays as the history says.
 */
export function weighByEvidence(rate: IncidentRate, ratio: number): IncidentRate {
  const expected = meanRate(rate) * horizonYears;
  // The three lines above in one, so that neither tiny nor huge rates lose digits.
  const weighed = expected + Math.log1p((ratio - 1) * -Math.expm1(-expected));
  return { shape: rate.shape, years: (rate.shape * horizonYears) / weighed };
}
