import { describe, expect, it } from '@jest/globals';
import { parseMitigationPlan } from '../../../src/api/mitigation-plan.ts';
import { parseModelRisk } from '../../../src/api/model-risk.ts';
import { parseRiskPolicy } from '../../../src/api/risk-policy.ts';
import { riskTerms } from '../../../src/api/terms.ts';
import { modelRiskManifest, planManifest, riskPolicyManifest, stored, withValue } from '../../builders/api.ts';
import { indicatorsOf } from '../../builders/in-force.ts';

/** What somebody gets who writes only what has no default. The same numbers stand in the descriptions. */
describe('defaults', () => {
  it('of a policy', () => {
    const parsed = parseRiskPolicy(stored(riskPolicyManifest()));
    if (!parsed.ok) throw new Error(parsed.failure.join());
    expect(parsed.value.spec.providers[0]).toMatchObject({ prometheus: { timeoutSeconds: 10 } });
    expect(parsed.value.spec.signals[0]?.measurableIn).toEqual(['Live']);
    expect(parsed.value.spec.signals.map(({ scalesWith }) => scalesWith)).toEqual(['Share', 'Share']);
    expect(parsed.value.spec.signals[1]).toMatchObject({ drift: { metric: 'PSI', designEffect: 1, falseAlarmProbability: 0.01 } });
  });

  it('of an empty policy', () => {
    expect(parseRiskPolicy(stored({ ...riskPolicyManifest(), spec: {} }))).toMatchObject({
      ok: true,
      value: { spec: { providers: [], signals: [] } },
    });
  });

  it('of a risk', () => {
    const parsed = parseModelRisk(stored(modelRiskManifest()));
    if (!parsed.ok) throw new Error(parsed.failure.join());
    expect(parsed.value.spec).toMatchObject({ suspend: 'None' });
    expect(riskTerms(parsed.value.spec, null).evaluationIntervalSeconds).toEqual({ value: 5, from: 'Default' });
    expect(indicatorsOf(parsed.value)[2]).toMatchObject({
      forSeconds: 30,
      clearForSeconds: 600,
      staleAfterSeconds: 300,
      onNoData: 'Hold',
      onError: 'Hold',
      signal: { promQL: { scalesWith: 'Share' } },
    });
    // What a playbook may supply is seen as absent, or every object would carry our number as if its owner had chosen it.
    expect(parsed.value.spec).not.toHaveProperty('evaluationIntervalSeconds');
    expect(parsed.value.spec.indicators[2]).not.toHaveProperty('onNoData');
    // Left out is not 0: the rows that are enough then follow from the noise floor.
    expect(parsed.value.spec.indicators[2]).not.toHaveProperty('minSamples');
  });

  it('of a plan', () => {
    const parsed = parseMitigationPlan(stored(planManifest()));
    if (!parsed.ok) throw new Error(parsed.failure.join());
    expect(parsed.value.spec).toMatchObject({
      suspend: 'None',
      onSharedCause: 'Notify',
      trigger: { match: 'Any' },
      recovery: { stepSeconds: 120, probeAfterSeconds: 3600, probeAttempts: 3, flap: { maxEngagements: 3, windowSeconds: 86_400 } },
      targets: [
        { httpRoute: { safe: { minReadyEndpoints: 1 }, mirror: { whenPercentUnsupported: 'Refuse' } } },
        { featureFlag: { settleSeconds: 0 } },
      ],
      stages: [{ enterOn: [] }, { actions: [{ shadow: { percent: 100 } }] }, {}],
    });
  });

  it('fill a partly written recovery', () => {
    const parsed = parseMitigationPlan(withValue(stored(planManifest()), 'spec.recovery', { stepSeconds: 5, flap: { maxEngagements: 9 } }));
    expect(parsed).toMatchObject({
      ok: true,
      value: { spec: { recovery: { stepSeconds: 5, probeAfterSeconds: 3600, flap: { maxEngagements: 9, windowSeconds: 86_400 } } } },
    });
  });

  it('of an approval ask for roles', () => {
    const parsed = parseMitigationPlan(withValue(stored(planManifest()), 'spec.approval', { roles: ['risk'] }));
    expect(parsed).toMatchObject({ ok: true, value: { spec: { approval: { timeoutSeconds: 900, onTimeout: 'Hold' } } } });
  });

  it('never choose a mode: somebody must', () => {
    expect(parseMitigationPlan(withValue(stored(planManifest()), 'spec.mode', undefined))).toMatchObject({
      ok: false,
      failure: [expect.stringContaining('spec.mode')],
    });
  });
});
