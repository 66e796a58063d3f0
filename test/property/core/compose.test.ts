import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Split, SplitDemand, SplitInput, WeightedBackend } from '../../../src/core/compose.ts';
import { composeSplit } from '../../../src/core/compose.ts';
import type { Constraint } from '../../../src/core/model/constraint.ts';

const runs = { numRuns: 3000 };
const maxWeight = 1_000_000;

const anyWeight = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 100 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: maxWeight }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 9_999, 10_000, 10_001, maxWeight) },
);
const anyID = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const percent = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constantFrom(0, 5, 10, 33, 100));
const anyConstraint: fc.Arbitrary<Constraint> = fc.oneof(
  { weight: 3, arbitrary: percent.map((maxPercent) => ({ kind: 'Cap', maxPercent }) as const) },
  { weight: 1, arbitrary: percent.map((mirrorPercent) => ({ kind: 'Shadow', mirrorPercent }) as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'Flag' } as const) },
);
const anyDemands: fc.Arbitrary<SplitDemand[]> = fc
  .array(
    fc.record({
      createdAtMs: fc.integer({ min: 0, max: 3 }),
      candidate: anyID,
      safe: anyID,
      constraints: fc.array(anyConstraint, { minLength: 1, maxLength: 3 }),
    }),
    { maxLength: 5 },
  )
  .map((all) =>
    all.map(({ createdAtMs, ...demand }, index) => ({
      ...demand,
      planUID: `uid-${String(index)}`,
      precedence: { createdAtMs, name: `plan-${String(index)}` },
    })),
  );
const anyBackends = fc.uniqueArray(fc.record({ id: anyID, weight: anyWeight }), { selector: ({ id }) => id, minLength: 1, maxLength: 5 });
const anyInput: fc.Arbitrary<SplitInput> = fc.record({ backends: anyBackends, demands: anyDemands });

const sum = (backends: readonly WeightedBackend[]) => backends.reduce((total, { weight }) => total + weight, 0);
const weightOf = (backends: readonly WeightedBackend[], id: string) => backends.find((backend) => backend.id === id)?.weight ?? 0;

/** Demands that bound traffic of a backend in this rule and were honoured. */
function honoured({ demands, backends }: SplitInput, { rejected }: Split): readonly SplitDemand[] {
  return demands.filter(
    ({ planUID, candidate, constraints }) =>
      backends.some(({ id }) => id === candidate) &&
      constraints.some(({ kind }) => kind !== 'Flag') &&
      !rejected.some((claim) => claim.planUID === planUID),
  );
}

function capOf(demands: readonly SplitDemand[], candidate: string): number {
  return Math.min(
    ...demands
      .filter((demand) => demand.candidate === candidate)
      .flatMap(({ constraints }) => constraints.map((each) => (each.kind === 'Cap' ? each.maxPercent : each.kind === 'Shadow' ? 0 : 100))),
  );
}

/** Negative when the share of `id` rose; exact, in whole numbers. */
function shareLost(before: readonly WeightedBackend[], after: readonly WeightedBackend[], id: string): number {
  return weightOf(before, id) * sum(after) - weightOf(after, id) * sum(before);
}

/** Whether displaced traffic of `from` may come to `to`, by any plan's word. */
function reaches(demands: readonly SplitDemand[], from: string, to: string): boolean {
  const reached = new Set([from]);
  for (const each of reached) for (const demand of demands) if (demand.candidate === each) reached.add(demand.safe);
  return reached.has(to);
}

function permutations<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((first, index) => permutations(items.toSpliced(index, 1)).map((rest) => [first, ...rest]));
}

