import { toInstant } from '../api/instant.ts';
import { doesTheSame } from '../api/plan-in-force.ts';
import type { EntryDraft } from '../core/audit-chain.ts';
import { explainNote, explainTransition } from '../core/explain.ts';
import { boundReadings, freezeReading } from '../core/freeze.ts';
import type { DecisionInForce } from '../core/model/decision.ts';
import type { PlanSnapshot } from '../core/model/plan.ts';
import type { IncidentEntryType } from '../core/model/incident-entry.ts';
import type { Transition, TransitionKind } from '../core/model/transition.ts';
import type { PlanNote, PlanStep, PlanStepInput } from '../core/plan/input.ts';
import { keptEvidenceSeconds } from '../core/plan/kept-evidence.ts';
import { afterEnd } from '../core/plan/memory.ts';
import { withdraw } from '../core/plan/proposed.ts';
import { stepPlan } from '../core/plan.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { endRuns } from './applied-draft.ts';
import { openingOf } from './evidence.ts';
import type { OpeningFacts } from './evidence.ts';
import { absentTargets } from './absence.ts';
import { targetsLeft } from './asks.ts';
import {
  entryKey,
  fullyReleased,
  giveGrounds,
  groundsInForce,
  refusedTargets,
  snapshotInForce,
  targetsShortOfReplicas,
  targetsWithoutSafeBackend,
  yieldingTargets,
  verifiedAtMs,
} from './plan-state.ts';
import { targetsWithoutMirror, unservedTargets } from './lasting-refusal.ts';
import type { PlanState } from './plan-state.ts';
import { engagementOf } from './record.ts';
import { readingIn, sourceKey } from './risk-state.ts';
import type { RiskState } from './risk-state.ts';
import { servedTo } from './served-answers.ts';
import { isSafeVersion, sourcesOf, stateFor } from './source-in-force.ts';
import { acceptedDrafts } from './accepted-draft.ts';
import { tightened } from './tightening.ts';
import { holdsNothing } from './unheld.ts';
import { unrecordedSteps } from './unrecorded-steps.ts';

export interface StepperOptions {
  readonly decisionsOn: (plan: PlanState, nowMs: EpochMs) => readonly DecisionInForce[];
  /** Whether a plan may compare with this version of the model, and move callers to it as to a good one. */
  readonly isApproved: (risk: RiskState, version: string) => boolean;
  readonly log: Logger;
  /** The plan took a step: its targets are to be brought to it, then all is to be recorded. */
  readonly onTransition: (plan: PlanState, transition: Transition) => void;
  /** Nothing moved, but what holds of the plan is another: status and events follow. */
  readonly onNotes: (plan: PlanState, appeared: readonly PlanNote[]) => void;
}

export type StepPlanState = (
  plan: PlanState,
  risk: RiskState | null,
  facts: { readonly nowMs: EpochMs; readonly answeredAtMs: EpochMs },
) => void;

const entryTypes: Readonly<Record<TransitionKind, IncidentEntryType>> = {
  Proposed: 'Proposed',
  Engaged: 'Engaged',
  Escalated: 'Escalated',
  SteppedDown: 'SteppedDown',
  Released: 'Released',
  Latched: 'Latched',
  Rejected: 'Rejected',
  Withdrawn: 'Withdrawn',
};

/** Acts of people remembered until they are marked as used; marking takes one write. */
const maxCarriedOut = 64;

/** What a step is called on record. In Observe mode every step that would have moved something says just that. */
function draftOf(plan: PlanState, transition: Transition, atMs: EpochMs): EntryDraft {
  const snapshot = snapshotInForce(plan);
  const stageName = (index: number | null): string => (index === null ? 'none' : (snapshot.stages[index]?.name ?? String(index)));
  const moves = !['Proposed', 'Rejected', 'Withdrawn'].includes(transition.kind);
  return {
    at: toInstant(atMs),
    type: snapshot.mode === 'Observe' && moves ? 'WouldApply' : entryTypes[transition.kind],
    actor: transition.actor,
    target: '',
    before: stageName(transition.from),
    after: stageName(transition.to),
    reason: explainTransition(snapshot, transition).slice(0, 512),
  };
}

