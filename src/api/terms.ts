import type { OnNoData } from '../core/model/indicator.ts';
import type { Mode, OnNoEvidence } from '../core/model/plan.ts';
import type { Floors, RecoveryFloor } from './floors.ts';
import { layLadder } from './ladder.ts';
import type { MitigationPlanSpec, StageSpec } from './mitigation-plan.ts';
import type { DeclaredIndicator, IndicatorInForce } from './model-risk.ts';
import type { Playbook } from './playbook.ts';
import type { TierSpec } from './risk-tier.ts';
import { stricterThreshold } from './stricter.ts';
import type { ThresholdSpec } from './threshold.ts';

/** Who said so. */
export type Origin = 'Model' | 'Plan' | 'Playbook' | 'Floor' | 'Signed' | 'Default';

/** A value in force, where it came from, and what it stands in the place of where a floor put it there. */
export interface Term<Value> {
  readonly value: Value;
  readonly from: Origin;
  readonly instead?: Value;
}

/** One indicator as it is judged; every step makes a new one of the one before. */
export interface IndicatorTerms {
  readonly declared: DeclaredIndicator;
  /** Undefined: a quorum, or nobody wrote one. */
  readonly threshold: Term<ThresholdSpec | undefined>;
  readonly onNoData: Term<OnNoData>;
  readonly forSeconds: Term<number>;
  /** Undefined: as many as the noise of the signal asks for. */
  readonly minSamples: Term<number | undefined>;
  readonly staleAfterSeconds: Term<number>;
  readonly clearForSeconds: Term<number>;
}

/** What a model is held to. */
export interface RiskTerms {
  /** Null: the model is in no tier of its policy. */
  readonly tier: TierSpec | null;
  readonly evaluationIntervalSeconds: Term<number>;
  readonly indicators: readonly IndicatorTerms[];
}

/** What a plan does in the tier of its model. */
export interface PlanTerms {
  readonly tier: TierSpec | null;
  readonly mode: Term<Mode>;
  readonly stages: Term<readonly StageSpec[]>;
  readonly recovery: Term<RecoverySpec>;
  readonly onNoEvidence: Term<OnNoEvidence>;
  readonly notify: Term<MitigationPlanSpec['notify']>;
  /** What of the tier's ladder this plan can't do as it is written: a sentence each. */
  readonly unfit: readonly string[];
}

interface DeclaredRisk {
  readonly evaluationIntervalSeconds?: number;
  readonly indicators: readonly DeclaredIndicator[];
}

/** As declared, then the playbook where nothing is, then the floors of the tier over both. Null: in no tier. */
export function riskTerms(spec: DeclaredRisk, tier: TierSpec | null): RiskTerms {
  return {
    tier,
    evaluationIntervalSeconds: underFloor(
      toModel(spec.evaluationIntervalSeconds, tier?.playbook?.evaluationIntervalSeconds, 5),
      tier?.floors?.evaluationIntervalSeconds,
      Math.min,
    ),
    indicators: spec.indicators.map((each) => indicatorTerms(each, tier)),
  };
}

function indicatorTerms(spec: DeclaredIndicator, tier: TierSpec | null): IndicatorTerms {
  return boundIndicator(supplyIndicator(spec, tier?.playbook), tier?.floors);
}

/** What the owner wrote, and the playbook where there is nothing. */
function supplyIndicator(declared: DeclaredIndicator, playbook: Playbook | undefined): IndicatorTerms {
  const signal = signalOf(declared);
  const fromPlaybook = playbook?.thresholds?.find((each) => each.signal === signal)?.threshold;
  const { forSeconds, minSamples, staleAfterSeconds, clearForSeconds } = declared;
  return {
    declared,
    threshold: toModel<ThresholdSpec | undefined>(declared.threshold, fromPlaybook, undefined),
    onNoData: toModel<OnNoData>(declared.onNoData, playbook?.onNoData, 'Hold'),
    forSeconds: { value: forSeconds, from: 'Model' },
    minSamples: { value: minSamples, from: minSamples === undefined ? 'Default' : 'Model' },
    staleAfterSeconds: { value: staleAfterSeconds, from: 'Model' },
    clearForSeconds: { value: clearForSeconds, from: 'Model' },
  };
}

const onNoDataOrder: readonly OnNoData[] = ['Ignore', 'Hold', 'Breach'];
const modeOrder: readonly Mode[] = ['Observe', 'Approve', 'Enforce'];

const stricterOf =
  <Value>(order: readonly Value[]) =>
  (a: Value, b: Value): Value =>
    order.indexOf(b) > order.indexOf(a) ? b : a;

function boundIndicator(terms: IndicatorTerms, floors: Floors | undefined): IndicatorTerms {
  if (floors === undefined) return terms;
  const onNoData = underFloor(terms.onNoData, floors.onNoData, stricterOf(onNoDataOrder));
  const signal = signalOf(terms.declared);
  const limit = floors.limits?.find((each) => each.signal === signal);
  if (limit === undefined) return { ...terms, onNoData };
  const { minSamples } = terms;
  return {
    ...terms,
    onNoData,
    threshold: underFloor(terms.threshold, limit, stricterThreshold),
    forSeconds: underFloor(terms.forSeconds, limit.forSeconds, Math.min),
    // Left out, the noise of the signal says how many: no owner softens that.
    minSamples: underFloor<number | undefined, number>(minSamples, limit.minSamples, (rows, most) =>
      rows === undefined ? rows : Math.min(rows, most),
    ),
    staleAfterSeconds: underFloor(terms.staleAfterSeconds, limit.staleAfterSeconds, Math.min),
    clearForSeconds: underFloor(terms.clearForSeconds, limit.clearForSeconds, Math.max),
  };
}

