import type { EpochMs } from '../../shared/clock.ts';
import { countsAsBreach, mayEscalate, withinClear } from '../judge.ts';
import type { Assessment } from '../model/assessment.ts';
import type { Indicator, IndicatorState } from '../model/indicator.ts';
import type { Served } from '../model/observation.ts';
import type { PlanMemory, PlanSnapshot, Suppression } from '../model/plan.ts';
import { quorumProvider } from '../quorum.ts';
import type { PlanStepInput } from './input.ts';
import { holdsOf } from './trigger.ts';

/** A trigger indicator as the plan may use it now. */
export interface TriggerReading {
  readonly name: string;
  readonly state: IndicatorState | 'Unknown';
  readonly indicator: Indicator | null;
  /** Fresh and of the answers asked for; null otherwise. */
  readonly assessment: Assessment | null;
  readonly suppressed: boolean;
}

/** Assessed within the last two intervals. One from the future (the clock went back) is not fresh: the next poll brings another. */
export function isFresh(assessment: Assessment, nowMs: EpochMs, intervalMs: number): boolean {
  const ageMs = nowMs - assessment.assessedAtMs;
  return ageMs >= 0 && ageMs <= 2 * intervalMs;
}

/** The plan's trigger indicators, each with its assessment only if it is fresh and about `served` answers its signal can be measured in. */
export function readTriggers(input: PlanStepInput, served: Served | null): readonly TriggerReading[] {
  const { snapshot, memory, indicators, nowMs, intervalMs } = input;
  return snapshot.trigger.indicators.map((name) => {
    const reading = indicators[name];
    const assessment = reading?.assessment ?? null;
    const measurable = served !== null && assessment?.indicator.measurableIn.includes(served) === true;
    const usable = measurable && assessment.served === served && isFresh(assessment, nowMs, intervalMs);
    return {
      name,
      state: reading?.memory.state ?? 'Unknown',
      indicator: reading?.indicator ?? null,
      assessment: usable ? assessment : null,
      suppressed: memory.suppressed.some((suppression) => suppression.indicator === name) || isAccepted(input, name),
    };
  });
}

/** Somebody answers for its breach until then: it begins nothing, and nothing else is seen otherwise. */
export function isAccepted({ decisions, nowMs }: Pick<PlanStepInput, 'decisions' | 'nowMs'>, indicator: string): boolean {
  return decisions.some((each) => each.action === 'Accept' && each.expiresAtMs > nowMs && each.indicators.includes(indicator));
}

/** Firing with a fresh breach now: what an engagement may begin on. */
export function engaging(readings: readonly TriggerReading[]): readonly Assessment[] {
  return firing(readings).filter(countsAsBreach);
}

/**
 * Firing with a measured breach whose whole window lies after the stage was settled: what a stage may escalate on.
 * Missing data is no breach here, whatever its policy (`silent` says when it leads on all the same), and what does not scale with share only beyond `severe`.
 */
export function escalating(readings: readonly TriggerReading[], settledMs: EpochMs | null): readonly Assessment[] {
  return firing(readings).filter((assessment) => mayEscalate(assessment) && startsAfter(assessment, settledMs));
}

export function matches({ trigger }: PlanSnapshot, assessments: readonly Assessment[]): boolean {
  return holdsOf(trigger, (name) => assessments.some(({ indicator }) => indicator.name === name));
}

/** Whether the escalation timer may run: something measured of what is not Clear (Any), of every trigger (All), or its silence where that counts. */
export function hasEvidence(snapshot: PlanSnapshot, readings: readonly TriggerReading[]): boolean {
  const { trigger } = snapshot;
  const silence = silent(snapshot, readings).map(({ indicator }) => indicator.name);
  const counts = ({ name, assessment }: TriggerReading): boolean => isMeasured(assessment) || silence.includes(name);
  return trigger.match === 'Any'
    ? readings.some((reading) => reading.state !== 'Clear' && counts(reading))
    : holdsOf(trigger, (name) => readings.some((reading) => reading.name === name && counts(reading)));
}

