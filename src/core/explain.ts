import { assertNever } from '../shared/assert-never.ts';
import type { EpochMs } from '../shared/clock.ts';
import { drownsInNoise, isSevere } from './judge.ts';
import type { Assessment } from './model/assessment.ts';
import { explainQuorum, quorumStatistic } from './quorum.ts';
import type { FrozenReading } from './model/frozen-reading.ts';
import type { Observation } from './model/observation.ts';
import type { PlanSnapshot } from './model/plan.ts';
import type { StageAction } from './model/stage-action.ts';
import type { Transition } from './model/transition.ts';
import type { PlanNote } from './plan/input.ts';

/** Writes a time for people; calendars are not the core's business. */
export type WriteInstant = (atMs: EpochMs) => string;

type ValueObservation = Extract<Observation, { kind: 'Value' }>;

/** Which indicator of which model, the value beside its limits, and why it counts or does not. */
export function explainAssessment(assessment: Assessment): string {
  const { indicator, identity, served, observation } = assessment;
  const subject = `${indicator.name} of ${identity.namespace}/${identity.model} ${identity.version} (${served.toLowerCase()} answers)`;
  switch (observation.kind) {
    case 'Value':
      return `${subject} ${explainValue(assessment, observation)}${(observation.detail ?? '') === '' ? '' : `: ${observation.detail ?? ''}`}.`;
    case 'Insufficient':
      return `${subject} has too few counts for a verdict (${decimal(observation.sampleCount)} samples): ${observation.message}.`;
    case 'NoData':
      return `${subject} has no usable reading (${observation.cause}): ${observation.message}. ${observation.remedy ?? `Check the metric behind the signal at provider ${observation.source.provider}.`}`;
    case 'Error':
      return `${subject} could not be read (${observation.cause}): ${observation.message}. ${observation.remedy ?? `Check provider ${observation.source.provider}.`}`;
    default:
      return assertNever(observation);
  }
}

