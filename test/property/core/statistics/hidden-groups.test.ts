import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFairness } from '../../../../src/core/statistics/fairness.ts';
import type { FairnessMetric } from '../../../../src/core/statistics/fairness-comparison.ts';
import { recompute } from '../../../../src/core/statistics/recompute.ts';
import type { Computation } from '../../../../src/core/model/observation.ts';
import { opportunity, outcomeRows, parity, parityRows } from '../../../builders/decision-rows.ts';
import { someTimeMs } from '../../../builders/manual-clock.ts';

/** No code is part of another, of a word of ours, or of a number. */
const codes = ['zqa', 'zqb', 'zqc', 'zqd', 'zqe', 'zqf'] as const;
const references = [{ kind: 'Highest' }, { kind: 'Overall' }, { kind: 'Named', name: 'zqa' }] as const;

const few = fc.integer({ min: 0, max: 4 });
const many = fc.integer({ min: 5, max: 400 });
const parityGroups = fc.dictionary(fc.constantFrom(...codes), fc.oneof(fc.tuple(few, few), fc.tuple(many, many)), { minKeys: 4 });
const outcomeGroups = fc.dictionary(fc.constantFrom(...codes), fc.oneof(fc.tuple(few, few, few, few), fc.tuple(many, many, many, many)), {
  minKeys: 4,
});

interface Case {
  readonly sizes: ReadonlyMap<string, number>;
  readonly result: ReturnType<typeof readFairness>;
}

function sizesOf(groups: Readonly<Record<string, readonly number[]>>): ReadonlyMap<string, number> {
  return new Map(Object.entries(groups).map(([name, cells]) => [name, cells.reduce((sum, each) => sum + each, 0)]));
}

const rule = {
  reference: fc.constantFrom(...references),
  minGroupSharePercent: fc.constantFrom(0, 2),
  minGroupSamples: fc.constantFrom(10, 30),
};
const ofParity = fc
  .tuple(fc.record({ ...rule, metric: fc.constantFrom<FairnessMetric>('ParityRatio', 'ParityDifference') }), parityGroups)
  .map(([changes, groups]): Case => ({ sizes: sizesOf(groups), result: readFairness(parity(changes), parityRows(groups), someTimeMs) }));
const ofOutcomes = fc
  .tuple(
    fc.record({ ...rule, metric: fc.constantFrom<FairnessMetric>('EqualOpportunity', 'EqualisedOdds', 'PredictiveParity') }),
    outcomeGroups,
  )
  .map(([changes, groups]): Case => ({
    sizes: sizesOf(groups),
    result: readFairness(opportunity(changes), outcomeRows(groups), someTimeMs),
  }));
const aCase = fc.oneof(ofParity, ofOutcomes);

function computationIn({ result }: Case): Computation | null {
  if (result.ok) return result.value.computation;
  return result.failure.cause === 'Insufficient' ? result.failure.computation : null;
}

describe('a group with fewer than ten decisions', () => {
  it('is named nowhere in what comes of a reading, whatever comes of it', () => {
    let hidden = 0;
    fc.assert(
      fc.property(aCase, (each) => {
        const said = JSON.stringify(each.result);
        for (const [name, size] of each.sizes) {
          if (size >= 10) continue;
          hidden += 1;
          expect(said).not.toContain(name);
        }
      }),
      { numRuns: 400 },
    );
    expect(hidden).toBeGreaterThan(200);
  });

  it('has its counts nowhere: each entry on record is of ten decisions or more, and no pool is of one group', () => {
    let pools = 0;
    fc.assert(
      fc.property(aCase, (each) => {
        const small = [...each.sizes.values()].filter((size) => size < 10);
        for (const [key, cells] of Object.entries(computationIn(each)?.counts ?? {})) {
          const total = cells.reduce((sum, cell) => sum + cell, 0);
          expect(total).toBeGreaterThanOrEqual(10);
          if (key !== 'insufficient, others') continue;
          pools += 1;
          expect(small.length).toBeGreaterThan(1);
        }
      }),
      { numRuns: 400 },
    );
    expect(pools).toBeGreaterThan(40);
  });

  it('is said to be there, by number', () => {
    fc.assert(
      fc.property(aCase, (each) => {
        const computation = computationIn(each);
        fc.pre(computation !== null);
        const small = [...each.sizes.values()].filter((size) => size > 0 && size < 10).length;
        // A group nobody decided on may have series of 0 or none.
        expect(computation.parameters['hiddenGroups']).toBeGreaterThanOrEqual(small);
        expect(computation.parameters['hiddenGroups']).toBeLessThanOrEqual([...each.sizes.values()].filter((size) => size < 10).length);
      }),
    );
  });

  it('leaves every value computable again from the record alone', () => {
    let withHidden = 0;
    fc.assert(
      fc.property(aCase, ({ result }) => {
        if (!result.ok) return;
        const { computation, value } = result.value;
        if ((computation.parameters['hiddenGroups'] ?? 0) > 0) withHidden += 1;
        expect(recompute(computation)).toBeCloseTo(value, 12);
      }),
      { numRuns: 400 },
    );
    expect(withHidden).toBeGreaterThan(60);
  });
});
