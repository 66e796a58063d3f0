import { describe, expect, it } from '@jest/globals';
import { parseMitigationPlan } from '../../../src/api/mitigation-plan.ts';
import { parseModelRisk } from '../../../src/api/model-risk.ts';
import { parseRiskDecision } from '../../../src/api/risk-decision.ts';
import { parseRiskIncident } from '../../../src/api/risk-incident.ts';
import { parseRiskPolicy } from '../../../src/api/risk-policy.ts';
import { evaluate } from '../../../src/core/report/pack/evaluators.ts';
import { packFacts } from '../../../src/report/pack-facts.ts';
import type { Result } from '../../../src/shared/result.ts';
import {
  decisionManifest,
  fairnessSignal,
  incidentManifest,
  modelRiskManifest,
  planManifest,
  riskPolicyManifest,
  someUID,
  stored,
  withValue,
} from '../../builders/api.ts';
import type { DecisionAction, Manifest } from '../../builders/api.ts';
import { aDossier } from '../../builders/dossier.ts';

type Change = (manifest: Manifest) => Manifest;
const same: Change = (manifest) => manifest;
const nowMs = Date.parse('2026-07-01T00:00:00Z');

function read<Value>(parsed: Result<Value, readonly string[]>): Value {
  if (!parsed.ok) throw new Error(parsed.failure.join('\n'));
  return parsed.value;
}

const tier = {
  name: 'High',
  reviewEverySeconds: 15_552_000,
  signOffRoles: ['product', 'risk'],
  requiredDocumentation: ['Objective', 'Ethics'],
  playbook: { escalation: [{ afterSeconds: 0, receivers: ['oncall'] }] },
};

const policy = (change: Change = same) => {
  const receivers = [{ name: 'oncall', webhook: { url: 'https://chat.example/hook' } }];
  const full = {
    currency: 'USD',
    tiers: [tier],
    receivers,
    reporting: [{ name: 'ai-act', severities: ['High'], withinSeconds: 1_296_000 }],
  };
  const manifest = riskPolicyManifest();
  const signals = [...(manifest.spec['signals'] as object[]), fairnessSignal()];
  return read(parseRiskPolicy(stored(change({ ...manifest, spec: { ...manifest.spec, ...full, signals } as Manifest['spec'] }))));
};
const model = (status: object = {}, change: Change = same) => read(parseModelRisk({ ...stored(change(modelRiskManifest())), status }));
const plan = (status: object = {}, change: Change = same) => {
  const manifest = stored(change(planManifest()), { uid: '7f6b1f0e-6d0f-4a8b-9a55-0d8c2f1f6a02' });
  return read(parseMitigationPlan({ ...manifest, status }));
};
const decision = (action: DecisionAction, status: object = {}) => read(parseRiskDecision({ ...stored(decisionManifest(action)), status }));

const entry = (seq: number, type: string) => ({
  ...{ seq, at: '2026-06-01T12:00:00Z', type, actor: 'operator', target: '', before: '', after: '', reason: '' },
  ...{ prevHash: '', hash: '' },
});
const incident = (status: object = {}, change: Change = same) =>
  read(parseRiskIncident({ ...stored(change(incidentManifest()), { uid: '7f6b1f0e-6d0f-4a8b-9a55-0d8c2f1f6a03' }), status }));

const condition = (type: string, status: string, reason = 'Some') => ({
  ...{ type, status, reason, message: '', lastTransitionTime: '2026-06-01T12:00:00Z' },
});

const nothing = { models: [], plans: [], incidents: [], decisions: [], policies: [] };
const sight = { unregistered: ['Deployment lending/stray'], findings: () => [], nowMs };
const inHigh = { tier: { inherent: 'High', message: 'Declared.' } };

function modelFacts(status: object, change: Change = same, objects: Partial<Parameters<typeof packFacts>[0]> = {}) {
  const [facts] = packFacts({ ...nothing, policies: [policy()], models: [model(status, change)], ...objects }, sight).models;
  if (facts === undefined) throw new Error('no model');
  return facts;
}

