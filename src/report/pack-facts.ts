import type { MitigationPlan } from '../api/mitigation-plan.ts';
import type { ModelRisk } from '../api/model-risk.ts';
import type { RiskDecision } from '../api/risk-decision.ts';
import type { RiskIncident } from '../api/risk-incident.ts';
import type { RiskPolicy, RiskPolicySpec } from '../api/risk-policy.ts';
import type { TierSpec } from '../api/risk-tier.ts';
import { indicatorInForce, planTerms, riskTerms } from '../api/terms.ts';
import { tierInForce } from '../api/tier-status.ts';
import type { PackDecision, PackFacts, PackIndicator, PackModel, PackPlan } from '../core/report/pack/facts.ts';
import type { EpochMs } from '../shared/clock.ts';
import { policyInForce } from './held-lines.ts';
import { idOf } from './model-line.ts';
import { packIncidents } from './pack-incidents.ts';
import type { RecordFindings } from './pack-incidents.ts';

export interface PackObjects {
  readonly models: readonly ModelRisk[];
  readonly plans: readonly MitigationPlan[];
  readonly incidents: readonly RiskIncident[];
  readonly decisions: readonly RiskDecision[];
  readonly policies: readonly RiskPolicy[];
}

export interface PackSight {
  /** Workloads without a ModelRisk, as `Deployment lending/credit-v2`. */
  readonly unregistered: readonly string[];
  readonly findings: RecordFindings;
  readonly nowMs: EpochMs;
}

/** The objects as the evaluators see them. A policy that is not there supplies nothing. */
export function packFacts(objects: PackObjects, { unregistered, findings, nowMs }: PackSight): PackFacts {
  const used = new Set(objects.models.map(policyInForce));
  const policies = objects.policies.filter(({ metadata }) => used.has(metadata.name));
  const policyOf = (model: ModelRisk): RiskPolicySpec | null =>
    policies.find(({ metadata }) => metadata.name === policyInForce(model))?.spec ?? null;
  return {
    policies: policies.map(({ metadata, spec }) => ({
      ref: `RiskPolicy ${metadata.name}`,
      tiers: spec.tiers.map(({ name }) => name),
      currency: spec.currency ?? null,
      duties: spec.reporting.map(({ name }) => name),
    })),
    models: objects.models.map((model) => toModel(model, policyOf(model), { objects, nowMs })),
    incidents: packIncidents(objects.incidents, findings, nowMs),
    decisions: objects.decisions.map(toDecision),
    unregistered,
  };
}

const refOf = (kind: string, { metadata: { namespace = '', name } }: { readonly metadata: Named }): string =>
  `${kind} ${idOf({ namespace, name })}`;

interface Named {
  readonly namespace?: string | undefined;
  readonly name: string;
}

interface Beside {
  readonly objects: PackObjects;
  readonly nowMs: EpochMs;
}

function toModel(model: ModelRisk, policy: RiskPolicySpec | null, { objects, nowMs }: Beside): PackModel {
  const { spec, status } = model;
  const tier = policy === null ? null : tierInForce(model, policy);
  const isHere = ({ metadata }: { readonly metadata: Named }): boolean => metadata.namespace === model.metadata.namespace;
  const plans = objects.plans.filter((plan) => isHere(plan) && riskProtected(plan) === model.metadata.name);
  const incidents = objects.incidents.filter((each) => isHere(each) && each.spec.riskRef.name === model.metadata.name);
  const uids = new Set([model, ...plans, ...incidents].map(({ metadata }) => metadata.uid));
  return {
    ...dossierOf(spec),
    ref: refOf('ModelRisk', model),
    tier: status.tier?.inherent ?? null,
    version: spec.model.version,
    isVersionApproved: status.approvedVersions.some(
      ({ version, expires }) => version === spec.model.version && (expires === undefined || Date.parse(expires) > nowMs),
    ),
    risks: spec.risks.map(({ name, likelihood, impact }) => ({ name, isPriced: likelihood !== undefined && impact !== undefined })),
    indicators: indicatorsOf(model, policy, tier),
    missingPapers: tier?.requiredDocumentation === undefined ? null : (status.documentation?.missing ?? null),
    missingSignOffs: missingSignOffs(status, tier),
    review: reviewOf(status, tier, nowMs),
    remediations: spec.remediations.map(({ name, assessments }) => ({ name, isAssessed: assessments.length > 0 })),
    plans: plans.map((plan) => toPlan(plan, tier)),
    interventions: objects.decisions.filter((each) => isIntervention(each) && uids.has(each.spec.subjectRef.uid)).length,
  };
}

