import { fromInstant } from '../api/instant.ts';
import { parseRiskDecision } from '../api/risk-decision.ts';
import type { RiskDecision } from '../api/risk-decision.ts';
import type { PlanMemory } from '../core/model/plan.ts';
import type { JournalFinding } from '../core/plan/memory.ts';
import type { Cluster } from './cluster.ts';
import { decisionsAbout } from './decisions.ts';
import type { PlanState } from './plan-state.ts';
import { incidentOf } from './record.ts';

/** The stage in force is newer than the status knew: the process ended between a patch and its bookkeeping. */
function isAheadOf(memory: PlanMemory, persisted: PlanMemory | null): boolean {
  if (memory.phase !== 'Engaged') return false;
  return persisted?.phase !== 'Engaged' || persisted.engagement !== memory.engagement || persisted.stageSinceMs !== memory.stageSinceMs;
}

function decisionsOf(state: PlanState, cluster: Pick<Cluster, 'own'>): readonly RiskDecision[] {
  return decisionsAbout(state.key, cluster).flatMap((object) => {
    const parsed = parseRiskDecision(object);
    return parsed.ok ? [parsed.value] : [];
  });
}

/**
 * What a restart knows of decisions that were carried out. An answer for the stage a crash left behind was used to get there,
 * though no status says so: it must not answer the next question. A release keeps to the time its author gave it.
 */
export function recallDecisions(
  state: PlanState,
  { persisted, journals }: { readonly persisted: PlanMemory | null; readonly journals: readonly JournalFinding[] },
  cluster: Pick<Cluster, 'own'>,
): void {
  const { memory } = state;
  if (memory.phase === 'Engaged') {
    const answers = isAheadOf(memory, persisted)
      ? decisionsOf(state, cluster).filter(({ spec }) => spec.subjectRef.name === incidentOf(state) && spec.stage === memory.stage)
      : [];
    const usedDecisions = [...new Set([...memory.usedDecisions, ...answers.map(({ metadata }) => metadata.name)])];
    state.memory = { ...memory, usedDecisions };
    state.carriedOut = usedDecisions;
    return;
  }
  if (memory.phase !== 'Idle' || (persisted?.phase === 'Idle' && persisted.lastEngagement === memory.lastEngagement)) return;
  const tombstone = journals.find((journal) => journal.kind === 'Released' && journal.engagement === memory.lastEngagement);
  const actor = tombstone?.kind === 'Released' ? tombstone.actor : null;
  const release = decisionsOf(state, cluster).find(
    ({ spec }) => spec.action === 'Release' && spec.engagement === memory.lastEngagement && spec.author === actor,
  );
  if (release === undefined) return;
  const { expiresAt } = release.spec;
  const untilMs = expiresAt === undefined ? null : fromInstant(expiresAt);
  state.memory = { ...memory, suppressed: memory.suppressed.map((each) => ({ ...each, untilMs })) };
  state.carriedOut = [release.metadata.name];
}