function noteKey(note: PlanNote): string {
  switch (note.kind) {
    case 'AwaitingApproval':
      return `${note.kind}/${note.stage}/${String(note.overdue)}`;
    case 'AwaitingEvidence':
    case 'AwaitingDecision':
    case 'NotAskedAgain':
      return `${note.kind}/${note.stage}`;
    case 'Accepted':
      return `${note.kind}/${note.by}/${note.untilMs}/${note.engagement ?? ''}`;
    case 'Held':
      return `${note.kind}/${note.by}/${note.untilMs ?? ''}`;
    default:
      return note.kind;
  }
}

function inputOf(
  plan: PlanState,
  risk: RiskState | null,
  { isApproved, ...context }: Pick<PlanStepInput, 'decisions' | 'nowMs'> & Pick<StepperOptions, 'isApproved'>,
): PlanStepInput {
  const snapshot = snapshotInForce(plan);
  const states = snapshot.trigger.indicators.flatMap((name) => (risk === null ? [] : (stateFor(plan, risk, name) ?? [])));
  const indicators = states.map(
    (state) => [state.indicator.name, { indicator: state.indicator, ...readingIn(state, servedTo(plan)) }] as const,
  );
  const { safeVersion } = snapshot;
  const isCompared = risk !== null && safeVersion !== null && isApproved(risk, safeVersion);
  const safe = isCompared ? risk.safe.get(safeVersion) : undefined;
  const safeAssessments = states.map((state) => [state.indicator.name, safe?.get(sourceKey(state)) ?? null] as const);
  return {
    snapshot,
    memory: plan.memory,
    indicators: Object.fromEntries(indicators),
    safeAssessments: Object.fromEntries(safeAssessments),
    suspend: plan.suspend,
    verifiedAtMs: verifiedAtMs(plan),
    targetsWithoutSafeBackend: targetsWithoutSafeBackend(plan),
    targetsShortOfReplicas: targetsShortOfReplicas(plan),
    refusedTargets: refusedTargets(plan),
    unservedTargets: unservedTargets(plan),
    targetsWithoutMirror: targetsWithoutMirror(plan),
    absentTargets: absentTargets(plan, context.nowMs),
    yieldedTargets: [...targetsLeft(plan), ...yieldingTargets(plan)],
    holdsNothing: holdsNothing(plan),
    intervalMs: (risk?.terms.evaluationIntervalSeconds.value ?? 5) * 1000,
    ...context,
  };
}

/**
 * The snapshot an engagement begins on stays in force until every target is released; only edits that tighten reach it.
 * An engagement that was only observed ends with the mode: its stage was imagined and must never be applied.
 */
export function followSnapshot(plan: PlanState, nowMs: EpochMs): void {
  const { memory, engaged, current, deleting } = plan;
  // A plan that goes gives up what it holds, whatever it says by now, and what was closed for it must not be opened again.
  if (memory.phase === 'Idle' || deleting) return;
  if (engaged?.mode === 'Observe' && current.mode !== 'Observe') {
    plan.memory = afterEnd(memory);
    plan.engaged = null;
    plan.drafts = [...plan.drafts, closingDraft(nowMs)];
    return;
  }
  plan.engaged = engaged === null ? current : tightened(engaged, current);
}

/** With limits and sources of its trigger indicators the snapshot is whole; from here on edits of the risk only tighten the limits. */
function freezeIndicators(plan: PlanState, risk: RiskState | null): void {
  const { engaged } = plan;
  if (engaged === null || engaged.indicators.length > 0 || risk === null) return;
  const indicators = engaged.trigger.indicators.flatMap((name) => risk.indicators.get(name)?.indicator ?? []);
  const { version } = risk.identity;
  plan.sources = sourcesOf(engaged, risk);
  const sources = [...plan.sources].map(([indicator, { digest }]) => ({ indicator, digest }));
  plan.engaged = { ...engaged, indicators, sources, version };
  plan.guardedVersion = version;
}

/** Questions and their answers lay nothing on a target, and neither does anything in Observe mode. */
function movesTargets(plan: PlanState, { kind }: Transition): boolean {
  return snapshotInForce(plan).mode !== 'Observe' && ['Engaged', 'Escalated', 'SteppedDown', 'Released'].includes(kind);
}

