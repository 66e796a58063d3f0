import type { EngagedMemory, PlanMemory, PlanSnapshot, Suppression } from '../core/model/plan.ts';
import { keptEvidenceSeconds } from '../core/plan/kept-evidence.ts';
import type { EpochMs } from '../shared/clock.ts';
import { assertNever } from '../shared/assert-never.ts';
import { fromInstant, toInstant } from './instant.ts';
import type { PersistedPlanMemory } from './mitigation-plan-status.ts';

/** Starts of engagements the status keeps; more than any `flap.maxEngagements` can ask for. */
const keptEngagements = 32;

/** Used decisions the status keeps, the newest; an engagement asks at most once a stage and step. */
const keptDecisions = 64;

/**
 * What the status keeps. The times of the last poll and of the last Ok are not in it: those waits start again after a restart. The
 * evidence a stage escalates on is, in parts: a process that restarts often would never escalate by time.
 */
export function planMemoryToStatus(memory: PlanMemory, snapshot: Pick<PlanSnapshot, 'stages'>): PersistedPlanMemory {
  const recentEngagementTimes = memory.recentEngagementsMs.slice(-keptEngagements).map(toInstant);
  switch (memory.phase) {
    case 'Idle':
      return {
        phase: 'Idle',
        engagement: memory.lastEngagement,
        recentEngagementTimes,
        ...rejected(memory),
        suppressed: suppressionsToStatus(memory.suppressed),
      };
    case 'Proposed': {
      const { engagement, stage, sinceMs, triggeredBy } = memory;
      return {
        phase: 'Proposed',
        engagement,
        recentEngagementTimes,
        stage,
        since: toInstant(sinceMs),
        triggeredBy,
        suppressed: suppressionsToStatus(memory.suppressed),
      };
    }
    case 'Engaged':
      return { ...engagedToStatus(memory, recentEngagementTimes), ...evidenced(keptEvidenceSeconds(snapshot, memory)) };
    default:
      return assertNever(memory);
  }
}

function engagedToStatus(memory: EngagedMemory, recentEngagementTimes: readonly string[]): PersistedPlanMemory {
  const { engagement, stage, direction, probeAttempts, triggeredBy, proposal } = memory;
  return {
    phase: 'Engaged',
    engagement,
    recentEngagementTimes,
    stage,
    direction,
    stageSince: toInstant(memory.stageSinceMs),
    ...(memory.verifiedAtMs === null ? {} : { verifiedTime: toInstant(memory.verifiedAtMs) }),
    probeAttempts,
    latch: memory.latched ? 'Latched' : 'Open',
    triggeredBy,
    ...(proposal === null ? {} : { proposal: { stage: proposal.stage, since: toInstant(proposal.sinceMs) } }),
    ...rejected(memory),
    suppressed: suppressionsToStatus(memory.suppressed),
    usedDecisions: memory.usedDecisions.slice(-keptDecisions),
  };
}

function suppressionsToStatus(suppressed: readonly Suppression[]): PersistedPlanMemory['suppressed'] {
  return suppressed.map(({ indicator, untilMs }) => (untilMs === null ? { indicator } : { indicator, until: toInstant(untilMs) }));
}

/** Left out while there is none, as in what older operators wrote. */
function evidenced(evidencedSeconds: number): { readonly evidencedSeconds?: number } {
  return evidencedSeconds === 0 ? {} : { evidencedSeconds };
}

function suppressionsFromStatus(suppressed: PersistedPlanMemory['suppressed']): readonly Suppression[] {
  return suppressed.map(({ indicator, until }) => ({ indicator, untilMs: until === undefined ? null : fromInstant(until) }));
}

function rejected(memory: { readonly rejectedStage: number | null }): { readonly rejectedStage?: number } {
  return memory.rejectedStage === null ? {} : { rejectedStage: memory.rejectedStage };
}

/** Reverse of `planMemoryToStatus`, as a fresh process knows it. */
export function planMemoryFromStatus(status: PersistedPlanMemory): PlanMemory {
  const recentEngagementsMs: readonly EpochMs[] = status.recentEngagementTimes.map(fromInstant);
  const suppressed = suppressionsFromStatus(status.suppressed);
  const { engagement } = status;
  switch (status.phase) {
    case 'Idle':
      return { phase: 'Idle', lastEngagement: engagement, recentEngagementsMs, rejectedStage: status.rejectedStage ?? null, suppressed };
    case 'Proposed': {
      const { stage, since, triggeredBy } = status;
      return { phase: 'Proposed', engagement, stage, sinceMs: fromInstant(since), recentEngagementsMs, triggeredBy, suppressed };
    }
    case 'Engaged':
      return {
        phase: 'Engaged',
        engagement,
        stage: status.stage,
        direction: status.direction,
        stageSinceMs: fromInstant(status.stageSince),
        verifiedAtMs: status.verifiedTime === undefined ? null : fromInstant(status.verifiedTime),
        evidencedMs: (status.evidencedSeconds ?? 0) * 1000,
        lastPolledAtMs: null,
        okSinceMs: null,
        probeAttempts: status.probeAttempts,
        latched: status.latch === 'Latched',
        recentEngagementsMs,
        triggeredBy: status.triggeredBy,
        proposal: status.proposal === undefined ? null : { stage: status.proposal.stage, sinceMs: fromInstant(status.proposal.since) },
        rejectedStage: status.rejectedStage ?? null,
        suppressed,
        usedDecisions: status.usedDecisions,
      };
    default:
      return assertNever(status);
  }
}
