import type { EpochMs } from '../shared/clock.ts';
import type { Constraint } from './model/constraint.ts';

/** One backend of a rule. `id` is whatever tells backends apart; weights are integers >= 0. */
export interface WeightedBackend {
  readonly id: string;
  readonly weight: number;
}

/** What one plan asks of one candidate in a rule. */
export interface SplitDemand {
  readonly planUID: string;
  /** The older plan wins; at equal age the name that sorts first. */
  readonly precedence: { readonly createdAtMs: EpochMs; readonly name: string };
  readonly candidate: string;
  readonly safe: string;
  readonly constraints: readonly Constraint[];
}

export interface SplitInput {
  /** The intent: what users or Git want of this rule. */
  readonly backends: readonly WeightedBackend[];
  readonly demands: readonly SplitDemand[];
}

export interface Split {
  /** In the order of the intent; safe backends the intent lacks follow at the end. */
  readonly weights: readonly WeightedBackend[];
  readonly mirrors: readonly { readonly id: string; readonly percent: number }[];
  /** By constrained candidate, the backend under no constraint that its displaced share goes to. */
  readonly refuges: ReadonlyMap<string, string>;
  readonly rejected: readonly { readonly planUID: string; readonly reason: 'NoSafeBackend' | 'Conflicted' }[];
}

/** The most a weight may be, and the factor that makes every whole percentage exact. */
const maxWeight = 1_000_000;
const exactFactor = 100;

/**
 * Lays all demands over the intended split of one rule.
 * Guarantees: the order of `demands` never matters; a constrained candidate has at most its share, and never more than the intent
 * gives it; displaced share goes only to backends under no constraint, and every backend that is neither keeps its share; weights
 * sum to 0 only if the intent did. One more demand never raises the share of a constrained candidate, unless it closes a circle.
 * A demand whose candidate neither is in the rule nor would take displaced share asks nothing of it.
 */
export function composeSplit({ backends, demands }: SplitInput): Split {
  const { accepted, refuges, rejected } = accept(presentIn(backends, demands));
  const limits = [...refuges].map(([candidate, safe]) => limitOf(candidate, safe, accepted));
  const mirrors = limits.flatMap(({ candidate, mirrorPercent }) =>
    mirrorPercent === null || mirrorPercent === 0 || !isIn(backends, candidate) ? [] : [{ id: candidate, percent: mirrorPercent }],
  );
  return { weights: boundedWeights(backends, limits), mirrors, refuges, rejected };
}

interface CandidateLimit {
  readonly candidate: string;
  readonly safe: string;
  readonly maxPercent: number;
  readonly mirrorPercent: number | null;
}

/**
 * In order of precedence; those on a backend the rule lacks come last. They count because it may be put in as somebody's safe one:
 * a constraint on it must not be poured onto.
 */
function presentIn(backends: readonly WeightedBackend[], demands: readonly SplitDemand[]): readonly SplitDemand[] {
  const ordered = demands.filter(boundsTraffic).sort(byPrecedence);
  const present = new Set(ordered.filter(({ candidate }) => isIn(backends, candidate)));
  for (const { safe } of present) for (const demand of ordered) if (demand.candidate === safe) present.add(demand);
  const absent = [...present].filter(({ candidate }) => !isIn(backends, candidate)).sort(byPrecedence);
  return [...[...present].filter((demand) => !absent.includes(demand)), ...absent];
}

interface Acceptance {
  readonly accepted: readonly SplitDemand[];
  /** Where the displaced share of each constrained candidate ends: a backend under no constraint. */
  readonly refuges: ReadonlyMap<string, string>;
  readonly rejected: Split['rejected'];
}

/**
 * Every demand is honoured whose displaced share can end at a backend under no constraint, be it by way of the safe backends of
 * others: so no plan lifts another's constraint by coming or going. Only demands that run in a circle can't all be honoured: the
 * one that comes first wins.
 */
function accept(ordered: readonly SplitDemand[]): Acceptance {
  let accepted = ordered.filter(({ candidate, safe }) => candidate !== safe);
  let refuges = refugesOf(accepted);
  for (let circle = circleIn(accepted, refuges); circle !== undefined; circle = circleIn(accepted, refuges)) {
    const { safe } = circle;
    accepted = accepted.filter(({ candidate }) => candidate !== safe);
    refuges = refugesOf(accepted);
  }
  const rejected = ordered.filter((demand) => !accepted.includes(demand));
  return {
    accepted,
    refuges,
    rejected: rejected.map(({ planUID, candidate, safe }) => ({
      planUID,
      reason: safe === candidate || refuges.has(safe) ? 'NoSafeBackend' : 'Conflicted',
    })),
  };
}

/** Straight to a backend under no constraint where there is one, else by way of the nearest. What has no way out is left out. */
function refugesOf(demands: readonly SplitDemand[]): ReadonlyMap<string, string> {
  const candidates = new Set(demands.map(({ candidate }) => candidate));
  const refuges = new Map<string, string>();
  for (let known = -1; known < refuges.size;) {
    known = refuges.size;
    const nearest = new Map(refuges);
    for (const { candidate, safe } of demands) {
      const refuge = candidates.has(safe) ? nearest.get(safe) : safe;
      if (refuge !== undefined && !refuges.has(candidate)) refuges.set(candidate, refuge);
    }
  }
  return refuges;
}

