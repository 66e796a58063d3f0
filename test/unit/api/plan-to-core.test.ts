import { describe, expect, it } from '@jest/globals';
import { parseMitigationPlan } from '../../../src/api/mitigation-plan.ts';
import type { MitigationPlan } from '../../../src/api/mitigation-plan.ts';
import { parsePlanSnapshot } from '../../../src/api/plan-snapshot.ts';
import { planDigest, toPlanSnapshot } from '../../../src/api/plan-to-core.ts';
import { planManifest, someInstant, someUID, stored, withValue } from '../../builders/api.ts';

function plan(...changes: readonly (readonly [path: string, value: unknown])[]): MitigationPlan {
  const manifest = changes.reduce((changed, [path, value]) => withValue(changed, path, value), stored(planManifest()));
  const parsed = parseMitigationPlan(manifest);
  if (!parsed.ok) throw new Error(parsed.failure.join());
  return parsed.value;
}

describe('the snapshot', () => {
  it('says which plan it is of', () => {
    expect(toPlanSnapshot(plan()).plan).toEqual({
      namespace: 'lending',
      name: 'credit-default',
      uid: someUID,
      generation: 3,
      digest: planDigest(plan().spec),
      createdAtMs: Date.parse(someInstant),
    });
  });

  it('carries targets in the words of the core', () => {
    expect(toPlanSnapshot(plan()).targets).toEqual([
      {
        kind: 'HTTPRoute',
        name: 'traffic',
        object: 'credit',
        candidate: { service: 'credit-v2', port: 8080 },
        safe: { service: 'credit-v1', port: 8080, minReadyEndpoints: 1 },
        whenPercentUnsupported: 'Refuse',
      },
      {
        kind: 'FeatureFlag',
        name: 'flag',
        object: 'credit-flags',
        flag: 'use-v2',
        safeVariant: 'off',
        behind: 'traffic',
        settleSeconds: 0,
      },
    ]);
  });

  it('carries a GRPCRoute as it does an HTTPRoute, and names the kind', () => {
    const grpcRoute = { name: 'calls', candidate: { service: 'v2', port: 9000 }, safe: { service: 'v1', port: 9000, version: '2.2.0' } };
    const snapshot = toPlanSnapshot(plan(['spec.targets[2]', { name: 'calls', grpcRoute }]));
    expect(snapshot.targets[2]).toEqual({
      kind: 'GRPCRoute',
      name: 'calls',
      object: 'calls',
      candidate: { service: 'v2', port: 9000 },
      safe: { service: 'v1', port: 9000, minReadyEndpoints: 1 },
      whenPercentUnsupported: 'Refuse',
    });
  });

  it('carries a VirtualService by host and subset, settling for as long as Istio may gather changes', () => {
    const virtualService = { name: 'mesh', candidate: { host: 'credit', subset: 'v2' }, safe: { host: 'credit-v1', minReadyEndpoints: 3 } };
    expect(toPlanSnapshot(plan(['spec.targets[2]', { name: 'mesh', virtualService }])).targets[2]).toEqual({
      kind: 'VirtualService',
      name: 'mesh',
      object: 'mesh',
      candidate: { host: 'credit', subset: 'v2' },
      safe: { host: 'credit-v1', subset: null, minReadyEndpoints: 3 },
      settleSeconds: 10,
    });
  });

  it('carries an Experiment by its candidates, settling for as long as its proxies may take', () => {
    const experiment = { name: 'split', candidate: { model: 'credit-v2' }, safe: { model: 'credit-v1', version: '2.2.0' } };
    expect(toPlanSnapshot(plan(['spec.targets[2]', { name: 'split', experiment }])).targets[2]).toEqual({
      kind: 'Experiment',
      name: 'split',
      object: 'split',
      candidate: { model: 'credit-v2' },
      safe: { model: 'credit-v1' },
      settleSeconds: 10,
    });
  });

  it('carries a flag in a file by key and flag, settling for as long as a kubelet may take', () => {
    const flagdConfigMap = { name: 'flags', key: 'flags.json', flag: 'a/b', safeVariant: 'off' };
    expect(toPlanSnapshot(plan(['spec.targets[2]', { name: 'file', flagdConfigMap }])).targets[2]).toEqual({
      kind: 'ConfigMap',
      name: 'file',
      object: 'flags',
      key: 'flags.json',
      flag: 'a/b',
      safeVariant: 'off',
      behind: null,
      settleSeconds: 120,
    });
  });

  it('carries an InferenceService by its canary, or by none for the latest revision', () => {
    const carried = (inferenceService: object) =>
      toPlanSnapshot(plan(['spec.targets[2]', { name: 'served', inferenceService: { name: 'credit', ...inferenceService } }])).targets[2];
    const served = { kind: 'InferenceService', name: 'served', object: 'credit', canary: null, settleSeconds: 5 };
    expect(carried({})).toEqual(served);
    expect(carried({ candidate: { canary: 'v2' }, settleSeconds: 0 })).toEqual({ ...served, canary: 'v2', settleSeconds: 0 });
  });

  it.each([
    ['grpcRoute', { candidate: { service: 'v2', port: 1 }, safe: { service: 'v1', port: 1, version: '9.9.9' } }],
    ['virtualService', { candidate: { host: 'v2' }, safe: { host: 'v1', version: '9.9.9' } }],
    ['experiment', { candidate: { model: 'v2' }, safe: { model: 'v1', version: '9.9.9' } }],
    ['inferenceService', { safe: { version: '9.9.9' } }],
  ])('judges the safe version a %s names', (key, ends) => {
    const target = { name: 'traffic', [key]: { name: 'other', ...ends } };
    expect(toPlanSnapshot(plan(['spec.targets[0]', target])).safeVersion).toBe('9.9.9');
  });

  it.each([
    ['grpcRoute', { candidate: { service: 'v2', port: 1 }, safe: { service: 'v1', port: 1 } }],
    ['virtualService', { candidate: { host: 'v2' }, safe: { host: 'v1' } }],
    ['experiment', { candidate: { model: 'v2' }, safe: { model: 'v1' } }],
    ['flagdConfigMap', { key: 'flags.json', flag: 'use-v2', safeVariant: 'off', behind: 'traffic' }],
    ['inferenceService', { candidate: { canary: 'v2' } }],
  ])('of a plan over a %s is read again from an incident', (key, ends) => {
    const snapshot = toPlanSnapshot(plan(['spec.targets[0]', { name: 'traffic', [key]: { name: 'other', ...ends } }]));
    expect(parsePlanSnapshot(JSON.parse(JSON.stringify(snapshot)))).toEqual({ ok: true, value: snapshot });
  });

  it('carries a Deployment by what its stages do to it, and reads it again from an incident', () => {
    const snapshot = toPlanSnapshot(
      plan(
        ['spec.targets[2]', { name: 'pods', deployment: { name: 'credit-v2', revision: 3, behind: 'traffic' } }],
        ['spec.targets[3]', { name: 'room', deployment: { name: 'credit-v1' } }],
        ['spec.stages[2].actions[2]', { target: 'pods', pin: {} }],
        ['spec.stages[2].actions[3]', { target: 'room', scale: { minReplicas: 4 } }],
      ),
    );
    const kind = 'Deployment';
    expect(snapshot.targets.slice(2)).toEqual([
      { kind, name: 'pods', object: 'credit-v2', purpose: 'Pin', revision: 3, behind: 'traffic' },
      { kind, name: 'room', object: 'credit-v1', purpose: 'Scale', revision: null, behind: null },
    ]);
    expect(snapshot.stages[2]?.actions.slice(2)).toEqual([
      { target: 'pods', kind: 'Pin' },
      { target: 'room', kind: 'Scale', minReplicas: 4, readyWithinSeconds: 120 },
    ]);
    expect(parsePlanSnapshot(JSON.parse(JSON.stringify(snapshot)))).toEqual({ ok: true, value: snapshot });
  });

  it('carries stages in the words of the core', () => {
    const plain = { enterOn: [], enterOnSevere: [], mode: null };
    expect(toPlanSnapshot(plan()).stages).toEqual([
      { ...plain, name: 'limit', escalateAfterSeconds: 900, actions: [{ target: 'traffic', kind: 'CanaryLimit', maxPercent: 10 }] },
      {
        ...plain,
        name: 'shadow',
        escalateAfterSeconds: 1800,
        enterOn: ['score-drift'],
        actions: [{ target: 'traffic', kind: 'Shadow', percent: 100 }],
      },
      {
        ...plain,
        name: 'rollback',
        escalateAfterSeconds: null,
        actions: [
          { target: 'traffic', kind: 'CanaryLimit', maxPercent: 0 },
          { target: 'flag', kind: 'FlagRollback' },
        ],
      },
    ]);
  });

  it('carries what a stage says of severe breaches and of asking', () => {
    const edited = plan(['spec.stages[1].enterOnSevere', ['score-drift']], ['spec.stages[1].mode', 'Approve']);
    expect(toPlanSnapshot(edited).stages[1]).toMatchObject({ enterOnSevere: ['score-drift'], mode: 'Approve' });
  });

  it('knows a flag that moves live traffic by itself', () => {
    expect(toPlanSnapshot(plan(['spec.targets[1].featureFlag.behind', undefined])).targets[1]).toMatchObject({ behind: null });
  });

  it('takes the safe version from whichever route names one', () => {
    expect(toPlanSnapshot(plan()).safeVersion).toBe('2.2.0');
    expect(toPlanSnapshot(plan(['spec.targets[0].httpRoute.safe.version', undefined])).safeVersion).toBeNull();
  });

  it('asks nobody without an approval', () => {
    expect(toPlanSnapshot(plan()).approval).toEqual({ roles: [], timeoutSeconds: 900, onTimeout: 'Hold' });
  });

  it('survives the incident: JSON and back is the same plan', () => {
    const snapshot = toPlanSnapshot(plan(['spec.mode', 'Approve'], ['spec.approval', { roles: ['risk'], onTimeout: 'Engage' }]));
    expect(parsePlanSnapshot(JSON.parse(JSON.stringify(snapshot)))).toEqual({ ok: true, value: snapshot });
  });

  it('regression: of an incident written before flags had settleSeconds says 0', () => {
    const snapshot = toPlanSnapshot(plan());
    const older = withValue(snapshot, 'targets[1].settleSeconds', undefined);
    expect(parsePlanSnapshot(JSON.parse(JSON.stringify(older)))).toEqual({ ok: true, value: snapshot });
  });

  it('regression: of an incident written before stages could go up without evidence says Hold', () => {
    const { onNoEvidence: _, ...older } = toPlanSnapshot(plan());
    expect(parsePlanSnapshot(JSON.parse(JSON.stringify(older)))).toMatchObject({ ok: true, value: { onNoEvidence: 'Hold' } });
  });

  it('regression: of an incident written before plans could yield says Reassert', () => {
    const { onContest: _, ...older } = toPlanSnapshot(plan());
    expect(parsePlanSnapshot(JSON.parse(JSON.stringify(older)))).toMatchObject({ ok: true, value: { onContest: { kind: 'Reassert' } } });
  });

  it('says what is done where another writer keeps undoing it: by default never to yield', () => {
    const onContest = (written: object | undefined) => toPlanSnapshot(plan(['spec.onContest', written])).onContest;
    expect(onContest(undefined)).toEqual({ kind: 'Reassert' });
    expect(onContest({})).toEqual({ kind: 'Reassert' });
    expect(onContest({ action: 'Yield' })).toEqual({ kind: 'Yield', afterSeconds: 60, retryAfterSeconds: 900 });
    expect(onContest({ action: 'Yield', afterSeconds: 0, retryAfterSeconds: 60 })).toEqual({
      kind: 'Yield',
      afterSeconds: 0,
      retryAfterSeconds: 60,
    });
  });

  it('of a plan that yields survives the incident', () => {
    const snapshot = toPlanSnapshot(plan(['spec.onContest', { action: 'Yield' }]));
    expect(parsePlanSnapshot(JSON.parse(JSON.stringify(snapshot)))).toEqual({ ok: true, value: snapshot });
  });

  it('of a damaged incident is refused by field', () => {
    const damaged = withValue(toPlanSnapshot(plan()), 'stages[1].actions[0].kind', 'Explode');
    expect(parsePlanSnapshot(damaged)).toMatchObject({
      ok: false,
      failure: [expect.stringContaining('spec.snapshot.stages[1].actions[0]')],
    });
    expect(parsePlanSnapshot(undefined)).toMatchObject({ ok: false });
  });
});

