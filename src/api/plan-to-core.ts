import { createHash } from 'node:crypto';
import type { Approval, PlanSnapshot, Stage, StageAction, Target } from '../core/model/plan.ts';
import { canonicalJSON } from '../shared/canonical-json.ts';
import { fromInstant } from './instant.ts';
import type { MitigationPlan, MitigationPlanSpec, StageSpec, TargetSpec } from './mitigation-plan.ts';

/** Asks nobody: the machine reads it where a stage asks only, and there the schema requires `approval`. */
const noApproval: Approval = { roles: [], timeoutSeconds: 900, onTimeout: 'Hold' };

/** The plan as an engagement that begins now would run on it. */
export function toPlanSnapshot(plan: Pick<MitigationPlan, 'metadata' | 'spec'>): PlanSnapshot {
  const { metadata, spec } = plan;
  return {
    plan: {
      namespace: metadata.namespace ?? '',
      name: metadata.name,
      uid: metadata.uid,
      generation: metadata.generation ?? 0,
      digest: planDigest(spec),
      createdAtMs: fromInstant(metadata.creationTimestamp),
    },
    risk: { name: spec.riskRef.name },
    mode: spec.mode,
    trigger: spec.trigger,
    indicators: [],
    sources: [],
    version: null,
    targets: spec.targets.map(toTarget),
    stages: spec.stages.map(toStage),
    recovery: spec.recovery,
    approval: spec.approval ?? noApproval,
    safeVersion: safeVersion(spec),
    onSharedCause: spec.onSharedCause,
  };
}

/**
 * `sha256:` and 64 hex digits over what a decision is about. `suspend` and `owner` are left out, so that
 * holding a plan or naming another team voids no approval.
 */
export function planDigest(spec: MitigationPlanSpec): string {
  const { riskRef, mode, trigger, targets, stages, recovery, approval, onSharedCause } = spec;
  const decidedOn = {
    ...{ digestVersion: 1, riskRef, mode, trigger, stages, recovery, approval: approval ?? null, onSharedCause },
    targets: targets.map(decidedOnTarget),
  };
  return `sha256:${createHash('sha256').update(canonicalJSON(decidedOn)).digest('hex')}`;
}

/** A default younger than this version of the digest is left out: decisions made before it existed stay valid. */
function decidedOnTarget(target: TargetSpec) {
  if (!('featureFlag' in target) || target.featureFlag.settleSeconds > 0) return target;
  const { settleSeconds: _, ...featureFlag } = target.featureFlag;
  return { ...target, featureFlag };
}

function toTarget(spec: TargetSpec): Target {
  if ('httpRoute' in spec) return { kind: 'HTTPRoute', ...gatewayRoute(spec.name, spec.httpRoute) };
  if ('grpcRoute' in spec) return { kind: 'GRPCRoute', ...gatewayRoute(spec.name, spec.grpcRoute) };
  if ('virtualService' in spec) return virtualService(spec.name, spec.virtualService);
  const { name: object, flag, safeVariant, behind, settleSeconds } = spec.featureFlag;
  return { kind: 'FeatureFlag', name: spec.name, object, flag, safeVariant, behind: behind ?? null, settleSeconds };
}

function gatewayRoute(name: string, route: Extract<TargetSpec, { httpRoute: unknown }>['httpRoute']) {
  const { name: object, candidate, safe, mirror } = route;
  const { service, port, minReadyEndpoints } = safe;
  const { whenPercentUnsupported } = mirror;
  return { name, object, candidate, safe: { service, port, minReadyEndpoints }, whenPercentUnsupported };
}

function virtualService(name: string, route: Extract<TargetSpec, { virtualService: unknown }>['virtualService']): Target {
  const { name: object, candidate, safe, settleSeconds } = route;
  const { minReadyEndpoints } = safe;
  const end = ({ host, subset }: Pick<typeof safe, 'host' | 'subset'>) => ({ host, subset: subset ?? null });
  return { kind: 'VirtualService', name, object, candidate: end(candidate), safe: { ...end(safe), minReadyEndpoints }, settleSeconds };
}

function toStage(spec: StageSpec): Stage {
  return {
    name: spec.name,
    escalateAfterSeconds: spec.escalateAfterSeconds ?? null,
    enterOn: spec.enterOn,
    enterOnSevere: spec.enterOnSevere ?? [],
    mode: spec.mode ?? null,
    actions: spec.actions.map(toAction),
  };
}

function toAction(spec: StageSpec['actions'][number]): StageAction {
  const { target } = spec;
  if ('canaryLimit' in spec) return { target, kind: 'CanaryLimit', maxPercent: spec.canaryLimit.maxPercent };
  if ('shadow' in spec) return { target, kind: 'Shadow', percent: spec.shadow.percent };
  return { target, kind: 'FlagRollback' };
}

/** One for the plan: the schema refuses routes that name different ones. */
function safeVersion(spec: MitigationPlanSpec): string | null {
  return spec.targets.map((target) => routeOf(target)?.safe.version ?? null).find((version) => version !== null) ?? null;
}

function routeOf(target: TargetSpec) {
  if ('httpRoute' in target) return target.httpRoute;
  if ('grpcRoute' in target) return target.grpcRoute;
  return 'virtualService' in target ? target.virtualService : null;
}
