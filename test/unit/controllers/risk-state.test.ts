import { describe, expect, it } from '@jest/globals';
import { parseModelRisk } from '../../../src/api/model-risk.ts';
import { parseRiskPolicy } from '../../../src/api/risk-policy.ts';
import { resolveRisk } from '../../../src/controllers/risk-state.ts';
import { modelRiskManifest, opportunitySignal, riskPolicyManifest, stored, withValue } from '../../builders/api.ts';
import { someTimeMs } from '../../builders/manual-clock.ts';
import { noConfigMaps } from '../../builders/references.ts';

const day = 86_400;
const indicator = {
  name: 'opportunity',
  risk: 'unfair-denials',
  signal: { template: { name: 'opportunity' } },
  threshold: { direction: 'Above', breach: 0.1 },
  staleAfterSeconds: 40 * day,
};

function stateOf(labelMaturitySeconds?: number) {
  const policy = parseRiskPolicy(stored(withValue(riskPolicyManifest(), 'spec.signals[2]', opportunitySignal())));
  const manifest = withValue(modelRiskManifest(), 'spec.indicators', [indicator]);
  const risk = parseModelRisk(
    stored(labelMaturitySeconds === undefined ? manifest : withValue(manifest, 'spec.model.labelMaturitySeconds', labelMaturitySeconds)),
  );
  if (!policy.ok || !risk.ok) throw new Error([policy, risk].flatMap((each) => (each.ok ? [] : each.failure)).join());
  return resolveRisk(risk.value, policy.value, { previous: null, nowMs: someTimeMs, invalidSignals: new Map(), readText: noConfigMaps });
}

describe('a risk whose outcomes take time', () => {
  it('has signals that wait for as long as the model says', () => {
    const { indicators, problems } = stateOf(30 * day);
    expect(problems).toEqual([]);
    expect(indicators.get('opportunity')?.signal).toMatchObject({
      statistic: { labels: { cohort: { label: 'day', labelMaturitySeconds: 30 * day, windowSeconds: 7 * day } } },
    });
  });

  it('measures something else when that changes, and nothing when it is not said', () => {
    expect(stateOf(30 * day).indicators.get('opportunity')?.digest).not.toBe(stateOf(20 * day).indicators.get('opportunity')?.digest);
    expect(stateOf()).toMatchObject({
      problems: [{ reason: 'SignalMissing', message: expect.stringContaining('write model.labelMaturitySeconds') }],
    });
  });
});
