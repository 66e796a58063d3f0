import { standingOf } from '../core/budget/ledger.ts';
import type { Standing } from '../core/budget/ledger.ts';
import type { Assessment } from '../core/model/assessment.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { RiskState } from './risk-state.ts';

/** Readings of one indicator since the operator began, by what they say of its objective. */
type Tally = Record<Standing, number>;

/** By risk and indicator. */
export type ReadingTallies = Map<string, Tally>;

function keyOf({ uid }: RiskState, indicator: string): string {
  return `${uid}/${indicator}`;
}

function hasObjective({ risk }: RiskState, indicator: string): boolean {
  return risk.spec.indicators.some(({ name, objective }) => name === indicator && objective?.windowSeconds !== undefined);
}

/** Counts a reading towards the objective of its indicator, where that has one: what callers received, not copies. */
export function tallyReading(tallies: ReadingTallies, risk: RiskState, { indicator, served, verdict }: Assessment): void {
  if (served !== 'Live' || !hasObjective(risk, indicator.name)) return;
  const key = keyOf(risk, indicator.name);
  const tally = tallies.get(key) ?? { Good: 0, Bad: 0, None: 0 };
  tally[standingOf(verdict)] += 1;
  tallies.set(key, tally);
}

/** Each series begins at 0, or its first bad reading would be no increase; those of indicators that are gone go. */
export function setReadings(
  { risks, tallies }: { readonly risks: ReadonlyMap<string, RiskState>; readonly tallies: ReadingTallies },
  { indicatorReadings }: Pick<Metrics, 'indicatorReadings'>,
): void {
  indicatorReadings.reset();
  const kept = new Set<string>();
  for (const state of risks.values()) {
    for (const indicator of [...state.indicators.keys()].filter((name) => hasObjective(state, name))) {
      const key = keyOf(state, indicator);
      kept.add(key);
      const labels = { namespace: state.identity.namespace, risk: state.risk.metadata.name, indicator };
      for (const [result, count] of Object.entries(tallies.get(key) ?? { Good: 0, Bad: 0, None: 0 }))
        indicatorReadings.inc({ ...labels, result }, count);
    }
  }
  for (const key of tallies.keys()) if (!kept.has(key)) tallies.delete(key);
}
