import type {
  PackDecision,
  PackFacts,
  PackIncident,
  PackIndicator,
  PackModel,
  PackPlan,
  PackPolicy,
} from '../../src/core/report/pack/facts.ts';
import { aDossier } from './dossier.ts';

/** Facts of a programme that lacks nothing; every builder answers a fresh value. */

export function aPackIndicator(changes: Partial<PackIndicator> = {}): PackIndicator {
  const category = changes.category ?? 'Fairness';
  return { name: `of-${category}`, risk: 'unfair-denials', category, kind: 'promQL', hasLimit: true, isJudged: true, ...changes };
}

export function aPackPlan(changes: Partial<PackPlan> = {}): PackPlan {
  return {
    ref: 'MitigationPlan lending/credit-default',
    mode: 'Approve',
    stages: 3,
    isSuspended: false,
    isReady: true,
    hasReceivers: true,
    asksRoles: true,
    drillPassed: true,
    drillSeconds: 12,
    ...changes,
  };
}

const categories = ['DataQuality', 'ModelPerformance', 'Fairness', 'Security', 'OperationalReliability'] as const;

export function aPackModel(changes: Partial<PackModel> = {}): PackModel {
  return {
    ...aDossier('of-Fairness'),
    ref: 'ModelRisk lending/credit-default',
    tier: 'High',
    version: '2.3.0',
    isVersionApproved: true,
    risks: [{ name: 'unfair-denials', isPriced: true }],
    indicators: categories.map((category) => aPackIndicator({ category })),
    missingPapers: [],
    missingSignOffs: [],
    review: { wasReviewed: true, isOverdue: false },
    remediations: [{ name: 'retrain', isAssessed: true }],
    plans: [aPackPlan()],
    interventions: 1,
    ...changes,
  };
}

/** A model of which nothing is on file but that it is there. */
export function aBarePackModel(ref = 'ModelRisk lending/bare'): PackModel {
  return {
    ref,
    tier: null,
    version: '1',
    isVersionApproved: false,
    risks: [{ name: 'some-risk', isPriced: false }],
    indicators: [],
    missingPapers: null,
    missingSignOffs: null,
    review: null,
    remediations: [],
    plans: [],
    interventions: 0,
  };
}

export function aPackIncident(changes: Partial<PackIncident> = {}): PackIncident {
  return {
    ref: 'RiskIncident lending/credit-default-1',
    severity: 'High',
    isReported: true,
    isClosed: true,
    isAcknowledged: true,
    hasPostmortem: true,
    isAnchored: true,
    recordProblems: [],
    deadlines: [{ name: 'ai-act', isMet: true }],
    findings: [{ name: 'retrain', isTracked: true }],
    ...changes,
  };
}

export function aPackDecision(changes: Partial<PackDecision> = {}): PackDecision {
  return { ref: 'RiskDecision lending/some-accept', action: 'Accept', author: 'alice', effect: 'Took', ...changes };
}

export function aPackPolicy(changes: Partial<PackPolicy> = {}): PackPolicy {
  return { ref: 'RiskPolicy default', tiers: ['High', 'Low'], currency: 'USD', duties: ['ai-act'], ...changes };
}

export function packOf(changes: Partial<PackFacts> = {}): PackFacts {
  return {
    policies: [aPackPolicy()],
    models: [aPackModel()],
    incidents: [aPackIncident()],
    decisions: [aPackDecision()],
    unregistered: [],
    ...changes,
  };
}
