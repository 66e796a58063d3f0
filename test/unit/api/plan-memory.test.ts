import { describe, expect, it } from '@jest/globals';
import { parseMitigationPlan } from '../../../src/api/mitigation-plan.ts';
import { planMemoryFromStatus, planMemoryToStatus } from '../../../src/api/plan-memory.ts';
import type { EngagedMemory, PlanMemory } from '../../../src/core/model/plan.ts';
import { planManifest, stored } from '../../builders/api.ts';
import { aSnapshot, limitStage } from '../../builders/core.ts';

const t0 = Date.UTC(2026, 5, 1, 12, 0, 0, 125);

const engaged: EngagedMemory = {
  phase: 'Engaged',
  engagement: 4,
  stage: 1,
  direction: 'Up',
  stageSinceMs: t0,
  verifiedAtMs: t0 + 800,
  evidencedMs: 5000,
  lastPolledAtMs: t0 + 9000,
  okSinceMs: t0 + 8000,
  probeAttempts: 2,
  latched: true,
  recentEngagementsMs: [t0 - 3_600_000, t0],
  triggeredBy: ['score-drift'],
  proposal: { stage: 2, sinceMs: t0 + 7000 },
  rejectedStage: 2,
  suppressed: [
    { indicator: 'approval-parity', untilMs: null },
    { indicator: 'score-drift', untilMs: t0 + 60_000 },
  ],
  usedDecisions: ['approve-1'],
};

const snapshot = aSnapshot({ stages: [limitStage, { ...limitStage, name: 'lower', escalateAfterSeconds: 40 }, limitStage] });

/** Through the status of a stored plan, as a restart reads it. */
function restarted(memory: PlanMemory): PlanMemory {
  const status = JSON.parse(JSON.stringify({ memory: planMemoryToStatus(memory, snapshot) })) as object;
  const parsed = parseMitigationPlan({ ...stored(planManifest()), status });
  if (!parsed.ok) throw new Error(parsed.failure.join());
  if (parsed.value.status.memory === undefined) throw new Error('the memory is gone');
  return planMemoryFromStatus(parsed.value.status.memory);
}

describe('across a restart', () => {
  it('an engagement keeps stage, instants, latch, proposal, suppressions and used decisions', () => {
    expect(restarted(engaged)).toEqual({ ...engaged, evidencedMs: 4000, lastPolledAtMs: null, okSinceMs: null });
  });

  it('the times of the last poll and of the last Ok are gathered anew', () => {
    expect(restarted(engaged)).toMatchObject({ lastPolledAtMs: null, okSinceMs: null });
    expect(JSON.stringify(planMemoryToStatus(engaged, snapshot))).not.toMatch(/lastPolled|okSince/);
  });

  it('regression: evidence of the stage is kept, in tenths of what it takes to escalate', () => {
    const kept = (evidencedMs: number) => planMemoryToStatus({ ...engaged, evidencedMs }, snapshot);
    expect(kept(3999)).not.toHaveProperty('evidencedSeconds');
    expect(kept(4000)).toMatchObject({ evidencedSeconds: 4 });
    expect(kept(39_999)).toMatchObject({ evidencedSeconds: 36 });
    expect(kept(9_000_000)).toMatchObject({ evidencedSeconds: 40 });
    expect(restarted({ ...engaged, evidencedMs: 39_999 })).toMatchObject({ evidencedMs: 36_000 });
  });

  it('a memory an older operator wrote has gathered none', () => {
    const { evidencedSeconds, ...older } = planMemoryToStatus(engaged, snapshot) as { readonly evidencedSeconds?: number };
    expect(evidencedSeconds).toBe(4);
    const parsed = parseMitigationPlan({ ...stored(planManifest()), status: { memory: older } });
    if (!parsed.ok || parsed.value.status.memory === undefined) throw new Error('the memory is gone');
    expect(planMemoryFromStatus(parsed.value.status.memory)).toMatchObject({ phase: 'Engaged', evidencedMs: 0 });
  });

  it('what was not known stays unknown', () => {
    const bare = {
      ...engaged,
      verifiedAtMs: null,
      proposal: null,
      rejectedStage: null,
      latched: false,
      evidencedMs: 0,
      lastPolledAtMs: null,
      okSinceMs: null,
    };
    expect(restarted(bare)).toEqual(bare);
  });

  it.each<PlanMemory>([
    { phase: 'Idle', lastEngagement: 0, recentEngagementsMs: [], rejectedStage: null, suppressed: [] },
    {
      phase: 'Idle',
      lastEngagement: 7,
      recentEngagementsMs: [t0],
      rejectedStage: 1,
      suppressed: [{ indicator: 'score-drift', untilMs: null }],
    },
    { phase: 'Proposed', engagement: 8, stage: 0, sinceMs: t0, recentEngagementsMs: [t0], triggeredBy: ['score-drift'], suppressed: [] },
  ])('phase $phase is the same', (memory) => {
    expect(restarted(memory)).toEqual(memory);
  });
});

describe('bounds', () => {
  it('keeps the newest engagements, since flapping is counted from them', () => {
    const many = Array.from({ length: 40 }, (_, index) => t0 + index * 1000);
    expect(restarted({ ...engaged, recentEngagementsMs: many }).recentEngagementsMs).toEqual(many.slice(8));
  });

  it('keeps the newest used decisions', () => {
    const many = Array.from({ length: 70 }, (_, index) => `approve-${index}`);
    expect(restarted({ ...engaged, usedDecisions: many })).toMatchObject({ usedDecisions: many.slice(6) });
  });
});
