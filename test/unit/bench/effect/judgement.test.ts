import { describe, expect, it } from '@jest/globals';

import { brokenBy, falseAlarmChance, judgeChanges } from '../../../../bench/effect/judgement.ts';
import type { Evidence, Phase } from '../../../../bench/effect/judgement.ts';
import type { Outcome } from '../../../../bench/effect/traffic.ts';

const candidate = 'credit-v2';

function aPhase(changes: Partial<Phase> = {}): Phase {
  return { change: 'engage', since: 0, from: 0, to: 100, expectedPercent: 10, mirrored: false, ...changes };
}

/** Requests 0 to `count`: the candidate answers the first `own` of each hundred. */
function answered(count: number, own: number): ReadonlyMap<number, Outcome> {
  return new Map(
    Array.from({ length: count }, (_, number) => [number, { kind: 'Served', by: number % 100 < own ? candidate : 'credit-v1' }]),
  );
}

function seen(outcomes: Evidence['outcomes'], copiesOf: (number: number) => number = () => 0): Evidence {
  const arrivals = new Map<number, number>();
  for (const [number, outcome] of outcomes) {
    const own = outcome.kind === 'Served' && outcome.by === candidate ? 1 : 0;
    const all = own + copiesOf(number);
    if (all > 0) arrivals.set(number, all);
  }
  return { candidate, outcomes, arrivals };
}

const judge = (phase: Phase, evidence: Evidence, limit = 3) => judgeChanges([phase], evidence, { end: evidence.outcomes.size, limit })[0];

describe('the share of a change', () => {
  it('is so many standard deviations off: 19 of 100 at 10 % are exactly three', () => {
    expect(judge(aPhase(), seen(answered(100, 19)))).toMatchObject({ sharePercent: 19, sigmas: 3, asExpected: true });
    expect(judge(aPhase(), seen(answered(100, 20)))).toMatchObject({ asExpected: false });
    expect(judge(aPhase(), seen(answered(100, 1)))).toMatchObject({ sigmas: -3, asExpected: true });
    expect(judge(aPhase(), seen(answered(100, 0)))).toMatchObject({ asExpected: false });
  });

  it('leaves nothing to chance at 0 and 100 %: one request is too many', () => {
    const none = aPhase({ expectedPercent: 0 });
    expect(judge(none, seen(answered(100, 0)))).toMatchObject({ sigmas: null, asExpected: true });
    expect(judge(none, seen(answered(100, 1)))).toMatchObject({ sigmas: null, asExpected: false });
    expect(judge(aPhase({ expectedPercent: 100 }), seen(answered(100, 99)))).toMatchObject({ asExpected: false });
    expect(judge(aPhase({ expectedPercent: 100 }), seen(answered(100, 100)))).toMatchObject({ asExpected: true });
  });

  it('counts the requests measured, and none of the way there', () => {
    const early = new Map<number, Outcome>(
      [...answered(300, 10)].map(([number, outcome]) => [number, number < 200 ? { kind: 'Served', by: candidate } : outcome]),
    );
    expect(judge(aPhase({ from: 200, to: 300 }), seen(early))).toMatchObject({ requests: 100, sharePercent: 10 });
  });
});

describe('the copies of a change', () => {
  it('are all requests, of which the candidate answers none', () => {
    const shadow = aPhase({ expectedPercent: 0, mirrored: true });
    expect(
      judge(
        shadow,
        seen(answered(100, 0), () => 1),
      ),
    ).toMatchObject({ copies: 100, copiesExpected: 100 });
    expect(
      judge(
        shadow,
        seen(answered(100, 0), (number) => (number === 5 ? 0 : 1)),
      ),
    ).toMatchObject({ copies: 99 });
  });

  it('are told from live requests by who answered, and counted twice when they come twice', () => {
    expect(judge(aPhase(), seen(answered(100, 10)))).toMatchObject({ copies: 0, copiesExpected: 0 });
    expect(
      judge(
        aPhase(),
        seen(answered(100, 10), (number) => (number === 0 ? 2 : 0)),
      ),
    ).toMatchObject({ copies: 2 });
  });
});

describe('the errors of a change', () => {
  const failing = (...numbers: readonly number[]): Evidence => {
    const outcomes = new Map(answered(400, 10));
    for (const number of numbers) outcomes.set(number, { kind: 'Failed', why: 'HTTP 503' });
    return seen(outcomes);
  };
  const phases = [aPhase({ from: 100, to: 200 }), aPhase({ change: 'restore', since: 200, from: 300, to: 400 })];

  it('are those from its beginning to that of the next, measured or not', () => {
    const changes = judgeChanges(phases, failing(0, 199, 200, 250, 399), { end: 400, limit: 9 });
    expect(changes.map(({ errors, sentSince }) => ({ errors, sentSince }))).toEqual([
      { errors: 2, sentSince: 200 },
      { errors: 3, sentSince: 200 },
    ]);
  });

  it('include a request that was never answered', () => {
    const outcomes = new Map(answered(400, 10));
    outcomes.delete(350);
    expect(judgeChanges(phases, seen(outcomes), { end: 400, limit: 9 })[1]).toMatchObject({ errors: 1 });
  });
});

describe('what is said of a change', () => {
  it('is nothing where all promises were kept', () => {
    const kept = judge(aPhase(), seen(answered(100, 10)));
    expect(kept === undefined ? null : brokenBy(kept)).toEqual([]);
  });

  it('is a sentence for each promise', () => {
    const outcomes = new Map(answered(100, 50));
    outcomes.set(99, { kind: 'Failed', why: 'HTTP 503' });
    const astray = judge(
      aPhase(),
      seen(outcomes, (number) => (number === 98 ? 1 : 0)),
    );
    expect(astray === undefined ? null : brokenBy(astray)).toEqual([
      'engage: the candidate got 50 % of 100 requests instead of 10 %, 13.33 standard deviations off',
      'engage: the candidate got 1 copies instead of 0',
      'engage: 1 of 100 requests failed',
    ]);
  });
});

describe('the chance of a false alarm', () => {
  it('is the binomial’s own, both tails: half and half of four, beyond one deviation', () => {
    // Within 1 to 3 of 4: outside are 0 and 4, one in sixteen each.
    expect(falseAlarmChance([{ requests: 4, expectedPercent: 50 }], 1)).toBeCloseTo(2 / 16, 12);
  });

  it('is near the normal law’s for many requests, adds up, and is none where nothing is left to chance', () => {
    const one = falseAlarmChance([{ requests: 100_000, expectedPercent: 50 }], 3);
    expect(one).toBeGreaterThan(0.0026);
    expect(one).toBeLessThan(0.0028);
    const two = [50, 0, 100, 50].map((expectedPercent) => ({ requests: 100_000, expectedPercent }));
    expect(falseAlarmChance(two, 3)).toBeCloseTo(2 * one, 12);
  });
});
