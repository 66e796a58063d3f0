import type { DriftDefinition } from '../../src/core/statistics/drift.ts';
import type { Row } from '../../src/core/statistics/row.ts';
import { driftOf, readRows } from './drift.ts';

/** Counts of one feature in the categories a, b, c. */
export type FeatureCounts = Readonly<Record<string, readonly number[]>>;

export function featureRows(features: FeatureCounts): readonly Row[] {
  return Object.entries(features).flatMap(([feature, counts]) =>
    counts.map((value, place) => ({ labels: { feature, purpose: 'abc'.charAt(place) }, value })),
  );
}

export function featureDrift(changes: Partial<DriftDefinition> = {}): DriftDefinition {
  return driftOf({
    counted: { kind: 'Categories', label: 'purpose' },
    feature: 'feature',
    reference: { kind: 'Window', part: 'season', version: null, what: 'the season' },
    ...changes,
  });
}

export function readFeatureCounts(live: FeatureCounts, season: FeatureCounts, changes: Partial<DriftDefinition> = {}) {
  return readRows(featureDrift(changes), featureRows(live), { season: featureRows(season) });
}
