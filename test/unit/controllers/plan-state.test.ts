import { describe, expect, it } from '@jest/globals';
import type { Claim, TargetKind } from '../../../src/actuators/port.ts';
import type { PlanMemory } from '../../../src/core/model/plan.ts';
import { initialPlanMemory } from '../../../src/core/plan/memory.ts';
import { asksOf, permittedEntry, permittedFromMs } from '../../../src/controllers/asks.ts';
import { desiredEntry, fullyReleased, targetState, verifiedAtMs } from '../../../src/controllers/plan-state.ts';
import type { PlanState, StageEntry } from '../../../src/controllers/plan-state.ts';
import { aSnapshot, anEngagement, capacity, flag, limitStage, meshRoute, route, startMs } from '../../builders/core.ts';
import { aPlanState } from '../../builders/plan-state.ts';

const rollback = 2;

function claimsOf(plan: PlanState, kind: TargetKind, object: string): readonly Claim[] {
  return asksOf(plan, { kind, object }, startMs).flatMap(({ claim }) => claim ?? []);
}

function engagedAt(stage: number, changes: Partial<Parameters<typeof anEngagement>[0]> = {}): PlanState {
  return aPlanState({ engaged: aSnapshot(), memory: anEngagement({ stage, ...changes }) });
}

function applied(plan: PlanState, target: string, entry: StageEntry): void {
  targetState(plan, target).applied = entry;
}

describe('order across targets', () => {
  it('going in, the flag waits until the route stands where the plan wants it', () => {
    const plan = engagedAt(rollback);
    expect(permittedEntry(plan, route, startMs)).toEqual(desiredEntry(plan));
    expect(permittedEntry(plan, flag, startMs)).toBe('None');
    applied(plan, 'traffic', desiredEntry(plan));
    expect(permittedEntry(plan, flag, startMs)).toEqual(desiredEntry(plan));
  });

  it('coming down, the route waits for the flag and keeps what it has', () => {
    const plan = engagedAt(1, { direction: 'Down', stageSinceMs: startMs + 1000 });
    const before: StageEntry = { engagement: 1, stage: rollback, stageSinceMs: startMs };
    applied(plan, 'traffic', before);
    applied(plan, 'flag', before);
    expect(permittedEntry(plan, route, startMs)).toEqual(before);
    applied(plan, 'flag', desiredEntry(plan));
    expect(permittedEntry(plan, route, startMs)).toEqual(desiredEntry(plan));
  });

  it('at release, the route is given back last', () => {
    const plan = aPlanState({ engaged: aSnapshot(), memory: { ...initialPlanMemory, lastEngagement: 1 } });
    const before: StageEntry = { engagement: 1, stage: rollback, stageSinceMs: startMs };
    applied(plan, 'traffic', before);
    applied(plan, 'flag', before);
    expect(permittedEntry(plan, route, startMs)).toEqual(before);
    expect(permittedEntry(plan, flag, startMs)).toBe('None');
  });

  it('a route that was refused keeps the flag waiting: callers must not be sent to a safe version that is not there', () => {
    const plan = engagedAt(rollback);
    targetState(plan, 'traffic').refusal = { planUID: plan.uid, target: 'traffic', reason: 'SafeBackendNotReady', message: '' };
    expect(claimsOf(plan, 'FeatureFlag', flag.object)).toEqual([]);
  });
});

describe('order across targets where a flag takes the place of what the route held', () => {
  const [limit] = aSnapshot().stages;
  const flagOnly = {
    name: 'flag',
    escalateAfterSeconds: null,
    enterOn: [],
    enterOnSevere: [],
    mode: null,
    actions: [{ target: 'flag', kind: 'FlagRollback' } as const],
  };
  const snapshot = aSnapshot({ stages: limit === undefined ? [] : [limit, flagOnly] });
  const at = (stage: number, direction: 'Up' | 'Down'): PlanState =>
    aPlanState({ engaged: snapshot, memory: anEngagement({ stage, direction, stageSinceMs: startMs + 1000 }) });
  const before = (stage: number): StageEntry => ({ engagement: 1, stage, stageSinceMs: startMs });

  it('going up, the route keeps its cap until the flag is rolled back', () => {
    const plan = at(1, 'Up');
    applied(plan, 'traffic', before(0));
    applied(plan, 'flag', before(0));
    expect(permittedEntry(plan, route, startMs)).toEqual(before(0));
    expect(permittedEntry(plan, flag, startMs)).toEqual(desiredEntry(plan));
    applied(plan, 'flag', desiredEntry(plan));
    expect(permittedEntry(plan, route, startMs)).toEqual(desiredEntry(plan));
  });

  it('coming down, the flag stays rolled back until the route is capped', () => {
    const plan = at(0, 'Down');
    applied(plan, 'traffic', before(1));
    applied(plan, 'flag', before(1));
    expect(permittedEntry(plan, flag, startMs)).toEqual(before(1));
    expect(permittedEntry(plan, route, startMs)).toEqual(desiredEntry(plan));
    applied(plan, 'traffic', desiredEntry(plan));
    expect(permittedEntry(plan, flag, startMs)).toEqual(desiredEntry(plan));
  });
});

