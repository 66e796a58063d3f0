import { describe, expect, it } from '@jest/globals';
import {
  allClear,
  engaging,
  escalating,
  hasEvidence,
  isAccepted,
  isFresh,
  isRecovered,
  matches,
  readTriggers,
  releasedByPeople,
  suppressionsInForce,
  takingPart,
} from '../../../../src/core/plan/evidence.ts';
import type { TriggerReading } from '../../../../src/core/plan/evidence.ts';
import type { DecisionInForce } from '../../../../src/core/model/decision.ts';
import { initialPlanMemory } from '../../../../src/core/plan/memory.ts';
import {
  aReading,
  aSnapshot,
  aStep,
  anAssessment,
  anEngagement,
  anIndicator,
  breachValue,
  failedReading,
  intervalMs,
  noReading,
  okValue,
  startMs,
  warnValue,
} from '../../../builders/core.ts';

const both = ['score-drift', 'parity'] as const;

/** One trigger as the plan sees it. */
function trigger(changes: Partial<TriggerReading> = {}): TriggerReading {
  const indicator = anIndicator({ name: changes.name ?? 'score-drift' });
  return {
    name: indicator.name,
    state: 'Firing',
    indicator,
    assessment: anAssessment(breachValue, { indicator }),
    suppressed: false,
    ...changes,
  };
}

const clear = (name: string = both[0]): TriggerReading =>
  trigger({ name, state: 'Clear', assessment: anAssessment(okValue, { indicator: anIndicator({ name }) }) });
const slow = (changes: Partial<TriggerReading> = {}): TriggerReading => {
  const indicator = anIndicator({ name: changes.name ?? 'parity', releaseBy: 'Decision' });
  return trigger({ name: indicator.name, indicator, assessment: anAssessment(breachValue, { indicator }), ...changes });
};

describe('an assessment is fresh', () => {
  it.each([
    [0, true],
    [1, true],
    [2 * intervalMs, true],
    [2 * intervalMs + 1, false],
    [-1, false],
  ])('%i ms after it was made: %s', (ageMs, fresh) => {
    expect(isFresh(anAssessment(okValue), startMs + ageMs, intervalMs)).toBe(fresh);
  });
});

describe('a trigger is read', () => {
  const read = (changes: Parameters<typeof aStep>[0], served: 'Live' | 'Shadow' | null = 'Live') => readTriggers(aStep(changes), served)[0];
  const indicators = { 'score-drift': aReading('Firing', anAssessment(breachValue)) };

  it('with its state, its indicator and what was measured', () => {
    expect(read({ indicators })).toMatchObject({
      name: 'score-drift',
      state: 'Firing',
      suppressed: false,
      assessment: { verdict: 'Breach' },
    });
  });

  it('as unknown before anything was judged', () => {
    expect(read({})).toEqual({ name: 'score-drift', state: 'Unknown', indicator: null, assessment: null, suppressed: false });
  });

  it.each([
    ['too old', { nowMs: startMs + 2 * intervalMs + 1 }, 'Live'],
    ['of the future', { nowMs: startMs - 1 }, 'Live'],
    ['of other answers than are given now', {}, 'Shadow'],
    ['of answers nobody gives', {}, null],
  ] as const)('without a measurement that is %s; its state stays', (_what, changes, served) => {
    expect(read({ indicators, ...changes }, served)).toMatchObject({ state: 'Firing', assessment: null });
  });

  it('without one of answers its signal cannot be measured in', () => {
    const indicator = anIndicator({ measurableIn: ['Live'] });
    const inShadow = { 'score-drift': aReading('Firing', anAssessment(breachValue, { indicator, served: 'Shadow' })) };
    expect(read({ indicators: inShadow }, 'Shadow')?.assessment).toBeNull();
  });

  it('as suppressed where a release said so, or somebody answers for it until later', () => {
    const suppressed = [{ indicator: 'score-drift', untilMs: null }];
    expect(read({ indicators, memory: { ...initialPlanMemory, suppressed } })?.suppressed).toBe(true);
    expect(read({ indicators, memory: { ...initialPlanMemory, suppressed: [{ indicator: 'parity', untilMs: null }] } })?.suppressed).toBe(
      false,
    );
  });
});