describe('a model', () => {
  it('of which nothing is known has nothing to show', () => {
    expect(packFacts({ ...nothing, models: [model()] }, sight).models[0]).toMatchObject({
      ref: 'ModelRisk lending/credit-default',
      ...{ tier: null, isVersionApproved: false, missingPapers: null, missingSignOffs: null, review: null, plans: [], interventions: 0 },
      risks: [{ name: 'unfair-denials', isPriced: false }],
    });
  });

  it('shows what its operator found of papers, signatures and reviews', () => {
    const status = {
      ...inHigh,
      conditions: [condition('SignedOff', 'False')],
      missingSignOffs: ['risk'],
      documentation: { missing: ['Ethics'], lineageCoveragePercent: 50 },
      review: { last: '2026-05-01T00:00:00Z', next: '2026-10-01T00:00:00Z' },
      approvedVersions: [
        {
          version: '2.3.0',
          digest: `sha256:${'0'.repeat(64)}`,
          roles: ['risk'],
          at: '2026-05-01T00:00:00Z',
          expires: '2027-01-01T00:00:00Z',
        },
      ],
    };
    expect(modelFacts(status)).toMatchObject({
      ...{ tier: 'High', missingPapers: ['Ethics'], missingSignOffs: ['risk'], isVersionApproved: true },
      review: { wasReviewed: true, isOverdue: false },
    });
  });

  it("that nobody looked at has nobody's signature and no papers, though none is listed as missing", () => {
    expect(modelFacts(inHigh)).toMatchObject({ missingSignOffs: ['product', 'risk'], missingPapers: null });
    expect(modelFacts({ ...inHigh, conditions: [condition('SignedOff', 'Unknown')] }).missingSignOffs).toEqual(['product', 'risk']);
  });

  it('is overdue from the instant its review is due, and no approval outlives its end', () => {
    const at = new Date(nowMs).toISOString();
    const approved = { version: '2.3.0', digest: `sha256:${'0'.repeat(64)}`, roles: ['risk'], at: '2026-05-01T00:00:00Z', expires: at };
    const facts = modelFacts({ ...inHigh, review: { next: at }, approvedVersions: [approved] });
    expect(facts).toMatchObject({ review: { wasReviewed: false, isOverdue: true }, isVersionApproved: false });
  });

  it('regression: is protected by the plans it was signed with, whatever they name since, and by none that was signed for another', () => {
    const signed = { risk: 'credit-default', digest: `sha256:${'0'.repeat(64)}`, terms: [] };
    const elsewhere: Change = (manifest) => withValue(manifest, 'spec.riskRef.name', 'other');
    expect(modelFacts({}, same, { plans: [plan({ signed }, elsewhere)] }).plans).toHaveLength(1);
    expect(modelFacts({}, same, { plans: [plan({ signed: { ...signed, risk: 'other' } })] }).plans).toEqual([]);
    expect(modelFacts({}, same, { plans: [plan()] }).plans).toHaveLength(1);
  });

  it('brings its papers as they are written', () => {
    const facts = modelFacts({}, (manifest) => ({ ...manifest, spec: { ...manifest.spec, ...aDossier('approval-parity') } }));
    expect(facts.documentation?.objective).toMatch(/^Rank applicants/);
    expect(facts.lineage).toHaveLength(6);
    expect(facts.decisionLog?.retentionSeconds).toBe(220_752_000);
    expect(facts.stakeholders?.map(({ role }) => role)).toEqual(['compliance', 'risk'].toSorted().toReversed());
  });

  it('is judged by an indicator only where its verdict rests on data', () => {
    const of = (verdict: string) => ({ name: 'approval-parity', state: 'Clear', since: '2026-06-01T12:00:00Z', verdict });
    const judged = (verdict: string) => modelFacts({ indicators: [of(verdict)] }).indicators.map(({ isJudged }) => isJudged);
    expect(['Ok', 'Warn', 'Breach'].map(judged)).toEqual([
      [true, false, false],
      [true, false, false],
      [true, false, false],
    ]);
    expect(['Insufficient', 'NoData', 'Error'].map(judged)).toEqual([
      [false, false, false],
      [false, false, false],
      [false, false, false],
    ]);
  });

  it('reads signals of the kinds of its policy', () => {
    const indicators = modelFacts({}, (manifest) => withValue(manifest, 'spec.indicators[0].signal.template.name', 'parity')).indicators;
    expect(indicators.map(({ kind, category, hasLimit }) => [kind, category, hasLimit])).toEqual([
      ['fairness', 'Fairness', true],
      ['drift', 'Fairness', true],
      ['promQL', 'Fairness', true],
    ]);
    expect(modelFacts({}, same, { policies: [] }).indicators[0]?.kind).toBeNull();
  });
});

