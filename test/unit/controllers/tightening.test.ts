import { describe, expect, it } from '@jest/globals';
import type { PlanSnapshot } from '../../../src/core/model/plan.ts';
import { tightened } from '../../../src/controllers/tightening.ts';
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

  it('waits when it drops stages, targets or the mode', () => {
    const inForce = aSnapshot();
    expect(tightened(inForce, edited(10, { stages: [], targets: [], mode: 'Observe' }))).toBe(inForce);
  });

  it('keeps digest and generation of what the engagement runs on', () => {
    expect(tightened(aSnapshot(), edited(5)).plan).toEqual(aSnapshot().plan);
  });

  it('stays lowered when the edit is taken back', () => {
    const lowered = tightened(aSnapshot(), edited(5));
    expect(tightened(lowered, edited(10)).stages[0]?.actions).toEqual([{ target: 'traffic', kind: 'CanaryLimit', maxPercent: 5 }]);
  });
});
