import type { PlanInForce } from '../api/plan-in-force.ts';
import type { SignedPlan } from '../api/signed-plan.ts';
import type { ObjectKey } from '../kube/kube-object.ts';

/** Whose sign-offs bind a plan, and by what text. */
export interface PlanBinding {
  readonly riskKey: ObjectKey;
  readonly risk: string;
  readonly digest: string;
  readonly plan: SignedPlan;
  readonly version: string;
}

/** What is known of a plan that was signed. */
export interface SignedPlanState extends PlanBinding {
  /** What of its spec waits until all have signed. */
  readonly held: PlanInForce['held'];
  /** The spec asks for a suspension that nobody with the verb release wrote. */
  readonly isSuspendIgnored: boolean;
}
