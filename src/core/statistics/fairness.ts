import type { EpochMs } from '../../shared/clock.ts';
import { failure, success, type Result } from '../../shared/result.ts';
import type { Computation } from '../model/observation.ts';
import { readDecisions, type DecisionLabels } from './decision-counts.ts';
import {
  compareGroups,
  sizedGroups,
  worstOf,
  worstValue,
  type Comparison,
  type Comparisons,
  type FairnessRule,
} from './fairness-comparison.ts';
import { groupsOf, recordOf, showGroups, smallestShownGroup, together, type Group, type ShownGroups } from './fairness-groups.ts';
import type { StatisticGap, StatisticReading } from './reading.ts';
import { gap, type Row } from './row.ts';

/** How evenly decisions fall on groups of people. */
export interface FairnessDefinition extends FairnessRule {
  readonly kind: 'Fairness';
  readonly labels: DecisionLabels;
  readonly groupLabel: string;
  readonly stratumLabel: string | null;
}

/** What fits into the record of an incident: 64 entries, 128 characters a name, 256 numbers an entry. */
const maxUsable = 50;
const maxExcluded = 12;
const maxNameLength = 100;
const maxStrata = 64;
/** As many as a message names. */
const maxNamed = 5;

/**
 * The worst of the groups that can be compared: the least ratio to the reference, or the largest difference from it whatever its sign. The interval holds
 * the worst true value, all groups taken together (Bonferroni): it goes from the worst low end of any group to the worst high end of any, so that a large
 * group beyond doubt is not hidden by a small one that merely looks worse.
 */
export function readFairness(
  definition: FairnessDefinition,
  rows: readonly Row[],
  askedAtMs: EpochMs,
): Result<StatisticReading, StatisticGap> {
  const { labels, groupLabel, stratumLabel } = definition;
  const by = stratumLabel === null ? [groupLabel] : [groupLabel, stratumLabel];
  const decisions = readDecisions(rows, labels, { by, askedAtMs });
  if (!decisions.ok) return decisions;
  const split = showGroups(groupsOf(decisions.value.counts));
  const everybody = split.pool === null ? split.shown : [...split.shown, split.pool];
  const unreadable = problemOf(definition, everybody);
  if (unreadable !== null) return gap('Incomparable', unreadable);
  const sized = sizedGroups(definition, everybody);
  if (sized.length > maxUsable)
    return gap(
      'Incomparable',
      `${String(sized.length)} groups are large enough and at most ${String(maxUsable)} are compared; raise minGroupSharePercent`,
    );
  const { usable, comparisons, intervals } = compareGroups(definition, sized, everybody);
  const bySize = split.shown.toSorted((a, b) => b.decisions - a.decisions);
  const computation = computationOf(definition, bySize, { ...split, usable, intervals });
  if (usable.size < 2)
    return failure({
      cause: 'Insufficient',
      message: whyTooFew(definition, bySize, { ...split, usable }),
      sampleCount: Math.floor(bySize[1]?.decisions ?? 0),
      computation,
    });
  const { dataTimeMs } = decisions.value;
  const aged = dataTimeMs === null ? {} : { dataTimeMs };
  return success({ ...summarise(definition, comparisons), noiseFloor: null, computation, ...aged });
}

function summarise(rule: FairnessRule, comparisons: readonly Comparison[]): Pick<StatisticReading, 'value' | 'sampleCount' | 'interval'> {
  const worst = worstOf(rule.metric);
  return {
    value: worstValue(rule, comparisons),
    sampleCount: Math.floor(Math.min(...comparisons.map(({ trials }) => trials))),
    interval: {
      low: worst(...comparisons.map(({ interval }) => interval.low)),
      high: worst(...comparisons.map(({ interval }) => interval.high)),
    },
  };
}

function problemOf({ groupLabel, stratumLabel }: FairnessDefinition, groups: readonly Group[]): string | null {
  const long = groups.find(({ name }) => name.length > maxNameLength);
  if (long !== undefined)
    return `${groupLabel}="${long.name.slice(0, 20)}…" is longer than ${String(maxNameLength)} characters; give groups short names`;
  if ((groups[0]?.strata.length ?? 0) <= maxStrata) return null;
  return `${stratumLabel ?? 'the stratum'} has more than ${String(maxStrata)} values; stratify by something coarser`;
}

function whyTooFew(
  { labels: { decision }, reference }: FairnessDefinition,
  bySize: readonly Group[],
  { usable, hidden, pool }: Pick<ShownGroups, 'hidden' | 'pool'> & { readonly usable: ReadonlySet<string> },
): string {
  const few = `fewer than ${String(smallestShownGroup)} decisions`;
  if (bySize.length === 0) return `each group has ${few}; widen the window`;
  const favoured = together('', pool === null ? bySize : [...bySize, pool]).strata.some(
    ({ truePositives, falsePositives }) => truePositives + falsePositives > 0,
  );
  if (!favoured) return `nothing in the window was decided ${decision.label}="${decision.yes}", the favourable decision`;
  const excluded = bySize
    .filter(({ name }) => !usable.has(name))
    .map(({ name, decisions }) => `${shown(name)} (${String(Math.floor(decisions))})`);
  const more = excluded.length > maxNamed ? ` and ${String(excluded.length - maxNamed)} more` : '';
  const what = reference.kind === 'Named' ? 'too few rows to compare groups to the reference group' : 'too few rows to compare two groups';
  const named = excluded.length === 0 ? [] : [`${excluded.slice(0, maxNamed).join(', ')}${more}`];
  const unnamed = hidden === 0 ? [] : [`${String(hidden)} with ${few}, which are not named`];
  return `${what}; not usable: ${[...named, ...unnamed].join('; ')}`;
}

function shown(name: string): string {
  return name === '' ? 'people of no group' : name;
}

/** The cells of every group that counts, so that all of it can be computed again; those not compared stand apart, the smallest of them as one. */
function computationOf(
  { metric, reference, labels, falseAlarmProbability, designEffect = 1, minGroupSharePercent, minGroupSamples }: FairnessDefinition,
  bySize: readonly Group[],
  { usable, intervals, hidden, pool }: Pick<ShownGroups, 'hidden' | 'pool'> & Pick<Comparisons, 'usable' | 'intervals'>,
): Computation {
  const excluded = bySize.filter(({ name }) => !usable.has(name));
  const named = excluded.slice(0, maxExcluded);
  const others = [...excluded.slice(maxExcluded), ...(pool === null ? [] : [pool])];
  const entry = (key: string, group: Group) => [key, recordOf(group, labels.outcome !== null)] as const;
  return {
    statistic: `${metric}/${reference.kind}`,
    parameters: {
      falseAlarmProbability,
      designEffect,
      intervals,
      minGroupSharePercent,
      minGroupSamples,
      insufficientGroups: excluded.length,
      hiddenGroups: hidden,
    },
    counts: Object.fromEntries([
      ...bySize
        .filter(({ name }) => usable.has(name))
        .map((group) =>
          entry(reference.kind === 'Named' && reference.name === group.name ? `reference: ${group.name}` : `group: ${group.name}`, group),
        ),
      ...named.map((group) => entry(`insufficient: ${shown(group.name)}`, group)),
      ...(others.length === 0 ? [] : [entry('insufficient, others', together('', others))]),
    ]),
  };
}
