import { describe, expect, it } from '@jest/globals';
import { expectationsOf, rankBacklog } from '../../../../../src/core/risk/backlog/rank.ts';
import { chanceToOutrank } from '../../../../../src/core/risk/backlog/worth.ts';
import { loadGolden } from '../../../../builders/golden.ts';
import { aRemediation } from '../../../../builders/backlog.ts';

const cases = loadGolden('backlog', 'ranking');

describe.each(cases)('$name of the oracle', ({ input, expected }) => {
  const { mandatory, ranked, belowLine } = rankBacklog({
    discountPercent: input.discountPercent,
    exposures: input.risks.map(({ shape, years, meanImpact }, index) => ({
      id: `risk-${String(index)}`,
      rate: { shape, years },
      meanImpact,
      holdingCost: 0,
    })),
    remediations: input.items.map(({ risks, assessments }, index) =>
      aRemediation(String(index), {
        risks: risks.map((each) => `risk-${String(each)}`),
        assessments: assessments.map((each, assessor) => ({ assessor: String(assessor), ...each })),
      }),
    ),
  });
  const items = [...ranked, ...belowLine];
  const of = (index: number) => items.find(({ remediation }) => remediation.id === String(index));

  it('brings as much a week as independent draws say', () => {
    expect(mandatory).toEqual([]);
    expect(items).toHaveLength(expected.items.length);
    for (const [index, { net, weeks, netPerWeek }] of expected.items.entries()) {
      const item = of(index);
      if (item === undefined) throw new Error(`item ${String(index)} is not there`);
      const found = expectationsOf(item);
      // 1,024 slices leave what correlates within an item by chance: 3 % of the benefit.
      const tolerance = 0.03 * (Math.abs(net) + found.cost);
      expect(Math.abs(found.net - net)).toBeLessThan(tolerance);
      expect(Math.abs(found.weeks / weeks - 1)).toBeLessThan(0.02);
      expect(Math.abs(item.netPerWeek - netPerWeek)).toBeLessThan((1.5 * tolerance) / weeks);
    }
  });

  it('is as likely to outrank another', () => {
    for (const [one, row] of expected.outranks.entries())
      for (const [other, chance] of row.entries()) {
        const [a, b] = [of(one), of(other)];
        if (a === undefined || b === undefined) throw new Error('an item is not there');
        expect(Math.abs(chanceToOutrank(a.worth, b.worth) - chance)).toBeLessThan(4.5 * Math.sqrt(0.25 / 1024));
      }
  });

  it('comes in that order, as far as the numbers tell it', () => {
    const worth = (id: string): number => expected.items[Number(id)]?.netPerWeek ?? NaN;
    const paying = ranked.map(({ remediation }) => remediation.id);
    const scale = Math.max(...expected.items.map(({ netPerWeek }) => Math.abs(netPerWeek)));
    for (const [place, id] of paying.entries())
      for (const later of paying.slice(place + 1)) expect(worth(later) - worth(id)).toBeLessThan(0.03 * scale);
  });
});