describe('the digest', () => {
  it('is the same for the same plan, in whatever order its keys are written', () => {
    const reversed = JSON.parse(JSON.stringify(plan().spec), (_key, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).reverse()) : value,
    ) as MitigationPlan['spec'];
    expect(planDigest(reversed)).toBe(planDigest(plan().spec));
    expect(planDigest(plan().spec)).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('does not tell a written default from one left out', () => {
    expect(planDigest(plan(['spec.recovery', { stepSeconds: 120 }], ['spec.onSharedCause', 'Notify']).spec)).toBe(planDigest(plan().spec));
    expect(planDigest(plan(['spec.onContest', { action: 'Reassert' }]).spec)).toBe(planDigest(plan().spec));
    const yields = (onContest: object) => planDigest(plan(['spec.onContest', onContest]).spec);
    expect(yields({ action: 'Yield' })).toBe(yields({ action: 'Yield', retryAfterSeconds: 900, afterSeconds: 60 }));
    expect(yields({ action: 'Yield' })).not.toBe(yields({ action: 'Yield', afterSeconds: 61 }));
  });

  it('regression: is what a build that knew no settleSeconds computed, so decisions made then stay valid', () => {
    const ofAnEarlierBuild = 'sha256:4559fd397a8b4e68e79870315f0147f7af28e724ee416e0bc1ab613c0ca3b198';
    expect(planDigest(plan().spec)).toBe(ofAnEarlierBuild);
  });

  it.each([
    ['spec.mode', 'Observe'],
    ['spec.trigger.match', 'All'],
    ['spec.targets[0].httpRoute.name', 'other'],
    ['spec.stages[0].actions[0].canaryLimit.maxPercent', 11],
    ['spec.recovery', { stepSeconds: 121 }],
    ['spec.approval', { roles: ['risk'] }],
    ['spec.onSharedCause', 'Engage'],
    ['spec.onContest', { action: 'Yield' }],
    ['spec.targets[1].featureFlag.settleSeconds', 30],
    ['spec.riskRef.name', 'other'],
  ])('changes with %s', (path, value) => {
    expect(planDigest(plan([path, value]).spec)).not.toBe(planDigest(plan().spec));
  });

  it.each([
    ['spec.suspend', 'Hold'],
    ['spec.owner', 'another-team'],
  ])('does not change with %s: that voids no approval', (path, value) => {
    expect(planDigest(plan([path, value]).spec)).toBe(planDigest(plan().spec));
  });
});