describe('a target callers can’t get the candidate through', () => {
  const refused = (plan: PlanState, reason: 'CandidateAbsent' | 'TargetMissing'): void => {
    targetState(plan, 'traffic').refusal = { planUID: plan.uid, target: 'traffic', reason, message: '' };
  };

  it.each(['CandidateAbsent', 'TargetMissing'] as const)(
    'regression: %s on the route keeps no flag waiting, nor its verification',
    (reason) => {
      const plan = engagedAt(rollback);
      refused(plan, reason);
      expect(permittedEntry(plan, flag, startMs)).toEqual(desiredEntry(plan));
      applied(plan, 'flag', desiredEntry(plan));
      expect(verifiedAtMs(plan)).toBeNull();
      targetState(plan, 'flag').verifiedAtMs = startMs + 5;
      expect(verifiedAtMs(plan)).toBe(startMs + 5);
    },
  );

  it('verifies nothing where there is no other', () => {
    const plan = engagedAt(rollback);
    refused(plan, 'TargetMissing');
    targetState(plan, 'flag').refusal = { planUID: plan.uid, target: 'flag', reason: 'TargetMissing', message: '' };
    expect(verifiedAtMs(plan)).toBeNull();
  });

  it('coming down, the route still waits for what stands before it', () => {
    const plan = engagedAt(1, { direction: 'Down', stageSinceMs: startMs + 1000 });
    applied(plan, 'traffic', { engagement: 1, stage: rollback, stageSinceMs: startMs });
    applied(plan, 'flag', { engagement: 1, stage: rollback, stageSinceMs: startMs });
    targetState(plan, 'flag').refusal = { planUID: plan.uid, target: 'flag', reason: 'TargetMissing', message: '' };
    expect(permittedEntry(plan, route, startMs)).not.toEqual(desiredEntry(plan));
  });
});

describe('claims', () => {
  it('ask the constraints of the stage, in the name of the engagement', () => {
    const [claim] = claimsOf(engagedAt(0), 'HTTPRoute', route.object);
    expect(claim).toMatchObject({
      constraints: [{ kind: 'Cap', maxPercent: 10 }],
      holder: { engagement: 1, stage: 0, triggeredBy: ['score-drift'] },
    });
  });

  it('are silent on a target the engagement has not come to', () => {
    const plan = engagedAt(0);
    applied(plan, 'traffic', desiredEntry(plan));
    expect(claimsOf(plan, 'FeatureFlag', flag.object)).toEqual([]);
  });

  it('go on, without constraints, on a target the engagement has acted on: leaving it out would end it there', () => {
    const plan = engagedAt(1, { direction: 'Down' });
    applied(plan, 'traffic', desiredEntry(plan));
    targetState(plan, 'flag').actedIn = 1;
    expect(claimsOf(plan, 'FeatureFlag', flag.object)).toMatchObject([{ constraints: [], holder: { engagement: 1 } }]);
  });

  it.each<readonly [string, Partial<PlanState>]>([
    ['in Observe mode', { engaged: aSnapshot({ mode: 'Observe' }) }],
    ['under deletion', { deleting: true }],
  ])('are none %s', (_when, changes) => {
    const plan = aPlanState({ engaged: aSnapshot(), memory: anEngagement(), ...changes });
    expect(claimsOf(plan, 'HTTPRoute', route.object)).toEqual([]);
  });

  it('are none while a stage is only proposed', () => {
    const memory: PlanMemory = {
      phase: 'Proposed',
      engagement: 1,
      stage: 0,
      sinceMs: startMs,
      recentEngagementsMs: [],
      triggeredBy: [],
      suppressed: [],
    };
    expect(claimsOf(aPlanState({ memory }), 'HTTPRoute', route.object)).toEqual([]);
  });
});

