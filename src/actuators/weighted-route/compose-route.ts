import { composeSplit } from '../../core/compose.ts';
import type { Split } from '../../core/compose.ts';
import type { Constraint } from '../../core/model/constraint.ts';
import type { JSONObject } from '../json-reading.ts';
import type { RouteClaim } from './dialect.ts';
import type { RouteIntent, RuleIntent } from './intent.ts';

/** One rule as it should stand. */
export interface EffectiveRule {
  readonly intent: RuleIntent;
  /** In the order of the intent's backends; null = weight absent, as the user has it. */
  readonly weights: readonly (number | null)[];
  readonly inserted: readonly { readonly id: string; readonly weight: number; readonly reference: JSONObject }[];
  readonly mirrors: readonly { readonly id: string; readonly percent: number | null }[];
  readonly refuges: Split['refuges'];
  readonly rejected: Split['rejected'];
}

/** Lays the claims over every rule; rules without a candidate come back as their users want them. */
export function composeRoute(intent: RouteIntent, claims: readonly RouteClaim[]): readonly EffectiveRule[] {
  return intent.rules.map((rule) => composeRule(rule, claims));
}

export function concerns({ backends }: RuleIntent, { reach }: RouteClaim): boolean {
  return backends.some(({ live }) => reach(live.backend) === 'Candidate');
}

/**
 * Those claims whose candidate a rule sends requests to, or would by another claim that displaces them to it: what no rule names is
 * not out of reach while it is somebody's safe backend.
 */
export function concerned({ rules }: RouteIntent, claims: readonly RouteClaim[]): ReadonlySet<RouteClaim> {
  const found = new Set(claims.filter((claim) => rules.some((rule) => concerns(rule, claim))));
  for (const { safe, constraints } of found)
    if (constraints.length > 0) for (const other of claims) if (other.reach(safe.id) === 'Candidate') found.add(other);
  return found;
}

/** The backend of a rule that stands for the candidate: the one the plan names, or, where it stands there under others only, the first. */
export function candidateIn({ backends }: RuleIntent, { candidate, reach }: RouteClaim): string {
  const ids = backends.map(({ live }) => live.backend).filter((id) => reach(id) === 'Candidate');
  return ids.includes(candidate.id) ? candidate.id : (ids[0] ?? candidate.id);
}

/** Everything of the rule that gets live traffic, with what its weight means. */
export function weighedBackends({ intent, weights, inserted }: Pick<EffectiveRule, 'intent' | 'weights' | 'inserted'>) {
  const weighed = intent.rule.grammar.weigh([...weights, ...inserted.map(({ weight }) => weight)]);
  const ids = [...intent.backends.map(({ live }) => live.backend), ...inserted.map(({ id }) => id)];
  return ids.map((id, index) => ({ id, weight: weighed[index] ?? 0 }));
}

/** Share of the rule's live traffic, 0 to 1. */
export function shareOf(rule: EffectiveRule, id: string): number {
  const entries = weighedBackends(rule);
  const total = entries.reduce((sum, entry) => sum + entry.weight, 0);
  const own = entries.filter((entry) => entry.id === id).reduce((sum, entry) => sum + entry.weight, 0);
  return total === 0 ? 0 : own / total;
}

function composeRule(intent: RuleIntent, claims: readonly RouteClaim[]): EffectiveRule {
  const backends = weighedBackends({ intent, weights: intent.backends.map(({ weight }) => weight), inserted: [] });
  const { weights, mirrors, refuges, rejected } = composeSplit({
    backends,
    demands: claims.flatMap((claim) => demandsOf(claim, intent, claims)),
  });
  return {
    intent,
    weights: intent.backends.map(({ weight }, index) => {
      const composed = weights[index]?.weight ?? 0;
      return composed === backends[index]?.weight ? weight : composed;
    }),
    inserted: weights.slice(backends.length).map((added) => ({ ...added, reference: referenceTo(added.id, intent, claims) })),
    mirrors: mirrors.flatMap(({ id, percent }) =>
      // Whoever mirrors to the candidate already gives it its copies; twice would double them.
      intent.userMirrors.some(({ backend }) => backend === id || isSameCandidate([backend, id], claims))
        ? []
        : [{ id, percent: percent === 100 ? null : percent }],
    ),
    refuges,
    rejected,
  };
}

function isSameCandidate(backends: readonly string[], claims: readonly RouteClaim[]): boolean {
  return claims.some(({ reach }) => backends.every((id) => reach(id) === 'Candidate'));
}

type Demand = Parameters<typeof composeSplit>[0]['demands'][number];

/**
 * A candidate that stands in the rule under several names shares its limit out among them as the users share out its requests, so that
 * together they have no more than it; copies go to one of them. Where others would put it in under a name the rule lacks it gets nothing.
 */
function demandsOf(claim: RouteClaim, intent: RuleIntent, claims: readonly RouteClaim[]): readonly Demand[] {
  const { holder } = claim.claim;
  const demand = {
    planUID: holder.planUID,
    precedence: { createdAtMs: holder.planCreatedAtMs, name: holder.plan },
    safe: claim.safe.id,
  };
  const main = candidateIn(intent, claim);
  const own = weighedBackends({ intent, weights: intent.backends.map(({ weight }) => weight), inserted: [] }).filter(
    ({ id }) => claim.reach(id) === 'Candidate',
  );
  const names = [...new Set(own.map(({ id }) => id))];
  const added = new Set(
    claims.flatMap(({ safe: { id } }) => (claim.reach(id) === 'Candidate' && id !== main && !names.includes(id) ? [id] : [])),
  );
  const none = [...added].map((candidate) => ({ ...demand, candidate, constraints: [{ kind: 'Cap', maxPercent: 0 } as const] }));
  if (names.length < 2) return [{ ...demand, candidate: main, constraints: claim.constraints }, ...none];
  const total = own.reduce((sum, { weight }) => sum + weight, 0);
  const shared = names.map((name) => {
    const weight = own.filter(({ id }) => id === name).reduce((sum, each) => sum + each.weight, 0);
    const portion = total === 0 ? 1 / names.length : weight / total;
    return {
      ...demand,
      candidate: name,
      constraints: claim.constraints.map((each) => portionOf(each, { portion, isMain: name === main })),
    };
  });
  return [...shared, ...none];
}

function portionOf(constraint: Constraint, { portion, isMain }: { readonly portion: number; readonly isMain: boolean }): Constraint {
  if (constraint.kind === 'Cap') return { kind: 'Cap', maxPercent: constraint.maxPercent * portion };
  return constraint.kind === 'Shadow' && !isMain ? { kind: 'Cap', maxPercent: 0 } : constraint;
}

/** Written like the reference of a candidate it stands beside, of a plan that names this safe backend where there is one. */
function referenceTo(id: string, { rule, backends }: RuleIntent, claims: readonly RouteClaim[]): JSONObject {
  const naming = claims.filter(({ safe }) => safe.id === id);
  const [first] = naming;
  if (first === undefined) throw new Error(`no claim names the safe backend ${id}`);
  const isCandidate = (backend: string): boolean => claims.some(({ reach }) => reach(backend) === 'Candidate');
  const own = backends.find(({ live }) => naming.some(({ reach }) => reach(live.backend) === 'Candidate'));
  const beside = (own ?? backends.find(({ live }) => isCandidate(live.backend)))?.live.reference ?? {};
  return rule.grammar.writeBackend(first.safe, beside);
}
