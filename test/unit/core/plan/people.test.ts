import { describe, expect, it } from '@jest/globals';
import type { DecisionInForce } from '../../../../src/core/model/decision.ts';
import {
  aSnapshot,
  anEngagement,
  anIndicator,
  breachValue,
  intervalMs,
  limitStage,
  okValue,
  rollbackStage,
  shadowStage,
  startMs,
  warnValue,
} from '../../../builders/core.ts';
import { tellStory } from '../../../builders/core-story.ts';

const author = 'ana';
const approve = (engagement: number, stage: number, name = 'yes'): DecisionInForce => ({
  action: 'Approve',
  name,
  author,
  engagement,
  stage,
});
const reject = (engagement: number, stage: number, name = 'no'): DecisionInForce => ({ action: 'Reject', name, author, engagement, stage });
const release = (engagement: number, expiresAtMs: number | null = null): DecisionInForce => ({
  action: 'Release',
  name: 'off',
  author,
  engagement,
  expiresAtMs,
});
const hold = (expiresAtMs: number): DecisionInForce => ({ action: 'Hold', name: 'hold', author, expiresAtMs });
const toEngage = 5;
const toEscalate = 20;

describe('Approve mode', () => {
  const snapshot = aSnapshot({ mode: 'Approve' });

  function asked(changes: Partial<typeof snapshot> = {}) {
    const story = tellStory({ snapshot: { ...snapshot, ...changes } });
    story.poll(breachValue, toEngage);
    return story;
  }

  it('asks first', () => {
    const story = asked();

    expect(story.transitions()).toMatchObject([{ kind: 'Proposed', engagement: 1, from: null, to: 0 }]);
    expect(story.poll(breachValue, 10).notes).toEqual([
      { kind: 'AwaitingApproval', engagement: 1, stage: 0, sinceMs: startMs + toEngage * intervalMs, overdue: false },
    ]);
  });

  it('engages on the approval of this engagement and stage, whatever the value is now', () => {
    const story = asked();
    story.decide(approve(2, 0), approve(1, 1));
    expect(story.poll(warnValue).transition).toBeNull();

    story.decide(approve(1, 0));
    expect(story.poll(warnValue).transition).toMatchObject({ kind: 'Engaged', engagement: 1, to: 0, reason: 'Approved', actor: author });
    expect(story.engaged()).toMatchObject({ triggeredBy: ['score-drift'], usedDecisions: ['yes'] });
  });

  it('is not asked again after a rejection until Clear', () => {
    const story = asked();
    story.decide(reject(1, 0));
    expect(story.poll(breachValue).transition).toMatchObject({ kind: 'Rejected', engagement: 1, from: 0, actor: author });
    expect(story.poll(breachValue, 100).notes).toEqual([{ kind: 'NotAskedAgain', stage: 0 }]);

    story.poll(okValue, 10);
    story.poll(breachValue, toEngage);
    expect(story.memory()).toMatchObject({ phase: 'Proposed', engagement: 2 });
  });

  it('is asked again for a worse stage', () => {
    const stages = [limitStage, { ...shadowStage, enterOn: ['approval-parity'] }, rollbackStage];
    const trigger = { indicators: ['score-drift', 'approval-parity'], match: 'Any' } as const;
    const story = tellStory({
      snapshot: { ...snapshot, stages, trigger },
      indicators: [anIndicator(), anIndicator({ name: 'approval-parity' })],
    });
    story.poll({ 'score-drift': breachValue, 'approval-parity': okValue }, toEngage);
    story.decide(reject(1, 0));
    story.poll({ 'score-drift': breachValue, 'approval-parity': okValue }, 3);

    story.poll(breachValue, toEngage);

    expect(story.memory()).toMatchObject({ phase: 'Proposed', engagement: 2, stage: 1 });
  });

  it('raises the question when a worse stage becomes due while it waits', () => {
    const stages = [limitStage, { ...shadowStage, enterOn: ['approval-parity'] }];
    const trigger = { indicators: ['score-drift', 'approval-parity'], match: 'Any' } as const;
    const story = tellStory({
      snapshot: { ...snapshot, stages, trigger },
      indicators: [anIndicator(), anIndicator({ name: 'approval-parity' })],
    });
    story.poll({ 'score-drift': breachValue, 'approval-parity': okValue }, toEngage);

    story.poll(breachValue, toEngage);

    expect(story.transitions().map(({ kind, engagement, to }) => [kind, engagement, to])).toEqual([
      ['Proposed', 1, 0],
      ['Proposed', 1, 1],
    ]);
  });

  it('withdraws the question once Clear, and its number stays used', () => {
    const story = asked();

    story.poll(okValue, 10);

    expect(story.transitions().at(-1)).toMatchObject({ kind: 'Withdrawn', engagement: 1, reason: 'TriggersClear' });
    expect(story.memory()).toMatchObject({ phase: 'Idle', lastEngagement: 1 });
  });

  it.each([
    ['Hold', 'Proposed'],
    ['Engage', 'Engaged'],
  ] as const)('when nobody answers in time and onTimeout is %s it is %s', (onTimeout, phase) => {
    const story = asked({ approval: { ...snapshot.approval, onTimeout } });
    story.poll(breachValue, 59);
    expect(story.memory().phase).toBe('Proposed');

    const { notes, transition } = story.poll(breachValue);

    expect(story.memory().phase).toBe(phase);
    if (onTimeout === 'Hold') expect(notes).toMatchObject([{ kind: 'AwaitingApproval', overdue: true }]);
    else expect(transition).toMatchObject({ kind: 'Engaged', reason: 'ApprovalTimedOut', actor: 'operator' });
  });

  it('does not engage by timeout on a remembered breach', () => {
    const story = asked({ approval: { ...snapshot.approval, onTimeout: 'Engage' } });

    story.poll(warnValue, 200);

    expect(story.memory().phase).toBe('Proposed');
  });

  describe('for an escalation', () => {
    function askedToEscalate(changes: Partial<typeof snapshot> = {}) {
      const story = asked(changes);
      story.decide(approve(1, 0));
      story.poll(breachValue, 1 + toEscalate);
      return story;
    }

    it('asks, and stays where it is', () => {
      const story = askedToEscalate();

      expect(story.transitions().at(-1)).toMatchObject({ kind: 'Proposed', from: 0, to: 1 });
      story.poll(breachValue, 50);
      expect(story.engaged()).toMatchObject({ stage: 0, proposal: { stage: 1 } });
    });

    it('goes up on approval, and back down without asking', () => {
      const story = askedToEscalate();
      story.decide(approve(1, 1, 'yes-2'));
      expect(story.poll(breachValue).transition).toMatchObject({ kind: 'Escalated', to: 1, reason: 'Approved', actor: author });

      story.poll(okValue, 60);
      expect(story.memory().phase).toBe('Idle');
    });

    it('uses a decision once: the approval of a stage does not approve it a second time', () => {
      const story = askedToEscalate();
      story.decide(approve(1, 1, 'yes-2'));
      story.poll(breachValue);
      story.poll(okValue, 14);
      expect(story.engaged().stage).toBe(0);

      story.poll(breachValue, 100);

      expect(story.engaged()).toMatchObject({ stage: 0, proposal: { stage: 1 }, usedDecisions: ['yes', 'yes-2'] });
    });

    it('is not asked again after a rejection until Clear', () => {
      const story = askedToEscalate();
      story.decide(reject(1, 1));
      expect(story.poll(breachValue).transition).toMatchObject({ kind: 'Rejected', to: 1, actor: author });

      expect(story.poll(breachValue, 50).notes).toContainEqual({ kind: 'NotAskedAgain', stage: 1 });
      expect(story.engaged()).toMatchObject({ stage: 0, proposal: null });
    });

    it('withdraws the question once Clear', () => {
      const story = askedToEscalate();

      story.poll(okValue, 6);

      expect(story.transitions().at(-1)).toMatchObject({ kind: 'Withdrawn', to: 1 });
      expect(story.engaged().proposal).toBeNull();
    });

    it('goes up by timeout only where the plan says so', () => {
      const story = askedToEscalate({ approval: { ...snapshot.approval, onTimeout: 'Engage' } });

      expect(story.poll(breachValue, 60).transition).toMatchObject({ kind: 'Escalated', to: 1, reason: 'ApprovalTimedOut' });
    });
  });
});

