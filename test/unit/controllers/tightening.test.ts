import { describe, expect, it } from '@jest/globals';
import type { PlanSnapshot } from '../../../src/core/model/plan.ts';
import { asTightAsHeld, tightened } from '../../../src/controllers/tightening.ts';
import { aHolder } from '../../builders/http-route.ts';
import { aSnapshot, limitStage, rollbackStage, shadowStage } from '../../builders/core.ts';

function edited(maxPercent: number, changes: Partial<PlanSnapshot> = {}): PlanSnapshot {
  const { plan } = aSnapshot();
  const limit = { ...limitStage, actions: [{ target: 'traffic', kind: 'CanaryLimit' as const, maxPercent }] };
  return aSnapshot({ plan: { ...plan, digest: 'digest-2' }, stages: [limit, shadowStage, rollbackStage], ...changes });
}

describe('an edit of a plan during an engagement', () => {
  it('applies at once when it lowers a limit', () => {
    expect(tightened(aSnapshot(), edited(5)).stages[0]?.actions).toEqual([{ target: 'traffic', kind: 'CanaryLimit', maxPercent: 5 }]);
  });

  it('waits when it raises one: nobody leaves a constraint by editing', () => {
    const inForce = aSnapshot();
    expect(tightened(inForce, edited(50))).toBe(inForce);
  });

  it('applies at once when it asks for more replicas, and waits when it asks for fewer', () => {
    const scaled = (minReplicas: number) =>
      edited(10, {
        stages: [{ ...limitStage, actions: [{ target: 'capacity', kind: 'Scale', minReplicas, readyWithinSeconds: 120 } as const] }],
      });
    const inForce = { ...scaled(4), plan: aSnapshot().plan };
    expect(tightened(inForce, scaled(6)).stages[0]?.actions).toEqual(scaled(6).stages[0]?.actions);
    expect(tightened(inForce, scaled(2))).toBe(inForce);
    const holder = aHolder({ stage: 0 });
    const held = [{ holder, target: 'capacity', constraints: [{ kind: 'Replicas' as const, minReplicas: 6 }] }];
    expect(asTightAsHeld(inForce, held).stages[0]?.actions).toEqual(scaled(6).stages[0]?.actions);
  });

  it('regression: lowers the stages above along with a limit: what holds less than the stage in force is never taken', () => {
    const less = { ...limitStage, name: 'less', actions: [{ target: 'traffic', kind: 'CanaryLimit' as const, maxPercent: 8 }] };
    const inForce = aSnapshot({ stages: [limitStage, less, rollbackStage] });
    const tight = { target: 'traffic', kind: 'CanaryLimit', maxPercent: 5 };
    const stages = tightened(inForce, edited(5)).stages;
    expect(stages.map(({ actions }) => actions[0])).toEqual([tight, tight, rollbackStage.actions[0]]);
    const held = [{ holder: aHolder({ stage: 0 }), target: 'traffic', constraints: [{ kind: 'Cap' as const, maxPercent: 5 }] }];
    expect(asTightAsHeld(inForce, held).stages).toEqual(stages);
  });

  it('waits when it drops stages, targets or the mode', () => {
    const inForce = aSnapshot();
    expect(tightened(inForce, edited(10, { stages: [], targets: [], mode: 'Observe' }))).toBe(inForce);
  });

  it('applies at once when it yields no more, and waits when it begins to', () => {
    const yields = { kind: 'Yield', afterSeconds: 60, retryAfterSeconds: 900 } as const;
    const inForce = aSnapshot({ onContest: yields });
    expect(tightened(inForce, edited(50))).toEqual({ ...inForce, onContest: { kind: 'Reassert' } });
    expect(tightened(aSnapshot(), edited(5, { onContest: yields })).onContest).toEqual({ kind: 'Reassert' });
    expect(tightened(inForce, edited(5, { onContest: { ...yields, afterSeconds: 0 } })).onContest).toEqual(yields);
  });

  it('applies at once when it goes on without evidence, and waits when it no longer does', () => {
    const escalates = { onNoEvidence: 'Escalate' as const };
    expect(tightened(aSnapshot(), edited(50, escalates))).toEqual(aSnapshot(escalates));
    expect(tightened(aSnapshot(escalates), edited(5)).onNoEvidence).toBe('Escalate');
    expect(tightened(aSnapshot(escalates), edited(50))).toEqual(aSnapshot(escalates));
  });

  it('keeps digest and generation of what the engagement runs on', () => {
    expect(tightened(aSnapshot(), edited(5)).plan).toEqual(aSnapshot().plan);
  });

  it('stays lowered when the edit is taken back', () => {
    const lowered = tightened(aSnapshot(), edited(5));
    expect(tightened(lowered, edited(10)).stages[0]?.actions).toEqual([{ target: 'traffic', kind: 'CanaryLimit', maxPercent: 5 }]);
  });
});
