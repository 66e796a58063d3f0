/** One group of rows with the same predictor: `successes` of `n`. */
export interface LogisticGroup {
  readonly x: number;
  readonly n: number;
  readonly successes: number;
  /** Added to the linear predictor as it is. */
  readonly offset: number;
}

export interface LogisticFit {
  readonly intercept: number;
  readonly interceptError: number;
  /** Null when only an intercept was fitted. */
  readonly slope: number | null;
  readonly slopeError: number | null;
}

const maxSteps = 50;
const tolerance = 1e-12;
/** Beyond this the fitted odds are e^30: the groups are separated and the maximum lies at infinity. */
const separated = 30;

/**
 * Maximum likelihood of logit p = offset + intercept (+ slope x) by iteratively reweighted least squares, with standard errors from the
 * information matrix. Null where it does not settle: separated groups, no spread of `x`, no rows.
 */
export function fitLogistic(groups: readonly LogisticGroup[], terms: 'Intercept' | 'InterceptAndSlope'): LogisticFit | null {
  const withSlope = terms === 'InterceptAndSlope';
  let [intercept, slope] = [0, 0];
  for (let step = 0; step < maxSteps; step++) {
    const { score, information } = derivatives(groups, intercept, slope);
    const change = withSlope ? solve(information, score) : ([score[0] / information[0], 0] as const);
    if (change === null || !change.every(Number.isFinite)) return null;
    intercept += change[0];
    slope += change[1];
    if (Math.abs(intercept) > separated || Math.abs(slope) > separated) return null;
    if (change.every((each) => Math.abs(each) <= tolerance * Math.max(1, Math.abs(intercept), Math.abs(slope)))) {
      return errorsOf(groups, { intercept, slope, withSlope });
    }
  }
  return null;
}

type Pair = readonly [number, number];
/** Symmetric: (first, both, second). */
type Symmetric = readonly [number, number, number];

function derivatives(
  groups: readonly LogisticGroup[],
  intercept: number,
  slope: number,
): { readonly score: Pair; readonly information: Symmetric } {
  let [score0, score1, first, both, second] = [0, 0, 0, 0, 0];
  for (const { x, n, successes, offset } of groups) {
    const p = 1 / (1 + Math.exp(-(offset + intercept + slope * x)));
    const weight = n * p * (1 - p);
    score0 += successes - n * p;
    score1 += (successes - n * p) * x;
    first += weight;
    both += weight * x;
    second += weight * x * x;
  }
  return { score: [score0, score1], information: [first, both, second] };
}

function solve([first, both, second]: Symmetric, [a, b]: Pair): Pair | null {
  const determinant = first * second - both * both;
  if (!(determinant > 1e-12 * first * second)) return null;
  return [(second * a - both * b) / determinant, (first * b - both * a) / determinant];
}

function errorsOf(
  groups: readonly LogisticGroup[],
  { intercept, slope, withSlope }: { readonly intercept: number; readonly slope: number; readonly withSlope: boolean },
): LogisticFit {
  const [first, both, second] = derivatives(groups, intercept, slope).information;
  if (!withSlope) return { intercept, interceptError: Math.sqrt(1 / first), slope: null, slopeError: null };
  const determinant = first * second - both * both;
  return { intercept, interceptError: Math.sqrt(second / determinant), slope, slopeError: Math.sqrt(first / determinant) };
}