describe('an accepted indicator', () => {
  const accept = (changes: object = {}): DecisionInForce => ({
    ...({ action: 'Accept', name: 'accept-1', author: 'ana', indicators: ['score-drift'], expiresAtMs: startMs + 1000 } as const),
    ...changes,
  });

  it.each([
    ['until it expires', [accept()], startMs + 999, true],
    ['not at that moment', [accept()], startMs + 1000, false],
    ['if one of several decisions holds', [accept({ expiresAtMs: startMs }), accept()], startMs, true],
    ['by its own name alone', [accept({ indicators: ['parity'] })], startMs, false],
    ['by nothing', [], startMs, false],
  ])('is one %s', (_what, decisions, nowMs, accepted) => {
    expect(isAccepted({ decisions, nowMs }, 'score-drift')).toBe(accepted);
  });
});

describe('what an engagement may begin on', () => {
  it.each([
    ['a breach that fires', trigger(), 1],
    ['a breach that only began', trigger({ state: 'Pending' }), 0],
    ['a breach that clears', trigger({ state: 'Clearing' }), 0],
    ['a warning', trigger({ assessment: anAssessment(warnValue) }), 0],
    ['what is suppressed', trigger({ suppressed: true }), 0],
    ['what was not measured', trigger({ assessment: null }), 0],
    [
      'missing data that counts as breach',
      trigger({ assessment: anAssessment(noReading, { indicator: anIndicator({ onNoData: 'Breach' }) }) }),
      1,
    ],
    ['missing data that does not', trigger({ assessment: anAssessment(noReading) }), 0],
    [
      'a failure that counts as breach',
      trigger({ assessment: anAssessment(failedReading, { indicator: anIndicator({ onError: 'Breach' }) }) }),
      1,
    ],
  ] as const)('%s: %#', (_what, reading, count) => {
    expect(engaging([reading])).toHaveLength(count);
  });
});

describe('what a stage may escalate on', () => {
  const windowMs = 60_000;

  it.each([
    ['a window that begins when the stage was settled', trigger(), startMs - windowMs, 1],
    ['one that began before', trigger(), startMs - windowMs + 1, 0],
    ['nothing before the stage was settled', trigger(), null, 0],
    [
      'no missing data, whatever it counts as',
      trigger({ assessment: anAssessment(noReading, { indicator: anIndicator({ onNoData: 'Breach' }) }) }),
      0,
      0,
    ],
    ['nothing suppressed', trigger({ suppressed: true }), 0, 0],
    [
      'nothing that scales with no share',
      trigger({ assessment: anAssessment(breachValue, { indicator: anIndicator({ scalesWith: 'None' }) }) }),
      0,
      0,
    ],
    [
      'that but beyond severe',
      trigger({ assessment: anAssessment(breachValue, { indicator: anIndicator({ scalesWith: 'None', threshold: { severe: 0.3 } }) }) }),
      0,
      1,
    ],
  ] as const)('is %s', (_what, reading, settledMs, count) => {
    expect(escalating([reading], settledMs)).toHaveLength(count);
  });
});

describe('the match of a trigger', () => {
  const any = aSnapshot({ trigger: { indicators: both, match: 'Any' } });
  const all = aSnapshot({ trigger: { indicators: both, match: 'All' } });
  const of = (...names: readonly string[]) => names.map((name) => anAssessment(breachValue, { indicator: anIndicator({ name }) }));

  it.each([
    [[], false, false],
    [['parity'], true, false],
    [['score-drift'], true, false],
    [['parity', 'score-drift'], true, true],
    [['other'], false, false],
  ])('of %j: Any %s, All %s', (names, isAny, isAll) => {
    expect([matches(any, of(...names)), matches(all, of(...names))]).toEqual([isAny, isAll]);
  });

  it.each([
    ['all Clear', [clear(both[0]), clear(both[1])], false, true],
    ['one Firing and measured', [trigger(), clear(both[1])], true, true],
    ['one Firing and not measured', [trigger({ assessment: null }), clear(both[1])], false, false],
    ['one Firing, measured to no end', [trigger({ assessment: anAssessment(noReading) }), clear(both[1])], false, false],
    ['one missing', [trigger()], true, false],
    ['none at all', [], false, false],
  ])('lets the timer run with %s: Any %s, All %s', (_what, readings, isAny, isAll) => {
    expect([hasEvidence(any, readings), hasEvidence(all, readings)]).toEqual([isAny, isAll]);
  });

  it('measured is Ok, Warn and Breach, and nothing else', () => {
    const verdicts = [okValue, warnValue, breachValue, noReading, failedReading].map((reading) =>
      hasEvidence(any, [trigger({ assessment: anAssessment(reading) })]),
    );
    expect(verdicts).toEqual([true, true, true, false, false]);
    const few = anAssessment(okValue, { indicator: anIndicator({ minSamples: 5 }) });
    expect(hasEvidence(any, [trigger({ assessment: few })])).toBe(false);
  });
});

