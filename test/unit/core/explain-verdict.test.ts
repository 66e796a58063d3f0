import { describe, expect, it } from '@jest/globals';
import { explainVerdict } from '../../../src/core/explain-verdict.ts';
import type { VerdictRecord } from '../../../src/core/explain-verdict.ts';

type Last = NonNullable<VerdictRecord['last']>;

function record(last: Partial<Last> = {}, changes: Partial<VerdictRecord> = {}): VerdictRecord {
  return {
    ...{ name: 'approval-parity', risk: 'unfair-denials', minSamples: 500, forSeconds: 60, clearForSeconds: 600, intervalSeconds: 5 },
    last: {
      ...{ state: 'Firing', since: '2026-06-01T12:00:00Z', verdict: 'Breach', value: 0.71, sampleCount: 812 },
      threshold: { direction: 'Below', warn: 0.85, breach: 0.8, clear: 0.86, severe: null },
      ...{ dataTime: '2026-06-01T11:59:58Z', message: 'It is low.', likelihoodRatio: 5 },
      falseAlarms: { assuming: 'AtClear', lookChance: 0.00012, monthlyAtLeast: 0.003, monthlyAtMost: 0.21 },
      ...last,
    },
    ...changes,
  };
}

describe('explainVerdict', () => {
  it('compares the value with each limit, and says what state and odds follow', () => {
    expect(explainVerdict(record())).toEqual([
      'Indicator approval-parity (watches unfair-denials): last verdict Breach on data of 2026-06-01T11:59:58Z.',
      'Samples: 812, at least 500 are needed.',
      'Value 0.71, bad below its limits: beyond breach 0.8, beyond warn 0.85, beyond clear 0.86.',
      'It is low.',
      'State Firing since 2026-06-01T12:00:00Z: it clears when fresh values stay within clear for 600 s.',
      'It multiplies the odds of an incident within a year by 5.',
      'Expected: 0.003 to 0.21 false alarms in 30 days while the true value stands at clear: one look breaches with a chance of at most 0.00012, there is one every 5 s, and a breach must hold for 60 s.',
    ]);
  });

  it('reads limits from the side that is bad: a value on a limit is within it', () => {
    const above = { direction: 'Above', warn: null, breach: 0.25, clear: 0.1, severe: 0.5 } as const;
    expect(explainVerdict(record({ threshold: above, value: 0.25 }))[2]).toBe(
      'Value 0.25, bad above its limits: within severe 0.5, within breach 0.25, beyond clear 0.1.',
    );
  });

  it('says that nobody knows how often it alarms for nothing', () => {
    expect(explainVerdict(record({ falseAlarms: null })).at(-1)).toContain('is not known');
  });

  it('says what is missing', () => {
    const missing = record({ verdict: 'NoData', value: null, sampleCount: null, dataTime: null, message: 'Stale.' });
    expect(explainVerdict(missing).slice(0, 3)).toEqual([
      'Indicator approval-parity (watches unfair-denials): last verdict NoData.',
      'There was no usable value to compare.',
      'Stale.',
    ]);
    expect(explainVerdict(record({ sampleCount: null }))[1]).toBe('Samples: not known, at least 500 are needed.');
    expect(explainVerdict(record({}, { minSamples: 0 }))[1]).toBe('No minimum of samples is asked for.');
    expect(explainVerdict(record({}, { minSamples: null }))[1]).toContain('keep chance under half of breach');
    const nobody = ['Indicator approval-parity (watches unfair-denials): nobody has looked at it yet.'];
    expect(explainVerdict(record({}, { last: null }))).toEqual(nobody);
    expect(explainVerdict(record({ verdict: null }))).toEqual(nobody);
  });

  it.each([
    ['Clear', 'it fires when a breach holds for 60 s.'],
    ['Pending', 'it fires when the breach has held for 60 s.'],
    ['Clearing', 'it is Clear when values have stayed within clear for 600 s.'],
  ] as const)('says what ends state %s', (state, ends) => {
    expect(explainVerdict(record({ state }))[4]).toBe(`State ${state} since 2026-06-01T12:00:00Z: ${ends}`);
  });

  it.each([
    [null, 'It says nothing of the odds of an incident (factor 1).'],
    [1, 'It says nothing of the odds of an incident (factor 1).'],
    [0.8, 'It multiplies the odds of an incident within a year by 0.8: a change as large as breach would have shown.'],
  ])('says what factor %p means', (likelihoodRatio, says) => {
    expect(explainVerdict(record({ likelihoodRatio })).at(-2)).toBe(says);
  });
});
