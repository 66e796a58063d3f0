import { describe, expect, it } from '@jest/globals';

import type { DecisionInForce } from '../../../../src/core/model/decision.ts';
import type { EngagedMemory } from '../../../../src/core/model/plan.ts';
import { stepPlan } from '../../../../src/core/plan.ts';
import {
  aReading,
  aSnapshot,
  aStep,
  anAssessment,
  anEngagement,
  breachValue,
  intervalMs,
  okValue,
  startMs,
} from '../../../builders/core.ts';

const nowMs = startMs + 3_600_000;
const answer = (action: 'Approve' | 'Reject', changes: Partial<{ engagement: number; stage: number; name: string; author: string }> = {}) =>
  ({ action, name: `${action}-1`, author: 'ana', engagement: 1, stage: 1, ...changes }) as const satisfies DecisionInForce;
const hold = (name: string, inMs: number): DecisionInForce => ({ action: 'Hold', name, author: name, expiresAtMs: nowMs + inMs });

/** In stage 0 of engagement 1, with the question open whether to go up to stage 1. */
const asking = (changes: Partial<EngagedMemory> = {}) =>
  anEngagement({ lastPolledAtMs: nowMs - intervalMs, proposal: { stage: 1, sinceMs: nowMs - 60_000 }, ...changes });

function stepped(decisions: readonly DecisionInForce[], changes: Partial<EngagedMemory> = {}, value = breachValue) {
  return stepPlan(
    aStep({
      snapshot: aSnapshot({ mode: 'Approve' }),
      memory: asking(changes),
      indicators: { 'score-drift': aReading('Firing', anAssessment(value, { atMs: nowMs })) },
      verifiedAtMs: startMs,
      decisions,
      nowMs,
    }),
  );
}

describe('an answer to the question whether to go up', () => {
  it('goes up, or stays, and says who said so by which decision', () => {
    expect(stepped([answer('Approve')]).transition).toMatchObject({
      kind: 'Escalated',
      from: 0,
      to: 1,
      actor: 'ana',
      decision: 'Approve-1',
    });
    expect(stepped([answer('Reject')]).transition).toMatchObject({ kind: 'Rejected', to: 1, actor: 'ana', decision: 'Reject-1' });
  });

  it.each([
    ['of another engagement', { engagement: 2 }],
    ['of an earlier stage', { stage: 0 }],
    ['of a later stage', { stage: 2 }],
  ])('is none where it was given %s', (_which, changes) => {
    for (const action of ['Approve', 'Reject'] as const) {
      const { transition, memory } = stepped([answer(action, changes)]);
      expect(transition).toBeNull();
      expect(memory).toMatchObject({ stage: 0, proposal: { stage: 1 }, usedDecisions: [] });
    }
  });

  it('counts once: a decision that was used answers no later question, another of the same person does', () => {
    expect(stepped([answer('Approve')], { usedDecisions: ['Approve-1'] }).transition).toBeNull();
    expect(stepped([answer('Approve'), answer('Approve', { name: 'again' })], { usedDecisions: ['Approve-1'] })).toMatchObject({
      transition: { kind: 'Escalated', decision: 'again' },
      memory: { usedDecisions: ['Approve-1', 'again'] },
    });
  });

  it('is the approval where one approves and one rejects, whoever was first', () => {
    for (const both of [
      [answer('Reject'), answer('Approve')],
      [answer('Approve'), answer('Reject')],
    ])
      expect(stepped(both).transition).toMatchObject({ kind: 'Escalated' });
  });

  it('is remembered among the last 64: an engagement that asks more often forgets the oldest', () => {
    const used = Array.from({ length: 64 }, (_, index) => `old-${String(index)}`);
    const { memory } = stepped([answer('Approve')], { usedDecisions: used });
    expect(memory).toMatchObject({ usedDecisions: [...used.slice(1), 'Approve-1'] });
    expect(stepped([answer('Approve')], { usedDecisions: used.slice(1) }).memory).toMatchObject({
      usedDecisions: [...used.slice(1), 'Approve-1'],
    });
  });
});

