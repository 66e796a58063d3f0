import { planMemoryFromStatus } from '../api/plan-memory.ts';
import { parsePlanSnapshot } from '../api/plan-snapshot.ts';
import type { MitigationPlan } from '../api/mitigation-plan.ts';
import { parseRiskIncident } from '../api/risk-incident.ts';
import type { RiskIncident } from '../api/risk-incident.ts';
import { fromInstant, toInstant } from '../api/instant.ts';
import type { Actuator, TargetKind } from '../actuators/port.ts';
import { incidentName } from '../core/audit-chain.ts';
import type { EntryDraft } from '../core/audit-chain.ts';
import { explainReadings } from '../core/explain.ts';
import { cutText } from '../core/freeze.ts';
import type { Holder } from '../core/model/constraint.ts';
import type { FrozenReading } from '../core/model/frozen-reading.ts';
import type { IncidentEntryType } from '../core/model/incident-entry.ts';
import type { PlanMemory } from '../core/model/plan.ts';
import { restartPlan } from '../core/plan/memory.ts';
import type { JournalFinding } from '../core/plan/memory.ts';
import type { Clock } from '../shared/clock.ts';
import type { Cluster } from './cluster.ts';
import { hashText } from './evidence.ts';
import { targetState } from './plan-state.ts';
import type { PlanState } from './plan-state.ts';
import type { RecallPlan } from './programme.ts';
import { closingDraft } from './stepper.ts';

export interface RecallOptions {
  readonly cluster: Pick<Cluster, 'own' | 'targets'>;
  readonly actuators: ReadonlyMap<TargetKind, Actuator>;
  readonly clock: Clock;
}

/** Steps a record shows, by the time they were taken: what a restart compares the stage in force with. */
const stepTypes: ReadonlySet<IncidentEntryType> = new Set(['Engaged', 'Escalated', 'SteppedDown']);

const maxReasonLength = 512;

/** Of the journal that names the stage the memory goes on with; another stage rests on other readings. */
function readingsOf(memory: PlanMemory, journals: readonly JournalFinding[]): readonly FrozenReading[] {
  if (memory.phase !== 'Engaged') return [];
  const { engagement, stage, stageSinceMs } = memory;
  const same = (holder: Holder): boolean =>
    holder.engagement === engagement && holder.stage === stage && holder.stageSinceMs === stageSinceMs;
  return journals.flatMap((journal) => (journal.kind === 'Engaged' && same(journal.holder) ? [journal.holder] : []))[0]?.readings ?? [];
}

function foundDraft(type: IncidentEntryType, atMs: number, reason: string): EntryDraft {
  return { at: toInstant(atMs), type, actor: 'operator', target: '', before: '', after: '', reason };
}

/** The steps the record lacks, because the process ended between a patch and its bookkeeping. */
function missingDrafts(state: PlanState, incident: RiskIncident | null, nowMs: number): readonly EntryDraft[] {
  const { memory } = state;
  if (memory.phase === 'Engaged') {
    const recorded =
      incident?.status.entries.some((entry) => stepTypes.has(entry.type) && fromInstant(entry.at) >= memory.stageSinceMs) ?? false;
    if (recorded) return [];
    const begun = incident?.status.entries.some(({ type }) => type === 'Engaged') ?? false;
    const type = !begun ? 'Engaged' : memory.direction === 'Up' ? 'Escalated' : 'SteppedDown';
    const reason = `Found in force on the target after a restart of the operator. ${explainReadings(state.readings)}`;
    return [foundDraft(type, memory.stageSinceMs, cutText(reason.trim(), maxReasonLength))];
  }
  if (memory.phase === 'Proposed' || incident === null || incident.status.closedAt !== undefined) return [];
  const released = incident.status.entries.some(({ type }) => type === 'Released' || type === 'ReleasedByDeletion');
  const drafts = released ? [] : [foundDraft('Released', nowMs, 'Found released on the target after a restart of the operator.')];
  return state.engaged === null ? [...drafts, closingDraft(nowMs)] : drafts;
}

/** Reads what status, journals and record say of a plan; adopts constraints a plan of the same name left behind. */
export function createRecall({ cluster, actuators, clock }: RecallOptions): RecallPlan {
  const planExists = (uid: string): boolean => cluster.own.plans.store.list().some(({ metadata }) => metadata.uid === uid);

  function isOurs(state: PlanState, holder: Holder): boolean {
    return holder.planUID === state.uid || (holder.plan === state.current.plan.name && !planExists(holder.planUID));
  }

  /** What each target's journal says; marks what is applied there on the way. */
  function findings(state: PlanState): readonly JournalFinding[] {
    return state.current.targets.flatMap((target): readonly JournalFinding[] => {
      const live = cluster.targets.get(target.kind)?.store.get(`${state.current.plan.namespace}/${target.object}`);
      const reading = live === undefined ? undefined : actuators.get(target.kind)?.readJournal(live);
      if (reading?.kind === 'Released' || reading?.kind === 'Engaged') {
        const ended = reading.kind === 'Released' ? reading.engagements : reading.released;
        const tombstones = ended
          .filter(({ planUID }) => planUID === state.uid)
          .map(({ engagement, actor }): JournalFinding => ({ kind: 'Released', engagement, actor }));
        const holder = reading.kind === 'Engaged' ? reading.holders.find((each) => isOurs(state, each)) : undefined;
        if (holder === undefined) return tombstones;
        const { engagement, stage, stageSinceMs } = holder;
        Object.assign(targetState(state, target.name), { applied: { engagement, stage, stageSinceMs }, actedIn: engagement });
        return [...tombstones, { kind: 'Engaged', holder }];
      }
      return [];
    });
  }

  function incidentFor(state: PlanState, engagement: number): RiskIncident | null {
    const name = incidentName(state.uid, engagement, hashText);
    const parsed = parseRiskIncident(cluster.own.incidents.store.get(`${state.current.plan.namespace}/${name}`));
    return parsed.ok ? parsed.value : null;
  }

  return (state, plan: MitigationPlan) => {
    const nowMs = clock.nowMs();
    const persisted = plan.status.memory === undefined ? null : planMemoryFromStatus(plan.status.memory);
    const journals = findings(state);
    state.memory = restartPlan({ snapshot: state.current, persisted, journals, nowMs });
    state.readings = readingsOf(state.memory, journals);
    const incident = incidentFor(state, state.memory.phase === 'Idle' ? state.memory.lastEngagement : state.memory.engagement);
    const holds = journals.some(({ kind }) => kind === 'Engaged');
    if (state.memory.phase !== 'Idle' || holds) {
      const snapshot = incident === null ? null : parsePlanSnapshot(incident.spec.snapshot);
      state.engaged = snapshot?.ok === true ? snapshot.value : state.current;
    }
    state.deletionNoted = incident?.status.entries.some(({ type }) => type === 'ReleasedByDeletion') ?? false;
    state.drafts = missingDrafts(state, incident, nowMs);
  };
}
