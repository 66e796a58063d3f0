import { describe, expect, it } from '@jest/globals';
import type { Stage } from '../../../../src/core/model/plan.ts';
import type { Target } from '../../../../src/core/model/target.ts';
import {
  actedOn,
  constraintsOf,
  escalatesBlind,
  orderTargets,
  raisesLiveShare,
  servedIn,
  stageExposure,
} from '../../../../src/core/plan/stage.ts';
import { stepPlan } from '../../../../src/core/plan.ts';
import {
  aReading,
  aSnapshot,
  aStep,
  anAssessment,
  anEngagement,
  anIndicator,
  breachValue,
  capacity,
  flag,
  limitStage,
  meshRoute,
  rollbackStage,
  route,
  shadowStage,
  startMs,
  workload,
} from '../../../builders/core.ts';

const ownFlag: Target = { ...flag, behind: null } as Target;
const secondRoute: Target = { ...route, name: 'batch' };

describe('constraintsOf', () => {
  it('gives each target what the stage says of it, and nothing of others', () => {
    expect(constraintsOf(limitStage, 'traffic')).toEqual([{ kind: 'Cap', maxPercent: 10 }]);
    expect(constraintsOf(shadowStage, 'traffic')).toEqual([{ kind: 'Shadow', mirrorPercent: 100 }]);
    expect(constraintsOf(rollbackStage, 'flag')).toEqual([{ kind: 'Flag' }]);
    expect(constraintsOf(limitStage, 'flag')).toEqual([]);
  });
});

describe('orderTargets', () => {
  it('moves routes first going in and last coming out', () => {
    expect(orderTargets('Engage', [flag, route, secondRoute]).map(({ name }) => name)).toEqual(['traffic', 'batch', 'flag']);
    expect(orderTargets('Release', [flag, route, secondRoute]).map(({ name }) => name)).toEqual(['flag', 'batch', 'traffic']);
  });
});

describe('a Deployment', () => {
  const pinned = { ...shadowStage, actions: [...shadowStage.actions, { target: 'workload', kind: 'Pin' } as const] };
  const scaled = {
    ...limitStage,
    actions: [...limitStage.actions, { target: 'capacity', kind: 'Scale', minReplicas: 4, readyWithinSeconds: 120 } as const],
  };

  it('makes room first and exchanges its pods last going in, and the other way round coming out', () => {
    const all = [workload, flag, route, capacity];
    expect(orderTargets('Engage', all).map(({ name }) => name)).toEqual(['capacity', 'traffic', 'flag', 'workload']);
    expect(orderTargets('Release', all).map(({ name }) => name)).toEqual(['workload', 'flag', 'traffic', 'capacity']);
  });

  it('is given what its stage says of it', () => {
    expect(constraintsOf(pinned, 'workload')).toEqual([{ kind: 'Pin' }]);
    expect(constraintsOf(scaled, 'capacity')).toEqual([{ kind: 'Replicas', minReplicas: 4 }]);
  });

  it('answers nothing of the candidate while it is pinned, neither live nor mirrored', () => {
    expect(stageExposure(shadowStage, [route, workload])).toEqual([{ target: 'traffic', livePercent: 0, mirrorPercent: 100 }]);
    expect(stageExposure(pinned, [route, workload])).toEqual([{ target: 'traffic', livePercent: 0, mirrorPercent: 0 }]);
    const alone = { ...workload, behind: null };
    expect(stageExposure(null, [alone])).toEqual([{ target: 'workload', livePercent: 100, mirrorPercent: 0 }]);
    expect(stageExposure(pinned, [alone])).toEqual([{ target: 'workload', livePercent: 0, mirrorPercent: 0 }]);
    expect([raisesLiveShare(pinned, shadowStage, [route, workload]), raisesLiveShare(pinned, null, [alone])]).toEqual([false, true]);
  });

  it('is no exposure where it only makes room', () => {
    expect(stageExposure(scaled, [route, capacity])).toEqual([{ target: 'traffic', livePercent: 10, mirrorPercent: 0 }]);
    const only = { ...scaled, actions: scaled.actions.slice(1) };
    expect(servedIn(aSnapshot({ targets: [capacity], stages: [only] }), 0)).toBe('Live');
  });
});

