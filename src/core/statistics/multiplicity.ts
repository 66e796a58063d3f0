/**
 * Adjusted p-values of Benjamini and Hochberg (1995), in the order given: to reject those at or below alpha keeps the expected share of false
 * rejections under alpha. What is not a probability counts as 1: it proves nothing.
 */
export function adjustByBenjaminiHochberg(pValues: readonly number[]): readonly number[] {
  const usable = pValues.map((p) => (p >= 0 && p <= 1 ? p : 1));
  const ascending = usable.map((_, index) => index).sort((one, other) => (usable[one] ?? 1) - (usable[other] ?? 1));
  const adjusted = usable.map(() => 1);
  let least = 1;
  for (let rank = ascending.length; rank > 0; rank--) {
    const index = ascending[rank - 1] ?? 0;
    // The factor first: it is at least 1 exactly, so nothing is rounded below its own p-value.
    least = Math.min(least, (usable[index] ?? 1) * (ascending.length / rank));
    adjusted[index] = least;
  }
  return adjusted;
}
