import { describe, expect, it } from '@jest/globals';
import { parseMitigationPlan } from '../../../src/api/mitigation-plan.ts';
import type { MitigationPlan } from '../../../src/api/mitigation-plan.ts';
import { parseModelRisk } from '../../../src/api/model-risk.ts';
import { planInForce } from '../../../src/api/plan-in-force.ts';
import { parseRiskPolicy } from '../../../src/api/risk-policy.ts';
import { asPlanSpec, signablePlan } from '../../../src/api/signed-plan.ts';
import { changedFields, isAsSigned, maxSignedLength, readSignedText, signable, signedText } from '../../../src/api/signed-text.ts';
import { planTerms } from '../../../src/api/terms.ts';
import { differences } from '../../../src/api/tree-difference.ts';
import type { JSONValue } from '../../../src/shared/json.ts';
import { modelRiskManifest, planManifest, riskPolicyManifest, withValue } from '../../builders/api.ts';
import type { Manifest } from '../../builders/api.ts';

const stored = { uid: 'u', resourceVersion: '1', creationTimestamp: '2026-06-01T12:00:00Z' };

function plan(manifest: Manifest = planManifest(), name = 'credit-default'): MitigationPlan {
  const read = parseMitigationPlan({ ...manifest, metadata: { ...manifest.metadata, ...stored, name } });
  if (!read.ok) throw new Error(read.failure.join('; '));
  return read.value;
}
const edited = (path: string, value: unknown) => plan(withValue(planManifest(), path, value as JSONValue));

function of(...plans: readonly MitigationPlan[]) {
  const risk = parseModelRisk({ ...modelRiskManifest(), metadata: { ...modelRiskManifest().metadata, ...stored } });
  const policy = parseRiskPolicy({ ...riskPolicyManifest(), metadata: { ...riskPolicyManifest().metadata, ...stored } });
  if (!risk.ok || !policy.ok) throw new Error('the manifests are sound');
  return signable(risk.value, policy.value.spec, plans);
}

