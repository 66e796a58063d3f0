import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { driftMetrics } from '../../../../src/core/statistics/drift-metric.ts';
import { adjustByBenjaminiHochberg } from '../../../../src/core/statistics/multiplicity.ts';
import { recompute } from '../../../../src/core/statistics/recompute.ts';
import { judge } from '../../../../src/core/judge.ts';
import { indicatorOf } from '../../../../bench/statistics/verdicts.ts';
import { readRows } from '../../../builders/drift.ts';
import { featureDrift, featureRows, readFeatureCounts } from '../../../builders/features.ts';

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 });
const counts = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 3, maxLength: 3 });
const pair = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), counts, counts);
const features = fc.uniqueArray(pair, { minLength: 1, maxLength: 5, selector: ([name]) => name });
const metrics = fc.constantFrom(...driftMetrics.filter((each) => !['Wasserstein', 'KolmogorovSmirnov'].includes(each)));
const source = { provider: 'p', query: 'q', queriedAtMs: 0 };

describe('Benjamini and Hochberg', () => {
  it('rejects whatever Bonferroni rejects', () => {
    fc.assert(
      fc.property(pValues, (values) => {
        const adjusted = adjustByBenjaminiHochberg(values);
        values.forEach((p, index) => {
          expect(adjusted[index]).toBeLessThanOrEqual(Math.min(1, p * values.length));
          expect(adjusted[index]).toBeGreaterThanOrEqual(p);
        });
      }),
    );
  });

  it('finds no p-value smaller for one more feature that did not change', () => {
    fc.assert(
      fc.property(pValues, (values) => {
        const [before, after] = [adjustByBenjaminiHochberg(values), adjustByBenjaminiHochberg([...values, 1])];
        before.forEach((p, index) => {
          expect(after[index]).toBeGreaterThanOrEqual(p);
        });
      }),
    );
  });
});

describe('drift of many features', () => {
  it('does not depend on the order of features, and is recomputed from its record', () => {
    fc.assert(
      fc.property(features, metrics, fc.array(fc.nat(), { minLength: 5, maxLength: 5 }), (drawn, metric, order) => {
        const read = (list: typeof drawn) =>
          readFeatureCounts(
            Object.fromEntries(list.map(([name, live]) => [name, live])),
            Object.fromEntries(list.map(([name, , then]) => [name, then])),
            { metric },
          );
        const shuffled = drawn.map((each, place) => ({ each, key: order[place] ?? 0 })).sort((one, other) => one.key - other.key);
        const reading = read(drawn);
        expect(read(shuffled.map(({ each }) => each))).toEqual(reading);
        if (!reading.ok) return;
        expect(recompute(reading.value.computation)).toBeCloseTo(reading.value.value, 9);
        expect(reading.value.value).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('breaches a limit of no effect exactly where a feature is rejected', () => {
    fc.assert(
      fc.property(features, metrics, (drawn, metric) => {
        const reading = readFeatureCounts(
          Object.fromEntries(drawn.map(([name, live]) => [name, live])),
          Object.fromEntries(drawn.map(([name, , then]) => [name, then])),
          { metric },
        );
        if (!reading.ok) return;
        const indicator = indicatorOf({ direction: 'Above', warn: null, breach: 0, clear: 0, severe: null }, 0);
        const observation = { kind: 'Value', ...reading.value, dataTimeMs: 0, windowSeconds: 60, source } as const;
        const identity = { namespace: 'n', model: 'm', version: '2' };
        const { verdict } = judge({ indicator, identity, served: 'Live', observation, nowMs: 0 });
        expect(verdict === 'Breach').toBe((reading.value.computation.parameters['rejected'] ?? 0) > 0);
      }),
    );
  });

  it('never throws over bad input, and makes no value of it', () => {
    const bad = fc.constantFrom(NaN, -1, Infinity, -Infinity);
    fc.assert(
      fc.property(features, bad, fc.nat(), fc.constantFrom('value', 'season'), metrics, (drawn, value, place, side, metric) => {
        const rows = featureRows(Object.fromEntries(drawn.map(([name, live]) => [name, live])));
        const spoilt = rows.map((row, index) => (index === place % rows.length ? { ...row, value } : row));
        const [live, season] = side === 'value' ? [spoilt, rows] : [rows, spoilt];
        expect(readRows(featureDrift({ metric }), live, { season }).ok).toBe(false);
      }),
    );
  });
});
