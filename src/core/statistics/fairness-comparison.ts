import { falsePositiveRate, precision, recall, selectionRate, type Confusion } from './confusion.ts';
import { together, type Group } from './fairness-groups.ts';
import { independentRows, katz, mantelHaenszel, newcombe, rate, type Estimate, type Share, type StratumPair } from './proportion.ts';

export const fairnessMetrics = ['ParityRatio', 'ParityDifference', 'EqualOpportunity', 'EqualisedOdds', 'PredictiveParity'] as const;
export type FairnessMetric = (typeof fairnessMetrics)[number];

/** What a group is compared to: the group with the highest rate, everybody taken together, or one group for ever. */
export type ReferenceGroup =
  { readonly kind: 'Highest' } | { readonly kind: 'Overall' } | { readonly kind: 'Named'; readonly name: string };

export interface FairnessRule {
  readonly metric: FairnessMetric;
  readonly reference: ReferenceGroup;
  /** Chance at one look that the interval of any group leaves its true value out. */
  readonly falseAlarmProbability: number;
  /** Rows that carry as much as one independent row, at least 1. Left out: 1. */
  readonly designEffect?: number;
  /** Groups with a smaller share of all decisions are left out. */
  readonly minGroupSharePercent: number;
  /** Groups with fewer rows behind a rate are left out. */
  readonly minGroupSamples: number;
}

/** One group against its reference, in one rate. */
export interface Comparison extends Estimate {
  /** Rows of the smaller of the two. */
  readonly trials: number;
}

export interface Comparisons {
  /** Groups that were compared or compared to. */
  readonly usable: ReadonlySet<string>;
  readonly comparisons: readonly Comparison[];
  /** Intervals that hold together: each is given an equal part of the chance to be wrong. */
  readonly intervals: number;
}

/** Fewer successes or failures than this, counted and expected, and an interval can't be relied on. */
const minCell = 5;

/** The rates in which groups must be alike. */
const rates: Readonly<Record<FairnessMetric, readonly ((cells: Confusion) => Share)[]>> = {
  ParityRatio: [selectionRate],
  ParityDifference: [selectionRate],
  EqualOpportunity: [recall],
  EqualisedOdds: [recall, falsePositiveRate],
  PredictiveParity: [precision],
};

/** Groups large enough to be compared. The one called '' is people of whom no group is known: part of everybody, no group to be fair to. */
export function sizedGroups(rule: FairnessRule, groups: readonly Group[]): readonly Group[] {
  const enough = (groups.reduce((sum, { decisions }) => sum + decisions, 0) * rule.minGroupSharePercent) / 100;
  return groups.filter(
    (group) =>
      group.name !== '' && group.decisions >= enough && rates[rule.metric].every((of) => pool(group, of).trials >= rule.minGroupSamples),
  );
}

/** `sized` are of `groups`: a few of them, since with Highest every one is looked at for every other. */
export function compareGroups(rule: FairnessRule, sized: readonly Group[], groups: readonly Group[]): Comparisons {
  const everybody = together('', groups);
  const intervals = intervalsOf(rule, sized.length);
  const usable = new Set<string>();
  const comparisons: Comparison[] = [];
  for (const group of sized) {
    const sides = rates[rule.metric].flatMap((of) => {
      const reference = referenceOf(rule.reference, { sized, everybody, of });
      return reference === null || reference === group ? [] : [{ of, reference }];
    });
    const ofGroup = sides.map(({ of, reference }) => compare(rule, pairsOf(group, reference, of), rule.falseAlarmProbability / intervals));
    const known = ofGroup.filter((comparison) => comparison !== null);
    // A group that can't be told in one of two rates isn't half fair.
    if (known.length < ofGroup.length || known.length === 0) continue;
    comparisons.push(...known);
    for (const { name } of [group, ...sides.map(({ reference }) => reference)]) if (name !== '') usable.add(name);
  }
  return { usable, comparisons, intervals };
}

