import type { Indicator, IndicatorMemory } from '../core/model/indicator.ts';
import { quorumThreshold } from '../core/quorum.ts';
import type { ModelIdentity } from '../core/model/observation.ts';
import { fromInstant } from './instant.ts';
import type { IndicatorInForce, IndicatorSpec, IndicatorStatus, ModelRisk } from './model-risk.ts';
import type { ResolvedSignal } from './resolve-signal.ts';

/** Whom the series of this risk belong to. The namespace is the object's own: nobody can claim another. */
export function toIdentity(risk: Pick<ModelRisk, 'metadata' | 'spec'>): ModelIdentity {
  const { name: model, version, imageDigest } = risk.spec.model;
  return { namespace: risk.metadata.namespace ?? '', model, version, ...(imageDigest === undefined ? {} : { imageDigest }) };
}

/** Outcomes that take longer say nothing of a stage while it lasts. */
const slowOutcomeSeconds = 604_800;

/** The indicator with every default resolved; `signal` is what its reference to the policy came to. */
export function toIndicator(spec: IndicatorSpec, signal: ResolvedSignal, labelMaturitySeconds = 0): Indicator {
  const { direction, warn, breach, clear, severe } = spec.threshold;
  return {
    name: spec.name,
    threshold: { direction, warn: warn ?? null, breach, clear: clear ?? warn ?? breach, severe: severe ?? null },
    minSamples: spec.minSamples ?? null,
    forSeconds: spec.forSeconds,
    clearForSeconds: spec.clearForSeconds,
    staleAfterSeconds: spec.staleAfterSeconds,
    onNoData: spec.onNoData,
    onError: spec.onError,
    windowSeconds: signal.windowSeconds,
    measurableIn: signal.measurableIn,
    scalesWith: signal.scalesWith,
    ...(labelMaturitySeconds > slowOutcomeSeconds && countsOutcomes(signal) ? { releaseBy: 'Decision' } : {}),
  };
}

/**
 * A quorum by what its members are: measurable where all of them are, as slow as the slowest, its data allowed the greatest age one of theirs may have.
 * Share takes it away only if it takes all of them away.
 */
export function toQuorumIndicator(spec: IndicatorInForce, atLeast: number, members: readonly Indicator[]): Indicator {
  const { name, forSeconds, clearForSeconds, onNoData, onError } = spec;
  const served = ['Live', 'Shadow'] as const;
  return {
    ...{ name, forSeconds, clearForSeconds, onNoData, onError },
    threshold: quorumThreshold(atLeast),
    minSamples: null,
    staleAfterSeconds: Math.max(spec.staleAfterSeconds, ...members.map((each) => each.staleAfterSeconds)),
    windowSeconds: Math.max(...members.map(({ windowSeconds }) => windowSeconds)),
    measurableIn: served.filter((each) => members.every(({ measurableIn }) => measurableIn.includes(each))),
    scalesWith: members.every(({ scalesWith }) => scalesWith === 'Share') ? 'Share' : 'None',
    ...(members.some(({ releaseBy }) => releaseBy === 'Decision') ? { releaseBy: 'Decision' } : {}),
  };
}

function countsOutcomes(signal: ResolvedSignal): boolean {
  if (signal.kind !== 'Statistic') return false;
  const { statistic } = signal;
  if (statistic.kind === 'Fairness') return statistic.labels.outcome !== null;
  return statistic.kind === 'Performance' || statistic.kind === 'Calibration';
}

/** What the status remembers of an indicator. The last poll is not in it: the machine restarts Pending and Clearing by that. */
export function indicatorMemoryFromStatus(status: IndicatorStatus): IndicatorMemory {
  return { state: status.state, sinceMs: fromInstant(status.since), lastPolledAtMs: null };
}
