import { parseModelRisk, readsOwnSignal } from '../../src/api/model-risk.ts';
import { resolveSignal } from '../../src/api/resolve-signal.ts';
import { parseRiskPolicy } from '../../src/api/risk-policy.ts';
import { modelRiskManifest, riskPolicyManifest, stored, withValue } from './api.ts';
import { indicatorsOf } from './in-force.ts';

type Changes = Readonly<Record<string, unknown>>;

/** What an indicator on this signal of the policy comes to; changes are paths below the signal and below the indicator. */
export function resolveAlone(
  signal: object,
  indicator: object,
  { signalChanges = {}, labelMaturitySeconds }: { readonly signalChanges?: Changes; readonly labelMaturitySeconds?: number } = {},
) {
  const changed = Object.entries(signalChanges).reduce((whole, [path, value]) => withValue(whole, path, value), signal);
  const policy = parseRiskPolicy(stored(withValue(riskPolicyManifest(), 'spec.signals[0]', changed)));
  if (!policy.ok) throw new Error(policy.failure.join());
  const risk = parseModelRisk(stored(withValue(modelRiskManifest(), 'spec.indicators', [indicator])));
  if (!risk.ok) throw new Error(risk.failure.join());
  const [spec] = indicatorsOf(risk.value);
  if (spec === undefined || !readsOwnSignal(spec)) throw new Error('no indicator with a signal of its own');
  return resolveSignal(spec, { namespace: 'lending', model: 'credit-default', version: '2.3.0', labelMaturitySeconds }, policy.value.spec);
}
