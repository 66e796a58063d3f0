import type { ModelRiskConditionType } from '../api/conditions.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import { judgeFalseAlarms, recordFalseAlarms, type FalseAlarmRecord } from '../core/false-alarm-account.ts';
import type { Assessment } from '../core/model/assessment.ts';
import type { Indicator } from '../core/model/indicator.ts';
import { breachChance, countedChance, quorumChance, type BreachChance } from '../core/statistics/breach-chance.ts';
import type { ConditionNow } from '../kube/conditions.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { Programme } from './programme.ts';
import { gravestReading } from './risk-state.ts';
import type { IndicatorState, RiskState } from './risk-state.ts';

/** What the indicators of a risk alarm for nothing, by name; without an entry it is not known. */
export type FalseAlarmsByName = ReadonlyMap<string, FalseAlarmRecord>;

export interface FalseAlarmBook {
  /** By the readings at the last change of verdict or state, so that rows which come and go write no status. `object` remembers the rest. */
  of(risk: RiskState, object: UntypedObject): FalseAlarmsByName;
}

interface Page {
  readonly indicator: Indicator;
  readonly chance: BreachChance | null;
}

export function createFalseAlarmBook(): FalseAlarmBook {
  // A tail for each reading, an integral for each tail: once, not at every write of a status.
  const pages = new WeakMap<Assessment, Page>();
  const records = new WeakMap<BreachChance, FalseAlarmRecord>();

  function chanceOf({ indicator, signal, readings }: IndicatorState, risk: RiskState): BreachChance | null {
    if (signal.kind === 'Quorum') {
      const members = signal.members.flatMap((member) => risk.indicators.get(member.indicator.name) ?? []);
      const chances = members.flatMap((member) => chanceOf(member, risk) ?? []);
      return chances.length < signal.members.length ? null : quorumChance(chances, indicator.threshold.breach + 1);
    }
    const { shown } = gravestReading({ readings });
    if (shown?.observation.kind !== 'Value') return null;
    if (signal.kind === 'Cluster') return countedChance;
    const known = pages.get(shown);
    if (known?.indicator === indicator) return known.chance;
    const chance = breachChance(indicator.threshold, shown.observation);
    pages.set(shown, { indicator, chance });
    return chance;
  }

  function recordOf(state: IndicatorState, risk: RiskState): FalseAlarmRecord | null {
    const chance = chanceOf(state, risk);
    if (chance === null) return null;
    const looking = { intervalSeconds: risk.terms.evaluationIntervalSeconds.value, dataSeconds: dataSecondsOf(state.signal) };
    const record = records.get(chance) ?? recordFalseAlarms(state.indicator, chance, looking);
    records.set(chance, record);
    return record;
  }

  return {
    of: (risk, object) => {
      const remembered = rememberedAlarms(object, risk.risk.metadata.generation);
      const found = [...risk.indicators].flatMap(([name, state]) => {
        // Without a usable reading the last figures stay: what alarmed too often yesterday is not cured by having no data today.
        const record = recordOf(state, risk) ?? (isReadable(state) ? null : remembered.get(name)) ?? null;
        return record === null ? [] : [[name, record] as const];
      });
      return new Map(found);
    },
  };
}

/** A reading there is, and nothing known of its law: what was remembered was of another. */
function isReadable({ readings, signal }: IndicatorState): boolean {
  return signal.kind !== 'Quorum' && gravestReading({ readings }).shown?.observation.kind === 'Value';
}

/** An anomaly is measured from earlier readings: looks share them too. */
function dataSecondsOf(signal: IndicatorState['signal']): number {
  if (signal.kind !== 'Statistic' || signal.statistic.kind !== 'Anomaly') return signal.windowSeconds;
  return signal.windowSeconds + signal.parts.reduce((most, { offsetSeconds = 0 }) => Math.max(most, offsetSeconds), 0);
}

/** Figures of another spec are about other limits. */
function rememberedAlarms(object: UntypedObject, generation: number | undefined): FalseAlarmsByName {
  const { status } = object as {
    readonly status?: {
      readonly observedGeneration?: number;
      readonly indicators?: readonly { readonly name: string; readonly falseAlarms?: FalseAlarmRecord }[];
    };
  };
  if (status?.observedGeneration !== generation) return new Map();
  return new Map(
    (status?.indicators ?? []).flatMap(({ name, falseAlarms }) => (falseAlarms === undefined ? [] : [[name, falseAlarms] as const])),
  );
}

type RiskCondition = ConditionNow & { readonly type: ModelRiskConditionType };

/** Longest message a status carries. */
const maxMessageLength = 2048;

/** Of the indicators that engage plans; of all, while no plan goes by any. */
export function calibratedCondition(
  alarms: FalseAlarmsByName,
  risk: RiskState,
  programme: Pick<Programme, 'policies' | 'plansOf'>,
): RiskCondition {
  const type = 'Calibrated';
  const policy: RiskPolicy | undefined = programme.policies.get(risk.risk.spec.policyRef.name);
  if (policy === undefined)
    return {
      type,
      status: 'Unknown',
      reason: 'PolicyMissing',
      message: 'Without its policy nobody says how many false alarms are allowed.',
    };
  const triggers = new Set(programme.plansOf(risk.key).flatMap(({ current }) => current.trigger.indicators));
  const counted = risk.risk.spec.indicators.filter(({ name }) => triggers.size === 0 || triggers.has(name));
  const indicators = counted.map(({ name }) => ({ name, record: alarms.get(name) ?? null }));
  const { message, ...judged } = judgeFalseAlarms(indicators, policy.spec.falseEngagementsPerModelYear);
  return { type, ...judged, message: message.slice(0, maxMessageLength) };
}