describe('a stage that was rejected', () => {
  const due = { proposal: null, evidencedMs: 1e9 };

  it('is not asked for again, nor one below it; one above is', () => {
    const asked = (rejectedStage: number | null) => stepped([], { ...due, rejectedStage });
    expect(asked(null).transition).toMatchObject({ kind: 'Proposed', to: 1 });
    expect(asked(0).transition).toMatchObject({ kind: 'Proposed', to: 1 });
    for (const rejected of [1, 2])
      expect(asked(rejected)).toMatchObject({ transition: null, notes: [{ kind: 'NotAskedAgain', stage: 1 }] });
  });
});

describe('several who hold', () => {
  const held = (...decisions: readonly DecisionInForce[]) => stepped(decisions).notes;

  it('are known by the one who holds longest, whatever their order', () => {
    const until = { kind: 'Held', by: 'ben', untilMs: nowMs + 2000 };
    expect(held(hold('ana', 1000), hold('ben', 2000), hold('cem', 1500))).toEqual([until]);
    expect(held(hold('ben', 2000), hold('ana', 1000))).toEqual([until]);
  });

  it('hold until the instant they name, and not at it', () => {
    expect(held(hold('ana', 1))).toEqual([{ kind: 'Held', by: 'ana', untilMs: nowMs + 1 }]);
    expect(held(hold('ana', 0))).toMatchObject([{ kind: 'AwaitingApproval' }]);
  });
});

describe('a release', () => {
  const release: DecisionInForce = { action: 'Release', name: 'off', author: 'ana', engagement: 1, expiresAtMs: null };

  it('replaces what an earlier one said of an indicator, and leaves what it said of others', () => {
    const suppressed = [
      { indicator: 'score-drift', untilMs: nowMs + 5 },
      { indicator: 'other', untilMs: null },
    ];
    expect(stepped([release], { suppressed }).memory).toMatchObject({
      phase: 'Idle',
      suppressed: [
        { indicator: 'other', untilMs: null },
        { indicator: 'score-drift', untilMs: null },
      ],
    });
  });

  it('answers no question: while an engagement is only asked for there is nothing to take off', () => {
    const memory = {
      phase: 'Proposed',
      engagement: 1,
      stage: 0,
      sinceMs: nowMs,
      recentEngagementsMs: [],
      triggeredBy: [],
      suppressed: [],
    } as const;
    const indicators = { 'score-drift': aReading('Firing', anAssessment(breachValue, { atMs: nowMs })) };
    const step = stepPlan(aStep({ snapshot: aSnapshot({ mode: 'Approve' }), memory, indicators, decisions: [release], nowMs }));
    expect(step).toMatchObject({ transition: null, memory: { phase: 'Proposed' } });
  });
});

describe('time between two looks', () => {
  const since = (gapMs: number, changes: Partial<EngagedMemory> = {}) =>
    stepped([], { proposal: null, rejectedStage: 2, lastPolledAtMs: nowMs - gapMs, ...changes }).memory as EngagedMemory;

  it('counts as evidence up to two of them, and not a millisecond beyond', () => {
    expect(since(2 * intervalMs).evidencedMs).toBe(2 * intervalMs);
    expect(since(2 * intervalMs + 1).evidencedMs).toBe(0);
  });

  it('lets an Ok go on within two of them, and begin anew beyond', () => {
    const ok = (gapMs: number) => {
      const changes = { proposal: null, lastPolledAtMs: nowMs - gapMs, okSinceMs: nowMs - 60_000 };
      const memory = asking(changes);
      const indicators = { 'score-drift': aReading('Clear', anAssessment(okValue, { atMs: nowMs })) };
      return stepPlan(aStep({ memory, indicators, verifiedAtMs: startMs, nowMs })).memory as EngagedMemory;
    };
    expect(ok(2 * intervalMs).okSinceMs).toBe(nowMs - 60_000);
    expect(ok(2 * intervalMs + 1).okSinceMs).toBe(nowMs);
  });
});

describe('too many engagements', () => {
  it('are one more than the plan allows, not as many', () => {
    const { maxEngagements } = aSnapshot().recovery.flap;
    const after = (count: number) =>
      stepped([], { proposal: null, rejectedStage: 2, recentEngagementsMs: Array.from({ length: count }, (_, index) => startMs + index) });
    expect(after(maxEngagements).transition).toBeNull();
    expect(after(maxEngagements + 1)).toMatchObject({
      transition: { kind: 'Latched', reason: 'TooManyEngagements' },
      memory: { latched: true },
    });
  });
});
