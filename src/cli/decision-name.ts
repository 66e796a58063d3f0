/** The most a name of an object may hold. */
const longestName = 253;

/** Of a decision on `subject`, whose name is cut where both are too long: `tail` tells decisions on it apart. */
export function decisionName(subject: string, tail: string): string {
  // A name may end neither with a dot nor with a hyphen, and no part of one that a dot ends may begin with a hyphen.
  const head = subject.slice(0, longestName - tail.length - 1).replace(/[^a-z0-9]+$/, '');
  return `${head}-${tail}`;
}
