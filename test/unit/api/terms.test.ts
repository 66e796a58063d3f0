import { describe, expect, it } from '@jest/globals';
import type { MitigationPlanSpec } from '../../../src/api/mitigation-plan.ts';
import { parseMitigationPlan } from '../../../src/api/mitigation-plan.ts';
import { parseModelRisk } from '../../../src/api/model-risk.ts';
import { planDigest, toPlanSnapshot } from '../../../src/api/plan-to-core.ts';
import { parseRiskPolicy } from '../../../src/api/risk-policy.ts';
import type { TierSpec } from '../../../src/api/risk-tier.ts';
import { planTermLines, riskTermLines, toSuppliedStatus } from '../../../src/api/term-lines.ts';
import { indicatorInForce, planTerms, riskTerms } from '../../../src/api/terms.ts';
import { tierInForce } from '../../../src/api/tier-status.ts';
import type { JSONValue } from '../../../src/shared/json.ts';
import { modelRiskManifest, planManifest, riskPolicyManifest, stored, templateIndicator, withValue } from '../../builders/api.ts';

const tier = (terms: Omit<TierSpec, 'name'>): TierSpec => ({ name: 'High', ...terms });

function risk(changes: Readonly<Record<string, JSONValue | undefined>> = {}) {
  const manifest = Object.entries(changes).reduce((made, [path, value]) => withValue(made, path, value), stored(modelRiskManifest()));
  const parsed = parseModelRisk(manifest);
  if (!parsed.ok) throw new Error(parsed.failure.join());
  return parsed.value;
}

function plan(changes: Readonly<Record<string, JSONValue | undefined>> = {}) {
  const manifest = Object.entries(changes).reduce((made, [path, value]) => withValue(made, path, value), stored(planManifest()));
  const parsed = parseMitigationPlan(manifest);
  if (!parsed.ok) throw new Error(parsed.failure.join());
  return parsed.value;
}

const of = (indicator: Readonly<Record<string, JSONValue>>, terms: Omit<TierSpec, 'name'> | null) => {
  const [only] = riskTerms(risk({ 'spec.indicators': [indicator] }).spec, terms === null ? null : tier(terms)).indicators;
  if (only === undefined) throw new Error('no indicator');
  return only;
};

describe('an indicator', () => {
  const written = templateIndicator();
  const { threshold: _, ...bare } = written;

  it('in no tier is as written, and by default where nothing is', () => {
    const terms = of(bare, null);
    expect(terms.threshold).toEqual({ value: undefined, from: 'Default' });
    expect(terms.onNoData).toEqual({ value: 'Hold', from: 'Default' });
    expect(indicatorInForce(terms)).not.toHaveProperty('threshold');
  });

  it('takes from the playbook what its owner did not write, and nothing else', () => {
    const playbook = {
      onNoData: 'Breach' as const,
      thresholds: [{ signal: 'approval-parity', threshold: { direction: 'Below' as const, breach: 0.7 } }],
    };
    expect(of(bare, { playbook })).toMatchObject({
      threshold: { value: { direction: 'Below', breach: 0.7 }, from: 'Playbook' },
      onNoData: { value: 'Breach', from: 'Playbook' },
      minSamples: { value: 500, from: 'Model' },
    });
    expect(of({ ...written, onNoData: 'Hold' }, { playbook })).toMatchObject({
      threshold: { value: { breach: 0.8 }, from: 'Model' },
      onNoData: { value: 'Hold', from: 'Model' },
    });
  });

  it('takes no threshold of another signal', () => {
    const thresholds = [{ signal: 'score-drift', threshold: { direction: 'Below' as const, breach: 0.7 } }];
    expect(of(bare, { playbook: { thresholds } }).threshold.from).toBe('Default');
  });

  it('is bounded by the floor where it is milder, with all that may not lie beyond', () => {
    const limits = [
      {
        signal: 'approval-parity',
        direction: 'Below' as const,
        breach: 0.9,
        forSeconds: 10,
        minSamples: 100,
        staleAfterSeconds: 60,
        clearForSeconds: 3600,
      },
    ];
    const terms = of({ ...written, onNoData: 'Ignore' }, { floors: { onNoData: 'Hold', limits } });
    expect(terms).toMatchObject({
      threshold: { value: { direction: 'Below', warn: 0.9, breach: 0.9, clear: 0.9 }, from: 'Floor', instead: { breach: 0.8 } },
      onNoData: { value: 'Hold', from: 'Floor', instead: 'Ignore' },
      forSeconds: { value: 10, from: 'Floor', instead: 30 },
      minSamples: { value: 100, from: 'Floor', instead: 500 },
      staleAfterSeconds: { value: 60, from: 'Floor', instead: 300 },
      clearForSeconds: { value: 3600, from: 'Floor', instead: 600 },
    });
    expect(indicatorInForce(terms)).toMatchObject({
      ...{ onNoData: 'Hold', forSeconds: 10, minSamples: 100, staleAfterSeconds: 60, clearForSeconds: 3600 },
    });
  });

  it('may be stricter than the floor', () => {
    const limits = [{ signal: 'approval-parity', direction: 'Below' as const, breach: 0.5, forSeconds: 600, minSamples: 9000 }];
    const terms = of({ ...written, onNoData: 'Breach' }, { floors: { onNoData: 'Hold', limits } });
    expect([terms.threshold, terms.onNoData, terms.forSeconds, terms.minSamples].map(({ from }) => from)).toEqual(Array(4).fill('Model'));
  });

  it('with a limit on the other side gets the floor in its place', () => {
    const limits = [{ signal: 'approval-parity', direction: 'Above' as const, breach: 0.9 }];
    expect(of(written, { floors: { limits } }).threshold).toMatchObject({ value: { direction: 'Above', breach: 0.9 }, from: 'Floor' });
  });

  it('bounds the playbook by the floor too', () => {
    const playbook = { onNoData: 'Ignore' as const };
    expect(of(bare, { playbook, floors: { onNoData: 'Hold' } }).onNoData).toEqual({ value: 'Hold', from: 'Floor', instead: 'Ignore' });
  });
});

