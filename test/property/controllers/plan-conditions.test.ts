import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TargetState } from '../../../src/controllers/plan-state.ts';
import { newTargetState } from '../../../src/controllers/plan-state.ts';
import { planStatus } from '../../../src/controllers/plan-status.ts';
import { initialPlanMemory } from '../../../src/core/plan/memory.ts';
import { aSnapshot, anEngagement, startMs } from '../../builders/core.ts';
import { aPlanState } from '../../builders/plan-state.ts';

const entry = { engagement: 1, stage: 0, stageSinceMs: startMs };

const anyTarget = (target: string): fc.Arbitrary<TargetState> =>
  fc
    .record({
      applied: fc.constantFrom('None' as const, entry, { ...entry, stage: 1 }),
      verifiedAtMs: fc.constantFrom(null, startMs),
      verification: fc.constantFrom('Verified' as const, 'Waiting' as const, 'Failed' as const),
      reason: fc.constantFrom(null, 'SafeBackendNotReady' as const, 'TargetMissing' as const, 'Denied' as const),
      sending: fc.constantFrom(null, { sentAtMs: startMs, answer: 'Lost' as const }),
    })
    .map(({ reason, ...known }) => ({
      ...newTargetState(),
      ...known,
      message: 'Not accepted.',
      refusal: reason === null ? null : { planUID: 'uid-1', target, reason, message: 'No.' },
    }));

const anyPlan = fc
  .record({
    mode: fc.constantFrom('Enforce' as const, 'Observe' as const),
    memory: fc.constantFrom(initialPlanMemory, anEngagement(), anEngagement({ stage: 1 }), anEngagement({ latched: true })),
    holding: fc.boolean(),
    deleting: fc.boolean(),
    traffic: anyTarget('traffic'),
    flag: anyTarget('flag'),
  })
  .map(({ mode, memory, holding, deleting, traffic, flag }) => {
    const current = aSnapshot({ mode });
    const isHeld = holding || memory.phase === 'Engaged';
    const targets = new Map(isHeld ? Object.entries({ traffic, flag }) : []);
    return aPlanState({ current, engaged: isHeld ? current : null, memory, deleting, targets });
  });

const anyProblems = fc
  .subarray(['RiskMissing', 'TargetMissing', 'EscalatesBlind', 'LadderLoosens'])
  .map((reasons) => reasons.map((reason) => ({ reason, message: `About ${reason}.` })));

describe('the conditions of a plan, whatever state it is in', () => {
  it('never contradict one another in the eyes of kstatus, and say why whenever they deny', () => {
    fc.assert(
      fc.property(anyPlan, anyProblems, (plan, problems) => {
        const { conditions } = planStatus(plan, { problems, risk: null, nowMs: startMs, uncapped: [], observed: () => null });
        const of = (type: string) => conditions.find((each) => each.type === type);
        const [ready, stalled, reconciling] = ['Ready', 'Stalled', 'Reconciling'].map((type) => of(type)?.status === 'True');
        expect([ready, stalled, reconciling].filter(Boolean).length).toBeLessThanOrEqual(1);
        if (problems.length > 0) expect(ready).toBe(false);
        if (stalled === true) expect(of('Stalled')?.message).not.toBe('');
        if (ready !== true) expect(of('Ready')?.message).not.toBe('');
        if (ready === true) expect(of('Effective')?.status).toBe('True');
        if (ready === true) expect(problems).toEqual([]);
      }),
    );
  });
});
