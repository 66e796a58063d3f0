import { describe, expect, it } from '@jest/globals';
import { lineageCoverage, lineageKinds, unseparated } from '../../../../src/core/programme/lineage.ts';
import type { LineageEntry } from '../../../../src/core/programme/lineage.ts';

const entry = (kind: LineageEntry['kind'], digest?: string): LineageEntry => ({ kind, ...(digest === undefined ? {} : { digest }) });

describe('coverage of lineage', () => {
  it('is the share of the kinds that a digest pins', () => {
    expect(lineageCoverage([])).toBe(0);
    expect(lineageCoverage([entry('Code', 'a'), entry('Artifact', 'b'), entry('TestData', 'c')])).toBe(0.5);
    expect(lineageCoverage(lineageKinds.map((kind) => entry(kind, kind)))).toBe(1);
  });

  it('counts a kind once, and no entry without a digest', () => {
    expect(lineageCoverage([entry('Code', 'a'), entry('Code', 'b'), entry('Artifact')])).toBe(1 / 6);
  });
});

describe('separation of data', () => {
  it('finds each pair of kinds that share a digest', () => {
    expect(unseparated([entry('TrainingData', 'a'), entry('ValidationData', 'a'), entry('TestData', 'a')])).toEqual([
      ['TrainingData', 'ValidationData'],
      ['TrainingData', 'TestData'],
      ['ValidationData', 'TestData'],
    ]);
  });

  it('finds the one shared among several of a kind', () => {
    expect(unseparated([entry('TrainingData', 'a'), entry('TrainingData', 'b'), entry('TestData', 'c'), entry('TestData', 'b')])).toEqual([
      ['TrainingData', 'TestData'],
    ]);
  });

  it('takes two sources of one kind, code, features and entries without a digest for no mixture', () => {
    expect(
      unseparated([entry('TrainingData', 'a'), entry('TrainingData', 'a'), entry('Code', 'a'), entry('Features', 'a'), entry('TestData')]),
    ).toEqual([]);
  });
});
