import { composeSplit } from '../../core/compose.ts';
import type { Split } from '../../core/compose.ts';
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

export function concerns({ backends }: RuleIntent, { candidate }: RouteClaim): boolean {
  return backends.some(({ live }) => live.backend === candidate.id);
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
  const { weights, mirrors, refuges, rejected } = composeSplit({ backends, demands: claims.map(demandOf) });
  return {
    intent,
    weights: intent.backends.map(({ weight }, index) => {
      const composed = weights[index]?.weight ?? 0;
      return composed === backends[index]?.weight ? weight : composed;
    }),
    inserted: weights.slice(backends.length).map((added) => ({ ...added, reference: referenceTo(added.id, intent, claims) })),
    mirrors: mirrors.flatMap(({ id, percent }) =>
      // Whoever mirrors to the candidate already gives it its copies; twice would double them.
      intent.userMirrors.some((mirror) => mirror.backend === id) ? [] : [{ id, percent: percent === 100 ? null : percent }],
    ),
    refuges,
    rejected,
  };
}

function demandOf({ claim, candidate, safe, constraints }: RouteClaim): Parameters<typeof composeSplit>[0]['demands'][number] {
  const { planUID, planCreatedAtMs, plan } = claim.holder;
  return {
    planUID,
    precedence: { createdAtMs: planCreatedAtMs, name: plan },
    candidate: candidate.id,
    safe: safe.id,
    constraints,
  };
}

/** Written like the reference of a candidate it stands beside, of a plan that names this safe backend where there is one. */
function referenceTo(id: string, { rule, backends }: RuleIntent, claims: readonly RouteClaim[]): JSONObject {
  const naming = claims.filter(({ safe }) => safe.id === id);
  const [first] = naming;
  if (first === undefined) throw new Error(`no claim names the safe backend ${id}`);
  const isCandidate = (backend: string): boolean => claims.some(({ candidate }) => candidate.id === backend);
  const own = backends.find(({ live }) => naming.some(({ candidate }) => candidate.id === live.backend));
  const beside = (own ?? backends.find(({ live }) => isCandidate(live.backend)))?.live.reference ?? {};
  return rule.grammar.writeBackend(first.safe, beside);
}
