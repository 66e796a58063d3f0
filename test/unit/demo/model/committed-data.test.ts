import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

import { brokenColumn, readDemoRows, readModelFiles } from '../../../../demo/data-files.ts';
import { measureBrokenColumn, measureDriftOf, modelsOf } from '../../../../demo/model/fit.ts';

const rows = readDemoRows();
const files = readModelFiles();
const models = modelsOf(files.safe, files.candidate, [...rows.ordinary, ...rows.shift]);
const breach = 0.25;

describe('the rows that are replayed', () => {
  it('are quiet for both versions in scene 1', () => {
    const { candidate, safe } = measureDriftOf(rows.ordinary, files.reference, models);
    expect(candidate.highest).toBeLessThan(0.05);
    expect(safe.highest).toBeLessThan(0.05);
  });

  it('drift far beyond the limit when the column arrives empty', () => {
    const broken = measureBrokenColumn({ rows: rows.ordinary, reference: files.reference, models, column: brokenColumn });
    expect(broken.lowest).toBeGreaterThan(4 * breach);
  });

  it('are quiet before the shift of scene 2 and drift for both versions inside it', () => {
    const before = measureDriftOf(rows.shift.slice(0, rows.shiftAt), files.reference, models);
    const inside = measureDriftOf(rows.shift.slice(rows.shiftAt), files.reference, models);
    expect(Math.max(before.candidate.highest, before.safe.highest)).toBeLessThan(0.05);
    expect(Math.min(inside.candidate.lowest, inside.safe.lowest)).toBeGreaterThan(4 * breach);
  });

  it('begin the shift where people in group quarters begin', () => {
    const isGroupQuarters = rows.shift.map(({ codes }) => codes.RELP >= 16);
    expect(isGroupQuarters.slice(rows.shiftAt).every((each) => each)).toBe(true);
    expect(isGroupQuarters[rows.shiftAt - 1]).toBe(false);
  });
});

describe('the ModelRisk of the demo', () => {
  interface Manifest {
    readonly spec: { readonly indicators: readonly { readonly signal: { readonly reference: unknown } }[] };
  }

  it('pins the reference the servers cut their histograms by', () => {
    const manifest = parse(readFileSync('demo/manifests/model-risk.yaml', 'utf8')) as Manifest;
    expect(manifest.spec.indicators[0]?.signal.reference).toEqual(files.reference);
  });
});
