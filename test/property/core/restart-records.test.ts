import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { PlanMemory } from '../../../src/core/model/plan.ts';
import type { JournalFinding } from '../../../src/core/plan/memory.ts';
import { initialPlanMemory, restartPlan, withoutFuture } from '../../../src/core/plan/memory.ts';
import { aHolder, aSnapshot, anEngagement, startMs } from '../../builders/core.ts';

const engagement = fc.integer({ min: 1, max: 3 });
const stage = fc.nat(2);
const instant = fc.integer({ min: 0, max: 3 }).map((minutes) => startMs + minutes * 60_000);

const journal: fc.Arbitrary<JournalFinding> = fc.oneof(
  fc
    .record({ engagement, stage, stageSinceMs: instant })
    .map((changes) => ({ kind: 'Engaged' as const, holder: aHolder(anEngagement(changes)) })),
  fc.record({ kind: fc.constant('Released' as const), engagement, actor: fc.constantFrom('operator', 'ana') }),
);
const journals = fc.array(journal, { maxLength: 4 });

const idle = fc.nat(3).map((lastEngagement): PlanMemory => ({ ...initialPlanMemory, lastEngagement }));
const engaged = fc
  .record({ engagement, stage, stageSinceMs: instant, evidencedMs: fc.nat(10_000), latched: fc.boolean(), probeAttempts: fc.nat(2) })
  .map((changes): PlanMemory => anEngagement({ ...changes, verifiedAtMs: changes.stageSinceMs, okSinceMs: changes.stageSinceMs }));
const persisted = fc.oneof(fc.constant(null), idle, engaged);

const numberOf = (memory: PlanMemory | null): number =>
  memory === null ? 0 : memory.phase === 'Idle' ? memory.lastEngagement : memory.engagement;
const engagementOf = (finding: JournalFinding): number => (finding.kind === 'Engaged' ? finding.holder.engagement : finding.engagement);
const restarted = (known: PlanMemory | null, found: readonly JournalFinding[], nowMs = startMs + 3_600_000) =>
  restartPlan({ snapshot: aSnapshot(), persisted: known, journals: found, nowMs });

describe('a restart from any status and any journals', () => {
  it('is the same in whatever order the targets were read', () => {
    fc.assert(
      fc.property(persisted, journals, (known, found) => {
        const ends = (list: readonly JournalFinding[]) => {
          // Of two people who released one engagement, either may be named.
          const { suppressed: _, ...memory } = restarted(known, list);
          return memory;
        };
        expect(ends(found.toReversed())).toEqual(ends(found));
      }),
      { numRuns: 500 },
    );
  });

  it('never forgets a number: the next engagement gets one nobody has used', () => {
    fc.assert(
      fc.property(persisted, journals, (known, found) => {
        expect(numberOf(restarted(known, found))).toBeGreaterThanOrEqual(Math.max(numberOf(known), ...found.map(engagementOf)));
      }),
      { numRuns: 500 },
    );
  });

  it('never leaves a constraint without its plan: engaged where the newest of the journals is, unless it carries the tombstone', () => {
    const seen = { engaged: 0, released: 0, byStatus: 0 };
    fc.assert(
      fc.property(persisted, journals, (known, found) => {
        const newest = Math.max(0, ...found.map(engagementOf));
        const ofNewest = found.filter((each) => engagementOf(each) === newest);
        const now = restarted(known, found);
        if (known?.phase === 'Engaged' && numberOf(known) > newest) {
          seen.byStatus++;
          expect(now).toMatchObject({ phase: 'Engaged', engagement: known.engagement, stage: known.stage });
        } else if (ofNewest.some(({ kind }) => kind === 'Released')) {
          seen.released++;
          expect(now.phase).toBe('Idle');
        } else if (ofNewest.length > 0) {
          seen.engaged++;
          expect(now.phase).toBe('Engaged');
        } else expect(now.phase).toBe(known?.phase ?? 'Idle');
      }),
      { numRuns: 600 },
    );
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(20);
  });

  it('goes on with evidence of the very stage it was gathered in, and with none of another', () => {
    const seen = { kept: 0, dropped: 0 };
    fc.assert(
      fc.property(engaged, journals, (known, found) => {
        const now = restarted(known, found);
        if (known.phase !== 'Engaged' || now.phase !== 'Engaged') return;
        expect([now.okSinceMs, now.lastPolledAtMs]).toEqual([null, null]);
        const isSame = now.engagement === known.engagement && now.stage === known.stage && now.stageSinceMs === known.stageSinceMs;
        expect(now.evidencedMs).toBe(isSame ? known.evidencedMs : 0);
        expect(now.verifiedAtMs).toBe(isSame ? known.verifiedAtMs : null);
        if (now.engagement !== known.engagement) expect([now.latched, now.probeAttempts]).toEqual([false, 0]);
        else expect([now.latched, now.probeAttempts]).toEqual([known.latched, known.probeAttempts]);
        seen[isSame ? 'kept' : 'dropped']++;
      }),
      { numRuns: 500 },
    );
    expect(Math.min(seen.kept, seen.dropped)).toBeGreaterThan(30);
  });

  it('waits for no instant that lies ahead, however far the clock went back, and changes nothing else by that', () => {
    fc.assert(
      fc.property(persisted, journals, fc.integer({ min: -2, max: 5 }), (known, found, minutes) => {
        const nowMs = startMs + minutes * 60_000;
        const now = restarted(known, found, nowMs);
        const instants = now.phase === 'Engaged' ? [now.verifiedAtMs, now.lastPolledAtMs, now.okSinceMs] : [];
        for (const each of [...instants, ...now.recentEngagementsMs]) if (each !== null) expect(each).toBeLessThanOrEqual(nowMs);
        expect(withoutFuture(now, nowMs)).toEqual(now);
        const later = restarted(known, found);
        const bare = ({ recentEngagementsMs: _, ...memory }: PlanMemory) => ({ ...memory, verifiedAtMs: null });
        expect(bare(now)).toEqual(bare(later));
      }),
      { numRuns: 500 },
    );
  });
});