/**
 * Firing, looked at just now and without a usable reading, where the tier says that this leads on as a breach would. Never more than a
 * breach could: what does not scale with share escalates only beyond `severe`, and of silence nobody knows that. A quorum is silent where
 * its members are, each of which may be so for its provider's sake.
 */
export function silent({ onNoEvidence }: Pick<PlanSnapshot, 'onNoEvidence'>, readings: readonly TriggerReading[]): readonly Assessment[] {
  if (onNoEvidence === 'Hold') return [];
  return firing(readings).filter(
    ({ verdict, excused, indicator, observation }) =>
      ['Insufficient', 'NoData', 'Error'].includes(verdict) &&
      excused !== true &&
      indicator.scalesWith === 'Share' &&
      observation.source.provider !== quorumProvider,
  );
}

/**
 * Every trigger is Clear with a fresh Ok whose window lies after the stage was settled: what live share may rise on. One whose outcomes take too long for
 * that has to be Ok and can't be enough; what it had a part in only a person ends.
 */
export function isRecovered(readings: readonly TriggerReading[], settledMs: EpochMs | null, triggeredBy: readonly string[]): boolean {
  if (releasedByPeople(readings, triggeredBy).length > 0) return false;
  const isOk = ({ state, assessment }: TriggerReading): boolean => state === 'Clear' && assessment?.verdict === 'Ok';
  const timely = readings.filter((reading) => !isSlow(reading));
  return (
    timely.length > 0 && readings.every(isOk) && timely.every(({ assessment }) => assessment !== null && startsAfter(assessment, settledMs))
  );
}

/** Triggers that had a part in the engagement, and whose Ok takes no constraint off. */
export function releasedByPeople(readings: readonly TriggerReading[], triggeredBy: readonly string[]): readonly string[] {
  return readings.filter((reading) => isSlow(reading) && triggeredBy.includes(reading.name)).map(({ name }) => name);
}

/** What began the engagement, and what joined it of which no Ok will be of its time. */
export function takingPart(readings: readonly TriggerReading[], triggeredBy: readonly string[]): readonly string[] {
  const joined = readings.filter((reading) => isSlow(reading) && reading.state === 'Firing' && !triggeredBy.includes(reading.name));
  return joined.length === 0 ? triggeredBy : [...triggeredBy, ...joined.map(({ name }) => name)];
}

export function allClear(readings: readonly TriggerReading[]): boolean {
  return readings.length > 0 && readings.every((reading) => reading.state === 'Clear');
}

/** Suppressions still in force: not expired, and the indicator not yet seen Clear with a fresh Ok within `clear`. */
export function suppressionsInForce(memory: PlanMemory, readings: readonly TriggerReading[], nowMs: EpochMs): readonly Suppression[] {
  return memory.suppressed.filter(({ indicator, untilMs }) => {
    if (untilMs !== null && nowMs >= untilMs) return false;
    const reading = readings.find((each) => each.name === indicator);
    return reading === undefined || reading.state !== 'Clear' || reading.assessment === null || !withinClear(reading.assessment);
  });
}

function isSlow({ indicator }: TriggerReading): boolean {
  return indicator?.releaseBy === 'Decision';
}

function firing(readings: readonly TriggerReading[]): readonly Assessment[] {
  return readings.flatMap(({ state, suppressed, assessment }) =>
    state === 'Firing' && !suppressed && assessment !== null ? [assessment] : [],
  );
}

function startsAfter(assessment: Assessment, settledMs: EpochMs | null): boolean {
  return settledMs !== null && assessment.windowStartMs !== null && assessment.windowStartMs >= settledMs;
}

function isMeasured(assessment: Assessment | null): boolean {
  return assessment !== null && ['Ok', 'Warn', 'Breach'].includes(assessment.verdict);
}