/** What the plan did (in Observe mode: would have done), on which evidence, and what a person can do about it. */
export function explainTransition(snapshot: PlanSnapshot, transition: Transition): string {
  const sentences = [
    `${planName(snapshot)} ${deed(snapshot, transition)}.`,
    reasonSentence(transition),
    evidence(transition),
    advice(snapshot, transition),
  ];
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

/** Why the plan stands where it stands and what would move it. */
export function explainNote(snapshot: PlanSnapshot, note: PlanNote, instant: WriteInstant): string {
  const plan = planName(snapshot);
  switch (note.kind) {
    case 'SharedCause':
      return `${plan} moves no traffic: the safe version breaches too, so the cause is shared. ${sentences(note.assessments)} ${sentences(note.safeAssessments)} Look upstream of both versions; to move all the same, set onSharedCause: Engage.`;
    case 'AwaitingApproval':
      return `${plan} waits for approval of ${explainStage(snapshot, note.stage)} since ${instant(note.sinceMs)}${note.overdue ? `, longer than its ${String(snapshot.approval.timeoutSeconds)} s` : ''}. Create a RiskDecision with action Approve or Reject for engagement ${String(note.engagement)}, stage ${String(note.stage)}${roles(snapshot)}: kubectl modelrisk approve (or reject) ${snapshot.plan.name} -n ${snapshot.plan.namespace}.`;
    case 'AwaitingEvidence':
      return `${plan} can't measure ${note.indicators.join(', ')} in ${explainStage(snapshot, note.stage)}. ${note.probeAtMs === null ? 'Only a person can step down: create a RiskDecision with action Release, or mirror traffic to the candidate so that shadow answers can be measured' : `The step down at ${instant(note.probeAtMs)} will supply answers to measure`}.`;
    case 'AwaitingDecision':
      return `${plan} stays in ${explainStage(snapshot, note.stage)}: ${waitsBecause(snapshot, note)}. Create a RiskDecision with action Release to take the constraint off.`;
    case 'Held':
      return note.untilMs === null
        ? `${plan} is suspended with suspend: Hold and moves neither up nor down. Set suspend: None to go on.`
        : `${plan} is held by ${note.by} until ${instant(note.untilMs)} and moves neither up nor down. It ends by itself; to end the engagement earlier, create a RiskDecision with action Release.`;
    case 'Accepted':
      return `${plan} does not engage on ${note.indicators.join(', ')}: ${note.by} accepted the breach until ${instant(note.untilMs)}. It engages again after that.`;
    case 'Suppressed':
      return `${plan} does not engage on ${note.indicators.join(', ')}: a person released it, and that holds until each was Clear once or the decision expires.`;
    case 'NotAskedAgain':
      return `${plan} does not ask again for ${explainStage(snapshot, note.stage)}: it was rejected, and that holds until every trigger is Clear or a worse stage is due.`;
    default:
      return assertNever(note);
  }
}

/** `stage limit (1 of 3): traffic at most 10 % live`; null is no stage. */
export function explainStage({ stages }: PlanSnapshot, index: number | null): string {
  if (index === null) return 'no stage: intent as written';
  const stage = stages[index];
  if (stage === undefined) return `stage ${String(index)}, which the plan no longer has`;
  return `stage ${stage.name} (${String(index + 1)} of ${String(stages.length)}): ${[...stage.actions.map(explainAction), ...(stage.runs ?? []).map((name) => `${name} run`)].join(', ')}`;
}

/** What is left of the evidence after a restart: values and limits, without the model they belong to. */
export function explainReadings(readings: readonly FrozenReading[]): string {
  return readings
    .map(({ indicator, verdict, value, windowSeconds, threshold: { direction, breach } }) => {
      const reading = value === null ? 'had no usable reading' : `was ${apart(value, [breach])} over ${String(windowSeconds)} s`;
      return `${indicator} ${reading} (${verdict}; breach ${direction.toLowerCase()} ${decimal(breach)}).`;
    })
    .join(' ');
}

function explainAction(action: StageAction): string {
  switch (action.kind) {
    case 'CanaryLimit':
      return `${action.target} at most ${String(action.maxPercent)} % live`;
    case 'Shadow':
      return `${action.target} 0 % live, ${String(action.percent)} % mirrored`;
    case 'FlagRollback':
      return `${action.target} rolled back to its safe variant`;
    case 'Pin':
      return `${action.target} back on an earlier revision`;
    case 'Scale':
      return `${action.target} with at least ${String(action.minReplicas)} replicas`;
    case 'Patch':
      return `${action.target} patched`;
    default:
      return assertNever(action);
  }
}

function explainValue(assessment: Assessment, observation: ValueObservation): string {
  if (observation.computation?.statistic === quorumStatistic) return explainQuorum(assessment, observation);
  const { indicator, verdict } = assessment;
  const { direction, warn, breach, clear, severe } = indicator.threshold;
  const { value, sampleCount, noiseFloor, interval, windowSeconds } = observation;
  const over = `over ${String(windowSeconds)} s`;
  const { minSamples } = indicator;
  if (verdict === 'Insufficient' && minSamples !== null && minSamples > 0 && !(sampleCount !== null && sampleCount >= minSamples)) {
    return sampleCount === null
      ? `reports no sample count ${over}, and ${String(minSamples)} samples are needed: no verdict`
      : `rests on ${decimal(sampleCount)} samples ${over}, fewer than the ${String(minSamples)} it needs: no verdict`;
  }
  const limits = [warn, breach, clear, severe, noiseFloor].flatMap((limit) => limit ?? []);
  const between = interval === null ? '' : `, surely between ${decimal(interval.low)} and ${decimal(interval.high)}`;
  const is = `is ${apart(value, limits)}${between} (${sampleCount === null ? '' : `${decimal(sampleCount)} samples `}${over})`;
  const side = direction.toLowerCase();
  const isBeyond = direction === 'Above' ? value > breach : value < breach;
  switch (verdict) {
    case 'Breach':
      return `${is}, ${side} its breach limit ${decimal(breach)}${beyondSevere(indicator, observation)}${noiseFloor === null ? '' : ` and beyond chance (${decimal(noiseFloor)})`}`;
    case 'Ok':
      return `${is}, within its limits (${warn === null ? `clear ${decimal(clear)}` : `warn ${decimal(warn)}`}, breach ${decimal(breach)})`;
    case 'Insufficient':
      if (minSamples === null && noiseFloor !== null && drownsInNoise(indicator.threshold, noiseFloor))
        return `${is}, and without any change so few rows read up to ${decimal(noiseFloor)}, more than half of its breach limit ${decimal(breach)}: no verdict until more samples come; widen the window, or set minSamples to accept fewer`;
      return `${is}, which leaves open whether it is ${side} its breach limit ${decimal(breach)}: no verdict until more samples narrow it`;
    default:
      if (!isBeyond)
        return `${is}, ${side} its ${warn === null ? `clear limit ${decimal(clear)}` : `warn limit ${decimal(warn)}`}, not beyond breach ${decimal(breach)}`;
      return `${is}, ${side} its breach limit ${decimal(breach)} but not beyond ${noiseFloor === null ? 'doubt' : `chance (${decimal(noiseFloor)})`}`;
  }
}

/** Told only where it decides whether a stage escalates. */
function beyondSevere({ scalesWith, threshold }: Assessment['indicator'], observation: ValueObservation): string {
  if (scalesWith === 'Share') return '';
  const { severe } = threshold;
  if (severe === null) return ', which leads to no higher stage (no severe limit)';
  return isSevere(threshold, observation) ? `, beyond its severe limit ${decimal(severe)}` : `, within its severe limit ${decimal(severe)}`;
}

function deed(snapshot: PlanSnapshot, { kind, from, to, engagement }: Transition): string {
  const would = snapshot.mode === 'Observe';
  const verb = (done: string, observed: string) => (would ? `would ${observed}` : done);
  const number = `(engagement ${String(engagement)})`;
  switch (kind) {
    case 'Proposed':
      return `proposes ${explainStage(snapshot, to)} ${number}`;
    case 'Engaged':
      return `${verb('engaged', 'engage')} ${explainStage(snapshot, to)} ${number}`;
    case 'Escalated':
      return `${verb('escalated', 'escalate')} from ${stageName(snapshot, from)} to ${explainStage(snapshot, to)} ${number}`;
    case 'SteppedDown':
      return `${verb('stepped', 'step')} down from ${stageName(snapshot, from)} to ${explainStage(snapshot, to)} ${number}`;
    case 'Released':
      return `${verb('released', 'release')} ${stageName(snapshot, from)}; the latest intent holds again ${number}`;
    case 'Latched':
      return `latched in ${stageName(snapshot, from)} ${number}`;
    case 'Rejected':
      return `was refused ${stageName(snapshot, to ?? from)} ${number}`;
    case 'Withdrawn':
      return `withdrew its question about ${stageName(snapshot, to ?? from)} ${number}`;
    default:
      return assertNever(kind);
  }
}

/** Reasons of the plan machine in words; one it does not know is shown as it is. */
function reasonSentence({ reason, actor }: Transition): string {
  const known: Readonly<Record<string, string>> = {
    Breach: 'The indicators breach on the candidate and not on the safe version.',
    BreachSafeNotAssessed: 'The indicators breach; the safe version was not assessed, so whether it is better is not known.',
    BreachSharedCause: 'The safe version breaches too; the plan says to move all the same (onSharedCause: Engage).',
    NoEvidence:
      'An indicator that fires has no usable reading, the time of the stage is over, and the plan says to go on (onNoEvidence: Escalate); the safe version is not in breach.',
    NoEvidenceSafeNotAssessed:
      'An indicator that fires has no usable reading, the time of the stage is over, and the plan says to go on (onNoEvidence: Escalate); the safe version was not assessed, so whether it is better is not known.',
    NoEvidenceSharedCause:
      'An indicator that fires has no usable reading and the safe version breaches; the plan says to move all the same (onNoEvidence: Escalate, onSharedCause: Engage).',
    SafeBackendNotReady: 'The stage before was refused because no safe backend is ready to take the requests; this one needs none.',
    Refused: 'A target refuses the stage before until somebody mends what it says; this stage protects without it.',
    Absent: 'What the stage before names is not to be found, so it holds nothing; this stage protects by what is there.',
    Yielded:
      'Another writer holds a target of the stage before, which is left to it (onContest, or an update by Argo Rollouts); this stage protects without it.',
    ApprovalTimedOut: 'Nobody answered in time and the breach goes on (approval.onTimeout: Engage).',
    Approved: `Approved by ${actor}.`,
    Rejected: `Rejected by ${actor}.`,
    PlanChanged: 'The plan was edited; it asks again as it is now.',
    TriggersClear: 'Every trigger is Clear again.',
    Recovered: 'Every trigger has been Clear with fresh Ok readings of this stage for the whole step time.',
    Probe: 'Callers still get no answer of the candidate; the step makes evidence possible again.',
    TooManyEngagements: 'It engaged more often than its flap limit allows.',
    ReleasedByDecision: `Released by a decision of ${actor}.`,
    Suspended: 'The plan was suspended with suspend: Release.',
  };
  return known[reason] ?? `Reason: ${reason}.`;
}

function evidence({ kind, assessments }: Transition): string {
  return kind === 'Withdrawn' || kind === 'Rejected' ? '' : sentences(assessments);
}

function advice(snapshot: PlanSnapshot, { kind, engagement, to }: Transition): string {
  if (kind === 'Proposed')
    return `Create a RiskDecision with action Approve or Reject for engagement ${String(engagement)}, stage ${String(to)}${roles(snapshot)}.`;
  const constrains = kind === 'Engaged' || kind === 'Escalated' || kind === 'Latched';
  if (!constrains || snapshot.mode === 'Observe') return '';
  return `To take it off at once, create a RiskDecision with action Release for engagement ${String(engagement)}.`;
}

function waitsBecause(snapshot: PlanSnapshot, note: Extract<PlanNote, { kind: 'AwaitingDecision' }>): string {
  const { flap, probeAttempts } = snapshot.recovery;
  switch (note.cause) {
    case 'Latched':
      return `it engaged more than ${String(flap.maxEngagements)} times within ${String(flap.windowSeconds)} s`;
    case 'ProbesUsedUp':
      return `all ${String(probeAttempts)} probes of this engagement are used up`;
    case 'NothingToMeasure':
      return 'nothing can be measured here and the step down would give callers live answers of the candidate';
    case 'SlowOutcomes':
      return `the outcomes of ${note.indicators.join(', ')} take longer than 7 days, so an Ok speaks of decisions from before this stage and takes nothing off; look at what has been decided since, then decide`;
    default:
      return assertNever(note);
  }
}

function sentences(assessments: readonly Assessment[]): string {
  return assessments.map(explainAssessment).join(' ');
}

function planName({ plan }: PlanSnapshot): string {
  return `Plan ${plan.namespace}/${plan.name}`;
}

function stageName({ stages }: PlanSnapshot, index: number | null): string {
  return index === null ? 'no stage' : `stage ${stages[index]?.name ?? String(index)}`;
}

function roles({ approval }: PlanSnapshot): string {
  return approval.roles.length === 0 ? '' : ` (role ${approval.roles.join(' or ')})`;
}

/** Four significant digits: enough to compare with a limit, few enough to read. */
function decimal(value: number): string {
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(4)));
}

/** Rounded, unless that would write it like a limit it is not on: "0.25, above 0.25" explains nothing. */
function apart(value: number, limits: readonly number[]): string {
  const rounded = decimal(value);
  return limits.some((limit) => limit !== value && decimal(limit) === rounded) ? String(value) : rounded;
}
