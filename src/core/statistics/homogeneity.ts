import { total } from './histogram.ts';

/** Counts of both samples, bin by bin. */
interface Samples {
  readonly reference: readonly number[];
  readonly live: readonly number[];
}

/** Chi-square test of homogeneity of two samples: the reference is a sample too, not the truth. */
export interface Homogeneity {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  /** Effect size from 0 to 1 with the bias of small samples taken off (Bergsma 2013); 0 where nothing is left. */
  readonly cramersV: number;
  /** The same for any other value of the statistic on these counts: for the limit the test rejects beyond. */
  readonly toCramersV: (statistic: number) => number;
  /** The statistic that comes to an effect size above 0; of 0, the largest that still does. */
  readonly fromCramersV: (effect: number) => number;
}

/** Pearson's statistic over the bins that hold rows; null with fewer than two of them or an empty sample. */
export function testHomogeneity({ reference, live }: Samples): Homogeneity | null {
  const columns = reference.map((count, bin) => [count, live[bin] ?? 0] as const).filter(([a, b]) => a + b > 0);
  const [n, m] = [total(reference), total(live)];
  if (columns.length < 2 || !(n > 0) || !(m > 0)) return null;
  const rows = n + m;
  // Of two rows and one column both deviations are the same size, with opposite signs.
  const statistic = columns.reduce((sum, [a, b]) => sum + (a * m - b * n) ** 2 / (n * m * (a + b)), 0);
  const degreesOfFreedom = columns.length - 1;
  const smaller = Math.min(columns.length - degreesOfFreedom ** 2 / (rows - 1) - 1, 1 - 1 / (rows - 1));
  const toCramersV = (each: number): number => {
    const excess = Math.max(0, each / rows - degreesOfFreedom / (rows - 1));
    return smaller > 0 ? Math.min(1, Math.sqrt(excess / smaller)) : 0;
  };
  const fromCramersV = (effect: number): number => rows * (effect ** 2 * smaller + degreesOfFreedom / (rows - 1));
  return { statistic, degreesOfFreedom, cramersV: toCramersV(statistic), toCramersV, fromCramersV };
}

/**
 * Merges bins until every expected count is at least 5. Cochran (1954) lets one of five lie between 1 and 5; with that, simulated windows without any
 * change exceeded the limit for 1 % up to 1.4 times as often as it says. The smallest bin joins its smaller neighbour where bins are ordered, else the next smallest bin. Null where even two bins are too thin.
 */
export function mergeThinBins({ reference, live }: Samples, isOrdered: boolean): Samples | null {
  let columns = reference.map((count, bin) => [count, live[bin] ?? 0] as const).filter(([a, b]) => a + b > 0);
  if (!isOrdered) columns = columns.sort(([a, b], [c, d]) => a + b - c - d);
  while (columns.length >= 2) {
    if (isThickEnough(columns)) return { reference: columns.map(([a]) => a), live: columns.map(([, b]) => b) };
    columns = isOrdered ? joinNeighbours(columns) : joinSmallest(columns);
  }
  return null;
}

type Column = readonly [reference: number, live: number];

const sizeOf = ([a, b]: Column): number => a + b;

function isThickEnough(columns: readonly Column[]): boolean {
  const [n, m] = [total(columns.map(([a]) => a)), total(columns.map(([, b]) => b))];
  const expected = columns.flatMap((column) => [(sizeOf(column) * n) / (n + m), (sizeOf(column) * m) / (n + m)]);
  return expected.every((each) => each >= 5);
}

function joinNeighbours(columns: readonly Column[]): Column[] {
  const sizes = columns.map(sizeOf);
  const thinnest = sizes.reduce((least, size, index) => (size < (sizes[least] ?? Infinity) ? index : least), 0);
  const first = (sizes[thinnest - 1] ?? Infinity) <= (sizes[thinnest + 1] ?? Infinity) ? thinnest - 1 : thinnest;
  const [[a, b] = [0, 0], [c, d] = [0, 0]] = columns.slice(first, first + 2);
  return [...columns.slice(0, first), [a + c, b + d], ...columns.slice(first + 2)];
}

/** Columns ascend by size and stay so. */
function joinSmallest(columns: readonly Column[]): Column[] {
  const [[a, b] = [0, 0], [c, d] = [0, 0], ...rest] = columns;
  const joined: Column = [a + c, b + d];
  const place = rest.findIndex((column) => sizeOf(column) >= sizeOf(joined));
  return place < 0 ? [...rest, joined] : [...rest.slice(0, place), joined, ...rest.slice(place)];
}
