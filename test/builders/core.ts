import { judge } from '../../src/core/judge.ts';
import type { Assessment } from '../../src/core/model/assessment.ts';
import type { Holder } from '../../src/core/model/constraint.ts';
import type { Indicator, IndicatorState, Threshold } from '../../src/core/model/indicator.ts';
import type { ModelIdentity, Observation, ObservationSource, Served } from '../../src/core/model/observation.ts';
import type { EngagedMemory, PlanSnapshot, Stage } from '../../src/core/model/plan.ts';
import type { Target } from '../../src/core/model/target.ts';
import type { IndicatorReading, PlanStepInput } from '../../src/core/plan/input.ts';
import { initialPlanMemory } from '../../src/core/plan/memory.ts';

/** 2026-01-01T00:00:00Z: every core test starts here. */
export const startMs = 1_767_225_600_000;
export const intervalMs = 15_000;

export const source: ObservationSource = { provider: 'prometheus', query: 'score_drift', queriedAtMs: startMs };
export const identity: ModelIdentity = { namespace: 'lending', model: 'credit-default', version: '2.3.0' };

export function anIndicator(changes: Partial<Omit<Indicator, 'threshold'>> & { readonly threshold?: Partial<Threshold> } = {}): Indicator {
  const { threshold, ...rest } = changes;
  return {
    name: 'score-drift',
    threshold: { direction: 'Above', warn: 0.1, breach: 0.25, clear: 0.1, severe: null, ...threshold },
    minSamples: 0,
    forSeconds: 60,
    clearForSeconds: 60,
    staleAfterSeconds: 300,
    onNoData: 'Hold',
    onError: 'Hold',
    windowSeconds: 60,
    measurableIn: ['Live', 'Shadow'],
    scalesWith: 'Share',
    ...rest,
  };
}

export function aValue(value: number, changes: Partial<Extract<Observation, { kind: 'Value' }>> = {}): Observation {
  return {
    kind: 'Value',
    value,
    sampleCount: null,
    noiseFloor: null,
    interval: null,
    computation: null,
    dataTimeMs: startMs,
    windowSeconds: 60,
    source,
    ...changes,
  };
}

export const noReading: Observation = { kind: 'NoData', cause: 'Empty', message: 'the query returned nothing', source };
export const failedReading: Observation = { kind: 'Error', cause: 'Unreachable', message: 'connection refused', source };

interface AssessmentOptions {
  readonly atMs?: number;
  readonly indicator?: Indicator;
  readonly served?: Served;
  readonly version?: string;
}

/** Judged for real, from a value (its window ends at `atMs`) or from an observation. */
export function anAssessment(
  reading: number | Observation,
  { atMs = startMs, indicator = anIndicator(), served = 'Live', version = identity.version }: AssessmentOptions = {},
): Assessment {
  const observation = typeof reading === 'number' ? aValue(reading, { dataTimeMs: atMs, windowSeconds: indicator.windowSeconds }) : reading;
  return judge({ indicator, identity: { ...identity, version }, served, observation, nowMs: atMs });
}

export const breachValue = 0.4;
export const warnValue = 0.2;
export const okValue = 0.02;

export const route: Target = {
  kind: 'HTTPRoute',
  name: 'traffic',
  object: 'credit',
  candidate: { service: 'credit-v2', port: 8080 },
  safe: { service: 'credit-v1', port: 8080, minReadyEndpoints: 1 },
  whenPercentUnsupported: 'Refuse',
};
/** The same split by a VirtualService, which says nothing of when proxies followed. */
export function meshRoute(settleSeconds: number): Target {
  return {
    kind: 'VirtualService',
    name: 'traffic',
    object: 'credit',
    candidate: { host: 'credit-v2', subset: null },
    safe: { host: 'credit-v1', subset: null, minReadyEndpoints: 1 },
    settleSeconds,
  };
}
export const flag: Target = {
  kind: 'FeatureFlag',
  name: 'flag',
  object: 'credit-flags',
  flag: 'use-v2',
  safeVariant: 'off',
  behind: 'traffic',
  settleSeconds: 0,
};

/** What answers behind the route: a stage may put it back on an earlier revision. */
export const workload = {
  kind: 'Deployment',
  name: 'workload',
  object: 'credit-v2',
  purpose: 'Pin',
  revision: null,
  behind: 'traffic',
} as const satisfies Target;
/** Room for the requests a stage moves away from the candidate. */
export const capacity = { ...workload, name: 'capacity', object: 'credit-v1', purpose: 'Scale', behind: null } as const satisfies Target;

