import { describe, expect, it } from '@jest/globals';
import type { EngagedMemory, PlanMemory } from '../../../../src/core/model/plan.ts';
import type { JournalFinding } from '../../../../src/core/plan/memory.ts';
import { initialPlanMemory, restartPlan } from '../../../../src/core/plan/memory.ts';
import { aHolder, aSnapshot, anEngagement, startMs } from '../../../builders/core.ts';

const nowMs = startMs + 3_600_000;

function restarted(persisted: PlanMemory | null, ...journals: JournalFinding[]): PlanMemory {
  return restartPlan({ snapshot: aSnapshot(), persisted, journals, nowMs });
}

function engagedOn(changes: Partial<EngagedMemory> = {}): JournalFinding {
  return { kind: 'Engaged', holder: aHolder(anEngagement(changes)) };
}

const idle: Extract<PlanMemory, { phase: 'Idle' }> = { ...initialPlanMemory, lastEngagement: 1 };

describe('restartPlan', () => {
  it('begins Idle where nothing is known', () => {
    expect(restarted(null)).toEqual(initialPlanMemory);
  });

  it('keeps an engagement the status knows with its evidence, and forgets the polls it was counted between', () => {
    const known = anEngagement({ stage: 1, latched: true, probeAttempts: 1, evidencedMs: 5, okSinceMs: startMs, lastPolledAtMs: startMs });

    expect(restarted(known)).toEqual({ ...known, okSinceMs: null, lastPolledAtMs: null });
    expect(restarted(known, engagedOn({ stage: 1 }))).toEqual({ ...known, okSinceMs: null, lastPolledAtMs: null });
  });

  it('is engaged if only the journal says so', () => {
    expect(restarted(null, engagedOn({ engagement: 3, stage: 1 }))).toMatchObject({
      phase: 'Engaged',
      engagement: 3,
      stage: 1,
      verifiedAtMs: null,
      recentEngagementsMs: [startMs],
      triggeredBy: ['score-drift'],
    });
    expect(restarted(idle, engagedOn({ engagement: 2 }))).toMatchObject({ phase: 'Engaged', engagement: 2 });
    const proposed: PlanMemory = {
      phase: 'Proposed',
      engagement: 2,
      stage: 0,
      sinceMs: startMs,
      recentEngagementsMs: [],
      triggeredBy: [],
      suppressed: [],
    };
    expect(restarted(proposed, engagedOn({ engagement: 2 }))).toMatchObject({ phase: 'Engaged', engagement: 2 });
  });

  it('regression: an engagement the status already called over is not counted a second time', () => {
    const over = { ...idle, recentEngagementsMs: [startMs] };
    expect(restarted(over, engagedOn({ engagement: 1 }))).toMatchObject({
      phase: 'Engaged',
      engagement: 1,
      recentEngagementsMs: [startMs],
    });
  });

  it('regression: adopting engagements from journals does not let the memory of engagements grow', () => {
    const full = { ...idle, recentEngagementsMs: [1, 2, 3, 4].map((at) => startMs - at).reverse() };

    const { recentEngagementsMs } = restarted(full, engagedOn({ engagement: 2 }));

    expect(recentEngagementsMs).toEqual([startMs - 3, startMs - 2, startMs - 1, startMs]);
  });

  it('takes the stage entered last, on whichever target or record it stands', () => {
    const later = { stage: 2, stageSinceMs: startMs + 1 };

    expect(restarted(anEngagement({ stage: 1, probeAttempts: 1 }), engagedOn({ stage: 1 }), engagedOn(later))).toMatchObject({
      ...later,
      probeAttempts: 1,
      verifiedAtMs: null,
    });
    expect(restarted(anEngagement(later), engagedOn({ stage: 1 }))).toMatchObject(later);
    expect(restarted(anEngagement({ stage: 2 }), engagedOn({ stage: 1, stageSinceMs: startMs + 1 }))).toMatchObject({
      stage: 1,
      direction: 'Down',
    });
  });

  it('takes the higher of two stages entered at the same time', () => {
    expect(restarted(null, engagedOn({ stage: 2 }), engagedOn({ stage: 1 }))).toMatchObject({ stage: 2 });
    expect(restarted(null, engagedOn({ stage: 1 }), engagedOn({ stage: 2 }))).toMatchObject({ stage: 2 });
  });

  it('is released if any target carries the tombstone of the newest engagement', () => {
    const tombstone: JournalFinding = { kind: 'Released', engagement: 1, actor: 'operator' };

    expect(restarted(anEngagement(), tombstone)).toMatchObject({ phase: 'Idle', lastEngagement: 1, suppressed: [] });
    expect(restarted(anEngagement(), engagedOn(), tombstone)).toMatchObject({ phase: 'Idle', lastEngagement: 1 });
  });

  it('lets a tombstone by a person suppress what the status no longer knows of', () => {
    expect(restarted(anEngagement(), { kind: 'Released', engagement: 1, actor: 'ana' })).toMatchObject({
      suppressed: [{ indicator: 'score-drift', untilMs: null }],
    });
  });

  it('keeps what the status says of a release it already knows', () => {
    const known = { ...idle, suppressed: [{ indicator: 'score-drift', untilMs: nowMs }] };

    expect(restarted(known, { kind: 'Released', engagement: 1, actor: 'ana' })).toEqual(known);
  });

  it('does not let the tombstone of an older engagement end a newer one', () => {
    expect(restarted(anEngagement({ engagement: 2 }), { kind: 'Released', engagement: 1, actor: 'ana' })).toMatchObject({
      phase: 'Engaged',
      engagement: 2,
    });
    expect(restarted(null, { kind: 'Released', engagement: 1, actor: 'ana' }, engagedOn({ engagement: 2 }))).toMatchObject({
      phase: 'Engaged',
      engagement: 2,
    });
  });

  it('constrains again under the status alone: the live state is new intent', () => {
    expect(restarted(anEngagement({ engagement: 2 }))).toMatchObject({ phase: 'Engaged', engagement: 2 });
    expect(restarted(anEngagement({ engagement: 2 }), engagedOn({ engagement: 1 }))).toMatchObject({ phase: 'Engaged', engagement: 2 });
  });

  it('gives a constraint older than the last release a number nobody has used', () => {
    expect(restarted({ ...idle, lastEngagement: 4 }, engagedOn({ engagement: 3, stage: 1 }))).toMatchObject({
      phase: 'Engaged',
      engagement: 5,
      stage: 1,
    });
  });

  it('leaves no instant to wait from ahead of a clock that went back', () => {
    const ahead = nowMs + 1;
    const known = anEngagement({ verifiedAtMs: ahead, recentEngagementsMs: [ahead], proposal: { stage: 1, sinceMs: ahead } });

    expect(restarted(known)).toMatchObject({ verifiedAtMs: nowMs, recentEngagementsMs: [nowMs], proposal: { stage: 1, sinceMs: nowMs } });
  });
});
