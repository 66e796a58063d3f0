import { describe, expect, it } from '@jest/globals';
import { brokenIn, requestsAbove, timesAbove } from '../../../../bench/fight/judgement.ts';

const span = { fromMs: 1000, toMs: 2000 };
const at = (atMs: number, percent: number) => ({ atMs, percent });

describe('the times above a cap', () => {
  it('last from the edit to the patch that bounds it again', () => {
    expect(timesAbove([at(0, 10), at(1100, 50), at(1120, 10), at(1500, 50), at(1530, 10)], 10, span)).toEqual([20, 30]);
  });

  it('go on through edits that leave it above', () => {
    expect(timesAbove([at(0, 10), at(1100, 50), at(1200, 70), at(1300, 10)], 10, span)).toEqual([200]);
  });

  it('are counted within the span alone', () => {
    expect(timesAbove([at(900, 50), at(1100, 10), at(1950, 50), at(2500, 10)], 10, span)).toEqual([100, 50]);
    expect(timesAbove([at(100, 50), at(200, 10), at(2100, 50), at(2200, 10)], 10, span)).toEqual([]);
    expect(timesAbove([at(100, 50)], 10, span)).toEqual([1000]);
  });

  it('are none at the cap itself', () => {
    expect(timesAbove([at(0, 10)], 10, span)).toEqual([]);
    expect(timesAbove([], 10, span)).toEqual([]);
  });
});

describe('the requests above a cap', () => {
  it('are what the candidate got beyond it, of all', () => {
    expect(requestsAbove({ served: 1000, candidate: 130 }, 10)).toBe(3);
    expect(requestsAbove({ served: 1000, candidate: 90 }, 10)).toBe(0);
    expect(requestsAbove({ served: 0, candidate: 0 }, 10)).toBe(0);
  });
});

describe('the promises of a fight', () => {
  const kept = {
    routeWrites: 600,
    statedRouteWrites: 620,
    timeAbovePercent: 3,
    statedTimeAbovePercent: 5,
    requestErrors: 0,
    contestedToNotifiedMs: 800,
  };

  it('are kept where everything is', () => {
    expect(brokenIn(kept)).toEqual([]);
  });

  it.each([
    [{ routeWrites: 621 }, '621 writes of the route, more than the stated 620'],
    [{ timeAbovePercent: 6 }, 'above its cap 6 % of the time, more than the stated 5 %'],
    [{ contestedToNotifiedMs: null }, 'nobody was notified within 10 s after it was contested'],
    [{ contestedToNotifiedMs: 10_001 }, 'nobody was notified within 10 s after it was contested'],
    [{ requestErrors: 1 }, '1 requests failed'],
  ])('are broken by %j', (change, sentence) => {
    expect(brokenIn({ ...kept, ...change })).toEqual([sentence]);
  });
});
