import type { PlanSnapshot } from '../core/model/plan.ts';
import type { PlanState } from './plan-state.ts';
import type { FrozenSource, IndicatorState, RiskState } from './risk-state.ts';

/** As risk and policy say now. */
function writtenSource(risk: RiskState, { signal, digest }: IndicatorState): FrozenSource {
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

/** What an indicator is read from now: during an engagement, what that began on, for as long as this process has it. */
export function sourceInForce(risk: RiskState, state: IndicatorState, plans: readonly PlanState[]): FrozenSource {
  const kept = plans.flatMap(({ engaged, sources }) => (engaged === null ? [] : (sources.get(state.indicator.name) ?? [])));
  return kept[0] ?? writtenSource(risk, state);
}

/**
 * Whether readings of this source and of the version under guard are evidence to every engaged plan. They are none if they are of
 * something else than what it engaged on, or of the version it sends callers to: that one is good whatever the candidate is.
 */
export function isEvidence(
  { digest }: FrozenSource,
  { risk, name }: { readonly risk: RiskState; readonly name: string },
  plans: readonly PlanState[],
): boolean {
  return plans.every(({ engaged }) => engaged === null || (!isSafeVersion(engaged, risk) && isSourceOf(engaged, name, digest)));
}

export function isSafeVersion({ safeVersion, version }: PlanSnapshot, { identity }: RiskState): boolean {
  return safeVersion === identity.version && version !== identity.version;
}

function isSourceOf({ sources }: PlanSnapshot, name: string, digest: string): boolean {
  const frozen = sources.find(({ indicator }) => indicator === name);
  return frozen === undefined || frozen.digest === digest;
}

/** Names of indicators whose source is written differently from what the engagement keeps, or can't be found any more. */
export function editedSources({ sources }: PlanSnapshot, risk: RiskState | null): readonly string[] {
  return sources.flatMap(({ indicator, digest }) => {
    const state = risk?.indicators.get(indicator);
    return risk !== null && state !== undefined && writtenSource(risk, state).digest === digest ? [] : [indicator];
  });
}
