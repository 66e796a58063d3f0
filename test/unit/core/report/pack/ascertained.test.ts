import { describe, expect, it } from '@jest/globals';
import { ascertainedCell, ascertainedLegend, ascertainments, countAscertained } from '../../../../../src/core/report/pack/ascertained.ts';

describe('how references were ascertained', () => {
  it('is counted by kind, the surest first, those of which there are none with 0', () => {
    const of = (...kinds: readonly (typeof ascertainments)[number][]) => kinds.map((ascertained) => ({ ascertained }));
    expect(countAscertained(of('SecondHand', 'Text', 'SecondHand'))).toEqual([
      ['Text', 1],
      ['Contents', 0],
      ['SecondHand', 2],
      ['Unchecked', 0],
    ]);
    expect(countAscertained([]).map(([, count]) => count)).toEqual([0, 0, 0, 0]);
  });

  it.each(ascertainments)('%s has a word of its own, which the legend explains', (each) => {
    const cell = ascertainedCell(each);
    expect(ascertainments.filter((other) => ascertainedCell(other) === cell)).toEqual([each]);
    expect(ascertainedLegend).toContain(`${cell}: `);
  });

  it('leaves it to who owns the text to compare the rest', () => {
    expect(ascertainedLegend).toMatch(/Whatever is not of the text is to be compared by who owns it, before the pack is handed on\.$/);
  });
});
