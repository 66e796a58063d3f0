import { toInstant } from '../api/instant.ts';
import { parseMitigationPlan } from '../api/mitigation-plan.ts';
import { parseModelRisk } from '../api/model-risk.ts';
import type { ModelRisk } from '../api/model-risk.ts';
import { parseRiskPolicy } from '../api/risk-policy.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import { explainBacklog } from '../core/risk/backlog/explain-backlog.ts';
import { expectationsOf } from '../core/risk/backlog/rank.ts';
import type { Backlog, RankedItem } from '../core/risk/backlog/rank.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { rankModels } from '../report/rank-models.ts';
import { listAll } from './list-all.ts';

type Lister = Pick<ResourceClient<UntypedObject>, 'listPage'>;

export interface BacklogClients {
  readonly risks: Lister;
  readonly plans: Lister;
  readonly policies: Pick<ResourceClient<UntypedObject>, 'get'>;
}

export interface BacklogReport {
  readonly policy: string;
  readonly currency: string | null;
  readonly discountPercent: number;
  readonly mandatory: readonly object[];
  readonly ranked: readonly object[];
  readonly belowLine: readonly object[];
  readonly unplanned: readonly object[];
  readonly problems: Backlog['problems'];
  readonly sentences: readonly string[];
}

/** `kubectl modelrisk backlog`: every remediation of the models under one policy, ranked. Namespace null: all; policy null: that of the models. Failure: one sentence. */
export async function readBacklog(
  clients: BacklogClients,
  { policy: named, namespace }: { readonly policy: string | null; readonly namespace: string | null },
): Promise<Result<BacklogReport, string>> {
  const early = named === null ? null : await readPolicy(clients, named);
  if (early?.ok === false) return early;
  const risks = await listAll(clients.risks, namespace);
  if (!risks.ok) return failure(`ModelRisks can't be listed: ${risks.failure.message}`);
  const all = readable(risks.value.map(parseModelRisk));
  const found = early ?? (await policyOf(clients, all));
  if (!found.ok) return found;
  const { metadata, spec } = found.value;
  const policy = metadata.name;
  const plans = await listAll(clients.plans, namespace);
  if (!plans.ok) return failure(`MitigationPlans can't be listed: ${plans.failure.message}`);
  const models = all.filter(({ spec }) => spec.policyRef.name === policy);
  const { currency = null, discountPercent } = spec;
  const backlog = rankModels({ models, plans: readable(plans.value.map(parseMitigationPlan)) }, spec);
  const left = risks.value.length - all.length;
  return success({
    ...{ policy, currency, discountPercent, problems: backlog.problems },
    mandatory: backlog.mandatory.map(inNumbers),
    ranked: backlog.ranked.map(inNumbers),
    belowLine: backlog.belowLine.map(inNumbers),
    unplanned: backlog.unplanned.map(({ id, rate, meanImpact }) => ({ id, expectedLoss: (rate.shape / rate.years) * meanImpact })),
    sentences: [
      ...explainBacklog(backlog, { currency, toInstant }),
      ...(left === 0 ? [] : [`${left} ModelRisks are not readable and left out.`]),
    ],
  });
}

async function readPolicy({ policies }: Pick<BacklogClients, 'policies'>, name: string): Promise<Result<RiskPolicy, string>> {
  const read = await policies.get({ namespace: null, name });
  if (!read.ok) return failure(`RiskPolicy ${name} can't be read: ${read.failure.message}`);
  const parsed = parseRiskPolicy(read.value);
  return parsed.ok ? parsed : failure(`RiskPolicy ${name} is not readable: ${parsed.failure.join('; ')}`);
}

/** Items under different policies have no common currency and discount, so only one can be ranked at a time. */
function policyOf(clients: Pick<BacklogClients, 'policies'>, models: readonly ModelRisk[]): Promise<Result<RiskPolicy, string>> {
  const [first = 'default', ...others] = [...new Set(models.map(({ spec }) => spec.policyRef.name))].toSorted();
  if (others.length === 0) return readPolicy(clients, first);
  const names = [first, ...others].join(', ');
  return Promise.resolve(
    failure(`the models there go by several policies, which are ranked one by one: name one with --policy (${names})`),
  );
}

function readable<Value>(all: readonly Result<Value, unknown>[]): readonly Value[] {
  return all.flatMap((each) => (each.ok ? [each.value] : []));
}

function inNumbers(item: RankedItem): object {
  const { remediation, band, netPerWeek, expectedLoss, holdingCost, outrankedBy, unlocks, waitsFor, insteadOf } = item;
  const { id, summary, owner, mandatoryByMs, dueMs } = remediation;
  return {
    ...{ id, summary, owner, band, netPerWeek, ...expectationsOf(item), expectedLoss, holdingCost, outrankedBy },
    ...{ unlocks, waitsFor, insteadOf },
    ...(mandatoryByMs === null ? {} : { mandatoryBy: toInstant(mandatoryByMs) }),
    ...(dueMs === null ? {} : { dueTime: toInstant(dueMs) }),
  };
}