describe('a plan', () => {
  const ladder = [
    { name: 'limit', escalateAfterSeconds: 900, actions: [{ targetKind: 'Route' as const, canaryLimit: { maxPercent: 10 } }] },
    { name: 'shadow', mode: 'Approve' as const, actions: [{ targetKind: 'Route' as const, shadow: { percent: 100 } }] },
  ];
  const bare = { 'spec.stages': undefined, 'spec.notify': undefined };

  it('with all of its own is as written, digest and all', () => {
    const terms = planTerms(plan().spec, tier({ playbook: { ladder } }));
    expect(terms).toMatchObject({ mode: { from: 'Plan' }, stages: { from: 'Plan' }, unfit: [] });
    expect(planDigest(plan().spec, terms)).toBe(planDigest(plan().spec));
  });

  it('without stages takes those of the ladder, and what is decided on are these', () => {
    const terms = planTerms(plan(bare).spec, tier({ playbook: { ladder } }));
    expect(terms.stages.from).toBe('Playbook');
    expect(toPlanSnapshot(plan(bare), terms).stages).toMatchObject([
      {
        name: 'limit',
        escalateAfterSeconds: 900,
        mode: null,
        enterOn: [],
        actions: [{ target: 'traffic', kind: 'CanaryLimit', maxPercent: 10 }],
      },
      { name: 'shadow', escalateAfterSeconds: null, mode: 'Approve', actions: [{ target: 'traffic', kind: 'Shadow', percent: 100 }] },
    ]);
    expect(planDigest(plan(bare).spec, terms)).not.toBe(planDigest(plan(bare).spec));
  });

  it('without evidence does what it says itself, else what the playbook does, else holds, and never less than the floor', () => {
    const of = (written: string | undefined, terms: Omit<TierSpec, 'name'>) =>
      planTerms(plan({ 'spec.onNoEvidence': written }).spec, tier(terms)).onNoEvidence;
    const escalates = { playbook: { onNoEvidence: 'Escalate' as const } };
    const floor = { floors: { onNoEvidence: 'Escalate' as const } };
    expect(of(undefined, {})).toEqual({ value: 'Hold', from: 'Default' });
    expect(of(undefined, escalates)).toEqual({ value: 'Escalate', from: 'Playbook' });
    expect(of('Hold', escalates)).toEqual({ value: 'Hold', from: 'Plan' });
    expect(of('Hold', floor)).toEqual({ value: 'Escalate', from: 'Floor', instead: 'Hold' });
    expect(of('Escalate', floor)).toEqual({ value: 'Escalate', from: 'Plan' });
  });

  it('has the digest of before where it holds without evidence, and another where it goes on', () => {
    const held = planTerms(plan({ 'spec.onNoEvidence': 'Hold' }).spec, null);
    expect(planDigest(plan({ 'spec.onNoEvidence': 'Hold' }).spec, held)).toBe(planDigest(plan().spec));
    const escalating = planTerms(plan().spec, tier({ playbook: { onNoEvidence: 'Escalate' } }));
    expect(planDigest(plan().spec, escalating)).not.toBe(planDigest(plan().spec));
    expect(toPlanSnapshot(plan(), escalating)).toMatchObject({ onNoEvidence: 'Escalate' });
  });

  it('asks nobody where the tier wants it to act', () => {
    const terms = planTerms({ ...plan(bare).spec, mode: 'Approve' }, tier({ playbook: { ladder }, floors: { mode: 'Enforce' } }));
    expect(terms.mode).toEqual({ value: 'Enforce', from: 'Floor', instead: 'Approve' });
    expect(terms.stages.value.map(({ mode }) => mode)).toEqual([undefined, 'Enforce']);
    expect(terms.stages.from).toBe('Floor');
  });

  it('may be stricter than the floor, and keeps stages that ask where the tier only wants people asked', () => {
    const terms = planTerms({ ...plan(bare).spec, mode: 'Enforce' }, tier({ playbook: { ladder }, floors: { mode: 'Approve' } }));
    expect([terms.mode.from, terms.stages.from]).toEqual(['Plan', 'Playbook']);
  });

  it('tells whom the playbook says where it names nobody: the first at once', () => {
    const escalation = [
      { afterSeconds: 1800, receivers: ['committee'] },
      { afterSeconds: 0, receivers: ['oncall'] },
    ];
    expect(planTerms(plan(bare).spec, tier({ playbook: { escalation } })).notify).toEqual({
      value: { receivers: ['oncall'], repeatSeconds: 14_400, escalation: [{ afterSeconds: 1800, receivers: ['committee'] }] },
      from: 'Playbook',
    });
    const notify: MitigationPlanSpec['notify'] = { receivers: ['team'], repeatSeconds: 60, escalation: [] };
    expect(planTerms({ ...plan(bare).spec, notify }, tier({ playbook: { escalation } })).notify).toEqual({ value: notify, from: 'Plan' });
  });
});

