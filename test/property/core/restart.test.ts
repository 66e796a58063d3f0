import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { initialIndicatorMemory, restartIndicator, stepIndicator } from '../../../src/core/indicator.ts';
import type { IndicatorMemory } from '../../../src/core/model/indicator.ts';
import type { PlanMemory } from '../../../src/core/model/plan.ts';
import { restartPlan } from '../../../src/core/plan/memory.ts';
import { stepPlan } from '../../../src/core/plan.ts';
import {
  aHolder,
  aReading,
  aSnapshot,
  aStep,
  anAssessment,
  anIndicator,
  breachValue,
  intervalMs,
  noReading,
  okValue,
  startMs,
  warnValue,
} from '../../builders/core.ts';
import { anyHappenings, anySnapshot, hastyIndicators } from '../../builders/core-arbitraries.ts';
import { tellStory } from '../../builders/core-story.ts';

const runs = { numRuns: 1000 };
const indicator = anIndicator();
const forMs = indicator.forSeconds * 1000;

describe('a restart', () => {
  it('loses no stage and no engagement, whatever status was not yet written, starts every wait for Ok again, and adds no evidence', () => {
    let engaged = 0;
    let kept = 0;
    fc.assert(
      fc.property(anySnapshot, anyHappenings, fc.boolean(), (snapshot, happenings, losesStatus) => {
        const story = tellStory({ snapshot, indicators: hastyIndicators });
        const half = Math.floor(happenings.length / 2);
        for (const happening of happenings.slice(0, half)) happening.run(story);
        if (losesStatus) story.loseStatus();
        for (const happening of happenings.slice(half)) if (!/restart|lost/.test(happening.toString())) happening.run(story);
        const before = story.memory();
        const told = story.persisted();
        const lost = story.losesStatus();

        story.restart();

        const after = story.memory();
        expect(after.phase).toBe(before.phase);
        if (before.phase !== 'Engaged') return;
        engaged += 1;
        expect(after).toMatchObject({
          engagement: before.engagement,
          stage: before.stage,
          lastPolledAtMs: null,
          okSinceMs: null,
        });
        if (after.phase !== 'Engaged') return;
        // What the status last told of this very stage, and nothing where the journal knows a newer one.
        const isTold = told?.phase === 'Engaged' && told.engagement === before.engagement && told.stageSinceMs === before.stageSinceMs;
        expect(after.evidencedMs).toBe(isTold ? told.evidencedMs : 0);
        if (lost) return;
        expect(after.evidencedMs).toBeLessThanOrEqual(before.evidencedMs);
        const afterMs = (snapshot.stages[before.stage]?.escalateAfterSeconds ?? 0) * 1000;
        // A tenth in whole seconds.
        expect(after.evidencedMs).toBeGreaterThan(Math.min(before.evidencedMs, afterMs) - afterMs / 10 - 1000);
        if (after.evidencedMs > 0) kept += 1;
      }),
      runs,
    );
    expect(engaged).toBeGreaterThan(100);
    expect(kept).toBeGreaterThan(20);
  });

  it('never makes a plan climb by time before escalateAfterSeconds of polls that had evidence', () => {
    let climbed = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(breachValue, noReading), fc.integer({ min: 1, max: 8 }), fc.boolean()), {
          minLength: 4,
          maxLength: 16,
        }),
        (stretches) => {
          const story = tellStory({ snapshot: aSnapshot() });
          story.poll(breachValue, 5);
          expect(story.engaged().stage).toBe(0);
          const engagedAt = story.steps.length;
          for (const [reading, times, restarts] of stretches) {
            story.poll(reading, times);
            if (restarts) story.restart();
          }
          const climb = story.steps.findIndex(({ transition }) => transition?.kind === 'Escalated');
          if (climb < 0) return;
          climbed += 1;
          const evidenced = story.steps.slice(engagedAt, climb + 1).filter(({ assessed }) => assessed.length > 0);
          expect(evidenced.length * intervalMs).toBeGreaterThanOrEqual(300_000);
        },
      ),
      runs,
    );
    expect(climbed).toBeGreaterThan(100);
  });

  it('keeps Firing, and starts Pending and Clearing again at any moment of any run of readings', () => {
    const reading = fc.constantFrom(breachValue, okValue, warnValue, noReading);
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(reading, fc.integer({ min: 1, max: 6 })), { minLength: 1, maxLength: 12 }),
        reading,
        (stretches, next) => {
          const readings = stretches.flatMap(([value, times]) => Array.from({ length: times }, () => value));
          let nowMs = startMs;
          const step = (memory: IndicatorMemory, value: typeof next) => {
            nowMs += intervalMs;
            return stepIndicator({ memory, assessment: anAssessment(value, { atMs: nowMs, indicator }), nowMs, intervalMs });
          };
          const before = readings.reduce<IndicatorMemory>(step, initialIndicatorMemory(nowMs));

          const after = step(restartIndicator(before), next);

          seen.add(before.state);
          if (before.state === 'Firing') expect(after.state).toBe(next === okValue ? 'Clearing' : 'Firing');
          else if (before.state === 'Pending') expect(after.state).not.toBe('Firing');
          else if (before.state === 'Clearing') expect(after.state).not.toBe('Clear');
        },
      ),
      runs,
    );
    expect([...seen].sort()).toEqual(['Clear', 'Clearing', 'Firing', 'Pending']);
  });
});

