import { toExposureRecord } from '../api/exposure.ts';
import { toInstant } from '../api/instant.ts';
import { parseModelRisk } from '../api/model-risk.ts';
import type { DeclaredIndicator, ModelRisk } from '../api/model-risk.ts';
import { parseRiskPolicy } from '../api/risk-policy.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import { explainBudget } from '../core/budget/explain-budget.ts';
import type { BudgetRecord } from '../core/budget/explain-budget.ts';
import { explainRunLength } from '../core/explain-run-length.ts';
import { explainExposure } from '../core/exposure.ts';
import type { ExposureRecord } from '../core/exposure.ts';
import { explainVerdict } from '../core/explain-verdict.ts';
import type { VerdictRecord } from '../core/explain-verdict.ts';
import { explainLoss } from '../core/risk/explain-loss.ts';
import type { LossAccount } from '../core/risk/explain-loss.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { budgetsOf } from '../report/budgets.ts';
import { explainModel } from '../report/explain-model.ts';
import type { EpochMs } from '../shared/clock.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';

export interface Explanation {
  readonly namespace: string;
  readonly name: string;
  readonly verdicts: readonly VerdictRecord[];
  readonly loss: LossAccount | null;
  /** Null: its owner declares none. */
  readonly exposure: ExposureRecord | null;
  /** One an indicator with an objective of its own. */
  readonly budgets: readonly BudgetRecord[];
  readonly tier: { readonly inherent: string; readonly message: string } | null;
  readonly sentences: readonly string[];
}

type Reader = Pick<ResourceClient<UntypedObject>, 'get'>;

/** `kubectl modelrisk explain NAME`: from the objects alone, by the operator's own arithmetic. Failure: one sentence. */
export async function explainModelRisk(
  clients: { readonly risks: Reader; readonly policies: Reader },
  { nowMs, ...reference }: { readonly namespace: string; readonly name: string; readonly nowMs: EpochMs },
): Promise<Result<Explanation, string>> {
  const where = `ModelRisk ${reference.namespace}/${reference.name}`;
  const read = await clients.risks.get(reference);
  if (!read.ok) return failure(`${where} can't be read: ${read.failure.message}`);
  const parsed = parseModelRisk(read.value);
  if (!parsed.ok) return failure(`${where} is not readable: ${parsed.failure.join('; ')}`);
  const { spec, status } = parsed.value;
  const policy = await readPolicy(clients.policies, spec.policyRef.name);
  const { indicators, verdicts, loss } = explainModel(parsed.value, policy.value?.spec ?? null);
  const exposure = toExposureRecord(
    spec.exposure,
    status.exposure,
    policy.value?.spec.currency ?? status.expectedAnnualLoss?.currency ?? null,
  );
  const budgets = budgetsOf(parsed.value, nowMs);
  const tier = status.tier === undefined ? null : { inherent: status.tier.inherent, message: status.tier.message };
  const sentences = [
    `${where}: model ${spec.model.name} ${spec.model.version}.`,
    ...(policy.note === null ? [] : [policy.note]),
    ...verdicts.flatMap((verdict, index) => [...explainVerdict(verdict), ...chartSentences(indicators[index], policy.value)]),
    ...budgetSentences(budgets),
    ...calibrationSentence(status),
    ...explainLoss(loss),
    ...(exposure === null ? [] : [explainExposure(exposure, toInstant)]),
    ...heldSentence(status),
    tier === null ? 'Tier: none; its policy has no tier for it.' : `Tier ${tier.inherent}. ${tier.message}`,
  ];
  return success({ ...reference, verdicts, loss, exposure, budgets, tier, sentences });
}

function budgetSentences(budgets: readonly BudgetRecord[]): readonly string[] {
  if (budgets.length === 0) return [];
  return [...budgets.flatMap((each) => explainBudget(each, toInstant)), 'Budgets are reckoned as if an operator had looked until now.'];
}

/** Of control charts the textbooks know more: how many readings they last without change. */
function chartSentences(indicator: DeclaredIndicator | undefined, policy: RiskPolicy | null): readonly string[] {
  if (indicator?.threshold === undefined || !('template' in indicator.signal)) return [];
  const { name } = indicator.signal.template;
  const template = policy?.spec.signals.find((each) => each.name === name);
  if (template === undefined || !('anomaly' in template)) return [];
  const { method, everySeconds, readings } = template.anomaly;
  if (method !== 'EWMA' && method !== 'CUSUM') return [];
  return [explainRunLength({ method, limit: indicator.threshold.breach, everySeconds, readings })];
}

/** What is written and waits until all have signed. */
function heldSentence({ signedTerms }: ModelRisk['status']): readonly string[] {
  if (signedTerms.length === 0) return [];
  const terms = signedTerms.map(({ field, signed, written }) => `${field} (signed: ${signed}, written: ${written})`);
  return [`In force as signed until all have signed again: ${terms.join('; ')}.`];
}

function calibrationSentence({ conditions }: ModelRisk['status']): readonly string[] {
  const found = conditions.find(({ type }) => type === 'Calibrated');
  if (found === undefined) return [];
  return [`Calibrated: ${found.status} (${found.reason}).${found.message === '' ? '' : ` ${found.message}`}`];
}

/** Who may read a ModelRisk need not be allowed to read its policy: currency and tier then come from the status. */
async function readPolicy(client: Reader, name: string): Promise<{ readonly value: RiskPolicy | null; readonly note: string | null }> {
  const read = await client.get({ namespace: null, name });
  if (!read.ok)
    return { value: null, note: `RiskPolicy ${name} can't be read (${read.failure.message}): currency is taken from the status.` };
  const parsed = parseRiskPolicy(read.value);
  if (parsed.ok) return { value: parsed.value, note: null };
  return { value: null, note: `RiskPolicy ${name} is not readable: ${parsed.failure.join('; ')}.` };
}
