/** A route the operator makes and keeps from a plan, so that no manifest of it stands in Git: the users' intent is what the plan says. */
export interface GeneratedRoute {
  /** Name of the route. */
  readonly object: string;
  /** Name of the plan, which the route tells of. */
  readonly plan: string;
  readonly parentRefs: readonly { readonly name: string; readonly namespace: string | null; readonly sectionName: string | null }[];
  readonly hostnames: readonly string[];
  readonly pathPrefix: string;
  /** Share of requests the candidate gets while nothing is constrained. */
  readonly candidatePercent: number;
  readonly candidate: { readonly service: string; readonly port: number };
  readonly safe: { readonly service: string; readonly port: number };
}