describe('Release', () => {
  it('takes the constraint off at once from any stage and engages on the same breach no more until Clear', () => {
    const story = tellStory({ snapshot: aSnapshot() });
    story.poll(breachValue, toEngage + toEscalate);
    story.decide(release(1));

    expect(story.poll(breachValue).transition).toMatchObject({
      kind: 'Released',
      from: 1,
      to: null,
      reason: 'ReleasedByDecision',
      actor: author,
    });
    expect(story.poll(breachValue, 100).notes).toEqual([{ kind: 'Suppressed', indicators: ['score-drift'] }]);

    story.poll(okValue, 10);
    story.poll(breachValue, toEngage);
    expect(story.engaged().engagement).toBe(2);
  });

  it('suppresses no longer than the decision lasts', () => {
    const story = tellStory({ snapshot: aSnapshot() });
    story.poll(breachValue, toEngage);
    const expiresAtMs = story.nowMs() + 10 * intervalMs;
    story.decide(release(1, expiresAtMs));

    story.poll(breachValue, 9);
    expect(story.memory().phase).toBe('Idle');
    story.poll(breachValue);
    expect(story.engaged().engagement).toBe(2);
  });

  it('suppresses a breach that was only Pending when the person looked', () => {
    const snapshot = aSnapshot({ trigger: { indicators: ['score-drift', 'approval-parity'], match: 'Any' } });
    const story = tellStory({ snapshot, indicators: [anIndicator(), anIndicator({ name: 'approval-parity' })] });
    story.poll({ 'score-drift': breachValue, 'approval-parity': okValue }, toEngage);
    story.decide(release(1));
    story.poll(breachValue);
    expect(story.machine('approval-parity')?.state).toBe('Pending');

    story.poll(breachValue, 50);

    expect(story.memory().phase).toBe('Idle');
  });

  it('leaves an indicator that is Clear free to engage', () => {
    const snapshot = aSnapshot({ trigger: { indicators: ['score-drift', 'approval-parity'], match: 'Any' } });
    const story = tellStory({ snapshot, indicators: [anIndicator(), anIndicator({ name: 'approval-parity' })] });
    story.poll({ 'score-drift': breachValue, 'approval-parity': okValue }, toEngage);
    story.decide(release(1));
    story.poll({ 'score-drift': breachValue, 'approval-parity': okValue });

    story.poll(breachValue, toEngage);

    expect(story.engaged()).toMatchObject({ triggeredBy: ['approval-parity'], suppressed: [{ indicator: 'score-drift', untilMs: null }] });
  });

  it('of another engagement does nothing', () => {
    const story = tellStory({ snapshot: aSnapshot(), memory: anEngagement({ engagement: 7 }) });
    story.decide(release(6));

    expect(story.poll(breachValue).transition).toBeNull();
  });

  it('comes before Hold', () => {
    const story = tellStory({ snapshot: aSnapshot(), memory: anEngagement() });
    story.decide(hold(startMs + 1e9), release(1));

    expect(story.poll(breachValue).transition?.kind).toBe('Released');
  });
});

