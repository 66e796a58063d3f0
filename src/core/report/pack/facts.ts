import type { Dossier } from '../../programme/documentation.ts';

/** What the evaluators of a regulator pack look at: plain facts of the objects of the programme, each named as people name it. */
export interface PackFacts {
  readonly policies: readonly PackPolicy[];
  readonly models: readonly PackModel[];
  /** Of real events: drills and what was only observed left out. */
  readonly incidents: readonly PackIncident[];
  readonly decisions: readonly PackDecision[];
  /** Workloads that look like models and that no ModelRisk speaks for. */
  readonly unregistered: readonly string[];
}

export interface PackPolicy {
  /** `RiskPolicy default`. */
  readonly ref: string;
  readonly tiers: readonly string[];
  readonly currency: string | null;
  /** Duties to report incidents to somebody outside. */
  readonly duties: readonly string[];
}

export interface PackIndicator {
  readonly name: string;
  /** Entry of the register it watches, and its category. */
  readonly risk: string;
  readonly category: string | null;
  /** Kind of signal it reads: `drift`, `fairness`, `promQL`, ...; null: its template is unknown. */
  readonly kind: string | null;
  readonly hasLimit: boolean;
  /** Its last verdict rests on data. */
  readonly isJudged: boolean;
}

export interface PackPlan {
  readonly ref: string;
  readonly mode: 'Observe' | 'Approve' | 'Enforce';
  /** Its own, or those of the tier. */
  readonly stages: number;
  /** It does nothing, whatever breaks. */
  readonly isSuspended: boolean;
  readonly isReady: boolean;
  /** Somebody is told when it acts. */
  readonly hasReceivers: boolean;
  readonly asksRoles: boolean;
  /** Null: it was never drilled. */
  readonly drillPassed: boolean | null;
  /** What it took to be in effect in that drill; null: not measured, as in every dry one. */
  readonly drillSeconds: number | null;
}

export interface PackModel extends Dossier {
  /** `ModelRisk lending/credit-default`. */
  readonly ref: string;
  readonly tier: string | null;
  readonly version: string;
  readonly isVersionApproved: boolean;
  readonly risks: readonly { readonly name: string; readonly isPriced: boolean }[];
  readonly indicators: readonly PackIndicator[];
  /** What its tier requires on file and is missing; null: the tier requires nothing, or nobody has looked. */
  readonly missingPapers: readonly string[] | null;
  /** Roles whose sign-off is missing; null: its tier asks for none. */
  readonly missingSignOffs: readonly string[] | null;
  /** Null: its tier asks for no reviews. */
  readonly review: { readonly wasReviewed: boolean; readonly isOverdue: boolean } | null;
  readonly remediations: readonly { readonly name: string; readonly isAssessed: boolean }[];
  readonly plans: readonly PackPlan[];
  /** Approve, Reject, Hold, Release, Acknowledge and Accept of people that counted, on it, its plans or its incidents. */
  readonly interventions: number;
}

export interface PackIncident {
  readonly ref: string;
  readonly severity: string;
  readonly isReported: boolean;
  readonly isClosed: boolean;
  readonly isAcknowledged: boolean;
  readonly hasPostmortem: boolean;
  /** An audit sink has acknowledged its newest entry. */
  readonly isAnchored: boolean;
  /** What recomputing its chain found; null: it was not recomputed. */
  readonly recordProblems: readonly string[] | null;
  readonly deadlines: readonly { readonly name: string; readonly isMet: boolean }[];
  readonly findings: readonly { readonly name: string; readonly isTracked: boolean }[];
}

export interface PackDecision {
  readonly ref: string;
  readonly action: string;
  readonly author: string | null;
  /** What became of it; `Void`: it counts for nothing, or has not come to count. `Unjudged`: the operator has not said. */
  readonly effect: 'Took' | 'Void' | 'Unjudged';
}
