import { describe, expect, it } from '@jest/globals';
import { impactSchema, likelihoodSchema, toImpact } from '../../../src/api/likelihood-impact.ts';
import { parseModelRisk } from '../../../src/api/model-risk.ts';
import type { ModelRisk } from '../../../src/api/model-risk.ts';
import { rememberedRatios, toEvidence, toQuantifiedRisks, unquantifiedRisks } from '../../../src/api/risk-register.ts';
import { modelRiskManifest, withValue } from '../../builders/api.ts';

const priced = {
  name: 'unfair-denials',
  category: 'Fairness',
  likelihood: { incidents: 2, years: 4, confirmed: { incidents: 3, years: 1 } },
  impact: {
    customerHarm: { low: 5, high: 200, per: 'Unit' },
    regulatory: { low: 100_000, high: 5_000_000, cap: 6_000_000, fineProbabilityPercent: 20 },
    revenue: { min: 1, mode: 2, max: 9 },
    reputation: { constant: 7 },
    unitsPerIncident: 1000,
  },
};
const stored = {
  ...modelRiskManifest(),
  metadata: { ...modelRiskManifest().metadata, uid: 'u', resourceVersion: '1', creationTimestamp: '2026-06-01T12:00:00Z' },
};

function parsed(object: object): ModelRisk {
  const result = parseModelRisk(object);
  if (!result.ok) throw new Error(result.failure.join('; '));
  return result.value;
}

const risks = [priced, { name: 'theft', category: 'Security' }];
const { spec } = parsed(withValue(stored as never, 'spec.risks', risks));

describe('the register', () => {
  it('becomes likelihood and impact of one incident: units multiplied, fines with their chance', () => {
    expect(toQuantifiedRisks(spec)).toEqual([
      {
        name: 'unfair-denials',
        category: 'Fairness',
        prior: { incidents: 2, years: 4 },
        confirmed: { incidents: 3, years: 1 },
        rate: { shape: 5, years: 5 },
        impact: {
          dependence: 'Comonotonic',
          components: [
            { kind: 'customerHarm', units: 1000, chance: 1, amount: { kind: 'Lognormal', low: 5000, high: 200_000, cap: null } },
            { kind: 'regulatory', units: 1, chance: 0.2, amount: { kind: 'Lognormal', low: 100_000, high: 5_000_000, cap: 6_000_000 } },
            { kind: 'revenue', units: 1, chance: 1, amount: { kind: 'PERT', min: 1, mode: 2, max: 9 } },
            { kind: 'reputation', units: 1, chance: 1, amount: { kind: 'Constant', amount: 7 } },
          ],
        },
      },
    ]);
  });

  it('names the entries that have no price', () => {
    expect(unquantifiedRisks(spec)).toEqual(['theft']);
  });

  it('takes an amount it can not price, stored under another schema, for none', () => {
    const unpriceable = { customerHarm: { low: 10, high: 5 } };
    expect(toImpact(impactSchema.parse(unpriceable))).toBeNull();
    const old = parsed(withValue(stored as never, 'spec.risks', [{ ...priced, impact: unpriceable }]));
    expect(toQuantifiedRisks(old.spec)).toEqual([]);
    expect(unquantifiedRisks(old.spec)).toEqual(['unfair-denials']);
  });

  it('fills in what is left out: per incident, components that go together, every incident fined', () => {
    expect(impactSchema.parse({ regulatory: { constant: 1 } })).toEqual({
      regulatory: { constant: 1, per: 'Incident', fineProbabilityPercent: 100 },
      dependence: 'Comonotonic',
    });
    expect(likelihoodSchema.safeParse({ incidents: 1.5, years: 2 }).success).toBe(false);
    expect(likelihoodSchema.safeParse({ incidents: 1, years: 0 }).success).toBe(false);
  });
});

describe('evidence', () => {
  it('is what an indicator stands at, for the category of the risk it watches', () => {
    expect(toEvidence(spec, new Map([['approval-parity', 5]]))).toEqual([
      { indicator: 'approval-parity', risk: 'unfair-denials', category: 'Fairness', ratio: 5 },
    ]);
  });

  it('leaves out indicators nobody read and those the spec no longer has', () => {
    expect(toEvidence(spec, new Map([['gone', 5]]))).toEqual([]);
  });

  it('is remembered by the status', () => {
    const entry = { name: 'approval-parity', state: 'Firing', since: '2026-06-01T12:00:00Z' };
    const { status } = parsed({
      ...stored,
      status: {
        indicators: [
          { ...entry, likelihoodRatio: 5 },
          { ...entry, name: 'score-drift' },
        ],
      },
    });
    expect([...rememberedRatios(status)]).toEqual([['approval-parity', 5]]);
  });
});