describe('what is signed of plans', () => {
  it('reads back to the same text, none too', () => {
    for (const model of [of(plan()), of()]) {
      const read = readSignedText(signedText(model));
      if (!read.ok) throw new Error(read.failure);
      expect(signedText(read.value)).toBe(signedText(model));
    }
    expect(signedText(of())).toContain('"plans":[]');
  });

  it('is sorted by name, whatever the order of lists, and silent of a plan on its way out', () => {
    const [a, b] = [plan(planManifest(), 'a'), plan(planManifest(), 'b')];
    expect(signedText(of(b, a))).toBe(signedText(of(a, b)));
    const targets = planManifest().spec['targets'] as readonly JSONValue[];
    expect(signedText(of(edited('spec.targets', targets.toReversed())))).toBe(signedText(of(plan())));
    expect(signedText(of(edited('spec.onContest', { action: 'Reassert' })))).toBe(signedText(of(plan())));
    const going = { ...a, metadata: { ...a.metadata, deletionTimestamp: '2026-06-01T12:00:00Z' } };
    expect(signedText(of(going, b))).toBe(signedText(of(b)));
  });

  it.each([
    ['spec.mode', 'Observe', 'plans.credit-default.mode'],
    ['spec.suspend', 'Hold', 'plans.credit-default.suspend'],
    ['spec.recovery', { stepSeconds: 1 }, 'plans.credit-default.recovery.stepSeconds'],
    ['spec.onSharedCause', 'Engage', 'plans.credit-default.onSharedCause'],
    ['spec.onContest', { action: 'Yield' }, 'plans.credit-default.onContest'],
  ])('covers %s, and names it when it changed', (path, value, field) => {
    expect(changedFields(of(plan()), of(edited(path, value)))).toEqual([field]);
  });

  it.each([
    ['spec.owner', 'another'],
    ['spec.drill', { everySeconds: 86_400 }],
    ['spec.holdingCostPerWeek', 3],
  ])('does not cover %s', (path, value) => {
    expect(signedText(of(edited(path, value)))).toBe(signedText(of(plan())));
  });

  it('names a plan that came or went, and stages in another order as a whole', () => {
    expect(changedFields(of(plan()), of())).toEqual(['plans.credit-default']);
    expect(changedFields(of(), of(plan()))).toEqual(['plans.credit-default']);
    expect(differences([{ name: 'a' }, { name: 'b' }], [{ name: 'b' }, { name: 'a' }], 'stages').map(({ path }) => path)).toEqual([
      'stages',
    ]);
  });

  it('is the ladder of the tier where the plan writes none, and what floors make of it', () => {
    const { stages: _, ...spec } = plan().spec;
    const ladder = [{ name: 'off', actions: [{ targetKind: 'Route', canaryLimit: { maxPercent: 0 } }] }];
    const tier = { name: 'High', playbook: { ladder }, floors: { mode: 'Enforce' } } as never;
    const signed = signablePlan({ ...plan(), spec: { ...spec, mode: 'Observe' } }, tier);
    expect(signed).toMatchObject({ mode: 'Enforce', stages: [{ name: 'off' }] });
  });

  it('binds where a text says it, and a text of before says nothing', () => {
    const { plans: _, ...before } = of(plan());
    expect(isAsSigned(before, of(plan()))).toBe(true);
    expect(isAsSigned(before, of())).toBe(true);
    expect(changedFields(before, of(plan()))).toEqual([]);
    expect(isAsSigned(of(), of(plan()))).toBe(false);
  });

  it('is refused with a field of a plan that is not known', () => {
    const text = JSON.stringify({ ...of(), plans: [{ ...signablePlan(plan(), null), later: true }] });
    expect(readSignedText(text)).toMatchObject({ ok: false });
    expect(readSignedText(JSON.stringify({ ...of(), plans: null }))).toMatchObject({ ok: false });
  });

  it('fits three plans of the largest story beside a model, four times over', () => {
    const three = of(plan(planManifest(), 'a'), plan(planManifest(), 'b'), plan(planManifest(), 'c'));
    expect(signedText(three).length).toBeLessThan(maxSignedLength / 4);
  });
});

describe('a plan in force', () => {
  const neededSeconds = () => 60;
  const bound = { risk: 'credit-default', plan: signablePlan(plan(), null), isSignedVersion: true, isSuspendAdmitted: true, neededSeconds };
  const inForce = (written: MitigationPlan, more: Partial<typeof bound> = {}) =>
    planInForce(written, planTerms(written.spec, null), { ...bound, ...more });

  it('is the written one, digest and all, where nothing waits', () => {
    const written = planInForce(plan(), planTerms(plan().spec, null), null);
    expect(inForce(plan())).toEqual(written);
    expect(asPlanSpec(bound.plan, 'credit-default')).toMatchObject({ riskRef: { name: 'credit-default' }, mode: plan().spec.mode });
  });

  it('has a digest of its own, which what waits does not change: an edit voids no question about what is in force', () => {
    const [first, second] = [inForce(edited('spec.mode', 'Observe')), inForce(edited('spec.recovery', { stepSeconds: 1 }))];
    expect(first.held).toEqual([{ field: 'mode', signed: plan().spec.mode, written: 'Observe' }]);
    expect(first.snapshot.plan.digest).toBe(second.snapshot.plan.digest);
    expect(first.snapshot.plan.digest).not.toBe(inForce(plan()).snapshot.plan.digest);
  });

  it.each([
    ['Hold', true, 'Hold', []],
    ['Hold', false, 'None', ['suspend']],
    ['Release', false, 'None', ['suspend']],
    ['None', false, 'None', []],
  ])('with suspend: %s, admitted: %s, is suspended: %s', (suspend, isSuspendAdmitted, now, held) => {
    const found = inForce(edited('spec.suspend', suspend), { isSuspendAdmitted });
    expect([found.suspend, found.held.map(({ field }) => field)]).toEqual([now, held]);
    expect(found.snapshot.plan.digest).toBe(inForce(plan()).snapshot.plan.digest);
  });
});
