import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { rankBacklog } from '../../../../src/core/risk/backlog/rank.ts';
import type { Backlog, RankedItem } from '../../../../src/core/risk/backlog/rank.ts';
import type { BacklogInput, Estimate } from '../../../../src/core/risk/backlog/remediation.ts';
import { anAssessment, anExposure, aRemediation } from '../../../builders/backlog.ts';

const runs = { numRuns: 60 };

const anyEstimate = (most: number): fc.Arbitrary<Estimate> =>
  fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 0, max: most }))).map((three) => {
    const [min = 0, mode = 0, max = 0] = three.toSorted((a, b) => a - b);
    return { min, mode, max };
  });
const names = ['a', 'b', 'c', 'd', 'e'];
const anyInput: fc.Arbitrary<BacklogInput> = fc
  .array(
    fc.record({
      cost: anyEstimate(200_000),
      weeks: anyEstimate(30),
      reducesLossPercent: anyEstimate(100),
      successPercent: fc.integer({ min: 0, max: 100 }),
      dependsOn: fc.subarray(names, { maxLength: 2 }),
      mandatoryByMs: fc.option(fc.integer({ min: 0, max: 3 }), { freq: 5 }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .chain((drawn) =>
    fc.array(fc.integer({ min: 1, max: 2_000_000 }), { minLength: drawn.length, maxLength: drawn.length }).map((losses) => ({
      discountPercent: 10,
      exposures: losses.map((loss, index) => anExposure(names[index], loss, { rate: { shape: 2, years: 2 } })),
      remediations: drawn.map(({ dependsOn, mandatoryByMs, ...estimates }, index) =>
        aRemediation(names[index] ?? '', {
          risks: [names[index] ?? ''],
          assessments: [anAssessment(estimates)],
          // Only on those before it: no circles.
          dependsOn: dependsOn.filter((each) => names.indexOf(each) < index),
          mandatoryByMs,
        }),
      ),
    })),
  );

const listed = ({ mandatory, ranked, belowLine }: Backlog): readonly RankedItem[] => [...mandatory, ...ranked, ...belowLine];
const placeOf = (backlog: Backlog, id: string): number => listed(backlog).findIndex(({ remediation }) => remediation.id === id);

describe('laws of the backlog', () => {
  it('every sound remediation is listed once', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const ids = listed(rankBacklog(input)).map(({ remediation }) => remediation.id);
        expect([...ids].sort()).toEqual(input.remediations.map(({ id }) => id).sort());
      }),
      runs,
    );
  });

  it('the order in which they are written never matters', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const reversed = { ...input, remediations: input.remediations.toReversed(), exposures: input.exposures.toReversed() };
        expect(listed(rankBacklog(reversed)).map(({ remediation }) => remediation.id)).toEqual(
          listed(rankBacklog(input)).map(({ remediation }) => remediation.id),
        );
      }),
      runs,
    );
  });

  it('raising the loss of a risk never lowers the rank of what is for that risk', () => {
    const alone = anyInput.map((input) => ({ ...input, remediations: input.remediations.map((each) => ({ ...each, dependsOn: [] })) }));
    fc.assert(
      fc.property(alone, fc.nat(), fc.double({ min: 1, max: 50, noNaN: true }), (input, pick, factor) => {
        const { id } = input.remediations[pick % input.remediations.length] ?? { id: '' };
        const raised = {
          ...input,
          exposures: input.exposures.map((each) => (each.id === id ? { ...each, meanImpact: each.meanImpact * factor } : each)),
        };
        expect(placeOf(rankBacklog(raised), id)).toBeLessThanOrEqual(placeOf(rankBacklog(input), id));
      }),
      runs,
    );
  });

  it('nothing comes before what it waits for, in the whole list of its kind', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { mandatory, ranked } = rankBacklog(input);
        const order = [...mandatory, ...ranked].map(({ remediation }) => remediation.id);
        for (const { remediation, waitsFor } of [...mandatory, ...ranked])
          for (const each of waitsFor.filter((needed) => order.includes(needed)))
            expect(order.indexOf(each)).toBeLessThan(order.indexOf(remediation.id));
      }),
      runs,
    );
  });

  it('items alike in everything share a band', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const [first] = input.remediations;
        if (first === undefined) return;
        const { ranked } = rankBacklog({
          ...input,
          remediations: ['x', 'y', 'z'].map((id) => ({ ...first, id, dependsOn: [], mandatoryByMs: null })),
        });
        expect(new Set(ranked.map(({ band }) => band)).size).toBeLessThanOrEqual(1);
      }),
      runs,
    );
  });
});
