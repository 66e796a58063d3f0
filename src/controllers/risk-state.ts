import { toIdentity, toIndicator, indicatorMemoryFromStatus } from '../api/to-core.ts';
import type { ModelRisk } from '../api/model-risk.ts';
import { resolveSignal } from '../api/resolve-signal.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import { initialIndicatorMemory, restartIndicator } from '../core/indicator.ts';
import type { Assessment } from '../core/model/assessment.ts';
import type { Indicator, IndicatorMemory } from '../core/model/indicator.ts';
import type { ModelIdentity } from '../core/model/observation.ts';
import type { ObjectKey } from '../kube/kube-object.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { SignalDefinition } from '../signals/port.ts';

/** One indicator of a risk: what it is, where its number comes from, where it stands. */
export interface IndicatorState {
  readonly indicator: Indicator;
  readonly signal: SignalDefinition;
  memory: IndicatorMemory;
  assessment: Assessment | null;
  /** Newest value there ever was. */
  lastSeen: { readonly value: number; readonly dataTimeMs: EpochMs } | null;
  /** Assessment at the last change of verdict or state: what the status shows, so that it does not churn. */
  shown: Assessment | null;
}

/** Why a risk can't be assessed in full: one reason a condition, one sentence each. */
export interface RiskProblem {
  readonly reason: 'PolicyMissing' | 'SignalMissing' | 'Unreadable';
  readonly message: string;
}

/** Everything the operator holds in memory for one ModelRisk. */
export interface RiskState {
  readonly key: ObjectKey;
  readonly uid: string;
  readonly risk: ModelRisk;
  readonly identity: ModelIdentity;
  readonly indicators: ReadonlyMap<string, IndicatorState>;
  readonly problems: readonly RiskProblem[];
  /** Judged on the version a plan would move to, by version and indicator. */
  readonly safe: Map<string, Map<string, Assessment>>;
}

/** How a provider of a policy is known to the signal source. */
export function providerKey(policy: RiskPolicy, provider: string): string {
  return `${policy.metadata.name}/${provider}`;
}

function rememberedMemory(risk: ModelRisk, name: string, nowMs: EpochMs): IndicatorMemory {
  const status = risk.status.indicators.find((entry) => entry.name === name);
  return status === undefined ? initialIndicatorMemory(nowMs) : indicatorMemoryFromStatus(status);
}

/**
 * The state of a risk as its spec and policy are now. What is known of its indicators stays, unless the artifact changed:
 * evidence belongs to a version, so Pending and Clearing start anew and only Firing is kept.
 */
export function resolveRisk(
  risk: ModelRisk,
  policy: RiskPolicy | null,
  known: { readonly previous: RiskState | null; readonly nowMs: EpochMs },
): RiskState {
  const identity = toIdentity(risk);
  const { previous, nowMs } = known;
  const sameVersion = previous?.identity.version === identity.version;
  const problems: RiskProblem[] = [];
  const indicators = new Map<string, IndicatorState>();
  if (policy === null) {
    problems.push({
      reason: 'PolicyMissing',
      message: `RiskPolicy ${risk.spec.policyRef.name} does not exist; create it or correct spec.policyRef.name.`,
    });
  }
  for (const spec of risk.spec.indicators) {
    if (policy === null) break;
    const signal = resolveSignal(spec, identity, policy.spec);
    if (!signal.ok) {
      problems.push({ reason: 'SignalMissing', message: signal.failure });
      continue;
    }
    const before = previous?.indicators.get(spec.name);
    const memory = before?.memory ?? rememberedMemory(risk, spec.name, nowMs);
    indicators.set(spec.name, {
      indicator: toIndicator(spec, signal.value),
      // Two policies may give one name to two servers.
      signal: { ...signal.value, provider: providerKey(policy, signal.value.provider) },
      memory: sameVersion || previous === null ? memory : restartIndicator(memory),
      assessment: sameVersion ? (before?.assessment ?? null) : null,
      lastSeen: sameVersion ? (before?.lastSeen ?? null) : null,
      shown: sameVersion ? (before?.shown ?? null) : null,
    });
  }
  return {
    key: `${identity.namespace}/${risk.metadata.name}`,
    uid: risk.metadata.uid,
    risk,
    identity,
    indicators,
    problems,
    safe: new Map(),
  };
}
