import { parseModelRisk, readsOwnSignal, type IndicatorSpec } from '../../src/api/model-risk.ts';
import { parseRiskPolicy, type RiskPolicySpec } from '../../src/api/risk-policy.ts';
import { modelRiskManifest, riskPolicyManifest, stored, withValue } from './api.ts';
import type { Manifest } from './api.ts';
import { indicatorsOf } from './in-force.ts';

/** The policy of the manifests as the operator reads it, with its defaults, after a change. */
export function parsedPolicy(change: (manifest: Manifest) => Manifest = (manifest) => manifest): RiskPolicySpec {
  const parsed = parseRiskPolicy(stored(change(riskPolicyManifest())));
  if (!parsed.ok) throw new Error(parsed.failure.join());
  return parsed.value.spec;
}

/** One indicator as the operator reads it from a ModelRisk that has no other. */
export function parsedIndicator(entry: object): IndicatorSpec {
  const parsed = parseModelRisk(withValue(stored(modelRiskManifest()), 'spec.indicators', [entry]));
  if (!parsed.ok) throw new Error(parsed.failure.join());
  const [only] = indicatorsOf(parsed.value);
  if (only === undefined || !readsOwnSignal(only)) throw new Error('no indicator with a signal of its own');
  return only;
}