/**
 * A question is about the plan as it was asked; nothing is held yet, so an edit takes it back and the plan as it is asks anew. Of a signed plan
 * only one that applies: else who owns it could keep it asking by edits that wait.
 */
function staleQuestion({ memory, engaged, current, signed }: PlanState): PlanStep | null {
  if (memory.phase !== 'Proposed' || engaged === null || engaged.plan.digest === current.plan.digest) return null;
  return signed !== null && doesTheSame(engaged, current) ? null : withdraw(memory, 'PlanChanged');
}

/** Runs the plan machine on what is known now and hands its step on. Memory only: nothing is sent here. */
export function createStepper(options: StepperOptions): StepPlanState {
  return (plan, risk, { nowMs, answeredAtMs }) => {
    if (plan.deleting) return;
    followSnapshot(plan, nowMs);
    const before = new Set(plan.notes.map(noteKey));
    const keptBefore = keptEvidenceSeconds(snapshotInForce(plan), plan.memory);
    const previous = { engagement: engagementOf(plan), snapshot: plan.engaged, readings: groundsInForce(plan).readings };
    const decisions = options.decisionsOn(plan, nowMs);
    const step = staleQuestion(plan) ?? stepPlan(inputOf(plan, risk, { decisions, nowMs, isApproved: options.isApproved }));
    plan.memory = step.memory;
    plan.notes = step.notes;
    followSnapshot(plan, nowMs);
    freezeIndicators(plan, risk);
    const { transition } = step;
    if (transition !== null) {
      plan.answeredAtMs = ['Engaged', 'Escalated'].includes(transition.kind) ? answeredAtMs : null;
      plan.untold ||= movesTargets(plan, transition);
      if (transition.engagement > previous.engagement) setAside(plan, risk, { ...previous, nowMs });
      record(plan, risk, { transition, nowMs });
      options.log.info(
        {
          namespace: plan.current.plan.namespace,
          plan: plan.current.plan.name,
          transition: transition.kind,
          engagement: transition.engagement,
          reason: transition.reason,
        },
        'plan took a step',
      );
      options.onTransition(plan, transition);
    }
    const appeared = step.notes.filter((note) => !before.has(noteKey(note)));
    plan.drafts = [
      ...plan.drafts,
      ...appeared.flatMap((note) => [
        ...heldDrafts(plan, note, { decisions, nowMs }),
        ...acceptedDrafts(plan, note, { decisions, nowMs }),
        ...sharedCauseDrafts(plan, note, nowMs),
      ]),
    ];
    const keptMore = keptEvidenceSeconds(snapshotInForce(plan), plan.memory) !== keptBefore;
    if (appeared.length > 0 || before.size !== step.notes.length || keptMore) options.onNotes(plan, appeared);
  };
}

/** A new engagement begins a record of its own; what the last one's still lacks waits beside it. */
function setAside(
  plan: PlanState,
  risk: RiskState | null,
  last: Pick<OpeningFacts, 'engagement' | 'readings'> & { readonly snapshot: PlanSnapshot | null; readonly nowMs: EpochMs },
): void {
  const { engagement, snapshot, readings, nowMs } = last;
  // A target still held something of it: the new engagement holds that now.
  const drafts = snapshot === null ? plan.drafts : [...plan.drafts, ...endRuns(plan), closingDraft(nowMs)];
  if (drafts.length > 0) {
    const facts = { snapshot: snapshot ?? plan.current, owner: plan.owner, risk, engagement, openedAtMs: nowMs, readings };
    plan.earlier = [...plan.earlier, { engagement, opening: plan.opening ?? openingOf(facts), drafts }];
  }
  plan.drafts = [];
  plan.opening = null;
  plan.releasedBy = 'operator';
}

