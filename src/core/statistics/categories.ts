/** Rows of each value of a label. */
export interface CategoryCount {
  readonly name: string;
  readonly count: number;
}

/** Counts of both sides over the same categories; the names stand beside them. */
export interface AlignedCategories {
  readonly names: readonly string[];
  readonly reference: readonly number[];
  readonly live: readonly number[];
}

/** Bins for what is no category of the reference; their names may stand in a reference too. */
export const newCategory = '__new__';
export const missingCategory = '__missing__';
export const otherCategory = '__other__';

/** Categories beside the three above, at most: each costs rows to tell its change from chance. */
const maxNamed = 48;

/** How exporters write that there was no value. */
const missingSpellings = new Set(['', 'NaN', 'nan', 'null', missingCategory]);

/**
 * Both sides over the categories of the reference: its largest by name, the rest as `__other__`, what it has never seen as `__new__`, no value as
 * `__missing__`. The live side has no say in which categories stand alone: whoever sends the rows could steer the bins. Bins without any row are
 * left out; names are in the order of their code points, the three last.
 */
export function alignCategories(reference: readonly CategoryCount[], live: readonly CategoryCount[]): AlignedCategories {
  const expected = sumByName(reference);
  const [named, rest] = splitByCount(expected);
  const binOf = (name: string): string => {
    if (named.has(name) || name === missingCategory) return name;
    return rest.has(name) || name === otherCategory ? otherCategory : newCategory;
  };
  const bins = [...[...named].sort(byCodePoint), otherCategory, newCategory, missingCategory];
  const [then, now] = [expected, sumByName(live)].map((side) => {
    const counts = new Map(bins.map((bin) => [bin, 0]));
    for (const [name, count] of side) counts.set(binOf(name), (counts.get(binOf(name)) ?? 0) + count);
    return counts;
  });
  const kept = bins.filter((bin) => (then?.get(bin) ?? 0) + (now?.get(bin) ?? 0) > 0);
  return { names: kept, reference: kept.map((bin) => then?.get(bin) ?? 0), live: kept.map((bin) => now?.get(bin) ?? 0) };
}

/** Categories with rows, largest first, at most `most` of them: what is too much goes to `__other__`, no value to `__missing__`. */
export function foldCategories(categories: readonly CategoryCount[], most: number): readonly CategoryCount[] {
  const seen = [...sumByName(categories)]
    .map(([name, count]) => ({ name, count }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || byCodePoint(a.name, b.name));
  if (seen.length <= most) return seen;
  const reserved = seen.filter(({ name }) => isReserved(name));
  const named = seen.filter(({ name }) => !isReserved(name));
  const kept = named.slice(0, most - reserved.length - 1);
  const rest = named.slice(kept.length).map(({ count }) => ({ name: otherCategory, count }));
  const others = [...sumByName([...reserved, ...rest])].map(([name, count]) => ({ name, count }));
  return [...kept, ...others];
}

function sumByName(categories: readonly CategoryCount[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { name, count } of categories) {
    const known = missingSpellings.has(name) ? missingCategory : name;
    counts.set(known, (counts.get(known) ?? 0) + count);
  }
  return counts;
}

/** Names that stand alone, and those that are summed up. One without rows has never been seen. */
function splitByCount(counts: ReadonlyMap<string, number>): readonly [ReadonlySet<string>, ReadonlySet<string>] {
  const seen = [...counts]
    .filter(([name, count]) => count > 0 && !isReserved(name))
    .sort(([a, one], [b, other]) => other - one || byCodePoint(a, b));
  const names = seen.map(([name]) => name);
  return [new Set(names.slice(0, maxNamed)), new Set(names.slice(maxNamed))];
}

function isReserved(name: string): boolean {
  return name === missingCategory || name === otherCategory || name === newCategory;
}

function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
