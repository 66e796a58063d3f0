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
import type { Holder, UnrecordedStep } from '../core/model/constraint.ts';
import type { IncidentEntryType } from '../core/model/incident-entry.ts';
import type { PlanMemory, PlanSnapshot, Target } from '../core/model/plan.ts';
import { restartPlan } from '../core/plan/memory.ts';
import type { JournalFinding } from '../core/plan/memory.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { Clock } from '../shared/clock.ts';
import type { Cluster } from './cluster.ts';
import { hashText } from './evidence.ts';
import { createFindings, targetsOf } from './journal-findings.ts';
import { targetState } from './plan-state.ts';
import type { PlanState } from './plan-state.ts';
import type { RecallPlan } from './programme.ts';
import { recallDecisions } from './recall-decisions.ts';
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
function holderOfStage(memory: PlanMemory, journals: readonly JournalFinding[]): Holder | null {
  if (memory.phase !== 'Engaged') return null;
  const { engagement, stage, stageSinceMs } = memory;
  const holders = journals.flatMap((journal) => (journal.kind === 'Engaged' ? [journal.holder] : []));
  return holders.find((each) => each.engagement === engagement && each.stage === stage && each.stageSinceMs === stageSinceMs) ?? null;
}

function foundDraft(type: IncidentEntryType, atMs: number, reason: string): EntryDraft {
  return { at: toInstant(atMs), type, actor: 'operator', target: '', before: '', after: '', reason };
}

/** Steps before the one in force that never came to the record, though the process went on. */
function earlierDrafts(steps: readonly UnrecordedStep[], incident: RiskIncident | null): readonly EntryDraft[] {
  const entries = incident?.status.entries ?? [];
  const missing = steps.filter(({ type, atMs }) => !entries.some((entry) => entry.type === type && fromInstant(entry.at) === atMs));
  return missing.map(({ type, atMs, before, after }) => ({
    ...foundDraft(type, atMs, 'Found on the target after a restart of the operator: it could not be recorded before the next step.'),
    before,
    after,
  }));
}

/** The steps the record lacks, because the process ended between a patch and its bookkeeping. */
function missingDrafts(state: PlanState, incident: RiskIncident | null, nowMs: number): readonly EntryDraft[] {
  const { memory } = state;
  if (memory.phase === 'Engaged') {
    const earlier = earlierDrafts(state.unrecorded, incident);
    const recorded =
      incident?.status.entries.some((entry) => stepTypes.has(entry.type) && fromInstant(entry.at) >= memory.stageSinceMs) ?? false;
    if (recorded) return earlier;
    const begun = [...(incident?.status.entries ?? []), ...earlier].some(({ type }) => type === 'Engaged');
    const type = !begun ? 'Engaged' : memory.direction === 'Up' ? 'Escalated' : 'SteppedDown';
    const reason = `Found in force on the target after a restart of the operator. ${explainReadings(state.readings)}`;
    return [...earlier, foundDraft(type, memory.stageSinceMs, cutText(reason.trim(), maxReasonLength))];
  }
  if (memory.phase === 'Proposed' || incident === null || incident.status.closedAt !== undefined) return [];
  const released = incident.status.entries.some(({ type }) => type === 'Released' || type === 'ReleasedByDeletion');
  const drafts = released ? [] : [foundDraft('Released', nowMs, 'Found released on the target after a restart of the operator.')];
  return state.engaged === null ? [...drafts, closingDraft(nowMs)] : drafts;
}

function snapshotOf(incident: RiskIncident | null): PlanSnapshot | null {
  const snapshot = incident === null ? null : parsePlanSnapshot(incident.spec.snapshot);
  return snapshot?.ok === true ? snapshot.value : null;
}

/** Something the memory does not say: a constraint it knows nothing of, or the end of one it believes in force. */
function isNews(state: PlanState, target: Target, finding: JournalFinding): boolean {
  const { applied, sending } = targetState(state, target.name);
  if (sending !== null) return false;
  if (finding.kind === 'Released')
    return applied !== 'None' && applied.engagement === finding.engagement && state.memory.phase === 'Engaged';
  const { holder } = finding;
  return applied === 'None' && (holder.planUID !== state.uid || holder.engagement > engagementOf(state.memory));
}

