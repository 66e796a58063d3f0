/** Edits of one letter (put in, left out, another, two swapped) that turn `a` into `b`: optimal string alignment. */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, row) =>
    Array.from({ length: b.length + 1 }, (__, column) => (row === 0 ? column : row)),
  );
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Infinity;
  for (let row = 1; row <= a.length; row++)
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const swapped = isSwapped ? at(row - 2, column - 2) + 1 : Infinity;
      const changed = at(row - 1, column - 1) + (isSame ? 0 : 1);
      const line = rows[row];
      if (line !== undefined) line[column] = Math.min(at(row - 1, column) + 1, at(row, column - 1) + 1, changed, swapped);
    }
  return at(a.length, b.length);
}

/** What somebody who wrote `word` most likely meant; null: nothing is near enough to be named. */
export function nearest(word: string, known: readonly string[]): string | null {
  const near = known
    .map((each) => ({ each, edits: distance(word, each) }))
    .filter(({ each, edits }) => edits <= Math.min(2, Math.floor(each.length / 2)) || (word.length >= 3 && each.startsWith(word)))
    .toSorted((one, other) => one.edits - other.edits);
  return near[0]?.each ?? null;
}