describe('a clock that goes back', () => {
  it('never fires earlier than forSeconds of real, unbroken breach, and never later than that after the last jump', () => {
    const jumps = fc.array(
      fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 7_200_000 }) }),
      { minLength: 5, maxLength: 40 },
    );
    let fired = 0;
    fc.assert(
      fc.property(jumps, fc.integer({ min: 0, max: 5 }), (jumpsBackMs, quietPolls) => {
        let wallMs = startMs;
        let memory = initialIndicatorMemory(wallMs);
        let breachMs: number | null = null;
        let sinceJumpMs = 0;
        for (const [poll, jumpMs] of jumpsBackMs.entries()) {
          wallMs += intervalMs - jumpMs;
          const breaches = poll >= quietPolls;
          breachMs = breaches ? (breachMs === null ? 0 : breachMs + intervalMs) : null;
          sinceJumpMs = jumpMs > 0 ? 0 : sinceJumpMs + intervalMs;
          memory = stepIndicator({
            memory,
            assessment: anAssessment(breaches ? breachValue : okValue, { atMs: wallMs, indicator }),
            nowMs: wallMs,
            intervalMs,
          });
          if (memory.state === 'Firing') fired += 1;
          if (memory.state === 'Firing') expect(breachMs).toBeGreaterThanOrEqual(forMs);
          else expect(Math.min(breachMs ?? 0, sinceJumpMs)).toBeLessThan(forMs);
          expect(memory.sinceMs).toBeLessThanOrEqual(wallMs);
        }
      }),
      runs,
    );
    expect(fired).toBeGreaterThan(1000);
  });

  it('leaves the plan no instant ahead of the clock to wait for', () => {
    fc.assert(
      fc.property(anySnapshot, anyHappenings, fc.integer({ min: 1, max: 7200 }), (snapshot, happenings, seconds) => {
        const story = tellStory({ snapshot, indicators: hastyIndicators });
        for (const happening of happenings) happening.run(story);
        story.clockBack(seconds * 1000);

        story.poll(warnValue);

        const late = instantsOf(story.memory()).filter((atMs) => atMs > story.nowMs());
        expect(late).toEqual([]);
      }),
      runs,
    );
  });
});

describe('a tombstone', () => {
  const anyPersisted = fc.tuple(anySnapshot, anyHappenings).map(([snapshot, happenings]) => {
    const story = tellStory({ snapshot, indicators: hastyIndicators });
    for (const happening of happenings) happening.run(story);
    return { snapshot, persisted: story.memory() };
  });
  const anyState = fc.constantFrom('Clear', 'Pending', 'Firing', 'Clearing');

  it('means released whatever the status says, and nothing remembered engages again', () => {
    fc.assert(
      fc.property(
        anyPersisted,
        fc.record({ state: anyState, ageMs: fc.integer({ min: 2 * intervalMs + 1, max: 1e9 }), byPerson: fc.boolean() }),
        ({ snapshot, persisted }, old) => {
          const engagement = persisted.phase === 'Idle' ? persisted.lastEngagement : persisted.engagement;
          const other = { kind: 'Engaged', holder: aHolder({ engagement, stage: 0, stageSinceMs: startMs, triggeredBy: [] }) } as const;
          const tombstone = { kind: 'Released', engagement, actor: old.byPerson ? 'ana' : 'operator' } as const;

          const memory = restartPlan({ snapshot, persisted, journals: [other, tombstone], nowMs: startMs + 1e9 });

          expect(memory).toMatchObject({ phase: 'Idle', lastEngagement: engagement });
          const nowMs = startMs + 2e9;
          const remembered = hastyIndicators.map(
            (each) => [each.name, aReading(old.state, anAssessment(breachValue, { indicator: each, atMs: nowMs - old.ageMs }))] as const,
          );
          const step = stepPlan(aStep({ snapshot, memory, nowMs, indicators: Object.fromEntries(remembered) }));
          expect(step.transition).toBeNull();
        },
      ),
      runs,
    );
  });

  it('of a person keeps every trigger from engaging until it was Clear once', () => {
    let kept = 0;
    fc.assert(
      fc.property(
        anyPersisted,
        fc.array(fc.constantFrom(breachValue, warnValue, noReading), { minLength: 5, maxLength: 40 }),
        ({ snapshot, persisted }, readings) => {
          if (persisted.phase !== 'Engaged') return;
          kept += 1;
          const journals = [{ kind: 'Released', engagement: persisted.engagement, actor: 'ana' } as const];
          const memory = restartPlan({ snapshot, persisted, journals, nowMs: startMs });
          const story = tellStory({ snapshot, indicators: hastyIndicators, memory });

          for (const reading of readings) story.poll(reading);
          expect(story.transitions()).toEqual([]);

          story.poll(okValue, 10);
          expect(story.memory().suppressed).toEqual([]);
        },
      ),
      runs,
    );
    expect(kept).toBeGreaterThan(100);
  });
});

function instantsOf(memory: PlanMemory): readonly number[] {
  const own =
    memory.phase === 'Idle'
      ? []
      : memory.phase === 'Proposed'
        ? [memory.sinceMs]
        : [memory.verifiedAtMs, memory.okSinceMs, memory.proposal?.sinceMs, memory.lastPolledAtMs];
  return [...memory.recentEngagementsMs, ...own].flatMap((atMs) => atMs ?? []);
}
