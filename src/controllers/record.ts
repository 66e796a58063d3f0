import { toInstant } from '../api/instant.ts';
import { incidentName } from '../core/audit-chain.ts';
import { catchUpHead, createLogBook, recordEngagement } from '../governance/incident-log.ts';
import type { IncidentOpening, IncidentStore, StoredIncident } from '../governance/incident-log.ts';
import type { WorkOutcome } from '../kube/work-queue.ts';
import type { Logger } from '../shared/logger.ts';
import type { Clock } from '../shared/clock.ts';
import { hashText, openingOf } from './evidence.ts';
import { snapshotInForce } from './plan-state.ts';
import type { PlanState } from './plan-state.ts';
import type { Programme } from './programme.ts';
import { riskKeyOf } from './programme.ts';

export interface RecordControllerOptions {
  readonly programme: Programme;
  readonly store: IncidentStore;
  /** What the cache holds of a namespace. */
  readonly incidentsIn: (namespace: string) => readonly StoredIncident[];
  readonly clock: Clock;
  readonly log: Logger;
  /** All of this plan is on record now. */
  readonly onRecorded: (plan: PlanState) => void;
}

/** Tries of one record before those of other plans go on without it. */
const patience = 3;

export function engagementOf(plan: PlanState): number {
  return plan.memory.phase === 'Idle' ? plan.memory.lastEngagement : plan.memory.engagement;
}

export function incidentOf(plan: PlanState): string {
  return incidentName(plan.uid, engagementOf(plan), hashText);
}

/** After a crash the readings are those the journal kept; the rest of the record opens on what plan and risk say now. */
function lateOpening(plan: PlanState, programme: Programme, nowMs: number): IncidentOpening {
  const risk = programme.risks.get(riskKeyOf(plan)) ?? null;
  const openedAtMs = plan.memory.phase === 'Engaged' ? plan.memory.stageSinceMs : nowMs;
  return openingOf({ snapshot: snapshotInForce(plan), risk, engagement: engagementOf(plan), openedAtMs, readings: plan.readings });
}

/**
 * Writes what waits of every plan of one namespace, plan by plan: one writer a namespace keeps the incidents in one chain.
 * Drafts stay until the record holds them.
 */
export function createRecordController(options: RecordControllerOptions): (namespace: string) => Promise<WorkOutcome> {
  const { programme, store, incidentsIn, clock, log } = options;
  const caughtUp = new Set<string>();
  const book = createLogBook();
  const failures = new Map<string, number>();

  /** Once a process and namespace: what another process left between a record and its chain head. */
  async function catchUp(namespace: string): Promise<boolean> {
    if (caughtUp.has(namespace)) return true;
    const caught = await catchUpHead({ store, namespace, book }, incidentsIn(namespace));
    if (caught.ok) caughtUp.add(namespace);
    else
      log.warn({ namespace, message: caught.failure }, 'the chain head of a namespace could not be brought up to date; it is tried again');
    return caught.ok;
  }

  async function record(plan: PlanState): Promise<boolean> {
    const drafts = plan.drafts;
    const opening = plan.opening ?? lateOpening(plan, programme, clock.nowMs());
    const recorded = await recordEngagement({
      ...{ store, book, hash: hashText, at: toInstant(clock.nowMs()) },
      request: { namespace: plan.current.plan.namespace, name: incidentOf(plan), opening, drafts },
    });
    if (!recorded.ok) {
      log.warn(
        { namespace: plan.current.plan.namespace, plan: plan.current.plan.name, message: recorded.failure },
        'the record of an engagement could not be written; it is tried again',
      );
      return false;
    }
    plan.drafts = plan.drafts.filter((draft) => !drafts.includes(draft));
    // The next engagement opens an incident of its own.
    if (drafts.some(({ type }) => type === 'Closed') && plan.memory.phase === 'Idle') plan.opening = null;
    options.onRecorded(plan);
    return true;
  }

  /** What one try began comes first, so that nothing is opened in between. */
  function waitingIn(namespace: string): readonly PlanState[] {
    const waiting = [...programme.plans.values()].filter(
      (plan) => plan.current.plan.namespace === namespace && plan.drafts.length > 0 && !plan.untold,
    );
    const begun = (plan: PlanState): boolean => book.unfinished.get(namespace)?.has(incidentOf(plan)) ?? false;
    return [...waiting.filter(begun), ...waiting.filter((plan) => !begun(plan))];
  }

  return async (namespace) => {
    if (!(await catchUp(namespace))) return { kind: 'Retry' };
    let complete = true;
    for (const plan of waitingIn(namespace)) {
      const recorded = await record(plan);
      complete &&= recorded;
      if (recorded) failures.delete(plan.key);
      else {
        const count = (failures.get(plan.key) ?? 0) + 1;
        failures.set(plan.key, count);
        // A passing fault is waited out; one record that is refused for good must not hold up all others.
        if (count < patience) return { kind: 'Retry' };
      }
    }
    return complete ? { kind: 'Done' } : { kind: 'Retry' };
  };
}
