/** Features of many rows: sparse, because nearly all of them are one-hot. */
export interface DesignMatrix {
  readonly width: number;
  readonly rows: readonly SparseRow[];
}

/** Positions of the features that are not 0, and their values. */
export interface SparseRow {
  readonly positions: readonly number[];
  readonly values: readonly number[];
}

/** Keeps one-hot columns that sum to the intercept solvable. */
const ridge = 1;
const maxIterations = 25;
const converged = 1e-8;
/** Beyond these log-odds a probability is 0 or 1 to a float's eye and the weights would vanish. */
const largestLogOdds = 20;

/** Coefficients that minimise the weighted squares plus the ridge. Deterministic: sums in row order. */
export function fitWeightedLeastSquares(matrix: DesignMatrix, targets: readonly number[], weights?: readonly number[]): Float64Array {
  const { width } = matrix;
  const normal = Array.from({ length: width }, () => new Float64Array(width));
  const right = new Float64Array(width);
  matrix.rows.forEach(({ positions, values }, index) => {
    const weight = weights?.[index] ?? 1;
    const target = targets[index] ?? 0;
    positions.forEach((row, a) => {
      const scaled = weight * (values[a] ?? 0);
      right[row] = (right[row] ?? 0) + scaled * target;
      const line = normal[row];
      if (line === undefined) throw new Error(`feature ${String(row)} is outside the matrix of width ${String(width)}`);
      for (let b = 0; b <= a; b += 1) {
        const column = positions[b] ?? 0;
        line[column] = (line[column] ?? 0) + scaled * (values[b] ?? 0);
      }
    });
  });
  normal.forEach((line, index) => (line[index] = (line[index] ?? 0) + ridge));
  return solveSymmetric(normal, right);
}

/** Logistic regression by iteratively reweighted least squares. Positions in each row must ascend. */
export function fitLogistic(matrix: DesignMatrix, outcomes: readonly boolean[]): Float64Array {
  let coefficients = new Float64Array(matrix.width);
  for (let iteration = 0; iteration < maxIterations; iteration += 1) {
    const weights: number[] = [];
    const targets: number[] = [];
    matrix.rows.forEach((row, index) => {
      const logOdds = Math.max(-largestLogOdds, Math.min(largestLogOdds, dotProduct(row, coefficients)));
      const probability = toProbability(logOdds);
      const weight = probability * (1 - probability);
      weights.push(weight);
      targets.push(logOdds + ((outcomes[index] === true ? 1 : 0) - probability) / weight);
    });
    const next = fitWeightedLeastSquares(matrix, targets, weights);
    const change = next.reduce((largest, value, index) => Math.max(largest, Math.abs(value - (coefficients[index] ?? 0))), 0);
    coefficients = Float64Array.from(next);
    if (change < converged) return coefficients;
  }
  throw new Error(`the logistic regression did not converge in ${String(maxIterations)} steps`);
}

export function dotProduct({ positions, values }: SparseRow, coefficients: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < positions.length; index += 1) sum += (values[index] ?? 0) * (coefficients[positions[index] ?? 0] ?? 0);
  return sum;
}

export function toProbability(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

export function toLogOdds(probability: number): number {
  return Math.log(probability / (1 - probability));
}

/** Cholesky; only the lower triangle is read. */
function solveSymmetric(matrix: readonly Float64Array[], right: Float64Array): Float64Array {
  const size = right.length;
  const lower = matrix.map((line) => Float64Array.from(line));
  const at = (row: number, column: number): number => lower[row]?.[column] ?? 0;
  const solution = Float64Array.from(right);
  for (let column = 0; column < size; column += 1) {
    for (let row = column; row < size; row += 1) {
      let sum = at(row, column);
      for (let k = 0; k < column; k += 1) sum -= at(row, k) * at(column, k);
      const line = lower[row];
      if (line !== undefined) line[column] = row === column ? Math.sqrt(sum) : sum / at(column, column);
    }
  }
  for (let row = 0; row < size; row += 1) {
    let sum = solution[row] ?? 0;
    for (let k = 0; k < row; k += 1) sum -= at(row, k) * (solution[k] ?? 0);
    solution[row] = sum / at(row, row);
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    let sum = solution[row] ?? 0;
    for (let k = row + 1; k < size; k += 1) sum -= at(k, row) * (solution[k] ?? 0);
    solution[row] = sum / at(row, row);
  }
  return solution;
}
