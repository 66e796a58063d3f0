import { describe, expect, it } from '@jest/globals';
import { explainLoss } from '../../../../src/core/risk/explain-loss.ts';
import type { LossAccount } from '../../../../src/core/risk/explain-loss.ts';
import type { StandingEvidence } from '../../../../src/core/risk/evidence.ts';
import { modelLoss } from '../../../../src/core/risk/model-loss.ts';
import type { QuantifiedRisk } from '../../../../src/core/risk/model-loss.ts';
import { riskAccount } from '../../../../src/core/risk/risk-account.ts';
import { createScoreMesh } from '../../../../src/core/risk/score-mesh.ts';
import { aRisk, component, constant, impactOf, lognormal, pert } from '../../../builders/risk.ts';

const mesh = createScoreMesh();

function accountOf(
  risks: readonly QuantifiedRisk[],
  evidence: readonly StandingEvidence[],
  changes: Partial<LossAccount> = {},
): LossAccount {
  const { liveShare = 1, safeLoss = null } = changes;
  const loss = modelLoss({ risks, evidence, liveShare, safeLoss }, mesh);
  const accounts = risks.map((risk, index) => riskAccount(risk, loss.risks[index] ?? fail(), mesh));
  return { currency: 'USD', risks: accounts, unquantifiedRisks: [], loss, liveShare, safeLoss, ...changes };
}

function fail(): never {
  throw new Error('no such risk');
}

const breach = { indicator: 'parity', risk: 'unfair-denials', category: 'Fairness', ratio: 5 };

describe('explainLoss', () => {
  it('walks from what was written to the figure, a sentence a step', () => {
    const risk = aRisk({
      confirmed: [3, 1],
      impact: impactOf(component(lognormal(50_000, 2_000_000)), component(lognormal(100_000, 5_000_000, 6_000_000), 'regulatory', 0.2)),
    });
    expect(explainLoss(accountOf([risk], [breach]))).toEqual([
      'Risk unfair-denials (Fairness).',
      'Likelihood: 2 incidents in 4 years and 3 incidents confirmed in 1 year since give a rate of 5 / 5 = 1 a year, with 90 % probability between 0.394 and 1.831 (Gamma); a year has at least one incident with probability 59.81 %.',
      "Live evidence: parity stands at factor 5. p = 1 - exp(-rate) = 63.21 %, odds 1.718 x 5 = 8.591, p' = 89.57 %, rate' = -ln(1 - p') = 2.261 a year.",
      'One incident, customerHarm: lognormal with 5 % 50,000 USD and 95 % 2,000,000 USD (mu 12.66, sigma 1.121), mean 593,000 USD.',
      'One incident, regulatory: lognormal with 5 % 100,000 USD and 95 % 5,000,000 USD, never above 6,000,000 USD (mu 13.47, sigma 1.189), mean 1,261,000 USD, times the chance of a fine 20 % = 252,300 USD.',
      'One incident costs 845,300 USD in the mean; 19 of 20 cost less than 3,577,000 USD (components comonotonic).',
      'Expected annual loss: 2.261 x 845,300 USD = 1,911,000 USD.',
      'Expected annual loss of the model: 1,911,000 USD; with 90 % probability between 753,000 USD and 3,499,000 USD (Gamma with the mean and variance of the sum). Without live evidence: 845,300 USD.',
      expect.stringMatching(/^19 of 20 years cost less than [0-9,]+ USD, all risks together/),
      'Residual: no constraint holds, so all of it remains: 1,911,000 USD.',
    ]);
  });

  it('names every form of amount, half an incident, and what was left out', () => {
    const risk = aRisk({
      prior: [0, 3],
      impact: impactOf(component(pert(10, 30, 100), 'revenue'), { ...component(constant(7000), 'reputation'), units: 1000 }),
    });
    const sentences = explainLoss(accountOf([risk], [], { currency: null, unquantifiedRisks: ['theft', 'outage'] }));
    expect(sentences).toContain('One incident, revenue: PERT from 10 to 100, most likely 30 (alpha 1.889, beta 4.111), mean 38.33.');
    expect(sentences).toContain('One incident, reputation (1000 units an incident): always 7,000, mean 7,000.');
    expect(sentences).toContain('Live evidence: none was read; the rate stays.');
    expect(sentences.join()).toContain('no incident (taken for 0.5, Jeffreys) in 3 years give a rate of 0.5 / 3');
    expect(sentences.at(-1)).toBe('Left out, for want of likelihood and impact: theft, outage.');
  });

  it('says who stands at 1, and adds up several risks', () => {
    const sentences = explainLoss(accountOf([aRisk(), aRisk({ name: 'other' })], [{ ...breach, ratio: 1 }]));
    expect(sentences).toContain('Live evidence: parity stands at factor 1; the rate stays.');
    expect(sentences.join()).toContain('Expected annual loss of the model: 296,500 USD + 296,500 USD = 593,000 USD;');
  });

  it('says what remains under a constraint, and what the safe version costs', () => {
    const capped = accountOf([aRisk()], [], { liveShare: 0.1, safeLoss: 20_000 });
    expect(explainLoss(capped).at(-1)).toBe(
      'Residual: callers get at most 10 % of the candidate while the constraints hold and the safe version costs 20,000 USD a year without fines; fines are not scaled. x candidate + (1 - x) safe + fines = 47,650 USD.',
    );
    const unknown = accountOf([aRisk()], [], { liveShare: 0 });
    expect(explainLoss(unknown).at(-1)).toContain(
      'no ModelRisk prices the safe version, so it counts like the candidate without live evidence',
    );
  });

  it('says that there is nothing to compute', () => {
    expect(explainLoss(accountOf([], []))).toEqual([
      'No entry of the register has a likelihood and an impact: there is no loss to compute.',
    ]);
  });
});