/** With Highest the data choose the reference: the intervals hold for every pair it might have been. */
function intervalsOf({ metric, reference }: FairnessRule, groups: number): number {
  const perRate = { Highest: (groups * (groups - 1)) / 2, Overall: groups, Named: groups - 1 }[reference.kind];
  return Math.max(1, perRate) * rates[metric].length;
}

/** The least ratio to the reference, or the largest difference from it. */
export function worstValue({ metric }: Pick<FairnessRule, 'metric'>, comparisons: readonly Comparison[]): number {
  return worstOf(metric)(...comparisons.map(({ value }) => value));
}

/** What is worse of several numbers: a ratio is bad when it is low, a difference when it is large. */
export function worstOf(metric: FairnessMetric): (...numbers: readonly number[]) => number {
  return metric === 'ParityRatio' ? Math.min : Math.max;
}

function referenceOf(
  reference: ReferenceGroup,
  { sized, everybody, of }: { readonly sized: readonly Group[]; readonly everybody: Group; readonly of: (cells: Confusion) => Share },
): Group | null {
  switch (reference.kind) {
    case 'Named':
      return sized.find(({ name }) => name === reference.name) ?? null;
    case 'Overall':
      return everybody;
    case 'Highest':
      return sized.reduce<Group | null>(
        (best, each) => (best !== null && rate(pool(best, of)) >= rate(pool(each, of)) ? best : each),
        null,
      );
  }
}

function compare(
  { metric, minGroupSamples, designEffect = 1 }: FairnessRule,
  pairs: readonly StratumPair[],
  alpha: number,
): Comparison | null {
  const pair = poolPairs(pairs);
  const trials = Math.min(pair.one.trials, pair.other.trials);
  const independent = pairs.map(({ one, other }) => ({
    one: independentRows(one, designEffect),
    other: independentRows(other, designEffect),
  }));
  if (!(trials >= minGroupSamples) || !isTelling(poolPairs(independent))) return null;
  if (metric === 'ParityRatio') return { ...katz(pair, alpha, designEffect), trials };
  const difference = pairs.length > 1 ? mantelHaenszel(independent, alpha) : newcombe(poolPairs(independent), alpha);
  return difference === null ? null : { ...magnitude(difference), trials };
}

/**
 * Each side has 5 successes and 5 failures, counted or expected if both were alike. Counted alone would leave out the group of which nobody was
 * accepted, and that is the one to see.
 */
function isTelling({ one, other }: StratumPair): boolean {
  const alike = rate(sum([one, other]));
  return [one, other].every(
    ({ successes, trials }) =>
      Math.max(successes, trials * alike) >= minCell && Math.max(trials - successes, trials * (1 - alike)) >= minCell,
  );
}

/** Interval of |d|: one across 0 begins at 0. */
function magnitude({ value, interval: { low, high } }: Estimate): Estimate {
  const isAcross = low <= 0 && high >= 0;
  const [near, far] = [Math.min(Math.abs(low), Math.abs(high)), Math.max(Math.abs(low), Math.abs(high))];
  return { value: Math.abs(value), interval: { low: isAcross ? 0 : near, high: far } };
}

/** Strata in which both have rows: elsewhere there is nothing to compare. */
function pairsOf(group: Group, reference: Group, of: (cells: Confusion) => Share): readonly StratumPair[] {
  return group.strata.flatMap((cells, stratum) => {
    const other = reference.strata[stratum];
    const pair = other === undefined ? null : { one: of(cells), other: of(other) };
    return pair !== null && pair.one.trials > 0 && pair.other.trials > 0 ? [pair] : [];
  });
}

function pool(group: Group, of: (cells: Confusion) => Share): Share {
  return sum(group.strata.map(of));
}

function poolPairs(pairs: readonly StratumPair[]): StratumPair {
  return { one: sum(pairs.map(({ one }) => one)), other: sum(pairs.map(({ other }) => other)) };
}

function sum(shares: readonly Share[]): Share {
  return shares.reduce((all, { successes, trials }) => ({ successes: all.successes + successes, trials: all.trials + trials }), {
    successes: 0,
    trials: 0,
  });
}