/** The demand that comes first in a circle nothing leads out of, not even into another circle. */
function circleIn(demands: readonly SplitDemand[], refuges: ReadonlyMap<string, string>): SplitDemand | undefined {
  const stuck = demands.filter(({ candidate }) => !refuges.has(candidate));
  const reach = new Map(stuck.map(({ candidate }) => [candidate, reachFrom(candidate, stuck)]));
  return stuck.find(({ candidate }) => [...(reach.get(candidate) ?? [])].every((each) => reach.get(each)?.has(candidate) === true));
}

function reachFrom(candidate: string, demands: readonly SplitDemand[]): ReadonlySet<string> {
  const reached = new Set<string>();
  const next = [candidate];
  for (const from of next)
    for (const demand of demands) {
      if (demand.candidate !== from || reached.has(demand.safe)) continue;
      reached.add(demand.safe);
      next.push(demand.safe);
    }
  return reached;
}

/** The strictest of all demands on a candidate. */
function limitOf(candidate: string, safe: string, accepted: readonly SplitDemand[]): CandidateLimit {
  const constraints = accepted.filter((demand) => demand.candidate === candidate).flatMap((demand) => demand.constraints);
  const caps = constraints.flatMap((constraint) => (constraint.kind === 'Cap' ? [constraint.maxPercent] : []));
  const mirrors = constraints.flatMap((constraint) => (constraint.kind === 'Shadow' ? [constraint.mirrorPercent] : []));
  const mirrorPercent = mirrors.length === 0 ? null : Math.min(...mirrors);
  return { candidate, safe, maxPercent: mirrorPercent === null ? Math.min(100, ...caps) : 0, mirrorPercent };
}

function boundedWeights(backends: readonly WeightedBackend[], limits: readonly CandidateLimit[]): readonly WeightedBackend[] {
  const total = sum(backends);
  const exceeded = limits.filter((limit) => weightOf(backends, limit.candidate) * 100 > total * limit.maxPercent);
  if (exceeded.length === 0) return backends;
  const exact = exceeded.every((limit) => Number.isInteger((total * limit.maxPercent) / 100));
  const ideal = displaceAll(exact ? backends : multiply(backends, exactFactor), exceeded);
  if (fits(ideal)) return ideal;
  const rounded = displaceAll(backends, exceeded);
  // Displaced weight can lift a safe backend over the bound: then the intent shrinks first, so that even the sum stays within.
  return fits(rounded) ? rounded : boundedWeights(shrink(backends), limits);
}

function displaceAll(backends: readonly WeightedBackend[], exceeded: readonly CandidateLimit[]): readonly WeightedBackend[] {
  const total = sum(backends);
  return exceeded.reduce((split, limit) => displace(split, limit, Math.floor((total * limit.maxPercent) / 100)), backends);
}

/** A backend may stand in a rule more than once; its entries shrink alike, and what rounding leaves goes to safe too. */
function displace(backends: readonly WeightedBackend[], { candidate, safe }: CandidateLimit, allowed: number): readonly WeightedBackend[] {
  const before = weightOf(backends, candidate);
  const lowered = backends.map((each) =>
    each.id === candidate ? { id: each.id, weight: Math.floor((each.weight * allowed) / before) } : each,
  );
  const freed = before - weightOf(lowered, candidate);
  const refuge = lowered.findIndex((each) => each.id === safe);
  if (refuge === -1) return [...lowered, { id: safe, weight: freed }];
  return lowered.map((each, index) => (index === refuge ? { id: each.id, weight: each.weight + freed } : each));
}

function multiply(backends: readonly WeightedBackend[], factor: number): readonly WeightedBackend[] {
  return backends.map(({ id, weight }) => ({ id, weight: weight * factor }));
}

/** Keeps everyone who had weight in the rule, at the price of a part in a million of the proportions. */
function shrink(backends: readonly WeightedBackend[]): readonly WeightedBackend[] {
  const factor = (maxWeight - backends.length) / sum(backends);
  return backends.map(({ id, weight }) => ({ id, weight: weight === 0 ? 0 : Math.max(1, Math.floor(weight * factor)) }));
}

function boundsTraffic({ constraints }: SplitDemand): boolean {
  return constraints.some((constraint) => constraint.kind === 'Cap' || constraint.kind === 'Shadow');
}

function isIn(backends: readonly WeightedBackend[], id: string): boolean {
  return backends.some((backend) => backend.id === id);
}

function fits(backends: readonly WeightedBackend[]): boolean {
  return backends.every((each) => each.weight <= maxWeight);
}

function sum(backends: readonly WeightedBackend[]): number {
  return backends.reduce((total, each) => total + each.weight, 0);
}

function weightOf(backends: readonly WeightedBackend[], id: string): number {
  return sum(backends.filter((each) => each.id === id));
}

function byPrecedence(a: SplitDemand, b: SplitDemand): number {
  return (
    a.precedence.createdAtMs - b.precedence.createdAtMs ||
    byText(a.precedence.name, b.precedence.name) ||
    byText(a.planUID, b.planUID) ||
    byText(a.candidate, b.candidate)
  );
}

/** By code unit: the same in every locale and replica. */
function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
