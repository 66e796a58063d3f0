import { parseMitigationPlan } from '../api/mitigation-plan.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { PlanProblem } from './plan-problems.ts';

/** Receivers stand in the policy, where the API server can't look when it takes the plan. Without a policy other problems are told first. */
export function receiverProblems(plan: UntypedObject, policy: RiskPolicy | undefined): readonly PlanProblem[] {
  const parsed = parseMitigationPlan(plan);
  const notify = parsed.ok ? parsed.value.spec.notify : undefined;
  if (notify === undefined || policy === undefined) return [];
  const known = policy.spec.receivers.map(({ name }) => name);
  const named = [...notify.receivers, ...notify.escalation.flatMap(({ receivers }) => receivers)];
  const unknown = [...new Set(named.filter((name) => !known.includes(name)))];
  if (unknown.length === 0) return [];
  const has = known.join(', ') || 'none';
  const message = `RiskPolicy ${policy.metadata.name} has no receiver ${unknown.join(', ')}; it has ${has}. Nobody is told there: correct spec.notify or add the receiver.`;
  return [{ reason: 'ReceiverMissing', message }];
}
