import normalCDF from '@stdlib/stats-base-dists-normal-cdf';

/** Nodes of the quadrature. With 48 the run lengths of R spc come out to nine digits for every chart in use. */
const nodes = 48;

/**
 * Readings until a two-sided EWMA chart alarms without any change, counted from the mean, limits as wide as they are in the long run: Crowder's
 * integral equation (1987), solved on the nodes of a Gauss-Legendre quadrature.
 */
export function ewmaRunLength({ weight, width }: { readonly weight: number; readonly width: number }): number {
  const reach = width * Math.sqrt(weight / (2 - weight));
  const rule = gaussLegendre(-reach, reach);
  const kernel = (to: number, from: number): number => density((to - (1 - weight) * from) / weight) / weight;
  const lengths = solve(
    rule.map(({ at }, row) => [...rule.map(({ at: to, mass }, column) => (row === column ? 1 : 0) - mass * kernel(to, at)), 1]),
  );
  return 1 + rule.reduce((sum, { at, mass }, index) => sum + mass * kernel(at, 0) * (lengths[index] ?? NaN), 0);
}

/** The same of the two one-sided cumulative sums together, both begun at 0: Page's integral equation (1954), and 1/L = 1/L+ + 1/L- (van Dobben de Bruyn). */
export function cusumRunLength({ slack, threshold }: { readonly slack: number; readonly threshold: number }): number {
  const rule = gaussLegendre(0, threshold);
  // What ends at 0 begins there again: the first unknown is the run length from 0, an atom beside the density.
  const starts = [0, ...rule.map(({ at }) => at)];
  const lengths = solve(
    starts.map((from, row) => {
      const toZero = normalCDF(slack - from, 0, 1);
      const others = rule.map(({ at, mass }, column) => (row === column + 1 ? 1 : 0) - mass * density(at + slack - from));
      return [(row === 0 ? 1 : 0) - toZero, ...others, 1];
    }),
  );
  return (lengths[0] ?? NaN) / 2;
}

function density(z: number): number {
  return Math.exp(-(z * z) / 2) / Math.sqrt(2 * Math.PI);
}

interface Node {
  readonly at: number;
  readonly mass: number;
}

/** Roots of the Legendre polynomial by Newton's method, from Chebyshev's guess. */
function gaussLegendre(low: number, high: number): readonly Node[] {
  return Array.from({ length: nodes }, (_, index) => {
    let x = Math.cos((Math.PI * (index + 0.75)) / (nodes + 0.5));
    let slope = NaN;
    for (let step = 0; step < 8; step++) {
      let [before, value] = [1, x];
      for (let degree = 2; degree <= nodes; degree++)
        [before, value] = [value, ((2 * degree - 1) * x * value - (degree - 1) * before) / degree];
      slope = (nodes * (x * value - before)) / (x * x - 1);
      x -= value / slope;
    }
    const half = (high - low) / 2;
    return { at: low + half * (x + 1), mass: (half * 2) / ((1 - x * x) * slope * slope) };
  });
}

/** Gauss's elimination with pivots; each row ends with its right-hand side. */
function solve(rows: readonly (readonly number[])[]): readonly number[] {
  const left = rows.map((row) => [...row]);
  const at = (row: number, column: number): number => left[row]?.[column] ?? NaN;
  for (let column = 0; column < left.length; column++) {
    let pivot = column;
    for (let row = column + 1; row < left.length; row++) if (Math.abs(at(row, column)) > Math.abs(at(pivot, column))) pivot = row;
    [left[column], left[pivot]] = [left[pivot] ?? [], left[column] ?? []];
    for (let row = 0; row < left.length; row++) {
      if (row === column) continue;
      const factor = at(row, column) / at(column, column);
      left[row] = left[row]?.map((value, each) => (each < column ? value : value - factor * at(column, each))) ?? [];
    }
  }
  return left.map((_, row) => at(row, left.length) / at(row, row));
}