/** A constraint in force is proof that the plan acted: a mode that touches nothing would let go of it. */
function acting(snapshot: PlanSnapshot): PlanSnapshot {
  return snapshot.mode === 'Observe' ? { ...snapshot, mode: 'Enforce' } : snapshot;
}

export interface Recall {
  /** Puts into a plan seen for the first time what status, journals and record remember of it. */
  readonly recall: RecallPlan;
  /**
   * Takes up what a target shows and the plan does not know: a constraint an earlier process or a plan of the same name laid, or
   * a tombstone a person's restore wrote. True when there was such a thing; the memory then is what a restart would make of it.
   */
  readonly takeUp: (state: PlanState, live: UntypedObject) => boolean;
}

/** Reads what status, journals and record say of a plan; adopts constraints a plan of the same name left behind. */
export function createRecall({ cluster, actuators, clock }: RecallOptions): Recall {
  const { findings, findingsOn } = createFindings({ cluster, actuators });

  function incidentFor(state: PlanState, engagement: number): RiskIncident | null {
    const name = incidentName(state.uid, engagement, hashText);
    const parsed = parseRiskIncident(cluster.own.incidents.store.get(`${state.current.plan.namespace}/${name}`));
    return parsed.ok ? parsed.value : null;
  }

  /** The status may lag one engagement behind what a journal says. */
  function snapshotsAround(state: PlanState, known: PlanMemory | null): readonly PlanSnapshot[] {
    const engagement = known === null ? 0 : engagementOf(known);
    return [engagement, engagement + 1].flatMap((each) => snapshotOf(incidentFor(state, each)) ?? []);
  }

  function restart(state: PlanState, known: PlanMemory | null): void {
    const nowMs = clock.nowMs();
    const journals = findings(state, targetsOf(state, snapshotsAround(state, known)));
    state.memory = restartPlan({ snapshot: state.current, persisted: known, journals, nowMs });
    recallDecisions(state, { persisted: known, journals }, cluster);
    const holder = holderOfStage(state.memory, journals);
    state.readings = holder?.readings ?? [];
    state.unrecorded = holder?.unrecorded ?? [];
    const incident = incidentFor(state, engagementOf(state.memory));
    const holds = journals.some(({ kind }) => kind === 'Engaged');
    if (state.memory.phase !== 'Idle' || holds) {
      const snapshot = snapshotOf(incident) ?? state.current;
      state.engaged = holds ? acting(snapshot) : snapshot;
    }
    state.deletionNoted = incident?.status.entries.some(({ type }) => type === 'ReleasedByDeletion') ?? false;
    const tombstone = journals.find((finding) => finding.kind === 'Released' && finding.engagement === engagementOf(state.memory));
    const actor = tombstone?.kind === 'Released' ? tombstone.actor : 'operator';
    state.drafts = missingDrafts(state, incident, nowMs).map((draft) => (draft.type === 'Released' ? { ...draft, actor } : draft));
  }

  return {
    recall: (state, plan: MitigationPlan) => {
      restart(state, plan.status.memory === undefined ? null : planMemoryFromStatus(plan.status.memory));
    },
    takeUp: (state, live) => {
      const targets = targetsOf(state, state.engaged === null ? [] : [state.engaged]);
      const own = targets.filter(({ kind, object }) => kind === live.kind && object === live.metadata.name);
      if (!own.some((target) => findingsOn(state, target, live).some((finding) => isNews(state, target, finding)))) return false;
      const { drafts } = state;
      restart(state, state.memory);
      state.drafts = [...drafts, ...state.drafts];
      return true;
    },
  };
}

function engagementOf(memory: PlanMemory): number {
  return memory.phase === 'Idle' ? memory.lastEngagement : memory.engagement;
}