describe('Hold', () => {
  it('freezes both directions until it expires; waits start again after it', () => {
    const story = tellStory({ snapshot: aSnapshot() });
    story.poll(breachValue, toEngage + 10);
    const untilMs = story.nowMs() + 100 * intervalMs;
    story.decide(hold(untilMs));

    const { notes } = story.poll(breachValue, 50);
    story.poll(okValue, 49);
    expect(notes).toEqual([{ kind: 'Held', by: author, untilMs }]);
    expect(story.engaged()).toMatchObject({ stage: 0, okSinceMs: null, evidencedMs: 10 * intervalMs });

    story.poll(okValue, 1 + 8);
    expect(story.memory().phase).toBe('Idle');
  });

  it('lets recovery begin its wait again after it, however long all was well under it', () => {
    const story = tellStory({ snapshot: aSnapshot(), memory: anEngagement() });
    story.poll(okValue, 10);
    expect(story.engaged().okSinceMs).not.toBeNull();
    story.decide(hold(story.nowMs() + 50 * intervalMs));
    story.poll(okValue, 49);

    story.poll(okValue, 8);
    expect(story.memory().phase).toBe('Engaged');
    story.poll(okValue);
    expect(story.memory().phase).toBe('Idle');
  });

  it('restarts that wait even when it lasted a single poll', () => {
    const story = tellStory({ snapshot: aSnapshot(), memory: anEngagement() });
    story.poll(okValue, 10);
    story.decide(hold(story.nowMs() + 2 * intervalMs));
    story.poll(okValue);
    story.decide();

    story.poll(okValue);

    expect(story.engaged().okSinceMs).toBe(story.nowMs());
  });

  it('is void while Idle', () => {
    const story = tellStory({ snapshot: aSnapshot() });
    story.decide(hold(startMs + 1e9));

    expect(story.poll(breachValue, toEngage).transition?.kind).toBe('Engaged');
  });

  it.each([
    ['before anything is engaged', { mode: 'Approve' as const }, undefined],
    ['of a stage above', { stages: [limitStage, { ...rollbackStage, mode: 'Approve' as const }] }, anEngagement({ evidencedMs: 1e9 })],
  ])('regression: time under it counts for no timeout: a question %s was acted on the moment it ended', (_which, changes, memory) => {
    const approval = { roles: [], timeoutSeconds: 60, onTimeout: 'Engage' as const };
    const story = tellStory({ snapshot: aSnapshot({ approval, ...changes }), ...(memory === undefined ? {} : { memory }) });
    for (let asked = false; !asked;) asked = story.poll(breachValue).transition?.kind === 'Proposed';
    const steps = story.transitions().length;
    story.decide(hold(story.nowMs() + 40 * intervalMs));
    story.poll(breachValue, 39);
    // It has ended: the question is asked as if now.
    story.poll(breachValue, 60_000 / intervalMs);
    expect(story.transitions()).toHaveLength(steps);
    story.poll(breachValue, 2);
    expect(story.transitions().at(-1)).toMatchObject({ reason: 'ApprovalTimedOut' });
  });

  it('keeps a question open without answering it by timeout', () => {
    const story = tellStory({ snapshot: aSnapshot({ mode: 'Approve', approval: { roles: [], timeoutSeconds: 60, onTimeout: 'Engage' } }) });
    story.poll(breachValue, toEngage);
    story.decide(hold(startMs + 1e9), approve(1, 0));

    story.poll(breachValue, 100);

    expect(story.memory().phase).toBe('Proposed');
  });
});

