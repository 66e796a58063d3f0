import type { StageSpec } from './mitigation-plan.ts';
import type { IndicatorTerms, Origin, PlanTerms, RiskTerms, Term } from './terms.ts';
import type { ThresholdSpec } from './threshold.ts';

/** One value in force, for people. */
export interface TermLine {
  readonly field: string;
  readonly value: string;
  readonly from: Origin;
  /** What a floor stands in the place of; null: no floor does. */
  readonly instead: string | null;
}

function line<Value>(field: string, term: Term<Value>, say: (value: Value) => string): TermLine {
  const { value, from } = term;
  return { field, value: say(value), from, instead: from === 'Floor' ? say(term.instead as Value) : null };
}

const seconds = (value: number): string => `${String(value)} s`;

/** Of a model, in the order of its spec. */
export function riskTermLines({ evaluationIntervalSeconds, indicators }: RiskTerms): readonly TermLine[] {
  return [line('evaluationIntervalSeconds', evaluationIntervalSeconds, seconds), ...indicators.flatMap(indicatorLines)];
}

function indicatorLines({ declared, ...terms }: IndicatorTerms): readonly TermLine[] {
  const at = (field: string): string => `indicators[${declared.name}].${field}`;
  const isQuorum = 'quorum' in declared.signal;
  return [
    ...(isQuorum ? [] : [line(at('threshold'), terms.threshold, thresholdText)]),
    line(at('onNoData'), terms.onNoData, String),
    line(at('forSeconds'), terms.forSeconds, seconds),
    ...(isQuorum
      ? []
      : [line(at('minSamples'), terms.minSamples, (rows) => (rows === undefined ? 'by the noise of the signal' : String(rows)))]),
    line(at('staleAfterSeconds'), terms.staleAfterSeconds, seconds),
    line(at('clearForSeconds'), terms.clearForSeconds, seconds),
  ];
}

function thresholdText(threshold: ThresholdSpec | undefined): string {
  if (threshold === undefined) return 'none';
  const { direction, ...limits } = threshold;
  const said = (['warn', 'breach', 'clear', 'severe'] as const).flatMap((name) => {
    const limit = limits[name];
    return limit === undefined ? [] : [`${name} ${String(limit)}`];
  });
  return `${direction} ${said.join(', ')}`;
}

/** Of a plan. */
export function planTermLines({ mode, stages, recovery, onNoEvidence, notify }: PlanTerms): readonly TermLine[] {
  return [
    line('mode', mode, String),
    line('stages', stages, stagesText),
    line('recovery', recovery, recoveryText),
    line('onNoEvidence', onNoEvidence, String),
    line('notify', notify, (value) =>
      value === undefined
        ? 'nobody'
        : [`at once ${value.receivers.join(', ')}`]
            .concat(value.escalation.map(({ afterSeconds, receivers }) => `after ${seconds(afterSeconds)} ${receivers.join(', ')}`))
            .join('; '),
    ),
  ];
}

function recoveryText({ stepSeconds, probeAfterSeconds, probeAttempts, flap }: PlanTerms['recovery']['value']): string {
  const probes = `${String(probeAttempts)} probes after ${seconds(probeAfterSeconds)} each`;
  return `a step after ${seconds(stepSeconds)}, ${probes}, ${String(flap.maxEngagements)} engagements within ${seconds(flap.windowSeconds)}`;
}

function stagesText(stages: readonly StageSpec[]): string {
  if (stages.length === 0) return 'none';
  return stages
    .map(({ name, mode, actions, escalateAfterSeconds }) => {
      const asks = mode === undefined ? '' : ` (${mode})`;
      const next = escalateAfterSeconds === undefined ? '' : `, next after ${seconds(escalateAfterSeconds)}`;
      return `${name}${asks}: ${actions.map(actionText).join(' + ')}${next}`;
    })
    .join('; ');
}

function actionText({ target, ...action }: StageSpec['actions'][number]): string {
  if ('canaryLimit' in action) return `${target} at most ${String(action.canaryLimit.maxPercent)} %`;
  if ('shadow' in action) return `${target} shadow`;
  return `${target} ${Object.keys(action).join()}`;
}

/** Empty while the tier supplies nothing. */
export function toSuppliedStatus(lines: readonly TermLine[], tier: { readonly name: string } | null) {
  const supplied = lines.flatMap(({ field, value, from }) =>
    tier !== null && (from === 'Playbook' || from === 'Floor') ? [{ field, value: value.slice(0, 1024), from, tier: tier.name }] : [],
  );
  return supplied.length === 0 ? {} : { supplied };
}
