import type { Constraint } from '../../core/model/constraint.ts';
import type { Target } from '../../core/model/target.ts';
import { rejectClaim } from '../actuation.ts';
import { describeObject } from '../metadata.ts';
import type { RejectedClaim } from '../port.ts';
import { concerns } from '../weighted-route/compose-route.ts';
import type { InspectionInput, RouteClaim, RouteDialect } from '../weighted-route/dialect.ts';
import { experimentGrammar } from './grammar.ts';

export type ExperimentTarget = Extract<Target, { kind: 'Experiment' }>;

/** What claims on an Experiment ask for, and what can't be seen of it from here. */
export const experimentDialect: RouteDialect = {
  grammar: experimentGrammar,
  // Models are no Services: which servers hold them, and how many replicas are ready, Seldon alone knows.
  backends: 'Unseen',
  endsOf(target) {
    if (target.kind !== 'Experiment') return null;
    const { candidate, safe } = target;
    const end = (model: string) => ({ id: model, service: null, port: null });
    return {
      candidate: end(candidate.model),
      safe: { ...end(safe.model), minReadyEndpoints: 0, written: { name: safe.model } },
      reach: (backend) => (backend === candidate.model ? 'Candidate' : null),
    };
  },
  // No plan may ask for copies: Seldon takes no Experiment whose mirror is one of its candidates, and goes on with the weights before.
  constraintsOf: ({ constraints }) =>
    constraints.map((each): Constraint => (each.kind === 'Shadow' ? { kind: 'Cap', maxPercent: 0 } : each)),
  inspectRules: inspectSafe,
  inspectMirror: () => null,
  whenBeside: null,
};

/** With a candidate that is not there the whole Experiment would stop, and its default get every request. */
function inspectSafe(claim: RouteClaim, { live, intent }: InspectionInput): RejectedClaim | null {
  const { id } = claim.safe;
  const lacks = intent.rules.some((rule) => concerns(rule, claim) && !rule.backends.some(({ live: each }) => each.backend === id));
  if (!lacks) return null;
  const message = `${describeObject(live)} has no candidate ${id}, and whether there is such a model can't be seen from here: add it to spec.candidates with weight 0.`;
  return rejectClaim(claim.claim, 'BackendMissing', message);
}