describe('plans and people', () => {
  it('are of the model they name, in its namespace', () => {
    const elsewhere = plan({}, (manifest) => withValue(manifest, 'metadata.namespace', 'other'));
    const other = plan({}, (manifest) => withValue(manifest, 'spec.riskRef.name', 'other'));
    const [only, ...more] = modelFacts({}, same, {
      policies: [],
      plans: [elsewhere, other, plan({ conditions: [condition('Ready', 'True')] })],
    }).plans;
    expect(more).toEqual([]);
    expect(only).toEqual({
      ref: 'MitigationPlan lending/credit-default',
      ...{ mode: 'Enforce', stages: 3, isSuspended: false, isReady: true, hasReceivers: false, asksRoles: false, drillPassed: null },
      drillSeconds: null,
    });
  });

  it('tell people by the playbook of the tier, where the plan says nothing', () => {
    expect(modelFacts(inHigh, same, { plans: [plan()] }).plans[0]?.hasReceivers).toBe(true);
  });

  it('say how the last drill went', () => {
    const drilled = (result: string) => ({ lastDrill: { at: '2026-06-01T12:00:00Z', scope: 'DryRun', result, restored: 'NotCompared' } });
    const passed = (result: string) => modelFacts({}, same, { plans: [plan(drilled(result))] }).plans[0]?.drillPassed;
    expect(['Passed', 'Failed', 'Aborted'].map(passed)).toEqual([true, false, false]);
    const took = (lastDrill: object) => modelFacts({}, same, { plans: [plan({ lastDrill })] }).plans[0]?.drillSeconds;
    const live = { ...drilled('Passed').lastDrill, scope: 'Sandbox', timeToMitigateSeconds: 1.5 };
    expect([drilled('Passed').lastDrill, live].map(took)).toEqual([null, 1.5]);
  });

  it('have decided where a decision on the model counted', () => {
    const counted = (action: DecisionAction, ...conditions: object[]) =>
      modelFacts({}, same, { decisions: [decision(action, { conditions })] }).interventions;
    expect(counted('Accept', condition('Valid', 'True'))).toBe(1);
    expect(counted('Accept', condition('Valid', 'False', 'Used'))).toBe(1);
    expect(counted('Accept', condition('Valid', 'False', 'ForeignRole'))).toBe(0);
    expect(counted('Accept')).toBe(0);
    // A signature is evidence of its own, and no act on a model that lives.
    expect(counted('SignOff', condition('Valid', 'True'))).toBe(0);
  });

  it.each<[DecisionAction, string, string, string]>([
    ['Accept', 'True', 'Valid', 'Took'],
    ['Accept', 'False', 'Expired', 'Took'],
    ['Accept', 'False', 'ModelChanged', 'Took'],
    ['Accept', 'False', 'AuthorContributed', 'Void'],
    ['Accept', 'Unknown', 'Pending', 'Unjudged'],
    ['Approve', 'True', 'Used', 'Took'],
    ['Approve', 'False', 'Used', 'Took'],
    ['Approve', 'False', 'Expired', 'Void'],
    ['Approve', 'True', 'NotAsked', 'Void'],
    ['SignOff', 'True', 'Used', 'Took'],
    ['SignOff', 'False', 'DigestChanged', 'Void'],
    ['Review', 'False', 'ForeignRole', 'Void'],
  ])('say of a decision %s that is %s for %s that its effect is %s', (action, status, reason, effect) => {
    const conditions = [{ ...condition('Valid', status), reason }];
    expect(packFacts({ ...nothing, decisions: [decision(action, { conditions })] }, sight).decisions).toMatchObject([{ action, effect }]);
  });

  it('say nothing of the effect of a decision the operator has not looked at', () => {
    expect(packFacts({ ...nothing, decisions: [decision('Accept', { conditions: [] })] }, sight).decisions).toEqual([
      { ref: 'RiskDecision lending/some-accept', action: 'Accept', author: null, effect: 'Unjudged' },
    ]);
  });
});

