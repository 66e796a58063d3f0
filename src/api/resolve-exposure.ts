import type { ModelIdentity } from '../core/model/observation.ts';
import { failure } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { ExposureSpec } from './exposure.ts';
import { resolveSignal } from './resolve-signal.ts';
import type { ResolvedSignal } from './resolve-signal.ts';
import type { RiskPolicySpec } from './risk-policy.ts';

/** Beyond every rate: the reading is only looked at for whether it can be used. */
const threshold = { direction: 'Above', breach: Number.MAX_VALUE } as const;

/** Failure: why no rate can be read, for the end of a sentence. */
export function resolveExposure(
  { signal }: ExposureSpec,
  { model, policy }: { readonly model: ModelIdentity; readonly policy: RiskPolicySpec },
): Result<ResolvedSignal, string> {
  const template = policy.signals.find((each) => each.name === signal.template.name);
  if (template !== undefined && !('promQL' in template || 'httpJSON' in template || 'push' in template))
    return failure(`signal ${template.name} gives no rate; name one of promQL, httpJSON or push that counts decisions a second`);
  if (template?.measurableIn.includes('Live') === false)
    return failure(`signal ${template.name} is of copies, by which nobody is concerned; add Live to its measurableIn`);
  const timing = { forSeconds: 0, clearForSeconds: 0, staleAfterSeconds: 300, onNoData: 'Ignore', onError: 'Hold' } as const;
  const resolved = resolveSignal({ name: 'exposure', risk: '', signal, threshold, ...timing }, model, policy);
  return resolved.ok ? resolved : failure(resolved.failure.replace(/^indicator exposure: /, ''));
}