function record(
  plan: PlanState,
  risk: RiskState | null,
  { transition, nowMs }: { readonly transition: Transition; readonly nowMs: EpochMs },
): void {
  const snapshot = snapshotInForce(plan);
  const readings = transition.assessments.map(freezeReading);
  if (plan.memory.phase === 'Engaged')
    giveGrounds(plan, plan.memory, {
      triggeredBy: plan.memory.triggeredBy,
      readings: boundReadings(readings),
      // The step itself is known from the journal's stage.
      unrecorded: unrecordedSteps(plan.drafts),
    });
  if (transition.kind === 'Proposed' || transition.kind === 'Engaged') {
    plan.opening ??= openingOf({
      snapshot,
      owner: plan.owner,
      risk,
      engagement: transition.engagement,
      openedAtMs: nowMs,
      readings,
    });
  }
  if (transition.kind === 'Released' && transition.decision !== undefined) plan.releasedBy = transition.actor;
  plan.drafts = [...plan.drafts, ...approvalDrafts(plan, transition, nowMs), draftOf(plan, transition, nowMs)];
  if (transition.decision !== undefined) plan.carriedOut = [...plan.carriedOut, transition.decision].slice(-maxCarriedOut);
  // Nothing was laid over any target, so nothing has to be taken off before the record can be closed.
  const untouched = snapshot.mode === 'Observe' || ['Rejected', 'Withdrawn'].includes(transition.kind);
  if (plan.memory.phase !== 'Idle' || !untouched || !fullyReleased(plan)) return;
  plan.drafts = [...plan.drafts, closingDraft(nowMs)];
  plan.engaged = null;
}

/** A person's yes is an entry of its own, before the step it allows. */
function approvalDrafts(plan: PlanState, transition: Transition, nowMs: EpochMs): readonly EntryDraft[] {
  const { reason, actor, decision } = transition;
  if (reason !== 'Approved') return [];
  const target = decision === undefined ? '' : `RiskDecision/${decision}`;
  return [{ ...draftOf(plan, transition, nowMs), type: 'Approved', target, reason: `Approved by ${actor}.` }];
}

/** Why an engagement does not climb though its indicators breach: once a stage. While idle there is no record to put it on. */
function sharedCauseDrafts(plan: PlanState, note: PlanNote, nowMs: EpochMs): readonly EntryDraft[] {
  if (note.kind !== 'SharedCause' || plan.memory.phase !== 'Engaged' || plan.sharedCauseIn === entryKey(plan.memory)) return [];
  plan.sharedCauseIn = entryKey(plan.memory);
  const reason = explainNote(snapshotInForce(plan), note, toInstant).slice(0, 512);
  return [{ at: toInstant(nowMs), type: 'SharedCause', actor: 'operator', target: '', before: '', after: '', reason }];
}

/** A person's Hold moves nothing, so no transition tells of it; the record does, once a decision. */
function heldDrafts(
  plan: PlanState,
  note: PlanNote,
  { decisions, nowMs }: Pick<PlanStepInput, 'decisions' | 'nowMs'>,
): readonly EntryDraft[] {
  if (note.kind !== 'Held') return [];
  const hold = decisions.find((each) => each.action === 'Hold' && each.author === note.by && each.expiresAtMs === note.untilMs);
  if (hold === undefined) return [];
  const reason = explainNote(snapshotInForce(plan), note, toInstant).slice(0, 512);
  return [{ at: toInstant(nowMs), type: 'Held', actor: hold.author, target: `RiskDecision/${hold.name}`, before: '', after: '', reason }];
}

export function closingDraft(nowMs: EpochMs): EntryDraft {
  return { at: toInstant(nowMs), type: 'Closed', actor: 'operator', target: '', before: '', after: '', reason: 'The engagement is over.' };
}

/** A version change ends no engagement: the record says so and goes on. Returns whether there was one to tell. */
export function noteSupersession(plan: PlanState, risk: RiskState, nowMs: EpochMs): boolean {
  const before = plan.guardedVersion ?? plan.engaged?.version ?? null;
  const { version } = risk.identity;
  if (plan.engaged === null || before === null || before === version) return false;
  plan.guardedVersion = version;
  const reason = isSafeVersion(plan.engaged, risk)
    ? 'The version callers are sent to is now the one under guard: its readings take no constraint off the candidate.'
    : 'Another version is under guard: the engagement goes on until this one has earned its own Ok.';
  const at = toInstant(nowMs);
  plan.drafts = [...plan.drafts, { at, type: 'Superseded', actor: 'operator', target: '', before, after: version, reason }];
  return true;
}

export function deletionDraft(stage: string, nowMs: EpochMs): EntryDraft {
  const reason = 'The plan was deleted while it was engaged; its targets are given back.';
  return { at: toInstant(nowMs), type: 'ReleasedByDeletion', actor: 'operator', target: '', before: stage, after: 'none', reason };
}
