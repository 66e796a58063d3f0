import { same } from '../api/signed-limits.ts';
import type { PlanSnapshot } from '../core/model/plan.ts';
import type { RiskState } from './risk-state.ts';

/**
 * The plan with what was signed beside each trigger that nobody signed: an indicator that was taken out, or that reads the same number. Else
 * another name for an indicator would leave its limit behind, though it is judged. Until all have signed, a breach of either counts.
 */
export function withStandIns(snapshot: PlanSnapshot, risk: Pick<RiskState, 'written' | 'signed'> | null): PlanSnapshot {
  const signed = risk?.signed?.model.indicators ?? [];
  const { trigger } = snapshot;
  if (risk === null || signed.length === 0) return snapshot;
  const written = new Map(risk.written.spec.indicators.map((each) => [each.name, each]));
  const others = signed.filter(({ name }) => !trigger.indicators.includes(name));
  const standIns = trigger.indicators
    .filter((name) => !signed.some((each) => each.name === name))
    .flatMap((of) => {
      const signal = written.get(of)?.signal;
      const by = others.filter((each) => !written.has(each.name) || (signal !== undefined && same(each.signal, signal)));
      return by.length === 0 ? [] : [{ of, by: by.map(({ name }) => name) }];
    });
  if (standIns.length === 0) return snapshot;
  const indicators = [...new Set([...trigger.indicators, ...standIns.flatMap(({ by }) => by)])];
  return { ...snapshot, trigger: { ...trigger, indicators, standIns } };
}
