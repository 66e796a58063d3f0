import type { PlanSnapshot } from '../core/model/plan.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { PlanState } from './plan-state.ts';
import { readingsToEarn } from './risk-state.ts';
import type { FrozenSource, IndicatorState, RiskState } from './risk-state.ts';

/** As risk and policy say now. */
export function writtenSource(risk: RiskState, { signal, digest }: IndicatorState): FrozenSource {
  return { signal, model: risk.identity.model, digest };
}

/** The sources of a plan's trigger indicators, as an engagement that begins now would keep them. */
export function sourcesOf({ trigger }: PlanSnapshot, risk: RiskState): ReadonlyMap<string, FrozenSource> {
  const found = trigger.indicators.flatMap((name) => {
    const state = risk.indicators.get(name);
    return state === undefined ? [] : [[name, writtenSource(risk, state)] as const];
  });
  return new Map(found);
}

/**
 * Where a plan's indicator stands. An engaged plan goes by nothing else than what it engaged on: as all do while that is what risk
 * and policy say, by a reading of its own while it is not. Null: there is no reading it may go by, so it stays where it is.
 */
export function stateFor(plan: PlanState, risk: RiskState, name: string): IndicatorState | null {
  const { engaged, own } = plan;
  const shared = risk.indicators.get(name) ?? null;
  if (engaged === null) return shared;
  // The version it sends callers to is good whatever the candidate is.
  if (isSafeVersion(engaged, risk)) return null;
  return isRead(engaged, name, shared) ? shared : (own.get(name) ?? null);
}

function isRead({ sources }: PlanSnapshot, name: string, shared: IndicatorState | null): boolean {
  const frozen = sources.find(({ indicator }) => indicator === name);
  return frozen === undefined || frozen.digest === shared?.digest;
}

/** Readings of its own begin with an edit of what the plan engaged on, and end when that is written again or the engagement is over. */
export function refreshOwn(plan: PlanState, risk: RiskState, nowMs: EpochMs): void {
  const { engaged, own, sources } = plan;
  const edited = engaged === null ? [] : editedSources(engaged, risk);
  for (const name of own.keys()) if (!edited.includes(name)) own.delete(name);
  for (const name of edited) {
    const indicator = engaged?.indicators.find((each) => each.name === name);
    const source = sources.get(name);
    const known = own.get(name);
    if (indicator === undefined || source === undefined || (known !== undefined && isOfVersion(known, risk))) continue;
    const { signal, digest } = source;
    const readings = readingsToEarn(known?.readings ?? risk.readings.get(name), nowMs);
    own.set(name, { indicator, signal, digest, invalid: false, readings, blindness: new Map(), paces: new Map(), votes: new Map() });
  }
}

export function isSafeVersion({ safeVersion, version }: PlanSnapshot, { identity }: RiskState): boolean {
  return safeVersion === identity.version && version !== identity.version;
}

function isOfVersion({ readings }: IndicatorState, { identity }: RiskState): boolean {
  return [...readings.values()].every(({ assessment }) => assessment === null || assessment.identity.version === identity.version);
}

/** Names of indicators whose source is written differently from what the engagement keeps, or can't be found any more. */
export function editedSources({ sources }: PlanSnapshot, risk: RiskState | null): readonly string[] {
  return sources.flatMap(({ indicator, digest }) => {
    const state = risk?.indicators.get(indicator);
    return risk !== null && state !== undefined && writtenSource(risk, state).digest === digest ? [] : [indicator];
  });
}
