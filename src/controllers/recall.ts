import { planMemoryFromStatus } from '../api/plan-memory.ts';
import { parsePlanSnapshot } from '../api/plan-snapshot.ts';
import type { MitigationPlan } from '../api/mitigation-plan.ts';
import type { RiskIncident } from '../api/risk-incident.ts';
import type { Actuator, TargetKind } from '../actuators/port.ts';
import type { EntryDraft } from '../core/audit-chain.ts';
import type { Holder } from '../core/model/constraint.ts';
import type { PlanMemory, PlanSnapshot } from '../core/model/plan.ts';
import { targetKindOf } from '../core/model/target.ts';
import type { Target } from '../core/model/target.ts';
import { restartPlan } from '../core/plan/memory.ts';
import type { JournalFinding } from '../core/plan/memory.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { Clock } from '../shared/clock.ts';
import { recallAbsence } from './absence.ts';
import type { Cluster } from './cluster.ts';
import { endOf, incidentsOf, readingsIn, recordIn, unclosedRecords } from './found-record.ts';
import { createFindings, targetsOf } from './journal-findings.ts';
import type { TargetFinding } from './journal-findings.ts';
import { giveGrounds, targetState } from './plan-state.ts';
import type { Grounds, PlanState } from './plan-state.ts';
import type { RecallPlan } from './programme.ts';
import { recallDecisions } from './recall-decisions.ts';
import { missingDrafts } from './recall-drafts.ts';
import { engagementOf } from './record.ts';
import { endDeleted } from './target-settlement.ts';
import { asTightAsHeld } from './tightening.ts';

export interface RecallOptions {
  readonly cluster: Pick<Cluster, 'own' | 'targets'>;
  readonly actuators: ReadonlyMap<TargetKind, Actuator>;
  readonly clock: Clock;
}

/** Of each stage entry the journals name; that in force may have been given another engagement's number since. */
function recallGrounds(state: PlanState, journals: readonly JournalFinding[]): void {
  const { memory } = state;
  const holders = journals.flatMap((journal) => (journal.kind === 'Engaged' ? [journal.holder] : []));
  for (const holder of holders) giveGrounds(state, holder, groundsOf(holder));
  if (memory.phase !== 'Engaged') return;
  const same = holders.find(({ stage, stageSinceMs }) => stage === memory.stage && stageSinceMs === memory.stageSinceMs);
  if (same !== undefined) giveGrounds(state, memory, groundsOf(same));
}

function groundsOf({ triggeredBy, readings, unrecorded }: Holder): Grounds {
  return { triggeredBy, readings, unrecorded };
}

/** A hold that ended while nobody looked is over now: its time counts toward no answer. */
function knownOf({ status: { memory, conditions } }: Pick<MitigationPlan, 'status'>): PlanMemory | null {
  const known = memory === undefined ? null : planMemoryFromStatus(memory);
  const wasHeld = conditions.some(({ type, status }) => type === 'Held' && status === 'True');
  return known === null || known.phase === 'Idle' || !wasHeld ? known : { ...known, wasHeld };
}

function snapshotOf([incident]: readonly RiskIncident[]): PlanSnapshot | null {
  const snapshot = parsePlanSnapshot(incident?.spec.snapshot);
  return snapshot.ok ? snapshot.value : null;
}

/** Something the memory does not say: a constraint it knows nothing of, or the end of one it believes in force. */
function isNews(state: PlanState, target: Target, finding: JournalFinding): boolean {
  const { applied, sending } = targetState(state, target.name);
  if (sending !== null) return false;
  if (finding.kind === 'Released')
    return applied !== 'None' && applied.engagement === finding.engagement && state.memory.phase === 'Engaged';
  const { holder } = finding;
  return applied === 'None' && (holder.planUID !== state.uid || holder.engagement > engagementOf(state));
}

/** A constraint in force is proof that the plan acted: a mode that touches nothing would let go of it. */
function acting(snapshot: PlanSnapshot): PlanSnapshot {
  return snapshot.mode === 'Observe' ? { ...snapshot, mode: 'Enforce' } : snapshot;
}