describe('the ladder', () => {
  const over = (targets: JSONValue, ...actions: NonNullable<NonNullable<TierSpec['playbook']>['ladder']>[number]['actions'][number][]) =>
    planTerms(
      plan({ 'spec.stages': undefined, 'spec.targets': targets }).spec,
      tier({ playbook: { ladder: [{ name: 'only', actions }] } }),
    );
  const shadow = { targetKind: 'Route' as const, shadow: { percent: 50 } };
  const inferenceService = { name: 'served', inferenceService: { name: 'credit' } };
  const featureFlag = { name: 'flag', featureFlag: { name: 'credit-flags', flag: 'use-v2', safeVariant: 'off' } };

  it('acts on every target of a kind', () => {
    const terms = over([featureFlag, { ...featureFlag, name: 'other' }, inferenceService], { targetKind: 'Flag', flagRollback: {} });
    expect(terms.stages.value[0]?.actions).toEqual([
      { target: 'flag', flagRollback: {} },
      { target: 'other', flagRollback: {} },
    ]);
  });

  it('gives a target that can not mirror no live requests, and says so', () => {
    const terms = over([inferenceService], shadow);
    expect(terms.stages.value[0]?.actions).toEqual([{ target: 'served', canaryLimit: { maxPercent: 0 } }]);
    expect(terms.unfit).toEqual([expect.stringContaining("Stage only mirrors, and served can't")]);
  });

  it('leaves out a stage that no target can take, and says so', () => {
    const terms = over([featureFlag], shadow);
    expect(terms.stages.value).toEqual([]);
    expect(terms.unfit).toEqual([expect.stringContaining('Stage only acts on Route and the plan has no such target')]);
    expect(over([featureFlag], shadow, { targetKind: 'Flag', flagRollback: {} }).unfit).toEqual([]);
  });
});

