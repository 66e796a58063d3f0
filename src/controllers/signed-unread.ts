import { fromInstant } from '../api/instant.ts';
import type { ModelRisk } from '../api/model-risk.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import type { SignedModel } from '../api/signed-text.ts';
import type { SignedStatus } from '../api/sign-off-status.ts';
import { hasCounted, signedModelOf, signOffsNaming } from './signed-decisions.ts';
import type { RawSignOff } from './signed-decisions.ts';
import { readableAs } from './signed-last.ts';
import type { SignedContext } from './signed-last.ts';

/**
 * What was signed last and this operator can't read: its decision is gone, or a later version wrote it. Undefined: all that counts is read, or no policy
 * asks anybody to sign, so that nobody could sign again.
 */
export function signedUnread(
  written: Pick<ModelRisk, 'metadata' | 'spec'>,
  { decisions, policies, before }: Pick<SignedContext, 'decisions' | 'policies' | 'before'>,
  found: SignedStatus | undefined,
): SignedStatus | undefined {
  if (![...policies.values()].some(asksForSignOffs)) return undefined;
  const { namespace = '', name } = written.metadata;
  const unread = signOffsNaming('ModelRisk', { namespace, name }, decisions)
    .filter((object) => hasCounted(object as RawSignOff) && signedModelOf(object) === null)
    .map(({ metadata: { name: decision, creationTimestamp: at }, ...object }) => ({
      digest: (object as RawSignOff).spec?.digest ?? '',
      decision,
      at,
    }));
  const remembered = before === undefined || readableAs(written, before.digest, decisions) !== undefined ? [] : [before];
  return [...remembered, ...unread]
    .filter(({ at }) => found === undefined || fromInstant(at) > fromInstant(found.at))
    .toSorted((a, b) => fromInstant(b.at) - fromInstant(a.at))[0];
}

/** Whether any of its tiers does. */
export function asksForSignOffs({ spec }: Pick<RiskPolicy, 'spec'>): boolean {
  return spec.tiers.some(({ signOffRoles = [] }) => signOffRoles.length > 0);
}

/** What is left of it: the limits each indicator was last judged by. The rest is taken as it is written, and whoever wrote it answers for the price. */
export function asLastShown({ spec, status }: ModelRisk): SignedModel {
  const { model, policyRef, criticality, evaluationIntervalSeconds = longestIntervalSeconds } = spec;
  return {
    ...{ signedVersion: 1, policyRef, model, evaluationIntervalSeconds, suspend: 'None', workloadRefs: [], risks: [], signals: [] },
    ...(criticality === undefined ? {} : { criticality }),
    indicators: spec.indicators.flatMap((indicator) => {
      const threshold = status.indicators.find(({ name }) => name === indicator.name)?.threshold;
      return threshold === undefined ? [] : [{ ...indicator, threshold }];
    }),
  };
}

const longestIntervalSeconds = 86_400;

/** For people: what happened and what to do. */
export function explainUnread({ decision, at }: SignedStatus): string {
  return `What all signed last (RiskDecision ${decision}, at ${at}) can't be read by this operator: the decision is gone, or another version of the operator wrote it. Until it can be, or all have signed again, the limits in status.indicators[].threshold stay in force. Run the version that wrote it, bring the decision back, or look at the model and sign it.`;
}