describe('recovery', () => {
  const settledMs = startMs - 60_000;

  it('is every trigger Clear with an Ok whose window lies after the stage was settled', () => {
    expect(isRecovered([clear()], settledMs, [])).toBe(true);
    expect(isRecovered([clear()], settledMs + 1, [])).toBe(false);
    expect(isRecovered([clear()], null, [])).toBe(false);
    expect(isRecovered([clear(), clear('parity')], settledMs, [])).toBe(true);
  });

  it.each([
    ['one that still clears', trigger({ state: 'Clearing', assessment: anAssessment(okValue) })],
    ['one that only warns', trigger({ state: 'Clear', assessment: anAssessment(warnValue) })],
    ['one that was not measured', trigger({ state: 'Clear', assessment: null })],
    ['one without data', trigger({ state: 'Clear', assessment: anAssessment(noReading) })],
  ])('is none with %s', (_what, reading) => {
    expect(isRecovered([clear('parity'), reading], settledMs, [])).toBe(false);
  });

  it('is none of nothing', () => {
    expect(isRecovered([], settledMs, [])).toBe(false);
  });

  it('needs an Ok of slow outcomes, and is not had by it alone', () => {
    const slowOk = slow({ state: 'Clear', assessment: anAssessment(okValue, { atMs: startMs - 1_000_000 }) });
    expect(isRecovered([clear(), slowOk], settledMs, ['score-drift'])).toBe(true);
    expect(isRecovered([slowOk], settledMs, ['score-drift'])).toBe(false);
    expect(isRecovered([clear(), slow()], settledMs, ['score-drift'])).toBe(false);
  });

  it('is none that comes by itself where slow outcomes had a part: people end it', () => {
    const slowOk = slow({ state: 'Clear', assessment: anAssessment(okValue) });
    expect(isRecovered([clear(), slowOk], settledMs, ['parity'])).toBe(false);
    expect(releasedByPeople([clear(), slowOk], ['parity', 'score-drift'])).toEqual(['parity']);
    expect(releasedByPeople([clear(), slowOk], ['score-drift'])).toEqual([]);
  });

  it('slow outcomes that fire take part from then on, once', () => {
    expect(takingPart([slow()], ['score-drift'])).toEqual(['score-drift', 'parity']);
    expect(takingPart([slow()], ['score-drift', 'parity'])).toEqual(['score-drift', 'parity']);
    expect(takingPart([slow({ state: 'Pending' })], ['score-drift'])).toEqual(['score-drift']);
    expect(takingPart([trigger({ name: 'other' })], ['score-drift'])).toEqual(['score-drift']);
  });

  it('all clear is every trigger, and not none', () => {
    expect([allClear([]), allClear([clear()]), allClear([clear(), trigger()]), allClear([trigger({ state: 'Unknown' })])]).toEqual([
      ...[false, true, false, false],
    ]);
  });
});

describe('a suppression is in force', () => {
  const memory = (untilMs: number | null) => anEngagement({ suppressed: [{ indicator: 'score-drift', untilMs }] });
  const inForce = (
    reading: TriggerReading | null,
    { untilMs = null, nowMs = startMs }: { readonly untilMs?: number | null; readonly nowMs?: number } = {},
  ) => suppressionsInForce(memory(untilMs), reading === null ? [] : [reading], nowMs).length === 1;

  it('until its time is over, to the millisecond', () => {
    expect([
      inForce(trigger(), { untilMs: startMs + 1 }),
      inForce(trigger(), { untilMs: startMs }),
      inForce(trigger(), { untilMs: null }),
    ]).toEqual([true, false, true]);
  });

  it.each([
    ['fires', trigger(), true],
    ['clears', trigger({ state: 'Clearing', assessment: anAssessment(okValue) }), true],
    ['is Clear with a value within clear', clear(), false],
    ['is Clear and only warns', trigger({ state: 'Clear', assessment: anAssessment(warnValue) }), true],
    ['is Clear and was not measured', trigger({ state: 'Clear', assessment: null }), true],
    ['is Clear without data', trigger({ state: 'Clear', assessment: anAssessment(noReading) }), true],
    ['is none of the triggers any more', null, true],
  ] as const)('while its indicator %s: %#', (_what, reading, held) => {
    expect(inForce(reading)).toBe(held);
  });

  it('of one indicator says nothing of another', () => {
    const suppressed = [
      { indicator: 'score-drift', untilMs: null },
      { indicator: 'parity', untilMs: null },
    ];
    const left = suppressionsInForce(anEngagement({ suppressed }), [clear(), trigger({ name: 'parity' })], startMs);
    expect(left).toEqual([{ indicator: 'parity', untilMs: null }]);
  });
});
