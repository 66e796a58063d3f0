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
  readonly rejected: readonly { readonly planUID: string; readonly reason: 'NoSafeBackend' | 'Conflicted' }[];
}

/** The most a weight may be, and the factor that makes every whole percentage exact. */
const maxWeight = 1_000_000;
const exactFactor = 100;

/**
 * Lays all demands over the intended split of one rule.
 * Guarantees: the order of `demands` never matters; a constrained candidate has at most its share; displaced share goes to the
 * candidate's safe backend alone, so every other backend keeps its share; weights sum to 0 only if the intent did.
 * A demand whose candidate is not in the rule asks nothing of it.
 */
export function composeSplit({ backends, demands }: SplitInput): Split {
  const present = demands.filter((demand) => boundsTraffic(demand) && backends.some((backend) => backend.id === demand.candidate));
  const { accepted, rejected } = accept([...present].sort(byPrecedence));
  const limits = limitsOf(accepted);
  const mirrors = limits.flatMap(({ candidate, mirrorPercent }) =>
    mirrorPercent === null || mirrorPercent === 0 ? [] : [{ id: candidate, percent: mirrorPercent }],
  );
  return { weights: boundedWeights(backends, limits), mirrors, rejected };
}

interface CandidateLimit {
  readonly candidate: string;
  readonly safe: string;
  readonly maxPercent: number;
  readonly mirrorPercent: number | null;
}

/** In precedence order, a demand is honoured if its safe backend is under no honoured constraint and its candidate is nobody's refuge. */
function accept(ordered: readonly SplitDemand[]): { readonly accepted: readonly SplitDemand[]; readonly rejected: Split['rejected'] } {
  const accepted: SplitDemand[] = [];
  const rejected: Split['rejected'][number][] = [];
  for (const demand of ordered) {
    if (demand.safe === demand.candidate || accepted.some((other) => other.candidate === demand.safe)) {
      rejected.push({ planUID: demand.planUID, reason: 'NoSafeBackend' });
    } else if (accepted.some((other) => other.safe === demand.candidate)) {
      rejected.push({ planUID: demand.planUID, reason: 'Conflicted' });
    } else {
      accepted.push(demand);
    }
  }
  return { accepted, rejected };
}

/** One limit a candidate: the strictest of all demands on it, relieved towards the safe backend of the one that comes first. */
function limitsOf(accepted: readonly SplitDemand[]): readonly CandidateLimit[] {
  const candidates = [...new Set(accepted.map((demand) => demand.candidate))];
  return candidates.flatMap((candidate) => {
    const own = accepted.filter((demand) => demand.candidate === candidate);
    const constraints = own.flatMap((demand) => demand.constraints);
    const caps = constraints.flatMap((constraint) => (constraint.kind === 'Cap' ? [constraint.maxPercent] : []));
    const mirrors = constraints.flatMap((constraint) => (constraint.kind === 'Shadow' ? [constraint.mirrorPercent] : []));
    const mirrorPercent = mirrors.length === 0 ? null : Math.min(...mirrors);
    const maxPercent = mirrorPercent === null ? Math.min(100, ...caps) : 0;
    return own.slice(0, 1).map(({ safe }) => ({ candidate, safe, maxPercent, mirrorPercent }));
  });
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
