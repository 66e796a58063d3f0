/** Where a model comes from, one kind of source each. */
export const lineageKinds = ['TrainingData', 'ValidationData', 'TestData', 'Code', 'Features', 'Artifact'] as const;

export type LineageKind = (typeof lineageKinds)[number];

export interface LineageEntry {
  readonly kind: LineageKind;
  readonly digest?: string;
}

/** Share of the kinds that an entry with a digest pins, 0 to 1. An entry without one can't be resolved to anything. */
export function lineageCoverage(lineage: readonly LineageEntry[]): number {
  const pinned = new Set(lineage.flatMap(({ kind, digest }) => (digest === undefined ? [] : [kind])));
  return pinned.size / lineageKinds.length;
}

const dataKinds: readonly LineageKind[] = ['TrainingData', 'ValidationData', 'TestData'];

/** Pairs of kinds of data that share a digest: they are the same data. */
export function unseparated(lineage: readonly LineageEntry[]): readonly (readonly [LineageKind, LineageKind])[] {
  const digestsOf = (kind: LineageKind) => lineage.flatMap((each) => (each.kind === kind ? (each.digest ?? []) : []));
  return dataKinds.flatMap((a, index) =>
    dataKinds.slice(index + 1).flatMap((b) => (digestsOf(a).some((each) => digestsOf(b).includes(each)) ? [[a, b] as const] : [])),
  );
}