function dossierOf({ documentation, lineage, decisionLog, stakeholders }: ModelRisk['spec']) {
  return {
    ...(documentation === undefined ? {} : { documentation }),
    ...(lineage === undefined ? {} : { lineage }),
    ...(decisionLog === undefined ? {} : { decisionLog }),
    ...(stakeholders === undefined ? {} : { stakeholders }),
  };
}

/** An operator that has not looked has found nobody's signature. */
function missingSignOffs({ conditions, missingSignOffs: missing }: ModelRisk['status'], tier: TierSpec | null): readonly string[] | null {
  if (tier?.signOffRoles === undefined) return null;
  return conditions.some(({ type, status }) => type === 'SignedOff' && status !== 'Unknown') ? missing : tier.signOffRoles;
}

function reviewOf({ review }: ModelRisk['status'], tier: TierSpec | null, nowMs: EpochMs): PackModel['review'] {
  if (tier?.reviewEverySeconds === undefined) return null;
  return { wasReviewed: review?.last !== undefined, isOverdue: review?.next !== undefined && Date.parse(review.next) <= nowMs };
}

/** A verdict on too few rows, or on none, judges nothing. */
const judging: ReadonlySet<string> = new Set(['Ok', 'Warn', 'Breach']);

function indicatorsOf({ spec, status }: ModelRisk, policy: RiskPolicySpec | null, tier: TierSpec | null): readonly PackIndicator[] {
  const categories = new Map(spec.risks.map(({ name, category }) => [name, category]));
  return riskTerms(spec, tier)
    .indicators.map(indicatorInForce)
    .map(({ name, risk, signal, threshold }) => ({
      ...{ name, risk },
      category: categories.get(risk) ?? null,
      kind: kindOf(signal, policy),
      hasLimit: threshold !== undefined || 'quorum' in signal,
      // Of a suspended model nothing is read: its last verdict is of before.
      isJudged: spec.suspend === 'None' && judging.has(status.indicators.find((each) => each.name === name)?.verdict ?? ''),
    }));
}

const kinds = [
  'promQL',
  'drift',
  'calibration',
  'burnRate',
  'anomaly',
  'fairness',
  'performance',
  'httpJSON',
  'push',
  'alert',
  'workload',
  'posture',
  'report',
  'comparison',
] as const;

function kindOf(signal: ModelRisk['spec']['indicators'][number]['signal'], policy: RiskPolicySpec | null): string | null {
  if (!('template' in signal)) return 'quorum' in signal ? 'quorum' : 'promQL';
  const template = policy?.signals.find(({ name }) => name === signal.template.name);
  return template === undefined ? null : (kinds.find((kind) => kind in template) ?? null);
}

/** A signed plan goes on to protect the model it was signed with, whatever its spec names since. */
function riskProtected({ spec, status }: MitigationPlan): string {
  return status.signed?.risk ?? spec.riskRef.name;
}

function toPlan(plan: MitigationPlan, tier: TierSpec | null): PackPlan {
  const { mode, stages, notify } = planTerms(plan.spec, tier);
  const { conditions, lastDrill } = plan.status;
  return {
    ref: refOf('MitigationPlan', plan),
    mode: mode.value,
    stages: stages.value.length,
    isSuspended: plan.spec.suspend !== 'None',
    isReady: conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
    hasReceivers: notify.value !== undefined,
    asksRoles: plan.spec.approval !== undefined,
    drillPassed: lastDrill === undefined ? null : lastDrill.result === 'Passed',
    drillSeconds: lastDrill?.timeToMitigateSeconds ?? null,
  };
}

const interventions: ReadonlySet<string> = new Set(['Approve', 'Reject', 'Hold', 'Release', 'Acknowledge', 'Accept']);

/** Used is said of one that did what it was for. */
function isIntervention({ spec, status }: RiskDecision): boolean {
  const valid = status.conditions.find(({ type }) => type === 'Valid');
  return interventions.has(spec.action) && (valid?.status === 'True' || valid?.reason === 'Used');
}

/** Reasons by which an acceptance ends that was in force. */
const endedReasons: ReadonlySet<string> = new Set(['Expired', 'ModelChanged']);

/** One that was not asked for yet has done nothing, though nothing is wrong with it. */
function effectOf({ spec, status }: RiskDecision): PackDecision['effect'] {
  const valid = status.conditions.find(({ type }) => type === 'Valid');
  if (valid === undefined || valid.status === 'Unknown') return 'Unjudged';
  if (valid.reason === 'Used' || (spec.action === 'Accept' && endedReasons.has(valid.reason))) return 'Took';
  return valid.status === 'True' && valid.reason !== 'NotAsked' ? 'Took' : 'Void';
}

function toDecision(decision: RiskDecision): PackDecision {
  const { spec } = decision;
  return {
    ref: refOf('RiskDecision', decision),
    action: spec.action,
    author: spec.author ?? null,
    effect: effectOf(decision),
  };
}
