import { parseRiskDecision } from '../api/risk-decision.ts';
import { mergeConditions } from '../kube/conditions.ts';
import { writeStatus } from '../kube/status-writer.ts';
import type { WorkOutcome } from '../kube/work-queue.ts';
import type { Clock } from '../shared/clock.ts';
import type { Cluster } from './cluster.ts';
import { judgeDecision } from './decisions.ts';
import { previousConditions } from './mitigation-plan.ts';
import type { Programme } from './programme.ts';

export interface RiskDecisionControllerOptions {
  readonly cluster: Pick<Cluster, 'own'>;
  readonly programme: Programme;
  readonly clock: Clock;
}

/** Tells the author of a decision whether it counts, and why not. The decision itself never changes. */
export function createRiskDecisionController({
  cluster,
  programme,
  clock,
}: RiskDecisionControllerOptions): (key: string) => Promise<WorkOutcome> {
  const { store, client } = cluster.own.decisions;
  return async (key) => {
    const object = store.get(key);
    const parsed = parseRiskDecision(object);
    if (object === undefined || !parsed.ok) return { kind: 'Done' };
    const nowMs = clock.nowMs();
    const { valid, reason, message } = judgeDecision(parsed.value, { cluster, programme, nowMs });
    const generation = object.metadata.generation ?? 0;
    const conditions = mergeConditions(previousConditions(object), [{ type: 'Valid', status: valid ? 'True' : 'False', reason, message }], {
      nowMs,
      generation,
    });
    const written = await writeStatus(client, object, { observedGeneration: generation, conditions });
    return written.ok || written.failure.kind === 'NotFound' ? { kind: 'Done' } : { kind: 'Retry' };
  };
}