/** Indicators that were complete once, under the floors as they are now: one that came since holds for what was signed before too. */
export function underFloors(indicators: readonly DeclaredIndicator[], tier: TierSpec | null): readonly IndicatorInForce[] {
  return indicators.map((each) => indicatorInForce(boundIndicator(supplyIndicator(each, undefined), tier?.floors)));
}

/** The indicator with all its terms in their places. */
export function indicatorInForce({ declared, ...terms }: IndicatorTerms): IndicatorInForce {
  const { threshold: _, minSamples: __, ...rest } = declared;
  const [threshold, minSamples] = [terms.threshold.value, terms.minSamples.value];
  return {
    ...rest,
    onNoData: terms.onNoData.value,
    forSeconds: terms.forSeconds.value,
    staleAfterSeconds: terms.staleAfterSeconds.value,
    clearForSeconds: terms.clearForSeconds.value,
    ...(threshold === undefined ? {} : { threshold }),
    ...(minSamples === undefined ? {} : { minSamples }),
  };
}

type RecoverySpec = MitigationPlanSpec['recovery'];
type DeclaredPlan = Pick<MitigationPlanSpec, 'mode' | 'stages' | 'notify' | 'targets' | 'recovery' | 'onNoEvidence'>;

/** As `riskTerms`, for a plan of the model. A plan with stages of its own keeps them. */
export function planTerms(spec: DeclaredPlan, tier: TierSpec | null): PlanTerms {
  const ladder = tier?.playbook?.ladder;
  const floor = tier?.floors?.mode;
  const laid = spec.stages !== undefined || ladder === undefined ? null : layLadder(ladder, spec.targets);
  const stages = toPlan<readonly StageSpec[]>(spec.stages, laid?.stages, []);
  return {
    tier,
    mode: underFloor<Mode, Mode>({ value: spec.mode, from: 'Plan' }, floor, stricterOf(modeOrder)),
    stages: floor === 'Enforce' ? underFloor(stages, stages.value.map(unasked), askingNobody) : stages,
    recovery: underFloor<RecoverySpec, RecoveryFloor>({ value: spec.recovery, from: 'Plan' }, tier?.floors?.recovery, slowerRecovery),
    onNoEvidence: underFloor(
      toPlan<OnNoEvidence>(spec.onNoEvidence, tier?.playbook?.onNoEvidence, 'Hold'),
      tier?.floors?.onNoEvidence,
      stricterOf<OnNoEvidence>(['Hold', 'Escalate']),
    ),
    notify: toPlan(spec.notify, playbookNotify(tier), undefined),
    unfit: laid?.unfit ?? [],
  };
}

/** What gives back later, and less often by itself. The same object where the floor bounds nothing. */
function slowerRecovery(written: RecoverySpec, floor: RecoveryFloor): RecoverySpec {
  const { stepSeconds, probeAfterSeconds, probeAttempts, flap } = written;
  const slower: RecoverySpec = {
    stepSeconds: Math.max(stepSeconds, floor.stepSeconds ?? 0),
    probeAfterSeconds: Math.max(probeAfterSeconds, floor.probeAfterSeconds ?? 0),
    probeAttempts: Math.min(probeAttempts, floor.probeAttempts ?? Infinity),
    flap: {
      maxEngagements: Math.min(flap.maxEngagements, floor.maxEngagements ?? Infinity),
      windowSeconds: Math.max(flap.windowSeconds, floor.flapWindowSeconds ?? 0),
    },
  };
  return JSON.stringify(slower) === JSON.stringify({ stepSeconds, probeAfterSeconds, probeAttempts, flap }) ? written : slower;
}

/** A stage that asks first is milder than one that acts. */
function unasked(stage: StageSpec): StageSpec {
  return stage.mode === 'Approve' ? { ...stage, mode: 'Enforce' } : stage;
}

function askingNobody(written: readonly StageSpec[], strict: readonly StageSpec[]): readonly StageSpec[] {
  return written.some(({ mode }) => mode === 'Approve') ? strict : written;
}

const repeatSeconds = 14_400;

/** Whom the escalation of a tier tells: its first entry at once. Undefined: nobody. */
export function playbookNotify(tier: TierSpec | null): MitigationPlanSpec['notify'] {
  const [first, ...later] = (tier?.playbook?.escalation ?? []).toSorted((a, b) => a.afterSeconds - b.afterSeconds);
  return first === undefined ? undefined : { receivers: first.receivers, repeatSeconds, escalation: later };
}

const suppliedTo =
  (owner: 'Model' | 'Plan') =>
  <Value>(written: Value | undefined, playbook: Value | undefined, otherwise: Value): Term<Value> => {
    if (written !== undefined) return { value: written, from: owner };
    return playbook === undefined ? { value: otherwise, from: 'Default' } : { value: playbook, from: 'Playbook' };
  };

const toModel = suppliedTo('Model');
const toPlan = suppliedTo('Plan');

/** `stricter` answers its first argument unless the floor is stricter: then the floor is in force, and what was written is remembered. */
function underFloor<Value, Floor>(
  term: Term<Value>,
  floor: Floor | undefined,
  stricter: (written: Value, floor: Floor) => Value,
): Term<Value> {
  if (floor === undefined) return term;
  const value = stricter(term.value, floor);
  return value === term.value ? term : { value, from: 'Floor', instead: term.value };
}

function signalOf({ signal }: DeclaredIndicator): string | null {
  return 'template' in signal ? signal.template.name : null;
}
