import { describe, expect, it } from '@jest/globals';
import type { SplitDemand } from '../../../src/core/compose.ts';
import { composeSplit } from '../../../src/core/compose.ts';
import type { Constraint } from '../../../src/core/model/constraint.ts';

const cap = (maxPercent: number): Constraint => ({ kind: 'Cap', maxPercent });
const shadow = (mirrorPercent: number): Constraint => ({ kind: 'Shadow', mirrorPercent });

function demand(planUID: string, changes: Partial<SplitDemand> = {}): SplitDemand {
  return { planUID, precedence: { createdAtMs: 0, name: planUID }, candidate: 'v2', safe: 'v1', constraints: [cap(10)], ...changes };
}

/** `{v1: 50, v2: 50}` to the list of backends and back. */
function split(intent: Readonly<Record<string, number>>, ...demands: SplitDemand[]) {
  const { weights, mirrors, rejected } = composeSplit({
    backends: Object.entries(intent).map(([id, weight]) => ({ id, weight })),
    demands,
  });
  return { weights: Object.fromEntries(weights.map(({ id, weight }) => [id, weight])), mirrors, rejected };
}

describe('composeSplit', () => {
  it('moves what is over the cap to the safe backend', () => {
    expect(split({ v1: 50, v2: 50 }, demand('a'))).toEqual({ weights: { v1: 90, v2: 10 }, mirrors: [], rejected: [] });
  });

  it('leaves an intent within the cap as it is', () => {
    expect(split({ v1: 95, v2: 5 }, demand('a')).weights).toEqual({ v1: 95, v2: 5 });
    expect(split({ v1: 9, v2: 1 }, demand('a')).weights).toEqual({ v1: 9, v2: 1 });
  });

  it('gives the intent back when nobody asks anything', () => {
    expect(split({ v1: 1, v2: 3 })).toEqual({ weights: { v1: 1, v2: 3 }, mirrors: [], rejected: [] });
  });

  it('multiplies all weights by 100 where the share is not exact', () => {
    expect(split({ v1: 1, v2: 1, v3: 1 }, demand('a')).weights).toEqual({ v1: 170, v2: 30, v3: 100 });
  });

  it('beyond the bound of weights keeps them and rounds the candidate down', () => {
    expect(split({ v1: 10_000, v2: 10_001 }, demand('a')).weights).toEqual({ v1: 18_001, v2: 2000 });
  });

  it('shrinks the intent where the refuge would pass the bound, and bounds it all the same', () => {
    const { weights } = split({ v1: 1_000_000, v2: 1_000_000, v3: 1 }, demand('a'));

    expect(weights['v1']).toBeLessThanOrEqual(1_000_000);
    expect(weights['v3']).toBe(1);
    expect((weights['v2'] ?? 0) / Object.values(weights).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(0.1, 5);
  });

  it('inserts the safe backend in a rule that only has the candidate', () => {
    expect(split({ v2: 1 }, demand('a')).weights).toEqual({ v2: 10, v1: 90 });
    expect(split({ v2: 100 }, demand('a', { constraints: [cap(0)] })).weights).toEqual({ v2: 0, v1: 100 });
  });

  it('does not insert it where nothing is displaced', () => {
    expect(split({ v3: 95, v2: 5 }, demand('a')).weights).toEqual({ v3: 95, v2: 5 });
  });

  it('takes the smaller of two caps, and shadow over any cap', () => {
    expect(split({ v1: 50, v2: 50 }, demand('a', { constraints: [cap(20)] }), demand('b', { constraints: [cap(5)] })).weights).toEqual({
      v1: 95,
      v2: 5,
    });
    expect(
      split({ v1: 50, v2: 50 }, demand('a', { constraints: [shadow(60)] }), demand('b', { constraints: [cap(5), shadow(40)] })),
    ).toEqual({
      weights: { v1: 100, v2: 0 },
      mirrors: [{ id: 'v2', percent: 40 }],
      rejected: [],
    });
  });

  it('mirrors nothing at 0 percent', () => {
    expect(split({ v1: 50, v2: 50 }, demand('a', { constraints: [shadow(0)] })).mirrors).toEqual([]);
  });

  it('asks nothing of a rule without the candidate, nor for a flag', () => {
    expect(split({ v1: 50, v3: 50 }, demand('a')).weights).toEqual({ v1: 50, v3: 50 });
    const flagOnly = demand('a', { constraints: [{ kind: 'Flag' }], safe: 'v2' });
    expect(split({ v1: 50, v2: 50 }, flagOnly).rejected).toEqual([]);
  });

  it('bounds a backend that stands in the rule twice by the sum of its entries', () => {
    const backends = [
      { id: 'v2', weight: 30 },
      { id: 'v1', weight: 40 },
      { id: 'v2', weight: 30 },
    ];

    expect(composeSplit({ backends, demands: [demand('a', { constraints: [cap(15)] })] }).weights.map(({ weight }) => weight)).toEqual([
      7, 86, 7,
    ]);
  });

  it('leaves an all-zero intent alone', () => {
    expect(split({ v1: 0, v2: 0 }, demand('a', { constraints: [cap(0)] })).weights).toEqual({ v1: 0, v2: 0 });
  });

  describe('crossed plans', () => {
    const forth = demand('forth', { precedence: { createdAtMs: 1, name: 'forth' }, constraints: [cap(0)] });
    const back = demand('back', { precedence: { createdAtMs: 2, name: 'back' }, candidate: 'v1', safe: 'v2', constraints: [cap(0)] });

    it('never zero the route: the older one holds, the younger one has no safe backend', () => {
      expect(split({ v1: 50, v2: 50 }, back, forth)).toEqual({
        weights: { v1: 100, v2: 0 },
        mirrors: [],
        rejected: [{ planUID: 'back', reason: 'NoSafeBackend' }],
      });
    });

    it('goes by name at equal age', () => {
      const even = { ...forth, precedence: { createdAtMs: 2, name: 'forth' } };

      expect(split({ v1: 50, v2: 50 }, even, back).rejected).toEqual([{ planUID: 'forth', reason: 'NoSafeBackend' }]);
    });

    it('a circle costs only one of its own: whoever flees into it holds too', () => {
      const third = demand('third', { precedence: { createdAtMs: 3, name: 'third' }, candidate: 'v3', safe: 'v1', constraints: [cap(0)] });
      const second = { ...back, safe: 'v3' };

      expect(split({ v1: 40, v2: 40, v3: 20 }, third, second, forth)).toEqual({
        weights: { v1: 0, v2: 0, v3: 100 },
        mirrors: [],
        rejected: [{ planUID: 'third', reason: 'NoSafeBackend' }],
      });
    });

    it('refuses a plan that flees to its own candidate', () => {
      expect(split({ v1: 50, v2: 50 }, demand('self', { safe: 'v2' })).rejected).toEqual([{ planUID: 'self', reason: 'NoSafeBackend' }]);
    });
  });

  describe('plans that lead into each other', () => {
    const young = demand('young', { precedence: { createdAtMs: 2, name: 'young' }, candidate: 'v1', safe: 'v0', constraints: [cap(0)] });
    const old = demand('old', { precedence: { createdAtMs: 1, name: 'old' }, candidate: 'v2', safe: 'v1', constraints: [cap(10)] });

    it('an older plan that engages does not pour its traffic onto the backend a younger one holds back', () => {
      expect(split({ v0: 0, v1: 50, v2: 50 }, young).weights).toEqual({ v0: 50, v1: 0, v2: 50 });
      expect(split({ v0: 0, v1: 50, v2: 50 }, old, young)).toEqual({ weights: { v0: 90, v1: 0, v2: 10 }, mirrors: [], rejected: [] });
    });

    it('nor where that backend would have to be put into the rule first', () => {
      expect(split({ v2: 50 }, old, young)).toMatchObject({ weights: { v0: 45, v2: 5 }, rejected: [] });
    });

    it('a shadow on a backend that is not in the rule mirrors nothing there', () => {
      const shadowed = { ...young, constraints: [{ kind: 'Shadow', mirrorPercent: 100 } as const] };
      expect(split({ v2: 50 }, old, shadowed).mirrors).toEqual([]);
    });

    it('a circle closed by a plan whose candidate is not in the rule costs nobody there a constraint', () => {
      const circle = { ...young, precedence: { createdAtMs: 0, name: 'young' }, safe: 'v2' };
      expect(split({ v2: 50 }, old, circle)).toMatchObject({ weights: { v1: 45, v2: 5 }, rejected: [{ planUID: 'young' }] });
    });
  });
});