export const limitStage: Stage = {
  name: 'limit',
  escalateAfterSeconds: 300,
  enterOn: [],
  enterOnSevere: [],
  mode: null,
  actions: [{ target: 'traffic', kind: 'CanaryLimit', maxPercent: 10 }],
};
export const shadowStage: Stage = {
  name: 'shadow',
  escalateAfterSeconds: 300,
  enterOn: [],
  enterOnSevere: [],
  mode: null,
  actions: [{ target: 'traffic', kind: 'Shadow', percent: 100 }],
};
export const rollbackStage: Stage = {
  name: 'rollback',
  escalateAfterSeconds: null,
  enterOn: [],
  enterOnSevere: [],
  mode: null,
  actions: [
    { target: 'traffic', kind: 'CanaryLimit', maxPercent: 0 },
    { target: 'flag', kind: 'FlagRollback' },
  ],
};

/** Needs nobody to take the candidate's requests: callers stay away from it by themselves. */
export const flagStage: Stage = {
  name: 'flag',
  escalateAfterSeconds: null,
  enterOn: [],
  enterOnSevere: [],
  mode: null,
  actions: [{ target: 'flag', kind: 'FlagRollback' }],
};

export function aSnapshot(changes: Partial<PlanSnapshot> = {}): PlanSnapshot {
  return {
    plan: { namespace: 'lending', name: 'credit-default', uid: 'uid-1', generation: 1, digest: 'digest-1', createdAtMs: startMs },
    risk: { name: 'credit-default' },
    mode: 'Enforce',
    indicators: [],
    sources: [],
    version: null,
    trigger: { indicators: ['score-drift'], match: 'Any' },
    targets: [route, flag],
    stages: [limitStage, shadowStage, rollbackStage],
    recovery: { stepSeconds: 120, probeAfterSeconds: 600, probeAttempts: 2, flap: { maxEngagements: 3, windowSeconds: 86_400 } },
    approval: { roles: ['risk'], timeoutSeconds: 900, onTimeout: 'Hold' },
    safeVersion: null,
    onSharedCause: 'Notify',
    onContest: { kind: 'Reassert' },
    onNoEvidence: 'Hold',
    ...changes,
  };
}

/** A reading as the controller would hand it over: the state of the machine beside the newest assessment. */
export function aReading(
  state: IndicatorState,
  assessment: Assessment | null,
  indicator: Indicator = assessment?.indicator ?? anIndicator(),
): IndicatorReading {
  return { indicator, memory: { state, sinceMs: startMs, lastPolledAtMs: startMs }, assessment };
}

/** Engaged in the lowest stage, verified at the start, with nothing counted yet. */
export function anEngagement(changes: Partial<EngagedMemory> = {}): EngagedMemory {
  return {
    phase: 'Engaged',
    engagement: 1,
    stage: 0,
    direction: 'Up',
    stageSinceMs: startMs,
    verifiedAtMs: startMs,
    evidencedMs: 0,
    lastPolledAtMs: startMs,
    okSinceMs: null,
    probeAttempts: 0,
    latched: false,
    recentEngagementsMs: [startMs],
    triggeredBy: ['score-drift'],
    proposal: null,
    rejectedStage: null,
    suppressed: [],
    usedDecisions: [],
    ...changes,
  };
}

/** The plan's line in a target's journal while `memory` holds. */
export function aHolder({
  engagement,
  stage,
  stageSinceMs,
  triggeredBy,
}: Pick<EngagedMemory, 'engagement' | 'stage' | 'stageSinceMs' | 'triggeredBy'>): Holder {
  const { name, uid, generation, digest, createdAtMs } = aSnapshot().plan;
  return {
    plan: name,
    planUID: uid,
    planGeneration: generation,
    planDigest: digest,
    engagement,
    stage,
    stageSinceMs,
    planCreatedAtMs: createdAtMs,
    triggeredBy,
    readings: [],
    unrecorded: [],
  };
}

export function aStep(changes: Partial<PlanStepInput> = {}): PlanStepInput {
  return {
    snapshot: aSnapshot(),
    memory: initialPlanMemory,
    indicators: {},
    safeAssessments: {},
    decisions: [],
    suspend: 'None',
    targetsWithoutSafeBackend: [],
    targetsShortOfReplicas: [],
    refusedTargets: [],
    unservedTargets: [],
    targetsWithoutMirror: [],
    absentTargets: [],
    holdsNothing: false,
    yieldedTargets: [],
    verifiedAtMs: null,
    nowMs: startMs,
    intervalMs,
    ...changes,
  };
}