describe('verification', () => {
  it('is the time the last target showed the stage', () => {
    const plan = engagedAt(0);
    for (const [target, atMs] of [
      ['traffic', startMs + 5],
      ['flag', startMs + 9],
    ] as const) {
      Object.assign(targetState(plan, target), { applied: desiredEntry(plan), verifiedAtMs: atMs });
    }
    expect(verifiedAtMs(plan)).toBe(startMs + 9);
  });

  it('is missing while a target shows another stage, however it was verified there', () => {
    const plan = engagedAt(1, { stageSinceMs: startMs + 60_000 });
    for (const target of ['traffic', 'flag'])
      Object.assign(targetState(plan, target), { applied: { engagement: 1, stage: 0, stageSinceMs: startMs }, verifiedAtMs: startMs });
    expect(verifiedAtMs(plan)).toBeNull();
  });

  it('needs nothing in Observe mode, where nothing is laid over anything', () => {
    const plan = aPlanState({ engaged: aSnapshot({ mode: 'Observe' }), memory: anEngagement() });
    expect(verifiedAtMs(plan)).toBe(startMs);
  });
});

describe('release', () => {
  it('is full only when no target holds anything', () => {
    const plan = engagedAt(0);
    applied(plan, 'traffic', desiredEntry(plan));
    expect(fullyReleased(plan)).toBe(false);
    applied(plan, 'traffic', 'None');
    expect(fullyReleased(plan)).toBe(true);
  });
});

describe('room', () => {
  const mesh = meshRoute(10);
  const scale = { target: 'capacity', kind: 'Scale', minReplicas: 4, readyWithinSeconds: 120 } as const;
  const engaged = aSnapshot({ targets: [mesh, capacity], stages: [{ ...limitStage, actions: [...limitStage.actions, scale] }] });
  const limited = { engagement: 1, stage: 0, stageSinceMs: startMs };
  const goingUp = (): PlanState => aPlanState({ engaged, memory: anEngagement() });
  const releasing = (): PlanState => {
    const plan = aPlanState({ engaged, memory: { ...initialPlanMemory, lastEngagement: 1 } });
    applied(plan, 'capacity', limited);
    return plan;
  };

  it('is asked for before the route moves, and whatever is answered lets it', () => {
    const plan = goingUp();
    expect([permittedEntry(plan, capacity, startMs), permittedEntry(plan, mesh, startMs)]).toEqual([limited, 'None']);
    targetState(plan, 'capacity').attempted = limited;
    targetState(plan, 'capacity').sending = { sentAtMs: startMs, answer: 'Lost' };
    expect(permittedEntry(plan, mesh, startMs)).toEqual(limited);
  });

  it('is no room once it was refused', () => {
    const plan = goingUp();
    targetState(plan, 'capacity').refusal = { planUID: plan.uid, target: 'capacity', reason: 'Autoscaled', message: 'No.' };
    expect(permittedEntry(plan, mesh, startMs)).toEqual(limited);
  });

  it('is kept while the route is not given back, not seen to be, and its proxies may not have followed', () => {
    const plan = releasing();
    applied(plan, 'traffic', limited);
    expect(permittedEntry(plan, capacity, startMs)).toEqual(limited);
    applied(plan, 'traffic', 'None');
    expect([permittedEntry(plan, capacity, startMs), permittedFromMs(plan, capacity, startMs)]).toEqual([limited, null]);
    targetState(plan, 'traffic').shownSinceMs = startMs;
    expect([permittedEntry(plan, capacity, startMs + 9_999), permittedFromMs(plan, capacity, startMs)]).toEqual([
      limited,
      startMs + 10_000,
    ]);
    expect([permittedEntry(plan, capacity, startMs + 10_000), permittedFromMs(plan, capacity, startMs + 10_000)]).toEqual(['None', null]);
  });

  it('is given up where nobody says anything for 300 s, and at once where the route is gone', () => {
    const plan = releasing();
    targetState(plan, 'traffic').standsSinceMs = startMs;
    expect(permittedFromMs(plan, capacity, startMs)).toBe(startMs + 300_000);
    expect(permittedEntry(plan, capacity, startMs + 299_999)).toEqual(limited);
    expect(permittedEntry(plan, capacity, startMs + 300_000)).toBe('None');
    targetState(plan, 'traffic').refusal = { planUID: plan.uid, target: 'traffic', reason: 'TargetMissing', message: 'Gone.' };
    expect(permittedEntry(plan, capacity, startMs)).toBe('None');
  });
});
