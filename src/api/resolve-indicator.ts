import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { Indicator } from '../core/model/indicator.ts';
import { readsOwnSignal, type IndicatorInForce, type ModelRisk } from './model-risk.ts';
import { resolveSignal, type ResolvedSignal } from './resolve-signal.ts';
import type { RiskPolicySpec } from './risk-policy.ts';
import { toIdentity, toIndicator, toQuorumIndicator } from './to-core.ts';

/** An indicator that reads a signal of its own. */
export interface MeasuredIndicator {
  readonly kind: 'Measured';
  readonly indicator: Indicator;
  readonly signal: ResolvedSignal;
}

/** An indicator with everything resolved but the model: by a signal of its own, or by those of others it counts. */
export type ResolvedIndicator =
  MeasuredIndicator | { readonly kind: 'Quorum'; readonly indicator: Indicator; readonly members: readonly MeasuredIndicator[] };

/** A ModelRisk with its terms in force, and the references its indicators keep in ConfigMaps in their place, where they could be read. */
export type ReadRisk = Pick<ModelRisk, 'metadata'> & {
  readonly spec: Omit<ModelRisk['spec'], 'indicators'> & { readonly indicators: readonly IndicatorInForce[] };
  /** Why those of other indicators can't be used, by indicator. */
  readonly unread?: ReadonlyMap<string, string>;
};

/** Failure: one sentence that says what is missing and where to write it. */
export function resolveIndicator(spec: IndicatorInForce, risk: ReadRisk, policy: RiskPolicySpec): Result<ResolvedIndicator, string> {
  if (!('quorum' in spec.signal)) return resolveMeasured(spec, risk, policy);
  const { indicators, atLeast } = spec.signal.quorum;
  const members: MeasuredIndicator[] = [];
  for (const name of indicators) {
    const member = risk.spec.indicators.find((each) => each.name === name);
    // The API server refuses both; objects stored before it learned to are judged here.
    if (member === undefined || 'quorum' in member.signal)
      return failure(`indicator ${spec.name}: ${name} is no other indicator with a signal of its own; correct signal.quorum.indicators`);
    const resolved = resolveMeasured(member, risk, policy);
    if (!resolved.ok) return failure(`indicator ${spec.name} counts ${name}, which can't be read: ${resolved.failure}`);
    members.push(resolved.value);
  }
  const indicator = toQuorumIndicator(
    spec,
    atLeast,
    members.map((each) => each.indicator),
  );
  if (indicator.measurableIn.length === 0)
    return failure(
      `indicator ${spec.name}: no kind of answers has all of ${indicators.join(', ')} (measurableIn of their signals); count others`,
    );
  return success({ kind: 'Quorum', indicator, members });
}

function resolveMeasured(spec: IndicatorInForce, risk: ReadRisk, policy: RiskPolicySpec): Result<MeasuredIndicator, string> {
  if (!readsOwnSignal(spec)) return failure(`indicator ${spec.name}: write its threshold: neither it nor the playbook of its tier has one`);
  const { model: version, workloadRefs } = risk.spec;
  const { labelMaturitySeconds } = version;
  const model = { ...toIdentity(risk), labelMaturitySeconds, workloadRefs, unread: risk.unread?.get(spec.name) };
  const signal = resolveSignal(spec, model, policy);
  return signal.ok
    ? success({ kind: 'Measured', indicator: toIndicator(spec, signal.value, labelMaturitySeconds), signal: signal.value })
    : signal;
}
