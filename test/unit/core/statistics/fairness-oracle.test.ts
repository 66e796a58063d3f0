import { describe, expect, it } from '@jest/globals';

import type { FairnessMetric } from '../../../../src/core/statistics/fairness-comparison.ts';
import { readFairness } from '../../../../src/core/statistics/fairness.ts';
import { opportunity, outcomeRows } from '../../../builders/decision-rows.ts';
import { expectRelative, loadGolden } from '../../../builders/golden.ts';
import { someTimeMs } from '../../../builders/manual-clock.ts';

const figures = {
  ParityRatio: 'demographicParityRatio',
  ParityDifference: 'demographicParityDifference',
  EqualOpportunity: 'equalOpportunityDifference',
  EqualisedOdds: 'equalizedOddsDifference',
} as const satisfies Partial<Record<FairnessMetric, string>>;

/** Where we say nothing, or something else, and why. */
const otherwise: Readonly<Record<string, string>> = {
  'nobody of one group selected, ParityRatio': 'half a success more: a ratio of 0 has no interval',
  'nobody of one group selected, EqualisedOdds': 'of 30 others not 5 were expected to be selected',
  'Mortgage approvals of the Boston lenders, decisions only, EqualisedOdds': 'nobody has another outcome',
};

const cases = loadGolden('fairness', 'groups').flatMap((vector) =>
  (Object.keys(figures) as (keyof typeof figures)[]).map((metric) => ({ name: `${vector.name}, ${metric}`, metric, vector })),
);

describe('the worst group against fairlearn', () => {
  it.each(cases.filter(({ name }) => !(name in otherwise)))('$name', ({ metric, vector: { input, expected } }) => {
    const rows = outcomeRows(Object.fromEntries(input.groups.map(({ group, tp, fp, fn, tn }) => [group, [tp, fp, fn, tn] as const])));
    const reading = readFairness(opportunity({ metric, minGroupSamples: 10, minGroupSharePercent: 0 }), rows, someTimeMs);
    if (!reading.ok) throw new Error(reading.failure.message);
    expectRelative(reading.value.value, expected[figures[metric]], 1e-9);
    expect(reading.value.interval?.low).toBeLessThanOrEqual(reading.value.value);
    expect(reading.value.interval?.high).toBeGreaterThanOrEqual(reading.value.value);
  });

  it('is compared in all cases but those named', () => {
    expect(cases.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(otherwise)));
  });
});
