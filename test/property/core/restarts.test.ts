import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { RestartHistory } from '../../../src/core/workload/facts.ts';
import { readRestarts } from '../../../src/core/workload/restarts.ts';
import { someTimeMs } from '../../builders/manual-clock.ts';
import { pod, podContainer } from '../../builders/workload.ts';

const windowSeconds = 600;
const fromMs = someTimeMs - windowSeconds * 1000;
const minute = (ago: number): number => someTimeMs - ago * 60_000;

/** A container as it really was: how long ago its pod began, when it restarted, since when somebody looked, and whether the node still says when it ended last. */
const aContainer = fc
  .record({ age: fc.integer({ min: 1, max: 30 }), lookedFor: fc.option(fc.nat(30), { nil: null }), isEndKnown: fc.boolean() })
  .chain((facts) => fc.record({ facts: fc.constant(facts), ago: fc.array(fc.nat(facts.age - 1), { maxLength: 5 }) }))
  .map(({ facts, ago }) => ({ ...facts, endedMs: ago.map(minute).toSorted((a, b) => a - b) }));
type Drawn = ReturnType<typeof aContainer.generate>['value'];

function read(drawn: readonly Drawn[]) {
  const histories = new Map<string, RestartHistory | null>();
  const pods = drawn.map(({ age, endedMs, lookedFor, isEndKnown }, index) => {
    const since = lookedFor === null ? null : Math.max(minute(lookedFor), minute(age));
    const unseen = since === null ? endedMs : endedMs.filter((atMs) => atMs <= since);
    const lastUnseenAtMs = isEndKnown ? (unseen.at(-1) ?? null) : null;
    const seenAtMs = since === null ? [] : endedMs.filter((atMs) => atMs > since);
    const name = `pod-${String(index)}`;
    histories.set(
      name,
      since === null ? null : { unseen: unseen.length, unseenUntilMs: lastUnseenAtMs ?? since, lastUnseenAtMs, seenAtMs },
    );
    const endedAtMs = isEndKnown ? (endedMs.at(-1) ?? null) : null;
    return pod(name, { createdAtMs: minute(age), containers: [podContainer({ restarts: endedMs.length, endedAtMs })] });
  });
  const result = readRestarts(pods, { nowMs: someTimeMs, windowSeconds, historyOf: ({ name }) => histories.get(name) ?? null });
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

const happened = ({ endedMs }: Drawn): number => endedMs.filter((atMs) => atMs > fromMs).length;
const boundsOf = ({ value, interval }: ReturnType<typeof read>) => interval ?? { low: value, high: value };

describe('restarts within a window, of pods nobody may have looked at all the time', () => {
  it('lie between what is said they are at least and at most', () => {
    const seen = { exact: 0, between: 0 };
    fc.assert(
      fc.property(fc.array(aContainer, { minLength: 1, maxLength: 3 }), (drawn) => {
        // A pod that began at the very edge is younger than the window, and so are all its restarts.
        const really = drawn.reduce((total, each) => total + (minute(each.age) >= fromMs ? each.endedMs.length : happened(each)), 0);
        const found = read(drawn);
        const { low, high } = boundsOf(found);
        expect(found.value).toBe(low);
        expect(low).toBeLessThanOrEqual(really);
        expect(high).toBeGreaterThanOrEqual(really);
        seen[found.interval === null ? 'exact' : 'between']++;
      }),
      { numRuns: 600 },
    );
    expect(Math.min(seen.exact, seen.between)).toBeGreaterThan(50);
  });

  it('are known exactly where somebody looked all the window long', () => {
    fc.assert(
      fc.property(aContainer, (each) => {
        const watched = { ...each, age: 30, lookedFor: 30 };
        expect(read([watched])).toMatchObject({ value: happened(watched), interval: null });
      }),
      { numRuns: 300 },
    );
  });

  it('are known better, never worse, the longer somebody looked', () => {
    let better = 0;
    fc.assert(
      fc.property(aContainer, fc.nat(30), fc.nat(30), (each, one, other) => {
        const [shorter, longer] = [one, other].toSorted((a, b) => a - b);
        const [less, more] = [shorter, longer].map((lookedFor) => boundsOf(read([{ ...each, lookedFor: lookedFor ?? null }])));
        const width = (bounds = { low: 0, high: 0 }) => bounds.high - bounds.low;
        expect(width(more)).toBeLessThanOrEqual(width(less));
        if (width(more) < width(less)) better++;
      }),
      { numRuns: 600 },
    );
    expect(better).toBeGreaterThan(20);
  });
});