describe('incidents', () => {
  const of = (...incidents: readonly ReturnType<typeof incident>[]) => packFacts({ ...nothing, incidents }, sight).incidents;

  it('that were drills, or only observed, are none', () => {
    const drill = incident({}, (manifest) => withValue(manifest, 'spec.drill', { scope: 'DryRun' }));
    expect(of(drill, incident({ entries: [entry(0, 'WouldApply')] }))).toEqual([]);
  });

  it('say what became of them', () => {
    const status = {
      entries: [entry(0, 'Engaged'), entry(1, 'Acknowledged')],
      anchored: { seq: 1, hash: '', at: '2026-06-01T12:00:00Z' },
      closedAt: '2026-06-02T12:00:00Z',
      deadlines: [
        { name: 'open', due: '2026-08-01T00:00:00Z', warnAt: '2026-07-30T00:00:00Z', state: 'Open' },
        { name: 'missed', due: '2026-06-15T00:00:00Z', warnAt: '2026-06-14T00:00:00Z', state: 'Overdue' },
        { name: 'late', due: '2026-06-15T00:00:00Z', warnAt: '2026-06-14T00:00:00Z', state: 'FiledLate', filedAt: '2026-06-16T00:00:00Z' },
        { name: 'filed', due: '2026-06-15T00:00:00Z', warnAt: '2026-06-14T00:00:00Z', state: 'Filed', filedAt: '2026-06-15T00:00:00Z' },
      ],
      findings: [{ name: 'retrain', remediation: 'retrain', state: 'Tracked' }],
    };
    expect(of(incident(status))[0]).toEqual({
      ref: 'RiskIncident lending/credit-default-1',
      ...{ severity: 'Medium', isReported: false, isClosed: true, isAcknowledged: true, hasPostmortem: false, isAnchored: true },
      recordProblems: [],
      deadlines: [
        { name: 'open', isMet: true },
        { name: 'missed', isMet: false },
        { name: 'late', isMet: false },
        { name: 'filed', isMet: true },
      ],
      findings: [{ name: 'retrain', isTracked: true }],
    });
  });

  it('that fill two objects are one, closed when the last part is', () => {
    const first = incident({ entries: [entry(0, 'Engaged'), entry(1, 'Continued')], closedAt: '2026-06-02T12:00:00Z' });
    const next = (status: object) =>
      incident(status, (manifest) =>
        withValue(withValue(manifest, 'metadata.name', 'credit-default-1-2'), 'spec.continues', 'credit-default-1'),
      );
    const open = of(next({ entries: [entry(0, 'Acknowledged')] }), first);
    expect(open).toHaveLength(1);
    expect(open[0]).toMatchObject({
      ref: 'RiskIncident lending/credit-default-1',
      isClosed: false,
      isAcknowledged: true,
      isAnchored: false,
    });
    expect(of(first, next({ entries: [entry(0, 'Closed')], closedAt: '2026-06-03T12:00:00Z' }))[0]?.isClosed).toBe(true);
  });

  it('whose newest entry is not the one the sink acknowledged are not exported, whatever its place', () => {
    const entries = [entry(0, 'Engaged'), { ...entry(1, 'Acknowledged'), hash: 'made-later' }];
    const anchored = { seq: 1, hash: 'as-it-was', at: '2026-06-01T12:00:00Z' };
    expect(of(incident({ entries, anchored }))[0]?.isAnchored).toBe(false);
  });

  it('that go in circles end the report of none', () => {
    const circle = (name: string, continues: string) =>
      incident({}, (manifest) => withValue(withValue(manifest, 'metadata.name', name), 'spec.continues', continues));
    expect(of(circle('a', 'b'), circle('b', 'a'), incident()).map(({ ref }) => ref)).toContain('RiskIncident lending/credit-default-1');
  });

  it('whose record is broken, or was not recomputed, say so', () => {
    const judged = (findings: (id: string) => readonly string[] | null) =>
      packFacts({ ...nothing, incidents: [incident()] }, { ...sight, findings }).incidents[0]?.recordProblems;
    expect(judged(() => null)).toBeNull();
    expect(judged((id) => [id])).toEqual(['lending/credit-default-1']);
  });
});

it('takes no plan for one that acts, and no verdict for a watch, while they are suspended', () => {
  const status = {
    ...inHigh,
    indicators: [{ name: 'approval-parity', state: 'Clear', verdict: 'Ok', since: '2026-06-01T00:00:00Z' }],
  };
  const suspended: Change = (manifest) => withValue(manifest, 'spec.suspend', 'Hold');
  const ready = { conditions: [condition('Ready', 'True')] };
  const isJudged = (change: Change) => modelFacts(status, change).indicators.some((each) => each.isJudged);
  expect([isJudged(same), isJudged(suspended)]).toEqual([true, false]);
  const lackOf = (change: Change) =>
    evaluate('Mitigation', packFacts({ ...nothing, policies: [policy()], models: [model(inHigh)], plans: [plan(ready, change)] }, sight))
      .items[0]?.lack;
  expect(lackOf(same)).toBeNull();
  expect(lackOf(suspended)).toMatch(/is suspended/);
});

it('speaks of the policies its models go by, and of no other', () => {
  const facts = packFacts(
    { ...nothing, models: [model()], policies: [policy(), policy((each) => withValue(each, 'metadata.name', 'idle'))] },
    sight,
  );
  expect(facts.policies).toEqual([{ ref: 'RiskPolicy default', tiers: ['High'], currency: 'USD', duties: ['ai-act'] }]);
  expect(facts.unregistered).toEqual(['Deployment lending/stray']);
  expect(someUID).toBe(model().metadata.uid);
});