describe('the tier in force', () => {
  const policy = (() => {
    const tiers = [
      { name: 'High', when: { criticality: ['High'] } },
      { name: 'Medium', when: { expectedAnnualLossAtLeast: 10 } },
      { name: 'Low' },
    ];
    const parsed = parseRiskPolicy(stored(withValue(riskPolicyManifest(), 'spec.tiers', tiers)));
    if (!parsed.ok) throw new Error(parsed.failure.join());
    return parsed.value.spec;
  })();
  const at = (inherent: string | null, criticality?: string) => {
    const status = inherent === null ? {} : { tier: { inherent, message: '' } };
    const { spec, status: read } = risk({ 'spec.criticality': criticality, status });
    return tierInForce({ spec, status: read }, policy)?.name ?? null;
  };

  it('is where the status says it stands, or higher by what is declared; never lower', () => {
    expect([at(null), at('Medium'), at('High'), at('Medium', 'High'), at('High', 'Low')]).toEqual([
      'Low',
      'Medium',
      'High',
      'High',
      'High',
    ]);
  });

  it.each([
    [null, 'Medium'],
    ['Low', 'Medium'],
    ['High', 'High'],
  ])('is what the price of its register makes of it at once, where its status says %s: %s', (inherent, tier) => {
    const priced = { likelihood: { incidents: 1, years: 1 }, impact: { revenue: { constant: 1_000_000 } } };
    const entries = risk().spec.risks.map((entry) => ({ ...entry, ...priced }));
    const status = inherent === null ? {} : { tier: { inherent, message: '' } };
    const read = risk({ 'spec.risks': entries, status });
    expect(tierInForce(read, policy)?.name).toBe(tier);
  });

  it('of a tier the policy has no more is what is declared', () => {
    expect(at('Extreme')).toBe('Low');
    expect(tierInForce(risk(), { tiers: [] })).toBeNull();
  });
});

describe('how a plan comes down again', () => {
  const { recovery } = plan().spec;
  const under = (floor: object) => planTerms(plan().spec, tier({ floors: { recovery: floor } })).recovery;

  it('is as written without a floor, and where it is slower than it', () => {
    expect(planTerms(plan().spec, null).recovery).toEqual({ value: recovery, from: 'Plan' });
    expect(under({})).toEqual({ value: recovery, from: 'Plan' });
    expect(under({ stepSeconds: 1, probeAfterSeconds: 1, probeAttempts: 100, maxEngagements: 16, flapWindowSeconds: 1 })).toEqual({
      ...{ value: recovery, from: 'Plan' },
    });
  });

  it.each([
    [{ stepSeconds: 9000 }, { stepSeconds: 9000 }],
    [{ probeAfterSeconds: 9000 }, { probeAfterSeconds: 9000 }],
    [{ probeAttempts: 0 }, { probeAttempts: 0 }],
    [{ maxEngagements: 1 }, { flap: { ...recovery.flap, maxEngagements: 1 } }],
    [{ flapWindowSeconds: 999_999 }, { flap: { ...recovery.flap, windowSeconds: 999_999 } }],
  ])('is no sooner than the floor %j', (floor, changed) => {
    expect(under(floor)).toEqual({ value: { ...recovery, ...changed }, from: 'Floor', instead: recovery });
  });

  it('is what the plan does and what an approval is about, and only where the floor changes it', () => {
    const terms = planTerms(plan().spec, tier({ floors: { recovery: { stepSeconds: 9000 } } }));
    expect(toPlanSnapshot(plan(), terms).recovery.stepSeconds).toBe(9000);
    const digests = [terms, planTerms(plan().spec, tier({ floors: { recovery: { stepSeconds: 1 } } })), planTerms(plan().spec, null)];
    const [bounded, free, none] = digests.map((each) => planDigest(plan().spec, each));
    expect(free).toBe(none);
    expect(bounded).not.toBe(none);
  });
});

describe('the status', () => {
  it('tells what the tier supplies, and nothing where it supplies nothing', () => {
    const high = tier({ floors: { mode: 'Enforce', onNoData: 'Breach' } });
    const terms = riskTerms(risk({ 'spec.indicators': [templateIndicator()] }).spec, high);
    expect(toSuppliedStatus(riskTermLines(terms), high)).toEqual({
      supplied: [{ field: 'indicators[approval-parity].onNoData', value: 'Breach', from: 'Floor', tier: 'High' }],
    });
    expect(toSuppliedStatus(planTermLines(planTerms({ ...plan().spec, mode: 'Observe' }, high)), high)).toEqual({
      supplied: [{ field: 'mode', value: 'Enforce', from: 'Floor', tier: 'High' }],
    });
    expect(toSuppliedStatus(riskTermLines(riskTerms(risk().spec, null)), null)).toEqual({});
  });
});
