import { modelRiskManifest, riskPolicyManifest, withValue } from '../../builders/api.ts';
import { casesOf } from './cel-case.ts';
import type { CELCase, Variation } from './cel-case.ts';

/** Rules of likelihood, impact and tiers. */

const priced = withValue(withValue(modelRiskManifest(), 'spec.risks[0].likelihood', { incidents: 2, years: 4 }), 'spec.risks[0].impact', {
  customerHarm: { low: 50_000, high: 2_000_000 },
  regulatory: { low: 100_000, high: 5_000_000, fineProbabilityPercent: 20 },
  revenue: { min: 10_000, mode: 30_000, max: 100_000 },
  reputation: { constant: 5000 },
});

/** Each component carries the same rules. */
function amountVariations(component: string): readonly Variation[] {
  const field = `spec.risks[0].impact.${component}`;
  return [
    {
      field,
      message: 'write one of: low and high (5 % and 95 %); min, mode and max; constant',
      accept: [[field, { constant: 0 }]],
      reject: [[field, { low: 10, high: 20, constant: 15 }]],
    },
    {
      field: `${field}.high`,
      message:
        'write low below high and high at most 200 times low: beyond that a tail nobody estimated decides the loss; split the risk, or write min, mode and max',
      accept: [[field, { low: 10, high: 2000 }]],
      reject: [[field, { low: 10, high: 2001 }]],
    },
    {
      field: `${field}.mode`,
      message: 'write min <= mode <= max, and min below max; an amount that is certain is constant',
      accept: [[field, { min: 0, mode: 0, max: 5 }]],
      reject: [[field, { min: 10, mode: 5, max: 20 }]],
    },
    {
      field: `${field}.cap`,
      message: 'cap limits low and high: write it at or above high, or leave it out',
      accept: [[field, { low: 10, high: 200, cap: 200 }]],
      reject: [[field, { low: 10, high: 200, cap: 199 }]],
    },
  ];
}

const riskCases = casesOf(priced, [
  ...['customerHarm', 'regulatory', 'revenue', 'reputation'].flatMap(amountVariations),
  {
    field: 'spec.risks[0].likelihood.incidents',
    message: 'what happens more than once a day is no incident but a cost of running: write at most 366 incidents a year',
    accept: [['spec.risks[0].likelihood', { incidents: 366, years: 1 }]],
    reject: [['spec.risks[0].likelihood', { incidents: 367, years: 1 }]],
  },
  {
    field: 'spec.risks[0].impact',
    message: 'write at least one of customerHarm, regulatory, revenue, reputation',
    accept: [['spec.risks[0].impact', { revenue: { constant: 1 } }]],
    reject: [['spec.risks[0].impact', { dependence: 'Independent' }]],
  },
  {
    field: 'spec.risks[0].impact.unitsPerIncident',
    message: 'unitsPerIncident and per: Unit go together: write both, or neither',
    accept: [
      ['spec.risks[0].impact.unitsPerIncident', 1200],
      ['spec.risks[0].impact.customerHarm.per', 'Unit'],
    ],
    reject: [['spec.risks[0].impact.unitsPerIncident', 1200]],
  },
  {
    field: 'spec.risks[0]',
    message: 'a price needs both: write likelihood and impact together, or neither',
    accept: [
      ['spec.risks[0].likelihood', undefined],
      ['spec.risks[0].impact', undefined],
    ],
    reject: [['spec.risks[0].impact', undefined]],
  },
]);

const tiered = withValue(withValue(riskPolicyManifest(), 'spec.currency', 'USD'), 'spec.tiers', [
  { name: 'High', when: { expectedAnnualLossAtLeast: 1_000_000, singleEventP95AtLeast: 10_000_000, criticality: ['Critical', 'High'] } },
  { name: 'Low' },
]);

const policyCases = casesOf(tiered, [
  {
    field: 'spec.tiers[0].when',
    message: 'write at least one of expectedAnnualLossAtLeast, singleEventP95AtLeast, criticality; or leave when out in the last tier',
    accept: [['spec.tiers[0].when', { criticality: ['Low'] }]],
    reject: [['spec.tiers[0].when', {}]],
  },
  {
    field: 'spec.tiers',
    message: 'a tier without when takes every model: write it last',
    accept: [['spec.tiers[1].when', { criticality: ['Medium'] }]],
    reject: [['spec.tiers[0].when', undefined]],
  },
]);

export const lossCases: readonly CELCase[] = [...riskCases, ...policyCases];
