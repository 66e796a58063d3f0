import { fromInstant, toInstant } from '../api/instant.ts';
import { parseRiskDecision } from '../api/risk-decision.ts';
import type { RiskDecision } from '../api/risk-decision.ts';
import { mergeConditions } from '../kube/conditions.ts';
import { writeStatus } from '../kube/status-writer.ts';
import type { WorkOutcome } from '../kube/work-queue.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import type { Cluster } from './cluster.ts';
import { decisionTarget, isMarkedUsed } from './decision-validity.ts';
import { judgeDecision, subjectPlan } from './decisions.ts';
import { isIncidentAct } from './incident-acts.ts';
import { previousConditions } from './mitigation-plan.ts';
import type { PlanState } from './plan-state.ts';
import type { Programme } from './programme.ts';

export interface RiskDecisionControllerOptions {
  readonly cluster: Pick<Cluster, 'own'>;
  readonly programme: Programme;
  readonly clock: Clock;
  /** A decision on this plan counts, or counts no more: the plan is to take its step now, not at the next poll. */
  readonly onJudged: (plan: PlanState) => void;
  /** A review or a sign-off counts: what it is about says so. */
  readonly onReviewed: (decision: RiskDecision) => void;
  /** Something of this namespace waits to be put on record. */
  readonly onDrafted: (namespace: string) => void;
}

/** Until the model a review is about stands in a tier. */
const tierLookMs = 5000;

/** Acts on a decision at once and tells its author whether it counts, and why not. The decision itself never changes. */
export function createRiskDecisionController({
  cluster,
  programme,
  clock,
  onJudged,
  onReviewed,
  onDrafted,
}: RiskDecisionControllerOptions): (key: string) => Promise<WorkOutcome> {
  const { store, client } = cluster.own.decisions;

  function act(decision: RiskDecision): void {
    const namespace = decision.metadata.namespace ?? '';
    const { inForce, reason } = judgeDecision(decision, { cluster, programme, nowMs: clock.nowMs() });
    const known = decision.status.conditions.find(({ type }) => type === 'Valid')?.reason;
    if (isIncidentAct(decision, { cluster })) {
      if (reason === 'Valid') onDrafted(namespace);
      return;
    }
    const plan = subjectPlan(decision, { cluster, programme });
    if (plan !== null && decision.spec.action === 'Acknowledge' && reason === 'Valid') {
      if (draftAcknowledgement(plan, decision, clock.nowMs())) onDrafted(namespace);
      return;
    }
    if (plan !== null && (inForce !== null || reason !== known)) onJudged(plan);
  }

  return async (key) => {
    const object = store.get(key);
    const parsed = parseRiskDecision(object);
    if (object === undefined || !parsed.ok) return { kind: 'Done' };
    act(parsed.value);
    const nowMs = clock.nowMs();
    const { valid, reason, message } = judgeDecision(parsed.value, { cluster, programme, nowMs });
    const generation = object.metadata.generation ?? 0;
    const conditions = mergeConditions(previousConditions(object), [{ type: 'Valid', status: valid ? 'True' : 'False', reason, message }], {
      nowMs,
      generation,
    });
    const written = await writeStatus(client, object, { observedGeneration: generation, conditions });
    if (!written.ok && written.failure.kind !== 'NotFound') return { kind: 'Retry' };
    const { expiresAt, action } = parsed.value.spec;
    // By what the cache shows: whoever reads it then finds the review there.
    const isShown = action === 'Review' || action === 'SignOff';
    if (isShown && isMarkedUsed(parsed.value)) onReviewed(parsed.value);
    if (isShown && reason === 'NotAsked') return { kind: 'Again', afterMs: tierLookMs, priority: 'Status' };
    const remainingMs = expiresAt === undefined ? 0 : fromInstant(expiresAt) - nowMs;
    return remainingMs > 0 && reason !== 'Used' ? { kind: 'Again', afterMs: remainingMs, priority: 'Status' } : { kind: 'Done' };
  };
}

/** Once a decision: it moves nothing, the record is all it brings about. Returns whether there was something to draft. */
function draftAcknowledgement(plan: PlanState, { metadata, spec }: RiskDecision, nowMs: EpochMs): boolean {
  const target = decisionTarget(metadata.name);
  if (plan.drafts.some((draft) => draft.type === 'Acknowledged' && draft.target === target)) return false;
  const draft = { at: toInstant(nowMs), type: 'Acknowledged', actor: spec.author ?? '', target, before: '', after: '' } as const;
  plan.drafts = [...plan.drafts, { ...draft, reason: spec.reason.slice(0, 512) }];
  return true;
}
