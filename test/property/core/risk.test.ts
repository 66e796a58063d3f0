import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { annualLoss } from '../../../src/core/risk/annual-loss.ts';
import { scaleAmount } from '../../../src/core/risk/amount.ts';
import type { Amount } from '../../../src/core/risk/amount.ts';
import type { Impact, ImpactComponent, ImpactKind } from '../../../src/core/risk/event-loss.ts';
import { nextRatio } from '../../../src/core/risk/evidence.ts';
import type { EvidenceReading } from '../../../src/core/risk/evidence.ts';
import { modelLoss } from '../../../src/core/risk/model-loss.ts';
import type { ModelLossInput, QuantifiedRisk } from '../../../src/core/risk/model-loss.ts';
import { createScoreMesh } from '../../../src/core/risk/score-mesh.ts';
import { findTier, standingTier } from '../../../src/core/risk/tier.ts';
import type { Tier } from '../../../src/core/risk/tier.ts';
import { aRisk } from '../../builders/risk.ts';

const mesh = createScoreMesh();
/** A year costs 10 to 100 ms of arithmetic. */
const few = { numRuns: 20 };

const money = fc.double({ min: 1, max: 1e7, noNaN: true });
const anAmount: fc.Arbitrary<Amount> = fc.oneof(
  fc
    .record({ low: money, width: fc.double({ min: 1.1, max: 200, noNaN: true }), capped: fc.boolean() })
    .map(({ low, width, capped }) => ({ kind: 'Lognormal', low, high: low * width, cap: capped ? low * width * 1.5 : null }) as const),
  fc
    .tuple(money, money, money)
    .filter(([a, b, c]) => Math.max(a, b, c) > Math.min(a, b, c) * 1.01)
    .map((ends) => {
      const [min = 0, mode = 0, max = 0] = [...ends].sort((a, b) => a - b);
      return { kind: 'PERT', min, mode, max } as const;
    }),
  money.map((amount) => ({ kind: 'Constant', amount }) as const),
);
const aComponent = (kind: ImpactKind): fc.Arbitrary<ImpactComponent> =>
  fc
    .record({ amount: anAmount, percent: kind === 'regulatory' ? fc.integer({ min: 1, max: 100 }) : fc.constant(100) })
    .map(({ amount, percent }) => ({ kind, amount, units: 1, chance: percent / 100 }));
const anImpact: fc.Arbitrary<Impact> = fc.record({
  components: fc
    .subarray(['customerHarm', 'regulatory', 'revenue', 'reputation'] as const, { minLength: 1 })
    .chain((kinds) => fc.tuple(...kinds.map(aComponent))),
  dependence: fc.constantFrom('Comonotonic', 'Independent'),
});
const aQuantifiedRisk: fc.Arbitrary<QuantifiedRisk> = fc
  .record({ incidents: fc.integer({ min: 0, max: 40 }), years: fc.double({ min: 0.5, max: 20, noNaN: true }), impact: anImpact })
  .map(({ incidents, years, impact }) => aRisk({ prior: [incidents, years], impact }));

const lossOf = (risks: readonly QuantifiedRisk[], changes: Partial<ModelLossInput> = {}) =>
  modelLoss({ risks, evidence: [], liveShare: 1, safeLoss: null, ...changes }, mesh);

/** A 95 % point is true to one step of the grid it was found on. */
const gridStep = (risks: readonly QuantifiedRisk[]) => annualLoss(risks, mesh).grid.step;

const scaled = (risk: QuantifiedRisk, factor: number): QuantifiedRisk => ({
  ...risk,
  impact: { ...risk.impact, components: risk.impact.components.map((each) => ({ ...each, amount: scaleAmount(each.amount, factor) })) },
});

