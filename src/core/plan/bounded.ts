import type { Approval, OnContest, PlanSnapshot, Recovery, Trigger } from '../model/plan.ts';
import { targetKindOf } from '../model/target.ts';
import type { Target } from '../model/target.ts';
import { isAsTight, stricterMode, tightenedLadder } from './tighter-ladder.ts';

export interface BoundFacts {
  /** The version under guard is the one that was signed: of another one the signed targets say nothing. */
  readonly isSignedVersion: boolean;
  /** Window plus forSeconds of an indicator; null: the model has none of the name, or nobody knows. */
  readonly neededSeconds: (indicator: string) => number | null;
}

/**
 * A plan as it is in force: what was signed, with those edits since that only tighten it. Whatever weakens, and whatever nobody can say of, stays
 * as it was signed. Callers never get more of the candidate by it than by what was signed, nor later less.
 */
export function bounded(written: PlanSnapshot, signed: PlanSnapshot, { isSignedVersion, neededSeconds }: BoundFacts): PlanSnapshot {
  // One the model lacks takes no time away from the stages; where it lacks them all nobody knows how much they need.
  const known = signed.trigger.indicators.map(neededSeconds).filter((seconds) => seconds !== null);
  const needed = known.length === 0 ? Infinity : Math.max(...known);
  const isKnown = known.length === signed.trigger.indicators.length;
  const mayJoin = (name: string): boolean => isKnown && (neededSeconds(name) ?? Infinity) <= needed;
  const isBare = signed.stages.length === 0;
  const targets = isBare ? written.targets : signed.targets.map((target) => (isSignedVersion ? target : moved(target, written.targets)));
  const facts = { targets, neededSeconds: needed };
  const stages = isAsTight(written, signed, facts) ? written.stages : tightenedLadder(written, signed, facts);
  const { jobs: _, ...rest } = written;
  const jobs = isBare ? written.jobs : signed.jobs;
  return {
    ...rest,
    risk: signed.risk,
    mode: stricterMode(written.mode, signed.mode),
    trigger: widerTrigger(written.trigger, signed.trigger, mayJoin),
    targets,
    ...(jobs === undefined ? {} : { jobs }),
    stages,
    recovery: slowerRecovery(written.recovery, signed.recovery),
    approval: quickerApproval(written.approval, signed.approval),
    safeVersion: isSignedVersion ? signed.safeVersion : written.safeVersion,
    onSharedCause: signed.onSharedCause === 'Engage' ? 'Engage' : written.onSharedCause,
    onNoEvidence: signed.onNoEvidence === 'Escalate' ? signed.onNoEvidence : written.onNoEvidence,
    onContest: steadier(written.onContest, signed.onContest),
  };
}

/** Where the version under guard moved on: what is written of the target, in the patience and the proof that were signed. */
function moved(signed: Target, written: readonly Target[]): Target {
  const other = written.find(({ name }) => name === signed.name);
  if (other === undefined || targetKindOf(other) !== targetKindOf(signed)) return signed;
  const settle = 'settleSeconds' in signed && 'settleSeconds' in other ? { settleSeconds: signed.settleSeconds } : {};
  return { ...other, ...settle };
}

/**
 * Whatever began the plan begins it still. Where all had to fire, one of them is enough if the edit says so: taking one out would end
 * the engagement sooner. An indicator joins only if its window leaves the stages time to escalate in.
 */
function widerTrigger(written: Trigger, signed: Trigger, mayJoin: (name: string) => boolean): Trigger {
  const isAny = ({ match, indicators }: Trigger): boolean => match === 'Any' || indicators.length === 1;
  const isEased = !isAny(written) || (!isAny(signed) && !signed.indicators.every((name) => written.indicators.includes(name)));
  if (isEased) return signed;
  const joined = written.indicators.filter((name) => !signed.indicators.includes(name) && mayJoin(name));
  const indicators = [...signed.indicators, ...joined];
  return { match: indicators.length === 1 ? signed.match : 'Any', indicators };
}

/** What gives back later, and less often by itself. */
function slowerRecovery(written: Recovery, signed: Recovery): Recovery {
  return {
    stepSeconds: Math.max(written.stepSeconds, signed.stepSeconds),
    probeAfterSeconds: Math.max(written.probeAfterSeconds, signed.probeAfterSeconds),
    probeAttempts: Math.min(written.probeAttempts, signed.probeAttempts),
    flap: {
      maxEngagements: Math.min(written.flap.maxEngagements, signed.flap.maxEngagements),
      windowSeconds: Math.max(written.flap.windowSeconds, signed.flap.windowSeconds),
    },
  };
}

/** The roles that were signed: whoever may say no, or be deaf, is nobody's choice. */
function quickerApproval(written: Approval, signed: Approval): Approval {
  const isSilent = signed.roles.length === 0;
  if (isSilent && signed.onTimeout === 'Hold') return written;
  const onTimeout = signed.onTimeout === 'Engage' ? 'Engage' : written.onTimeout;
  const isHeld = signed.onTimeout === 'Engage' && written.onTimeout === 'Hold';
  const timeoutSeconds = isHeld ? signed.timeoutSeconds : Math.min(written.timeoutSeconds, signed.timeoutSeconds);
  return { roles: isSilent ? written.roles : signed.roles, timeoutSeconds, onTimeout };
}

function steadier(written: OnContest, signed: OnContest): OnContest {
  if (signed.kind === 'Reassert') return signed;
  if (written.kind === 'Reassert') return written;
  return {
    kind: 'Yield',
    afterSeconds: Math.max(written.afterSeconds, signed.afterSeconds),
    retryAfterSeconds: Math.min(written.retryAfterSeconds, signed.retryAfterSeconds),
  };
}
