/** Chance that a random positive scores above a random negative; ties count half. NaN without both kinds. */
export function areaUnderCurve(scores: readonly number[], outcomes: readonly boolean[]): number {
  const order = scores.map((score, index) => ({ score, positive: outcomes[index] === true })).sort((a, b) => a.score - b.score);
  let positiveRanks = 0;
  let positives = 0;
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && order[end]?.score === order[start]?.score) end += 1;
    const middleRank = (start + 1 + end) / 2;
    const inTie = order.slice(start, end).filter(({ positive }) => positive).length;
    positiveRanks += inTie * middleRank;
    positives += inTie;
    start = end;
  }
  return (positiveRanks - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));
}

/** Share of rows on the right side of 0.5. */
export function accuracy(scores: readonly number[], outcomes: readonly boolean[]): number {
  return scores.filter((score, index) => score >= 0.5 === outcomes[index]).length / scores.length;
}

/** Share of the targets' variance that the estimates explain. */
export function explainedVariance(estimates: readonly number[], targets: readonly number[]): number {
  const mean = targets.reduce((sum, each) => sum + each, 0) / targets.length;
  const left = targets.reduce((sum, target, index) => sum + (target - (estimates[index] ?? 0)) ** 2, 0);
  const total = targets.reduce((sum, target) => sum + (target - mean) ** 2, 0);
  return 1 - left / total;
}
