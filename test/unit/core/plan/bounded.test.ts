import { describe, expect, it } from '@jest/globals';
import type { PlanSnapshot } from '../../../../src/core/model/plan.ts';
import type { Target } from '../../../../src/core/model/target.ts';
import { bounded } from '../../../../src/core/plan/bounded.ts';
import { aSnapshot, flag, limitStage, meshRoute, route } from '../../../builders/core.ts';

const needed: Readonly<Record<string, number>> = { 'score-drift': 120, parity: 60, slow: 90_000 };
const facts = { isSignedVersion: true, neededSeconds: (name: string) => needed[name] ?? null };
const signed = aSnapshot();
const under = (changes: Partial<PlanSnapshot>, before: Partial<PlanSnapshot> = {}, more: Partial<typeof facts> = {}) =>
  bounded(aSnapshot(changes), aSnapshot(before), { ...facts, ...more });
const any = (...indicators: readonly string[]) => ({ indicators, match: 'Any' as const });
const all = (...indicators: readonly string[]) => ({ indicators, match: 'All' as const });

describe('the trigger in force', () => {
  it.each([
    ['an indicator more', any('score-drift', 'parity'), any('score-drift'), any('score-drift', 'parity')],
    ['another one', any('parity'), any('score-drift'), any('score-drift', 'parity')],
    ['one whose window leaves stages no time to escalate', any('score-drift', 'slow'), any('score-drift'), any('score-drift')],
    ['one the model lacks', any('score-drift', 'gone'), any('score-drift'), any('score-drift')],
    ['all in the place of any', all('score-drift', 'parity'), any('score-drift', 'parity'), any('score-drift', 'parity')],
    ['any in the place of all', any('score-drift', 'parity'), all('score-drift', 'parity'), any('score-drift', 'parity')],
    ['fewer of all, which ends sooner', all('score-drift'), all('score-drift', 'parity'), all('score-drift', 'parity')],
    ['all of one', all('score-drift'), any('score-drift'), any('score-drift')],
  ])('of %s', (_, written, before, inForce) => {
    expect(under({ trigger: written }, { trigger: before }).trigger).toEqual(inForce);
  });

  it('takes up nothing while nobody knows how long its evidence takes', () => {
    const blind = { neededSeconds: () => null };
    expect(under({ trigger: any('score-drift', 'parity') }, {}, blind).trigger).toEqual(any('score-drift'));
    expect(under({}, {}, blind)).toEqual(signed);
  });
});

describe('the stages in force', () => {
  const later = aSnapshot().stages.map((stage) => ({
    ...stage,
    escalateAfterSeconds: stage.escalateAfterSeconds === null ? null : 90_000,
  }));

  it('regression: come no later for an indicator among the triggers that the model lacks', () => {
    const trigger = any('score-drift', 'gone');
    expect(under({ trigger, stages: later }, { trigger }).stages).toEqual(signed.stages);
  });

  it('are those that were signed while nobody knows how long evidence takes', () => {
    expect(under({ stages: later }, {}, { neededSeconds: () => null }).stages).toEqual(signed.stages);
  });
});

describe('the targets in force', () => {
  const next = {
    ...route,
    candidate: { service: 'credit-v3', port: 8080 },
    safe: { service: 'credit-v2', port: 8080, minReadyEndpoints: 1 },
  } as Target;

  it('are those that were signed, also of one that is written beside them', () => {
    expect(under({ targets: [next, flag, { ...flag, name: 'more' }] }).targets).toEqual(signed.targets);
    expect(under({ targets: [] }).targets).toEqual(signed.targets);
  });

  it('are as written of another version: the one that was signed for may be what is safe by now', () => {
    const later = { isSignedVersion: false };
    expect(under({ targets: [next, flag] }, {}, later).targets).toEqual([next, flag]);
    expect(under({ targets: [next] }, {}, later).targets).toEqual([next, flag]);
    expect(under({ targets: [{ ...flag, name: 'traffic' }] }, {}, later).targets).toEqual(signed.targets);
    expect(under({ safeVersion: '2.3.0' }, { safeVersion: '2.2.0' }, later).safeVersion).toBe('2.3.0');
    expect(under({ safeVersion: '2.3.0' }, { safeVersion: '2.2.0' }).safeVersion).toBe('2.2.0');
  });

  it('settle no slower of another version', () => {
    expect(under({ targets: [meshRoute(9000)] }, { targets: [meshRoute(10)] }, { isSignedVersion: false }).targets).toEqual([
      meshRoute(10),
    ]);
  });

  it('come with the stages where none were signed', () => {
    const bare = { stages: [], targets: [flag] };
    expect(under({ stages: [limitStage], targets: [route], jobs: [{ name: 'j', cronJob: 'c' }] }, bare)).toMatchObject({
      stages: [limitStage],
      targets: [route],
      jobs: [{ name: 'j', cronJob: 'c' }],
    });
  });

  it('run the jobs that were signed', () => {
    const jobs = [{ name: 'retrain', cronJob: 'retrain' }];
    expect(under({ jobs: [{ name: 'retrain', cronJob: 'calm' }] }, { jobs }).jobs).toEqual(jobs);
    expect(under({}, { jobs }).jobs).toEqual(jobs);
    expect(under({ jobs }).jobs).toBeUndefined();
  });
});

describe('of the rest the stricter', () => {
  const yields = (afterSeconds: number, retryAfterSeconds: number) => ({ kind: 'Yield' as const, afterSeconds, retryAfterSeconds });

  it.each([
    [yields(0, 900), { kind: 'Reassert' as const }, { kind: 'Reassert' }],
    [{ kind: 'Reassert' as const }, yields(60, 900), { kind: 'Reassert' }],
    [yields(0, 9000), yields(60, 900), yields(60, 900)],
    [yields(120, 600), yields(60, 900), yields(120, 600)],
  ])('%j over signed %j', (written, before, inForce) => {
    expect(under({ onContest: written }, { onContest: before }).onContest).toEqual(inForce);
  });

  it('answers are waited for no longer, by those who were signed, and engage where they did', () => {
    const asked = { roles: ['risk'], timeoutSeconds: 60, onTimeout: 'Engage' as const };
    expect(under({ approval: { roles: ['friends'], timeoutSeconds: 9000, onTimeout: 'Hold' } }, { approval: asked }).approval).toEqual(
      asked,
    );
    expect(under({ approval: asked }).approval).toEqual({ ...signed.approval, ...asked });
    const silent = { roles: [], timeoutSeconds: 900, onTimeout: 'Hold' as const };
    expect(under({ approval: asked }, { approval: silent }).approval).toEqual(asked);
  });

  it('a shared cause that engaged does, and one that did not may', () => {
    expect(under({ onSharedCause: 'Notify' }, { onSharedCause: 'Engage' }).onSharedCause).toBe('Engage');
    expect(under({ onSharedCause: 'Engage' }).onSharedCause).toBe('Engage');
  });

  it('mode, way down and model', () => {
    const flap = { maxEngagements: 16, windowSeconds: 1 };
    const recovery = { stepSeconds: 1, probeAfterSeconds: 1, probeAttempts: 100, flap };
    const inForce = under({ mode: 'Observe', recovery, risk: { name: 'calm' } });
    expect([inForce.mode, inForce.recovery, inForce.risk]).toEqual([signed.mode, signed.recovery, signed.risk]);
    expect(under({}, { mode: 'Observe', recovery })).toEqual(signed);
  });
});