/** Over before its record was opened: what it rested on is known from its tombstone only. */
function setAsideUnopened(own: Cluster['own'], state: PlanState, journals: readonly TargetFinding[]): void {
  const engagement = engagementOf(state);
  const { drafts } = state;
  if (state.engaged !== null || drafts.length === 0 || incidentsOf(own, state, engagement).length > 0) return;
  state.earlier = [...state.earlier, { engagement, opening: null, drafts, readings: readingsIn(journals, engagement) }];
  state.drafts = [];
}

export interface Recall {
  /** Puts into a plan seen for the first time what status, journals and record remember of it. */
  readonly recall: RecallPlan;
  /**
   * Takes up what a target shows and the plan does not know: a constraint an earlier process or a plan of the same name laid, or
   * a tombstone a person's restore wrote. True when there was such a thing; the memory then is what a restart would make of it.
   */
  readonly takeUp: (state: PlanState, kind: TargetKind, live: UntypedObject) => boolean;
}

/** Reads what status, journals and record say of a plan; adopts constraints a plan of the same name left behind. */
export function createRecall({ cluster, actuators, clock }: RecallOptions): Recall {
  const { findings, findingsOn } = createFindings({ cluster, actuators });

  /** The status may lag one engagement behind what a journal says. */
  function snapshotsAround(state: PlanState, known: PlanMemory | null): readonly PlanSnapshot[] {
    const engagement = known === null ? 0 : engagementOf({ memory: known });
    return [engagement, engagement + 1].flatMap((each) => snapshotOf(incidentsOf(cluster.own, state, each)) ?? []);
  }

  /** `pending` is what waits to be recorded of the engagement the memory names. */
  function restart(state: PlanState, known: PlanMemory | null, pending: readonly EntryDraft[]): readonly TargetFinding[] {
    const nowMs = clock.nowMs();
    const before = engagementOf(state);
    const targets = targetsOf(state, snapshotsAround(state, known));
    const journals = findings(state, targets);
    state.former = targets;
    state.memory = restartPlan({ snapshot: state.current, persisted: known, journals, nowMs });
    recallDecisions(state, { persisted: known, journals }, cluster);
    recallGrounds(state, journals);
    const incidents = incidentsOf(cluster.own, state, engagementOf(state));
    const held = journals.filter((journal) => journal.kind === 'Engaged');
    if (state.memory.phase !== 'Idle' || held.length > 0) {
      const snapshot = snapshotOf(incidents) ?? state.current;
      state.engaged = held.length > 0 ? asTightAsHeld(acting(snapshot), held) : snapshot;
    }
    const record = recordIn(incidents, engagementOf(state) === before ? pending : []);
    // All that was left to do was to say so.
    if (state.deleting && record.closed && held.length === 0) endDeleted(state);
    const superseded = record.entries.findLast(({ type }) => type === 'Superseded');
    state.guardedVersion = superseded?.after ?? state.engaged?.version ?? null;
    state.deletionNoted = record.entries.some(({ type }) => type === 'ReleasedByDeletion');
    const end = endOf(cluster.own, state, { engagement: engagementOf(state), incidents, findings: journals });
    state.drafts = missingDrafts(state, record, { end, nowMs });
    state.earlier = unclosedRecords(cluster.own, state, { findings: journals, nowMs });
    return journals;
  }

  return {
    recall: (state, plan: MitigationPlan) => {
      const known = knownOf(plan);
      recallAbsence(state, plan.status, clock.nowMs());
      setAsideUnopened(cluster.own, state, restart(state, known, []));
    },
    takeUp: (state, kind, live) => {
      const targets = targetsOf(state, state.engaged === null ? [] : [state.engaged]);
      const own = targets.filter((target) => targetKindOf(target) === kind && target.object === live.metadata.name);
      if (!own.some((target) => findingsOn(state, target, live).some((finding) => isNews(state, target, finding)))) return false;
      const { drafts, earlier, opening } = state;
      const engagement = engagementOf(state);
      restart(state, state.memory, drafts);
      state.earlier = earlier;
      if (engagementOf(state) === engagement) state.drafts = [...drafts, ...state.drafts];
      else {
        if (drafts.length > 0) state.earlier = [...earlier, { engagement, opening, drafts }];
        state.opening = null;
      }
      return true;
    },
  };
}
