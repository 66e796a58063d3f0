import { beforeEach, describe, expect, it } from '@jest/globals';
import { createReassertBudget } from '../../../src/controllers/reassert-budget.ts';
import type { ReassertBudget } from '../../../src/controllers/reassert-budget.ts';
import { createManualClock } from '../../builders/manual-clock.ts';
import type { ManualClock } from '../../builders/manual-clock.ts';

const credit = 'HTTPRoute/lending/credit';

describe('the budget of what is laid again', () => {
  let clock: ManualClock;
  let budget: ReassertBudget;

  beforeEach(() => {
    clock = createManualClock();
    budget = createReassertBudget(clock);
  });

  function spend(times: number): void {
    for (let time = 0; time < times; time++) budget.spend(credit);
  }

  it('lets ten through at once, then one a second', async () => {
    for (let time = 0; time < 10; time++) {
      expect(budget.waitMs(credit)).toBe(0);
      budget.spend(credit);
    }
    expect(budget.waitMs(credit)).toBe(1000);
    await clock.advance(999);
    expect(budget.waitMs(credit)).toBe(1);
    await clock.advance(1);
    expect(budget.waitMs(credit)).toBe(0);
    budget.spend(credit);
    expect(budget.waitMs(credit)).toBe(1000);
  });

  it('is earned back while nobody undoes anything, and never beyond ten', async () => {
    spend(10);
    await clock.advance(3000);
    spend(3);
    expect(budget.waitMs(credit)).toBe(1000);
    await clock.advance(3_600_000);
    spend(10);
    expect(budget.waitMs(credit)).toBe(1000);
  });

  it('is of each object alone', () => {
    spend(20);
    expect(budget.waitMs('HTTPRoute/lending/other')).toBe(0);
    expect(budget.waitMs('GRPCRoute/lending/credit')).toBe(0);
  });

  it('makes nobody wait for longer than a whole budget after something was sent beyond it', () => {
    spend(1000);
    expect(budget.waitMs(credit)).toBeLessThanOrEqual(2000);
  });
});
