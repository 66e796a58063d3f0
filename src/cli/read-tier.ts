import { parseModelRisk } from '../api/model-risk.ts';
import type { ModelRisk } from '../api/model-risk.ts';
import { parseRiskPolicy } from '../api/risk-policy.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import type { TierSpec } from '../api/risk-tier.ts';
import { tierInForce } from '../api/tier-status.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { policyInForce } from '../report/held-lines.ts';

type Reader = Pick<ResourceClient<UntypedObject>, 'get'>;

export interface TierClients {
  readonly risks: Reader;
  readonly policies: Reader;
}

export interface ReadTier {
  readonly risk: ModelRisk;
  readonly policy: RiskPolicy;
  /** Null: the model is in none. */
  readonly tier: TierSpec | null;
}

/** A model with the terms of its tier, as the operator finds them. Failure: one sentence. */
export async function readTier(
  clients: TierClients,
  reference: { readonly namespace: string; readonly name: string },
): Promise<Result<ReadTier, string>> {
  const where = `ModelRisk ${reference.namespace}/${reference.name}`;
  const read = await clients.risks.get(reference);
  if (!read.ok) return failure(`${where} can't be read: ${read.failure.message}`);
  const risk = parseModelRisk(read.value);
  if (!risk.ok) return failure(`${where} is not readable: ${risk.failure.join('; ')}`);
  const name = policyInForce(risk.value);
  const found = await clients.policies.get({ namespace: null, name });
  if (!found.ok) return failure(`RiskPolicy ${name} can't be read: ${found.failure.message}`);
  const policy = parseRiskPolicy(found.value);
  if (!policy.ok) return failure(`RiskPolicy ${name} is not readable: ${policy.failure.join('; ')}`);
  return success({ risk: risk.value, policy: policy.value, tier: tierInForce(risk.value, policy.value.spec) });
}