describe('suspend', () => {
  it('Hold moves nothing, not even out of Idle', () => {
    const story = tellStory({ snapshot: aSnapshot() });
    story.suspend('Hold');

    expect(story.poll(breachValue, 100).notes).toEqual([{ kind: 'Held', by: 'suspend', untilMs: null }]);
    expect(story.memory().phase).toBe('Idle');
  });

  it('Release takes the constraint off; afterwards a fresh breach engages again', () => {
    const story = tellStory({ snapshot: aSnapshot() });
    story.poll(breachValue, toEngage);
    story.suspend('Release');
    expect(story.poll(breachValue).transition).toMatchObject({ kind: 'Released', reason: 'Suspended', actor: 'suspend' });
    story.poll(breachValue, 20);
    expect(story.memory().phase).toBe('Idle');

    story.suspend('None');
    expect(story.poll(breachValue).transition).toMatchObject({ kind: 'Engaged', engagement: 2 });
  });

  it('Release withdraws a question', () => {
    const story = tellStory({ snapshot: aSnapshot({ mode: 'Approve' }) });
    story.poll(breachValue, toEngage);
    story.suspend('Release');

    expect(story.poll(breachValue).transition).toMatchObject({ kind: 'Withdrawn', reason: 'Suspended' });
  });
});