describe('loss is monotone', () => {
  it('more incidents in the same years never lower it', () => {
    fc.assert(
      fc.property(aQuantifiedRisk, fc.integer({ min: 1, max: 5 }), (risk, more) => {
        const worse = aRisk({ prior: [risk.prior.incidents + more, risk.prior.years], impact: risk.impact });
        const [before, after] = [lossOf([risk]), lossOf([worse])];
        expect(after.expected.value).toBeGreaterThan(before.expected.value);
        expect(after.expected.low).toBeGreaterThan(before.expected.low);
        expect(after.expected.high).toBeGreaterThan(before.expected.high);
        expect(after.p95 + gridStep([worse])).toBeGreaterThanOrEqual(before.p95);
        expect(after.residual).toBeGreaterThan(before.residual);
      }),
      few,
    );
  });

  it('larger amounts never lower it, nor the worst single event', () => {
    fc.assert(
      fc.property(aQuantifiedRisk, fc.double({ min: 1, max: 10, noNaN: true }), (risk, factor) => {
        const [before, after] = [lossOf([risk]), lossOf([scaled(risk, factor)])];
        expect(after.expected.value).toBeGreaterThanOrEqual(before.expected.value * (1 - 1e-12));
        expect(after.p95).toBeGreaterThanOrEqual(before.p95 * (1 - 1e-9));
        expect(after.inherent.singleEventP95).toBeGreaterThanOrEqual(before.inherent.singleEventP95 * (1 - 1e-9));
      }),
      few,
    );
  });

  it('raising one end of any estimate that admission lets pass never lowers the expected loss', () => {
    fc.assert(
      fc.property(anAmount, fc.nat(2), fc.double({ min: 1.001, max: 1.5, noNaN: true }), (amount, which, factor) => {
        const raised = raise(amount, which, factor);
        fc.pre(raised !== null);
        const of = (each: Amount) =>
          lossOf([aRisk({ impact: { components: [{ kind: 'revenue', amount: each, units: 1, chance: 1 }], dependence: 'Comonotonic' } })])
            .expected.value;
        expect(of(raised)).toBeGreaterThanOrEqual(of(amount) * (1 - 1e-12));
      }),
      { numRuns: 60 },
    );
  });

  it('one more risk never lowers it', () => {
    fc.assert(
      fc.property(aQuantifiedRisk, aQuantifiedRisk, (risk, other) => {
        const [before, after] = [lossOf([risk]), lossOf([risk, other])];
        expect(after.expected.value).toBeGreaterThan(before.expected.value);
        expect(after.p95 + gridStep([risk, other])).toBeGreaterThanOrEqual(before.p95);
      }),
      few,
    );
  });

  it('worse evidence never lowers it, and never touches what is inherent', () => {
    const ratios = [0.8, 1, 2, 5, 10] as const;
    fc.assert(
      fc.property(aQuantifiedRisk, fc.nat(3), (risk, at) => {
        const evidence = (ratio: number) => [{ indicator: 'i', risk: risk.name, category: risk.category, ratio }];
        const [before, after] = [at, at + 1].map((index) => lossOf([risk], { evidence: evidence(ratios[index] ?? 1) }));
        expect(after?.expected.value).toBeGreaterThan(before?.expected.value ?? NaN);
        expect(after?.inherent).toEqual(before?.inherent);
      }),
      few,
    );
  });

  it('the expected loss lies within its own interval', () => {
    fc.assert(
      fc.property(fc.array(aQuantifiedRisk, { minLength: 1, maxLength: 4 }), (risks) => {
        const { low, high } = lossOf(risks).expected;
        expect(low).toBeLessThan(high);
        expect(lossOf(risks).expected.value).toBeLessThan(high);
      }),
      few,
    );
  });
});

function raise(amount: Amount, which: number, factor: number): Amount | null {
  switch (amount.kind) {
    case 'Constant':
      return { ...amount, amount: amount.amount * factor };
    case 'Lognormal': {
      const raised =
        which === 0
          ? { ...amount, low: amount.low * factor }
          : { ...amount, high: amount.high * factor, cap: amount.cap === null ? null : amount.cap * factor };
      return raised.low < raised.high && raised.high <= 200 * raised.low ? raised : null;
    }
    case 'PERT': {
      const [min, mode, max] = [amount.min, amount.mode, amount.max].map((end, index) => (index === which ? end * factor : end));
      return min === undefined || mode === undefined || max === undefined || min > mode || mode > max
        ? null
        : { kind: 'PERT', min, mode, max };
    }
  }
}

