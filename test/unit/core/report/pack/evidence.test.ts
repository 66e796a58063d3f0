import { describe, expect, it } from '@jest/globals';
import { combine, weigh } from '../../../../../src/core/report/pack/evidence.ts';
import type { EvidenceState } from '../../../../../src/core/report/pack/evidence.ts';
import { packOf } from '../../../../builders/pack.ts';

const check = (lacks: readonly (string | null)[]) => ({
  population: 'things',
  source: 'Thing .status',
  empty: { state: 'Missing' as const, why: 'There is no thing.' },
  items: () => lacks.map((lack, index) => ({ ref: `Thing ${String(index)}`, lack })),
});

describe('weigh', () => {
  it.each<[readonly (string | null)[], EvidenceState, number, number, string | null]>([
    [[null, null], 'Evidenced', 2, 2, null],
    [[null, 'It is bare.'], 'Partly', 1, 2, null],
    [['It is bare.'], 'Missing', 0, 1, null],
    [[], 'Missing', 0, 0, 'There is no thing.'],
  ])('%j is %s', (lacks, state, n, of, why) => {
    expect(weigh(check(lacks), packOf())).toMatchObject({ state, n, of, why, population: 'things', source: 'Thing .status' });
  });
});

describe('combine', () => {
  it.each<[readonly EvidenceState[], EvidenceState]>([
    [['Evidenced', 'Evidenced'], 'Evidenced'],
    [['Evidenced', 'Partly'], 'Partly'],
    [['Evidenced', 'Missing'], 'Partly'],
    [['Missing', 'Missing'], 'Missing'],
    [['Missing', 'Partly'], 'Partly'],
    // What is kept elsewhere is not shown here: the control is never whole by what the cluster has alone.
    [['Evidenced', 'NotEvidencedHere'], 'Partly'],
    [['Missing', 'NotEvidencedHere'], 'Missing'],
    [['NotEvidencedHere'], 'NotEvidencedHere'],
    [[], 'NotEvidencedHere'],
  ])('%j is %s', (states, expected) => {
    expect(combine(states)).toBe(expected);
    expect(combine(states.toReversed())).toBe(expected);
  });
});
