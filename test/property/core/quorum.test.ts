import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judge } from '../../../src/core/judge.ts';
import type { Assessment } from '../../../src/core/model/assessment.ts';
import { countQuorum, quorumThreshold } from '../../../src/core/quorum.ts';
import { aValue, anIndicator, breachValue, failedReading, identity, noReading, okValue, startMs, warnValue } from '../../builders/core.ts';

const readings = {
  Ok: aValue(okValue),
  Warn: aValue(warnValue),
  Breach: aValue(breachValue),
  NoData: noReading,
  Error: failedReading,
} as const;
const said = fc.constantFrom(...(Object.keys(readings) as (keyof typeof readings)[]));
const votes = fc.array(said, { minLength: 2, maxLength: 16 });
const isUnknown = (vote: keyof typeof readings): boolean => vote === 'NoData' || vote === 'Error';

function verdictOf(all: readonly (keyof typeof readings)[], atLeast: number): Assessment['verdict'] {
  const members = all.map((vote, index) =>
    judge({
      indicator: anIndicator({ name: `m${index}`, minSamples: 0 }),
      identity,
      served: 'Live',
      observation: readings[vote],
      nowMs: startMs,
    }),
  );
  const indicator = anIndicator({ threshold: quorumThreshold(atLeast), minSamples: null });
  return judge({ indicator, identity, served: 'Live', observation: countQuorum(members, startMs), nowMs: startMs }).verdict;
}

/** From best to worst. */
const order = ['Ok', 'Insufficient', 'Breach'];
const rank = (verdict: string): number => order.indexOf(verdict);

describe('the law of k of n', () => {
  it('is that of counting: Breach with k in Breach, Ok when even the unknown could not make it k', () => {
    fc.assert(
      fc.property(votes, fc.integer({ min: 1, max: 16 }), (all, atLeast) => {
        const inBreach = all.filter((vote) => vote === 'Breach').length;
        const possible = inBreach + all.filter(isUnknown).length;
        expect(verdictOf(all, atLeast)).toBe(inBreach >= atLeast ? 'Breach' : possible >= atLeast ? 'Insufficient' : 'Ok');
      }),
    );
  });

  it('does not know the order of its members', () => {
    fc.assert(
      fc.property(
        votes.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        fc.integer({ min: 1, max: 16 }),
        ([all, other], atLeast) => {
          expect(verdictOf(other, atLeast)).toBe(verdictOf(all, atLeast));
        },
      ),
    );
  });

  it('is monotone: one member more in Breach, or fewer that are needed, never make it better', () => {
    fc.assert(
      fc.property(votes, fc.nat(15), fc.integer({ min: 2, max: 16 }), (all, at, atLeast) => {
        const worse = all.map((vote, index) => (index === at % all.length ? ('Breach' as const) : vote));
        expect(rank(verdictOf(worse, atLeast))).toBeGreaterThanOrEqual(rank(verdictOf(all, atLeast)));
        expect(rank(verdictOf(all, atLeast - 1))).toBeGreaterThanOrEqual(rank(verdictOf(all, atLeast)));
      }),
    );
  });

  it('never takes what it does not know for good: with k unknown it is not Ok', () => {
    fc.assert(
      fc.property(votes, fc.integer({ min: 1, max: 16 }), (all, atLeast) => {
        fc.pre(all.filter(isUnknown).length >= atLeast);
        expect(verdictOf(all, atLeast)).not.toBe('Ok');
      }),
    );
  });
});