describe('currency', () => {
  it('is a unit: the same estimates in another one give the same figures in that one', () => {
    fc.assert(
      fc.property(
        fc.array(aQuantifiedRisk, { minLength: 1, maxLength: 3 }),
        fc.double({ min: 0.001, max: 1000, noNaN: true }),
        (risks, rate) => {
          const [here, there] = [lossOf(risks), lossOf(risks.map((risk) => scaled(risk, rate)))];
          expect(there.expected.value / rate / here.expected.value).toBeCloseTo(1, 9);
          expect(there.expected.low / rate / here.expected.low).toBeCloseTo(1, 9);
          expect(there.expected.high / rate / here.expected.high).toBeCloseTo(1, 9);
          expect(Math.abs(there.p95 / rate - here.p95)).toBeLessThanOrEqual(gridStep(risks) * 1.0001);
        },
      ),
      few,
    );
  });
});

describe('residual loss', () => {
  it('is a mixture: linear in the share of answers, from the safe version to the candidate', () => {
    fc.assert(
      fc.property(aQuantifiedRisk, fc.double({ min: 0, max: 1, noNaN: true }), money, (risk, liveShare, safeLoss) => {
        const at = (share: number) => lossOf([risk], { liveShare: share, safeLoss }).residual;
        const mixed = liveShare * at(1) + (1 - liveShare) * at(0);
        expect(at(liveShare) / mixed).toBeCloseTo(1, 9);
      }),
      few,
    );
  });
});

const aLimit = fc.option(fc.double({ min: 0, max: 1e7, noNaN: true }), { nil: null });
const someTiers: fc.Arbitrary<readonly Tier[]> = fc
  .array(fc.record({ expectedAnnualLossAtLeast: aLimit, singleEventP95AtLeast: aLimit, criticality: fc.constant([]) }), { maxLength: 5 })
  .map((whens) => whens.map((when, index) => ({ name: `t${String(index)}`, when })));

describe('tier', () => {
  const rank = (tiers: readonly Tier[], name: string | null) =>
    name === null ? tiers.length : tiers.findIndex((tier) => tier.name === name);

  it('never falls when a loss rises, and never falls by itself', () => {
    fc.assert(
      fc.property(someTiers, money, money, money, (tiers, loss, event, more) => {
        const at = (expectedAnnualLoss: number, singleEventP95: number) =>
          findTier(tiers, { expectedAnnualLoss, singleEventP95, criticality: null });
        const [lower, higher] = [at(loss, event), at(loss + more, event + more)];
        expect(rank(tiers, higher?.tier.name ?? null)).toBeLessThanOrEqual(rank(tiers, lower?.tier.name ?? null));
        const stood = standingTier(tiers, null, higher);
        expect(standingTier(tiers, stood, lower)).toBe(stood);
      }),
    );
  });
});

describe('evidence', () => {
  const aReading: fc.Arbitrary<EvidenceReading> = fc.record({
    verdict: fc.constantFrom('Ok', 'Warn', 'Breach', 'Insufficient', 'NoData', 'Error'),
    severe: fc.boolean(),
    hasPower: fc.boolean(),
    constrained: fc.boolean(),
  });
  const noNews = ['Insufficient', 'NoData', 'Error'];

  it('is multiplied once: the same reading again changes nothing, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(aReading), aReading, (before, last) => {
        const ratio = before.reduce(nextRatio, 1);
        const once = nextRatio(ratio, last);
        expect(nextRatio(once, last)).toBe(once);
      }),
    );
  });

  it('falls below 1, or from above 1, only by a usable reading without a constraint that hides the candidate', () => {
    fc.assert(
      fc.property(fc.array(aReading), aReading, (before, last) => {
        const ratio = before.reduce(nextRatio, 1);
        const after = nextRatio(ratio, last);
        if (ratio > 1 && after < ratio) expect(last.constrained || noNews.includes(last.verdict)).toBe(false);
        if (after < 1) expect(last.verdict === 'Ok' && last.hasPower).toBe(true);
      }),
    );
  });
});
