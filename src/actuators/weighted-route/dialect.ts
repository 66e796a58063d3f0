import type { Constraint } from '../../core/model/constraint.ts';
import type { Target } from '../../core/model/target.ts';
import type { Claim, RejectedClaim, Surroundings, TargetObject } from '../port.ts';
import type { RouteEnd, RouteGrammar, SafeEnd } from './grammar.ts';
import type { RouteIntent } from './intent.ts';

/**
 * What a backend of a rule is to a claim: where the candidate alone answers, or a way that may lead to it and that no limit of the claim can be
 * laid on, because what else goes that way is not known. Null: neither.
 */
export type Reach = 'Candidate' | 'Beside' | null;

export interface RouteEnds {
  readonly candidate: RouteEnd;
  readonly safe: SafeEnd;
  /** Of a backend, as the grammar reads it from a rule. */
  readonly reach: (backend: string) => Reach;
}

/** A claim as it is laid over the rules. */
export interface RouteClaim extends RouteEnds {
  readonly claim: Claim;
  readonly constraints: readonly Constraint[];
}

export interface InspectionInput {
  readonly live: TargetObject;
  readonly intent: RouteIntent;
  readonly surroundings: Surroundings;
}

/** A kind of route: its grammar, and what only it knows of claims. */
export interface RouteDialect {
  readonly grammar: RouteGrammar;
  /** Whether what requests go to can be looked at from here, as a Service with its ports and endpoints. */
  readonly backends: 'Services' | 'Unseen';
  /** The two ends a plan names; null when it names another kind. */
  endsOf(target: Target, namespace: string): RouteEnds | null;
  /** The constraints of a claim as they can be laid over this route. */
  constraintsOf(claim: Claim, input: InspectionInput): readonly Constraint[];
  /** Why this object can't be bounded for the claim, whatever the constraint; null when it can. */
  inspectRules(claim: RouteClaim, input: InspectionInput): RejectedClaim | null;
  /** What to do about a backend beside the candidate, in a sentence; null: this kind knows none. */
  readonly whenBeside: string | null;
  /** Why the mirror this claim asks for can't be kept; null when it can. */
  inspectMirror(claim: RouteClaim, input: InspectionInput): RejectedClaim | null;
}
