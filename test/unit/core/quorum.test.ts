import { describe, expect, it } from '@jest/globals';
import { explainAssessment } from '../../../src/core/explain.ts';
import { judge } from '../../../src/core/judge.ts';
import type { Assessment } from '../../../src/core/model/assessment.ts';
import type { Observation } from '../../../src/core/model/observation.ts';
import { countQuorum, quorumThreshold } from '../../../src/core/quorum.ts';
import { recompute } from '../../../src/core/statistics/recompute.ts';
import { aValue, anIndicator, breachValue, failedReading, identity, noReading, okValue, startMs, warnValue } from '../../builders/core.ts';

function member(name: string, observation: Observation, windowSeconds = 600): Assessment {
  const read = observation.kind === 'Value' ? { ...observation, windowSeconds } : observation;
  return judge({ indicator: anIndicator({ name, minSamples: 0 }), identity, served: 'Live', observation: read, nowMs: startMs });
}

function verdictOf(atLeast: number, ...members: readonly Assessment[]): string {
  const indicator = anIndicator({ threshold: quorumThreshold(atLeast), minSamples: null });
  return judge({ indicator, identity, served: 'Live', observation: countQuorum(members, startMs), nowMs: startMs }).verdict;
}

const [bad, good, warned] = [
  member('a', aValue(breachValue, { sampleCount: 812 })),
  member('b', aValue(okValue)),
  member('c', aValue(warnValue)),
];
const [blind, failed] = [member('d', noReading), member('e', failedReading)];

describe('a quorum', () => {
  it('breaches when so many are in Breach, whatever the others are', () => {
    expect(verdictOf(1, bad, good)).toBe('Breach');
    expect(verdictOf(2, bad, bad, blind)).toBe('Breach');
    expect(verdictOf(2, bad, good, warned)).toBe('Ok');
  });

  it('is Ok only when even those nobody knows of could not make it so many', () => {
    expect(verdictOf(2, good, good, blind)).toBe('Ok');
    expect(verdictOf(2, bad, good, blind)).toBe('Insufficient');
    expect(verdictOf(2, good, blind, failed)).toBe('Insufficient');
    expect(verdictOf(3, good, blind, failed)).toBe('Ok');
  });

  it('counts a warning as none, and a missing reading never as a breach', () => {
    expect(verdictOf(1, warned, good)).toBe('Ok');
    expect(countQuorum([blind, failed], startMs)).toMatchObject({ value: 0, interval: { low: 0, high: 2 }, dataTimeMs: startMs });
  });

  it('is as old as the oldest it counts, and its window begins with the earliest', () => {
    const old = member('a', aValue(okValue, { dataTimeMs: startMs - 60_000 }), 60);
    const long = member('b', aValue(okValue, { dataTimeMs: startMs - 10_000 }), 600);
    const counted = countQuorum([old, long, blind], startMs);
    expect(counted).toMatchObject({ dataTimeMs: startMs - 60_000, windowSeconds: 550 });
    const { windowStartMs } = judge({ indicator: anIndicator(), identity, served: 'Live', observation: counted, nowMs: startMs });
    expect(windowStartMs).toBe(startMs - 610_000);
  });

  it('is explained by its members, and by what to do where it is open', () => {
    const explained = (atLeast: number, ...members: readonly Assessment[]): string => {
      const indicator = anIndicator({ name: 'two', threshold: quorumThreshold(atLeast), minSamples: null });
      return explainAssessment(judge({ indicator, identity, served: 'Live', observation: countQuorum(members, startMs), nowMs: startMs }));
    };
    expect(explained(2, bad, good, blind)).toBe(
      'two of lending/credit-default 2.3.0 (live answers) counts 1 of 3 members in Breach, 1 without a usable verdict, and breaches at 2 (a: Breach at 0.4 of 812 rows; b: Ok at 0.02; d: NoData (Empty)); see to the members without one.',
    );
    expect(explained(1, bad, good)).toContain(
      'counts 1 of 2 members in Breach, and breaches at 1 (a: Breach at 0.4 of 812 rows; b: Ok at 0.02).',
    );
  });

  it('records which member said what, so that its value can be computed again', () => {
    const counted = countQuorum([bad, good, blind, failed], startMs);
    if (counted.kind !== 'Value' || counted.computation === null) throw new Error('no computation');
    expect(counted.computation.counts).toEqual({ a: [1, 1], b: [0, 1], d: [0, 0], e: [0, 0] });
    expect(recompute(counted.computation)).toBe(counted.value);
    expect(counted.source.query).toBe('a: Breach at 0.4 of 812 rows; b: Ok at 0.02; d: NoData (Empty); e: Error (Unreachable)');
  });
});