describe.each([
  { kind: 'GRPCRoute', other: { ...route, kind: 'GRPCRoute' } as Target },
  { kind: 'VirtualService', other: meshRoute(10) },
])('a $kind', ({ other }) => {
  it('moves before flags going in and after them coming out', () => {
    expect(orderTargets('Engage', [flag, other])).toEqual([other, flag]);
    expect(orderTargets('Release', [other, flag])).toEqual([flag, other]);
  });

  it('lets through what its stage allows, and nothing while the flag behind it is off', () => {
    const exposures = [null, limitStage, shadowStage, rollbackStage].flatMap((stage) => stageExposure(stage, [other, flag]));
    expect(exposures.map(({ livePercent, mirrorPercent }) => [livePercent, mirrorPercent])).toEqual([
      [100, 0],
      [10, 0],
      [0, 100],
      [0, 0],
    ]);
  });
});

describe('stageExposure', () => {
  const exposed = (stage: Parameters<typeof stageExposure>[0], targets: readonly Target[] = [route, flag]) =>
    stageExposure(stage, targets).map(({ target, livePercent, mirrorPercent }) => [target, livePercent, mirrorPercent]);

  it('is all of it without a stage', () => {
    expect(exposed(null)).toEqual([['traffic', 100, 0]]);
  });

  it('is the cap, or only a mirror in shadow', () => {
    expect(exposed(limitStage)).toEqual([['traffic', 10, 0]]);
    expect(exposed(shadowStage)).toEqual([['traffic', 0, 100]]);
    expect(exposed({ ...shadowStage, actions: [...limitStage.actions, ...shadowStage.actions] })).toEqual([['traffic', 0, 100]]);
  });

  it('is nothing, not even a mirror, while the flag before the route is off', () => {
    const shadowAndFlag = { ...shadowStage, actions: [...shadowStage.actions, ...rollbackStage.actions.slice(1)] };

    expect(exposed(shadowAndFlag)).toEqual([['traffic', 0, 0]]);
  });

  it('counts a flag behind no route, or behind one the plan has not, as live share of its own', () => {
    expect(exposed(limitStage, [route, ownFlag])).toEqual([
      ['traffic', 10, 0],
      ['flag', 100, 0],
    ]);
    expect(exposed(rollbackStage, [route, { ...flag, behind: 'elsewhere' } as Target])).toEqual([
      ['traffic', 0, 0],
      ['flag', 0, 0],
    ]);
  });
});

describe('raisesLiveShare', () => {
  it('is no for rollback to shadow and yes for every other step down', () => {
    expect(raisesLiveShare(rollbackStage, shadowStage, [route, flag])).toBe(false);
    expect(raisesLiveShare(shadowStage, limitStage, [route, flag])).toBe(true);
    expect(raisesLiveShare(limitStage, null, [route, flag])).toBe(true);
  });

  it('is yes when any single target gains, whatever the others lose', () => {
    const first = {
      ...limitStage,
      actions: [
        { target: 'traffic', kind: 'CanaryLimit', maxPercent: 50 } as const,
        { target: 'batch', kind: 'CanaryLimit', maxPercent: 0 } as const,
      ],
    };
    const second = {
      ...limitStage,
      actions: [
        { target: 'traffic', kind: 'CanaryLimit', maxPercent: 0 } as const,
        { target: 'batch', kind: 'CanaryLimit', maxPercent: 1 } as const,
      ],
    };

    expect(raisesLiveShare(first, second, [route, secondRoute])).toBe(true);
  });
});

describe('servedIn', () => {
  it('is live, live, mirrored, nothing on the way up', () => {
    expect([null, 0, 1, 2].map((stage) => servedIn(aSnapshot(), stage))).toEqual(['Live', 'Live', 'Shadow', null]);
  });

  it('stays live in Observe mode, which constrains nothing', () => {
    expect([0, 1, 2].map((stage) => servedIn(aSnapshot({ mode: 'Observe' }), stage))).toEqual(['Live', 'Live', 'Live']);
  });

  it('does not look at targets no stage acts on', () => {
    const snapshot = aSnapshot({ targets: [route, flag, secondRoute] });

    expect(actedOn(snapshot)).toEqual([route, flag]);
    expect(servedIn(snapshot, 1)).toBe('Shadow');
  });
});

