import { describe, expect, it } from '@jest/globals';
import { drillHolder, isDrillHolder } from '../../../../src/core/drill/holder.ts';

describe('who holds a target in a drill', () => {
  it('is called as no plan can be, by a uid of its own', () => {
    const holder = drillHolder({ name: 'credit', uid: 'u-1' });
    expect(holder).toEqual({ name: 'credit/drill', uid: 'u-1/drill' });
    expect(isDrillHolder(holder.name)).toBe(true);
    expect(['credit', 'drill', 'credit-drill', 'credit.drill'].filter(isDrillHolder)).toEqual([]);
  });

  it('fits into a journal, whatever the length of the plan’s name', () => {
    const [longest, shorter] = [drillHolder({ name: 'a'.repeat(253), uid: 'u-1' }), drillHolder({ name: 'a'.repeat(247), uid: 'u-1' })];
    expect(longest.name).toBe('u-1/drill');
    expect(shorter.name).toHaveLength(253);
    expect([longest, shorter].every(({ name }) => isDrillHolder(name))).toBe(true);
  });
});
