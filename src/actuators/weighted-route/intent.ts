import type { TargetObject } from '../port.ts';
import type { RouteChanges, RuleChanges } from './changes.ts';
import type { MirrorReading, RouteGrammar } from './grammar.ts';
import { mirrorsOf, rulesOf } from './route.ts';
import type { RouteBackend, RouteMirror, RouteRule } from './route.ts';

/** One rule as its users want it, beside what of it is ours. */
export interface RuleIntent {
  readonly rule: RouteRule;
  /** The user's backends in their order; null = weight absent. */
  readonly backends: readonly { readonly live: RouteBackend; readonly weight: number | null }[];
  readonly ownBackends: readonly RouteBackend[];
  readonly ownMirrors: readonly RouteMirror[];
  readonly userMirrors: readonly MirrorReading[];
  /** The list of mirrors (filters) is there because of us. */
  readonly filtersCreated: boolean;
}

export interface RouteIntent {
  readonly rules: readonly RuleIntent[];
  /** Someone else changed what we had put there. */
  readonly foreignEdit: boolean;
  /** The API server does not store the percent of a mirror. */
  readonly percentPruned: boolean;
}

/**
 * Three-way: what stands as we applied it has the journaled intent, what differs is the user's new intent, and what we inserted is
 * taken out. Rules may have been moved, added, removed or matched differently since.
 */
export function intentOf(live: TargetObject, changes: RouteChanges | null, grammar: RouteGrammar): RouteIntent {
  const rules = rulesOf(live, grammar);
  const pairs = pairUp(rules, changes?.rules ?? []);
  const intents = rules.map((rule) => ruleIntent(rule, pairs.get(rule) ?? null));
  const lost = (changes?.rules ?? []).some((each) => touches(each) && ![...pairs.values()].includes(each));
  return {
    rules: intents.map(({ intent }) => intent),
    foreignEdit: lost || intents.some(({ edited }) => edited),
    percentPruned: (changes?.percentPruned ?? false) || [...pairs].some(([rule, each]) => losesPercent(rule, each)),
  };
}

function losesPercent(rule: RouteRule, { mirrors }: RuleChanges): boolean {
  return mirrors.some(
    (each) => each.percent !== null && rule.mirrors.some((mirror) => isOwnMirror(mirror, each) && mirror.percent === null),
  );
}

interface ReadRule {
  readonly intent: RuleIntent;
  readonly edited: boolean;
}

function ruleIntent(rule: RouteRule, changes: RuleChanges | null): ReadRule {
  if (changes === null) {
    const backends = rule.backends.map((live) => ({ live, weight: live.weight }));
    return {
      intent: { rule, backends, ownBackends: [], ownMirrors: [], userMirrors: mirrorsOf(rule), filtersCreated: false },
      edited: false,
    };
  }
  const ownBackends = rule.backends.filter((live) => changes.inserted.some((each) => each.id === live.id && each.applied === live.weight));
  const ownMirrors = changes.mirrors.flatMap((each) => rule.mirrors.find((mirror) => isOwnMirror(mirror, each)) ?? []);
  const intent = {
    rule,
    backends: userBackends(rule, changes, ownBackends),
    ownBackends,
    ownMirrors,
    userMirrors: mirrorsOf(rule).filter((mirror) => !ownMirrors.some((own) => own === mirror)),
    filtersCreated: changes.filtersCreated && ownMirrors.length > 0,
  };
  const kept = ownBackends.length === changes.inserted.length && ownMirrors.length === changes.mirrors.length;
  return { intent, edited: !kept || changes.backends.some((each) => each.intent !== each.applied && !standsAs(rule, each)) };
}

function userBackends(rule: RouteRule, changes: RuleChanges, own: readonly RouteBackend[]): RuleIntent['backends'] {
  const known = new Map(changes.backends.map((each) => [each.id, each]));
  const users = rule.backends.filter((live) => !own.includes(live));
  const edited = changes.backends.some((each) => !standsAs(rule, each)) || users.some((live) => !known.has(live.id));
  // Weights mean something only beside each other. Where we multiplied them, a number someone wrote beside ours is in our scale, and
  // to put the old numbers back next to it would give it a hundred times the share its author saw.
  if (edited && rescaled(changes, rule.grammar)) return users.map((live) => ({ live, weight: live.weight }));
  return users.map((live) => {
    const entry = known.get(live.id);
    return { live, weight: entry?.applied === live.weight ? entry.intent : live.weight };
  });
}

function standsAs(rule: RouteRule, { id, applied }: { readonly id: string; readonly applied: number | null }): boolean {
  return rule.backends.some((live) => live.id === id && live.weight === applied);
}

/** We keep the sum of a rule's weights unless we multiply or shrink them all. */
function rescaled({ backends, inserted }: RuleChanges, grammar: RouteGrammar): boolean {
  const total = (weights: readonly (number | null)[]): number => grammar.weigh(weights).reduce((sum, weight) => sum + weight, 0);
  return total(backends.map(({ intent }) => intent)) !== total([...backends, ...inserted].map(({ applied }) => applied));
}

/** A percent that is gone was dropped by an older CRD, not by a user: the filter is still ours to take out. */
function isOwnMirror(mirror: RouteMirror, { id, percent }: RuleChanges['mirrors'][number]): boolean {
  return mirror.backend === id && !mirror.fraction && (mirror.percent === percent || mirror.percent === null);
}

function touches({ backends, inserted, mirrors }: RuleChanges): boolean {
  return inserted.length > 0 || mirrors.length > 0 || backends.some((each) => each.intent !== each.applied);
}

/** How surely this is the rule the changes were made to; 0 = it is another. */
function likeness(rule: RouteRule, changes: RuleChanges): number {
  const applied = [...changes.backends, ...changes.inserted];
  const shared = applied.filter(({ id }) => rule.backends.some((live) => live.id === id)).length;
  const alike = shared / (applied.length + rule.backends.length - shared);
  const asApplied = alike === 1 && applied.every((each) => standsAs(rule, each));
  // Someone may have edited the matches or the name of a rule and left our weights in it.
  if (rule.identity !== changes.rule) return asApplied ? 2 : 0;
  const inPlace = rule.ordinal === changes.ordinal;
  if (asApplied) return inPlace ? 5 : 4;
  return (inPlace && shared > 0 ? 3 : 1) + alike / 2;
}

/** The surest pairs first; rules alike in everything are told apart by their order. */
function pairUp(rules: readonly RouteRule[], changes: readonly RuleChanges[]): ReadonlyMap<RouteRule, RuleChanges> {
  const candidates = rules
    .flatMap((rule) => changes.map((each) => ({ rule, each, score: likeness(rule, each) })))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  const pairs = new Map<RouteRule, RuleChanges>();
  const taken = new Set<RuleChanges>();
  for (const { rule, each } of candidates) {
    if (pairs.has(rule) || taken.has(each)) continue;
    pairs.set(rule, each);
    taken.add(each);
  }
  return pairs;
}
