import type { EpochMs } from '../../shared/clock.ts';
import type { Holder } from '../model/constraint.ts';
import type { EngagedMemory, PlanMemory, PlanSnapshot } from '../model/plan.ts';

/** What the journal on one target says of this plan. */
export type JournalFinding =
  | { readonly kind: 'Engaged'; readonly holder: Holder }
  | { readonly kind: 'Released'; readonly engagement: number; readonly actor: string };

export interface RestartInput {
  readonly snapshot: PlanSnapshot;
  /** From the status of the plan with this uid; null when there is none. */
  readonly persisted: PlanMemory | null;
  /** From every target of the plan that carries a journal of ours naming this plan. */
  readonly journals: readonly JournalFinding[];
  readonly nowMs: EpochMs;
}

export const initialPlanMemory: Extract<PlanMemory, { phase: 'Idle' }> = {
  phase: 'Idle',
  lastEngagement: 0,
  recentEngagementsMs: [],
  rejectedStage: null,
  suppressed: [],
};

/** The memory of what is over without a step of the machine: its plan goes, or it was only observed. */
export function afterEnd(memory: Exclude<PlanMemory, { phase: 'Idle' }>): Extract<PlanMemory, { phase: 'Idle' }> {
  const { engagement, recentEngagementsMs, suppressed } = memory;
  return { phase: 'Idle', lastEngagement: engagement, recentEngagementsMs, suppressed, rejectedStage: null };
}

/**
 * The memory to go on with after a restart: engaged if a journal or the status says so, released if a tombstone does,
 * whatever the status says. The newest engagement counts; where records of one engagement differ, the newest stage does.
 * Evidence of the stage in force is gone on with, and none is counted of the time between; a wait for Ok starts again. A release by a person keeps its word: nothing that has not been Clear since engages.
 */
export function restartPlan(input: RestartInput): PlanMemory {
  return withoutFuture(reconcileRecords(input), input.nowMs);
}

/**
 * A clock that went back must not make anyone wait for a time that lies ahead again: no instant that is waited from is later
 * than now. `stageSinceMs` stays: nothing waits for it, and it orders the records of one engagement.
 */
export function withoutFuture(memory: PlanMemory, nowMs: EpochMs): PlanMemory {
  const past = (atMs: EpochMs | null) => (atMs === null ? null : Math.min(atMs, nowMs));
  const recentEngagementsMs = memory.recentEngagementsMs.map((atMs) => Math.min(atMs, nowMs));
  if (memory.phase === 'Idle') return { ...memory, recentEngagementsMs };
  if (memory.phase === 'Proposed') return { ...memory, recentEngagementsMs, sinceMs: Math.min(memory.sinceMs, nowMs) };
  return {
    ...memory,
    recentEngagementsMs,
    verifiedAtMs: past(memory.verifiedAtMs),
    lastPolledAtMs: past(memory.lastPolledAtMs),
    okSinceMs: past(memory.okSinceMs),
    proposal: memory.proposal === null ? null : { ...memory.proposal, sinceMs: Math.min(memory.proposal.sinceMs, nowMs) },
  };
}

function reconcileRecords({ snapshot, persisted, journals }: RestartInput): PlanMemory {
  const known = persisted ?? initialPlanMemory;
  const knownEngagement = known.phase === 'Idle' ? known.lastEngagement : known.engagement;
  const newest = Math.max(0, ...journals.map(engagementOf));
  const findings = journals.filter((journal) => engagementOf(journal) === newest);
  const tombstone = findings.find((finding) => finding.kind === 'Released');
  if (tombstone !== undefined) return newest < knownEngagement ? resume(known) : afterTombstone(snapshot, known, tombstone);
  const holder = newestStage(findings.flatMap((finding) => (finding.kind === 'Engaged' ? [finding.holder] : [])));
  if (holder === null || (known.phase === 'Engaged' && knownEngagement > newest)) return resume(known);
  // A constraint older than the last release is still a constraint: it gets a number nobody has used.
  return fromHolder(snapshot, known, { ...holder, engagement: newest < knownEngagement ? knownEngagement + 1 : newest });
}

/** One more than the flap limit is all it takes to know that the limit was passed; the memory stays bounded. */
export function withEngagement({ recovery }: PlanSnapshot, recentEngagementsMs: readonly EpochMs[], atMs: EpochMs): readonly EpochMs[] {
  return [...recentEngagementsMs, atMs].slice(-(recovery.flap.maxEngagements + 1));
}

function afterTombstone(
  snapshot: PlanSnapshot,
  known: PlanMemory,
  { engagement, actor }: { readonly engagement: number; readonly actor: string },
): PlanMemory {
  if (known.phase === 'Idle' && known.lastEngagement === engagement) return known;
  const byPerson = actor !== 'operator';
  return {
    phase: 'Idle',
    lastEngagement: engagement,
    recentEngagementsMs: known.recentEngagementsMs,
    rejectedStage: null,
    suppressed: byPerson ? snapshot.trigger.indicators.map((indicator) => ({ indicator, untilMs: null })) : known.suppressed,
  };
}

function resume(known: PlanMemory): PlanMemory {
  return known.phase === 'Engaged' ? { ...known, lastPolledAtMs: null, okSinceMs: null } : known;
}

function fromHolder(snapshot: PlanSnapshot, known: PlanMemory, holder: Holder): PlanMemory {
  const { engagement, stage, stageSinceMs, triggeredBy } = holder;
  if (known.phase === 'Engaged' && known.engagement === engagement) {
    if (!isNewer({ stage, stageSinceMs }, known)) return resume(known);
    return {
      ...known,
      stage,
      stageSinceMs,
      direction: stage < known.stage ? 'Down' : 'Up',
      verifiedAtMs: null,
      evidencedMs: 0,
      lastPolledAtMs: null,
      okSinceMs: null,
      proposal: null,
    };
  }
  // Told as released before its last target was free: it is the same engagement, and counts once.
  const isCounted = known.phase === 'Idle' && known.lastEngagement === engagement;
  const engaged: EngagedMemory = {
    phase: 'Engaged',
    engagement,
    stage,
    direction: 'Up',
    stageSinceMs,
    verifiedAtMs: null,
    evidencedMs: 0,
    lastPolledAtMs: null,
    okSinceMs: null,
    probeAttempts: 0,
    latched: false,
    recentEngagementsMs: isCounted ? known.recentEngagementsMs : withEngagement(snapshot, known.recentEngagementsMs, stageSinceMs),
    triggeredBy,
    proposal: null,
    rejectedStage: null,
    suppressed: known.suppressed,
    usedDecisions: [],
  };
  return engaged;
}

function newestStage(holders: readonly Holder[]): Holder | null {
  return holders.reduce<Holder | null>((newest, holder) => (newest === null || isNewer(holder, newest) ? holder : newest), null);
}

/** At equal times the higher stage: going up, the route is written before the flag. */
function isNewer(a: Pick<Holder, 'stage' | 'stageSinceMs'>, b: Pick<Holder, 'stage' | 'stageSinceMs'>): boolean {
  return a.stageSinceMs === b.stageSinceMs ? a.stage > b.stage : a.stageSinceMs > b.stageSinceMs;
}

function engagementOf(finding: JournalFinding): number {
  return finding.kind === 'Engaged' ? finding.holder.engagement : finding.engagement;
}
