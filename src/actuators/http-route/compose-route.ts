import { composeSplit } from '../../core/compose.ts';
import type { Split } from '../../core/compose.ts';
import type { Constraint } from '../../core/model/constraint.ts';
import type { JSONObject } from '../json-reading.ts';
import type { Claim } from '../port.ts';
import type { HTTPRouteTarget } from './changes.ts';
import type { RouteIntent, RuleIntent } from './intent.ts';
import { effectiveWeight, serviceID } from './route.ts';

/** A claim as it is laid over the rules. */
export interface RouteClaim {
  readonly claim: Claim;
  readonly target: HTTPRouteTarget;
  readonly constraints: readonly Constraint[];
}

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

export function concerns({ backends }: RuleIntent, { target }: RouteClaim): boolean {
  return backends.some(({ live }) => live.backend === serviceID(target.candidate));
}

/** Share of the rule's live traffic, 0 to 1. */
export function shareOf({ intent, weights, inserted }: EffectiveRule, id: string): number {
  const entries = [
    ...intent.backends.map(({ live }, index) => ({ id: live.backend, weight: effectiveWeight(weights[index] ?? null) })),
    ...inserted,
  ];
  const total = entries.reduce((sum, entry) => sum + entry.weight, 0);
  const own = entries.filter((entry) => entry.id === id).reduce((sum, entry) => sum + entry.weight, 0);
  return total === 0 ? 0 : own / total;
}

function composeRule(intent: RuleIntent, claims: readonly RouteClaim[]): EffectiveRule {
  const backends = intent.backends.map(({ live, weight }) => ({ id: live.backend, weight: effectiveWeight(weight) }));
  const { weights, mirrors, refuges, rejected } = composeSplit({ backends, demands: claims.map(demandOf) });
  return {
    intent,
    weights: intent.backends.map(({ weight }, index) => {
      const composed = weights[index]?.weight ?? 0;
      return composed === effectiveWeight(weight) ? weight : composed;
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

function demandOf({ claim, target, constraints }: RouteClaim): Parameters<typeof composeSplit>[0]['demands'][number] {
  const { planUID, planCreatedAtMs, plan } = claim.holder;
  return {
    planUID,
    precedence: { createdAtMs: planCreatedAtMs, name: plan },
    candidate: serviceID(target.candidate),
    safe: serviceID(target.safe),
    constraints,
  };
}

/** Written like the reference of a candidate it stands beside: group, kind and namespace present or absent alike. */
function referenceTo(id: string, { backends }: RuleIntent, claims: readonly RouteClaim[]): JSONObject {
  const naming = claims.flatMap(({ target }) => (serviceID(target.safe) === id ? [target] : []));
  const [target] = naming;
  if (target === undefined) throw new Error(`no claim names the safe backend ${id}`);
  const isCandidate = (backend: string): boolean => claims.some((claim) => serviceID(claim.target.candidate) === backend);
  const own = backends.find(({ live }) => naming.some(({ candidate }) => serviceID(candidate) === live.backend));
  const beside = (own ?? backends.find(({ live }) => isCandidate(live.backend)))?.live.reference ?? {};
  const likewise = Object.fromEntries(Object.entries(beside).filter(([key]) => ['group', 'kind', 'namespace'].includes(key)));
  return { ...likewise, name: target.safe.service, port: target.safe.port };
}