describe('laws of composing a split', () => {
  it('the order of plans never matters', () => {
    const shuffled = anyInput.chain((input) =>
      fc.tuple(fc.constant(input), fc.shuffledSubarray([...input.demands], { minLength: input.demands.length })),
    );
    fc.assert(
      fc.property(shuffled, ([input, demands]) => {
        expect(composeSplit({ ...input, demands })).toEqual(composeSplit(input));
      }),
      runs,
    );
  });

  it('every order in which up to four plans can come gives the same', () => {
    const few = anyInput.map((input) => ({ ...input, demands: input.demands.slice(0, 4) }));
    fc.assert(
      fc.property(few, (input) => {
        const expected = composeSplit(input);
        for (const demands of permutations(input.demands)) expect(composeSplit({ ...input, demands })).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('every honoured candidate has at most its cap of the rule', () => {
    let bounded = 0;
    fc.assert(
      fc.property(anyInput, (input) => {
        const split = composeSplit(input);
        const demands = honoured(input, split);
        for (const { candidate } of demands) {
          bounded += 1;
          expect(weightOf(split.weights, candidate) * 100).toBeLessThanOrEqual(capOf(demands, candidate) * sum(split.weights));
        }
      }),
      runs,
    );
    expect(bounded).toBeGreaterThan(1000);
  });

  it('weights are whole, within the bound, and sum to 0 only if the intent did; crossed plans too', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { weights } = composeSplit(input);
        expect(weights.filter(({ weight }) => !Number.isInteger(weight) || weight < 0 || weight > maxWeight)).toEqual([]);
        expect(sum(weights) === 0).toBe(sum(input.backends) === 0);
      }),
      runs,
    );
  });

  it('keeps the share of every backend that is neither bounded nor a refuge', () => {
    let bystanders = 0;
    fc.assert(
      fc.property(anyInput, (input) => {
        const split = composeSplit(input);
        const involved = new Set([...honoured(input, split).map(({ candidate }) => candidate), ...split.refuges.values()]);
        const [before, after] = [sum(input.backends), sum(split.weights)];
        for (const { id, weight } of input.backends.filter((backend) => !involved.has(backend.id))) {
          const kept = weightOf(split.weights, id);
          if (before <= maxWeight / 100) {
            bystanders += 1;
            expect(kept * before).toBe(weight * after);
          } else if (weight > 0) {
            // Near the bound one unit of rounding is all that may be lost, and never the last.
            expect(kept).toBeGreaterThan(0);
            expect(Math.abs(kept / after - weight / before)).toBeLessThanOrEqual(
              input.backends.length / (maxWeight - input.backends.length),
            );
          }
        }
      }),
      runs,
    );
    expect(bystanders).toBeGreaterThan(1000);
  });

  it('takes no more from a candidate than its cap asks, where the weights can say so', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        if (sum(input.backends) > maxWeight / 100) return;
        const split = composeSplit(input);
        const demands = honoured(input, split);
        for (const { id, weight } of input.backends) {
          const cap = demands.some(({ candidate }) => candidate === id) ? capOf(demands, id) : 100;
          const wanted = Math.min(weight * 100, cap * sum(input.backends));
          if (![...split.refuges.values()].includes(id))
            expect(weightOf(split.weights, id) * sum(input.backends) * 100).toBe(wanted * sum(split.weights));
        }
      }),
      runs,
    );
  });

  it('displaced traffic ends at nobody who is bounded: no bounded candidate has more than the intent gives it', () => {
    let bounded = 0;
    fc.assert(
      fc.property(anyInput, (input) => {
        const split = composeSplit(input);
        const candidates = new Set(honoured(input, split).map(({ candidate }) => candidate));
        expect([...split.refuges.values()].filter((refuge) => candidates.has(refuge))).toEqual([]);
        expect([...candidates].filter((candidate) => !split.refuges.has(candidate))).toEqual([]);
        if (sum(input.backends) > maxWeight / 100) return;
        for (const candidate of candidates) {
          bounded += 1;
          expect(shareLost(input.backends, split.weights, candidate)).toBeGreaterThanOrEqual(0);
        }
      }),
      runs,
    );
    expect(bounded).toBeGreaterThan(1000);
  });

  it('refuses only plans that run in a circle', () => {
    let refused = 0;
    fc.assert(
      fc.property(anyInput, (input) => {
        const { rejected } = composeSplit(input);
        const edges = input.demands.filter(({ constraints }) => constraints.some(({ kind }) => kind !== 'Flag'));
        for (const { planUID } of rejected) {
          refused += 1;
          const own = edges.find((demand) => demand.planUID === planUID);
          expect(reaches(edges, own?.safe ?? '', own?.candidate ?? '')).toBe(true);
        }
      }),
      runs,
    );
    expect(refused).toBeGreaterThan(100);
  });

  it('one more plan never raises the share of a bounded candidate, unless it closes a circle', () => {
    let kept = 0;
    fc.assert(
      fc.property(anyInput, (input) => {
        const [added, ...demands] = input.demands;
        if (added === undefined || sum(input.backends) > maxWeight / 100) return;
        if (reaches(demands, added.safe, added.candidate)) return;
        const before = composeSplit({ ...input, demands });
        const after = composeSplit(input);
        for (const { candidate } of honoured({ ...input, demands }, before)) {
          kept += 1;
          expect(shareLost(before.weights, after.weights, candidate)).toBeGreaterThanOrEqual(0);
        }
      }),
      runs,
    );
    expect(kept).toBeGreaterThan(300);
  });

  it('mirrors exactly the honoured shadows, at their smallest percentage', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const split = composeSplit(input);
        const shadows = honoured(input, split).flatMap(({ candidate, constraints }) =>
          constraints.flatMap((each) => (each.kind === 'Shadow' ? [{ id: candidate, percent: each.mirrorPercent }] : [])),
        );
        const smallest = [...new Set(shadows.map(({ id }) => id))].map((id) => ({
          id,
          percent: Math.min(...shadows.filter((shadow) => shadow.id === id).map((shadow) => shadow.percent)),
        }));
        expect([...split.mirrors].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
          smallest.filter(({ percent: of }) => of > 0).sort((a, b) => (a.id < b.id ? -1 : 1)),
        );
      }),
      runs,
    );
  });
});
