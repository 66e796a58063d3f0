import type { ModelRiskConditionType } from '../api/conditions.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import { judgeFalseAlarms, recordFalseAlarms, type FalseAlarmRecord } from '../core/false-alarm-account.ts';
import type { Assessment } from '../core/model/assessment.ts';
import type { Indicator } from '../core/model/indicator.ts';
import type { ConditionNow } from '../kube/conditions.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { SignalDefinition } from '../signals/port.ts';
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
  readonly record: FalseAlarmRecord | null;
}

export function createFalseAlarmBook(): FalseAlarmBook {
  // A tail and an integral for each reading: once, not at every write of a status.
  const pages = new WeakMap<Assessment, Page>();
  const recordOf = (state: IndicatorState, shown: Assessment, intervalSeconds: number): FalseAlarmRecord | null => {
    const { observation } = shown;
    if (observation.kind !== 'Value') return null;
    const known = pages.get(shown);
    if (known?.indicator === state.indicator) return known.record;
    const record = recordFalseAlarms(state.indicator, observation, { intervalSeconds, dataSeconds: dataSecondsOf(state.signal) });
    pages.set(shown, { indicator: state.indicator, record });
    return record;
  };
  return {
    of: (risk, object) => {
      const remembered = rememberedAlarms(object, risk.risk.metadata.generation);
      const found = [...risk.indicators].flatMap(([name, state]) => {
        const { shown } = gravestReading(state);
        const isReadable = shown?.observation.kind === 'Value';
        // Without a usable reading the last figures stay: what alarmed too often yesterday is not cured by having no data today.
        const record = isReadable ? recordOf(state, shown, risk.risk.spec.evaluationIntervalSeconds) : remembered.get(name);
        return record == null ? [] : [[name, record] as const];
      });
      return new Map(found);
    },
  };
}

/** An anomaly is measured from earlier readings: looks share them too. */
function dataSecondsOf(signal: SignalDefinition): number {
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

export function calibratedCondition(alarms: FalseAlarmsByName, risk: RiskState, policy: RiskPolicy | null): RiskCondition {
  const type = 'Calibrated';
  if (policy === null)
    return {
      type,
      status: 'Unknown',
      reason: 'PolicyMissing',
      message: 'Without its policy nobody says how many false alarms are allowed.',
    };
  const indicators = risk.risk.spec.indicators.map(({ name }) => ({ name, record: alarms.get(name) ?? null }));
  const { message, ...judged } = judgeFalseAlarms(indicators, policy.spec.falseEngagementsPerModelYear);
  return { type, ...judged, message: message.slice(0, maxMessageLength) };
}
