import { createHash } from 'node:crypto';
import type { Approval, OnContest, PlanSnapshot, Stage } from '../core/model/plan.ts';
import { canonicalJSON } from '../shared/canonical-json.ts';
import { fromInstant } from './instant.ts';
import type { MitigationPlan, MitigationPlanSpec, StageSpec } from './mitigation-plan.ts';
import { toStageAction } from './stage-action.ts';
import type { GeneratedRoute } from '../core/model/generated-route.ts';
import { planTerms } from './terms.ts';
import { safeVersionOf, toGenerated, toTarget } from './targets/target.ts';
import type { TargetSpec } from './targets/target.ts';

/** Asks nobody: the machine reads it where a stage asks only, and there the schema requires `approval`. */
const noApproval: Approval = { roles: [], timeoutSeconds: 900, onTimeout: 'Hold' };

/** The plan as an engagement that begins now would run on it. `terms` left out: as in no tier. */
export function toPlanSnapshot(plan: Pick<MitigationPlan, 'metadata' | 'spec'>, terms = planTerms(plan.spec, null)): PlanSnapshot {
  const { metadata, spec } = plan;
  const actions = terms.stages.value.flatMap((stage) => stage.actions);
  const scaled = new Set(actions.flatMap((action) => ('scale' in action ? [action.target] : [])));
  return {
    plan: {
      namespace: metadata.namespace ?? '',
      name: metadata.name,
      uid: metadata.uid,
      generation: metadata.generation ?? 0,
      digest: planDigest(spec, terms),
      createdAtMs: fromInstant(metadata.creationTimestamp),
    },
    risk: { name: spec.riskRef.name },
    mode: terms.mode.value,
    trigger: spec.trigger,
    indicators: [],
    sources: [],
    version: null,
    targets: spec.targets.flatMap((each) => ('job' in each ? [] : [toTarget(each, scaled)])),
    ...jobsOf(spec),
    stages: terms.stages.value.map(toStage),
    recovery: terms.recovery.value,
    approval: spec.approval ?? noApproval,
    safeVersion: safeVersion(spec),
    onSharedCause: spec.onSharedCause,
    onContest: toOnContest(spec.onContest),
    onNoEvidence: terms.onNoEvidence.value,
  };
}

function toOnContest(spec: MitigationPlanSpec['onContest']): OnContest {
  if (spec === undefined || spec.action === 'Reassert') return { kind: 'Reassert' };
  return { kind: 'Yield', afterSeconds: spec.afterSeconds ?? 60, retryAfterSeconds: spec.retryAfterSeconds ?? 900 };
}

/** Routes the operator is to make and keep for this plan. */
export function generatedRoutesOf({ metadata, spec }: Pick<MitigationPlan, 'metadata' | 'spec'>): readonly GeneratedRoute[] {
  return spec.targets.flatMap((target) => toGenerated(metadata.name, target) ?? []);
}

/**
 * `sha256:` and 64 hex digits over what a decision is about. `suspend` and `owner` are left out, so that
 * holding a plan or naming another team voids no approval. Mode, stages and recovery are those in force: what a tier supplies is decided on too.
 */
export function planDigest(spec: MitigationPlanSpec, terms = planTerms(spec, null)): string {
  const [mode, stages] = [terms.mode.value, terms.stages.value];
  const { riskRef, trigger, targets, approval, onSharedCause, onContest } = spec;
  const recovery = terms.recovery.value;
  const decidedOn = {
    // Younger than the first decisions: where it says what held before, they stay valid.
    ...(onContest?.action === 'Yield' ? { onContest: toOnContest(onContest) } : {}),
    ...(terms.onNoEvidence.value === 'Escalate' ? { onNoEvidence: terms.onNoEvidence.value } : {}),
    ...{ digestVersion: 1, riskRef, mode, trigger, stages, recovery, approval: approval ?? null, onSharedCause },
    targets: targets.map(decidedOnTarget),
  };
  return `sha256:${createHash('sha256').update(canonicalJSON(decidedOn)).digest('hex')}`;
}

/**
 * A default younger than this version of the digest is left out: decisions made before it existed stay valid. What users want of a
 * route the operator makes is no more decided on than what they write into one of their own.
 */
function decidedOnTarget(target: TargetSpec) {
  if ('httpRoute' in target && target.httpRoute.generate !== undefined) {
    const { generate: _, ...httpRoute } = target.httpRoute;
    return { ...target, httpRoute };
  }
  if (!('featureFlag' in target) || target.featureFlag.settleSeconds > 0) return target;
  const { settleSeconds: _, ...featureFlag } = target.featureFlag;
  return { ...target, featureFlag };
}

/** Left out where there is none, as in every snapshot of before. */
function jobsOf({ targets }: MitigationPlanSpec): Pick<PlanSnapshot, 'jobs'> {
  const jobs = targets.flatMap((each) => ('job' in each ? [{ name: each.name, cronJob: each.job.cronJob }] : []));
  return jobs.length === 0 ? {} : { jobs };
}

function toStage(spec: StageSpec): Stage {
  const runs = spec.actions.flatMap((each) => ('runJob' in each ? [each.target] : []));
  return {
    name: spec.name,
    escalateAfterSeconds: spec.escalateAfterSeconds ?? null,
    enterOn: spec.enterOn,
    enterOnSevere: spec.enterOnSevere ?? [],
    mode: spec.mode ?? null,
    actions: spec.actions.flatMap((each) => ('runJob' in each ? [] : [toStageAction(each)])),
    ...(runs.length === 0 ? {} : { runs }),
  };
}

/** One for the plan: the schema refuses routes that name different ones. */
function safeVersion(spec: MitigationPlanSpec): string | null {
  return spec.targets.map(safeVersionOf).find((version) => version !== null) ?? null;
}
