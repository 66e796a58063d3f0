import type { SignalQueries } from '../port.ts';
import { planQuery } from './query-plan.ts';

/** Plans the query of a signal; see `planQuery`. */
export type QueryPlanner = typeof planQuery;

interface Kept {
  readonly namespace: string;
  readonly plan: ReturnType<QueryPlanner>;
}

/**
 * Remembers the whole plan of each signal it is asked for, because parsing and printing PromQL takes longer than reading the answer.
 * A signal is never changed: an edit of policy or risk makes another one, and the plan goes with the signal it was made for.
 */
export function createQueryPlanner(): QueryPlanner {
  const known = new WeakMap<SignalQueries, Kept>();
  return (signal, scope) => {
    // Who is asked for apart from others changes from poll to poll, and is rare.
    if (scope.only !== null) return planQuery(signal, scope);
    const kept = known.get(signal);
    if (kept?.namespace === scope.namespace) return kept.plan;
    const plan = planQuery(signal, scope);
    known.set(signal, { namespace: scope.namespace, plan });
    return plan;
  };
}