describe('escalatesBlind', () => {
  it('names stages whose time is over before window + forSeconds of the slowest trigger', () => {
    const stages = [
      { ...limitStage, escalateAfterSeconds: 119 },
      { ...shadowStage, escalateAfterSeconds: 120 },
      { ...rollbackStage, escalateAfterSeconds: null },
    ];

    expect(escalatesBlind(aSnapshot({ stages }), [anIndicator(), anIndicator({ name: 'not-a-trigger', windowSeconds: 9999 })])).toEqual([
      0,
    ]);
  });
});

describe('what stands beside a trigger', () => {
  const slow = anIndicator({ name: 'signed', windowSeconds: 604_800 });
  const trigger = (...standIns: readonly string[]) => ({
    ...{ indicators: ['score-drift', ...standIns], match: 'Any' as const },
    ...(standIns.length === 0 ? {} : { standIns: [{ of: 'score-drift', by: standIns }] }),
  });
  const stages = [{ ...limitStage, escalateAfterSeconds: 300 }, rollbackStage];

  it('regression: takes no ladder away, however slow: an indicator taken out of the model did, though nobody had signed that', () => {
    expect(escalatesBlind(aSnapshot({ stages, trigger: trigger('signed') }), [anIndicator(), slow])).toEqual([]);
    expect(escalatesBlind(aSnapshot({ stages, trigger: { indicators: ['score-drift', 'signed'], match: 'Any' } }), [slow])).toEqual([0]);
    const own = anIndicator({ windowSeconds: 9999 });
    expect(escalatesBlind(aSnapshot({ stages, trigger: trigger('signed') }), [own, slow])).toEqual([0]);
  });

  it('leads up by a breach whose window lies in the stage, and by no earlier one', () => {
    const step = (verifiedAtMs: number) =>
      stepPlan(
        aStep({
          snapshot: aSnapshot({ stages, trigger: trigger('signed') }),
          memory: anEngagement({ evidencedMs: 300_000, verifiedAtMs }),
          indicators: { signed: aReading('Firing', anAssessment(breachValue, { indicator: slow })) },
          verifiedAtMs,
        }),
      ).transition?.to;
    expect([step(startMs - 604_801_000), step(startMs - 604_700_000)]).toEqual([1, undefined]);
  });
});

describe('a patch', () => {
  const setting: Target = {
    ...{ kind: 'Patch', name: 'setting', object: 'credit', group: 'keda.sh', resource: 'scaledobjects' },
    values: [{ path: '/spec/maxReplicas', value: 1 }],
    settleSeconds: 0,
  };
  const patched: Stage = { ...limitStage, name: 'patched', actions: [{ target: 'setting', kind: 'Patch' }] };
  const both: Stage = { ...limitStage, name: 'both', actions: [...limitStage.actions, ...patched.actions] };

  it('is set after everything that moves callers, and taken off before', () => {
    expect(orderTargets('Engage', [setting, flag, route])).toEqual([route, flag, setting]);
    expect(orderTargets('Release', [route, flag, setting])).toEqual([setting, flag, route]);
  });

  it('says nothing of who gets the candidate: alone it leaves all answers live', () => {
    expect(stageExposure(patched, [setting])).toEqual([]);
    const alone = { ...aSnapshot(), targets: [setting], stages: [patched] };
    expect(servedIn(alone, 0)).toBe('Live');
    expect(stageExposure(both, [route, setting])).toEqual(stageExposure(limitStage, [route, setting]));
  });

  it('may have held anything back: to take it off counts as more of the candidate', () => {
    expect(raisesLiveShare(patched, null, [setting])).toBe(true);
    expect(raisesLiveShare(both, limitStage, [route, setting])).toBe(true);
    expect(raisesLiveShare(limitStage, both, [route, setting])).toBe(false);
    expect(raisesLiveShare(both, both, [route, setting])).toBe(false);
  });
});
