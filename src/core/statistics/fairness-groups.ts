import { addConfusions, cellsOf, confusionOf, decisionsIn, noDecisions, type Confusion } from './confusion.ts';
import type { DecisionCount } from './decision-counts.ts';

/** The decisions on one group, in each stratum of the whole table: one where nothing is stratified. */
export interface Group {
  readonly name: string;
  readonly strata: readonly Confusion[];
  readonly decisions: number;
}

/** Groups with fewer decisions than this are never shown by themselves: who knows the code would know what happened to single people. */
export const smallestShownGroup = 10;

export interface ShownGroups {
  readonly shown: readonly Group[];
  /** Those that are not, as one. Null: there are none, or together they would still tell of one: then they count nowhere. */
  readonly pool: Group | null;
  readonly hidden: number;
}

/** A sum of which all other parts are known tells the last one, so what can't be pooled is left out of everything, not only of what is shown. */
export function showGroups(groups: readonly Group[]): ShownGroups {
  const isSmall = ({ decisions }: Group): boolean => decisions < smallestShownGroup;
  const small = groups.filter(isSmall);
  const pool = together('', small);
  const isSafe = small.length > 1 && pool.decisions >= smallestShownGroup;
  return { shown: groups.filter((group) => !isSmall(group)), pool: isSafe ? pool : null, hidden: small.length };
}

/** Counts whose `by` is a group and, where there are strata, a stratum. Groups and strata come by code point. */
export function groupsOf(counts: readonly DecisionCount[]): readonly Group[] {
  const strata = [...new Set(counts.map(({ by: [, stratum = ''] }) => stratum))].sort();
  const byGroup = new Map<string, Map<string, DecisionCount[]>>();
  for (const count of counts) {
    const [group = '', stratum = ''] = count.by;
    const ofGroup = byGroup.get(group) ?? new Map<string, DecisionCount[]>();
    byGroup.set(group, ofGroup);
    const ofStratum = ofGroup.get(stratum);
    if (ofStratum === undefined) ofGroup.set(stratum, [count]);
    else ofStratum.push(count);
  }
  return [...byGroup.keys()].sort().map((name) =>
    groupOf(
      name,
      strata.map((stratum) => confusionOf(byGroup.get(name)?.get(stratum) ?? [])),
    ),
  );
}

/** Several groups as one. */
export function together(name: string, groups: readonly Group[]): Group {
  const strata = (groups[0]?.strata ?? []).map((_cells, stratum) =>
    groups.reduce((sum, group) => addConfusions(sum, group.strata[stratum] ?? noDecisions), noDecisions),
  );
  return groupOf(name, strata);
}

/** Cells of each stratum after those of the one before; without outcomes only decided and not decided. */
export function recordOf({ strata }: Group, hasOutcomes: boolean): readonly number[] {
  return strata.flatMap((cells) => (hasOutcomes ? cellsOf(cells) : [cells.truePositives, cells.falseNegatives]));
}

/** The group that `recordOf` made these numbers of; null where they are not whole strata. */
export function groupFrom(name: string, record: readonly number[], hasOutcomes: boolean): Group | null {
  const size = hasOutcomes ? 4 : 2;
  if (record.length === 0 || record.length % size > 0) return null;
  const strata = Array.from({ length: record.length / size }, (_, stratum): Confusion => {
    const [a = NaN, b = NaN, c = NaN, d = NaN] = record.slice(stratum * size, (stratum + 1) * size);
    return hasOutcomes
      ? { truePositives: a, falsePositives: b, falseNegatives: c, trueNegatives: d }
      : { ...noDecisions, truePositives: a, falseNegatives: b };
  });
  return groupOf(name, strata);
}

function groupOf(name: string, strata: readonly Confusion[]): Group {
  return { name, strata, decisions: strata.reduce((sum, cells) => sum + decisionsIn(cells), 0) };
}
