import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { composePack } from '../../../../src/core/report/pack/compose.ts';
import { evaluate, evaluatorNames } from '../../../../src/core/report/pack/evaluators.ts';
import type { EvaluatorName } from '../../../../src/core/report/pack/evaluators.ts';
import { combine } from '../../../../src/core/report/pack/evidence.ts';
import type { EvidenceState } from '../../../../src/core/report/pack/evidence.ts';
import type { PackFacts, PackIncident, PackModel } from '../../../../src/core/report/pack/facts.ts';
import {
  aBarePackModel,
  aPackDecision,
  aPackIncident,
  aPackIndicator,
  aPackModel,
  aPackPlan,
  aPackPolicy,
  packOf,
} from '../../../builders/pack.ts';

/** A field of a model that has it all, in place of what a model has. Whatever was there, more is shown now. */
type Gift = (model: PackModel) => PackModel;

const full = aPackModel();

function papersOf(model: PackModel): PackModel['documentation'] {
  return { ...model.documentation, ...full.documentation };
}

const gifts: readonly Gift[] = [
  (model) => ({ ...model, tier: 'High' }),
  (model) => ({ ...model, isVersionApproved: true }),
  (model) => ({ ...model, risks: model.risks.map((risk) => ({ ...risk, isPriced: true })) }),
  (model) => ({ ...model, indicators: model.indicators.map((each) => ({ ...each, isJudged: true })) }),
  (model) => ({ ...model, indicators: model.indicators.map((each) => ({ ...each, hasLimit: true })) }),
  (model) => ({ ...model, indicators: [...model.indicators, aPackIndicator({ category: 'Security', risk: model.risks[0]?.name ?? '' })] }),
  (model) => ({ ...model, missingPapers: model.missingPapers?.slice(1) ?? [] }),
  (model) => ({ ...model, missingSignOffs: model.missingSignOffs?.slice(1) ?? [] }),
  (model) => ({ ...model, review: { wasReviewed: true, isOverdue: false } }),
  (model) => ({ ...model, remediations: [...model.remediations, { name: 'retrain', isAssessed: true }] }),
  (model) => ({ ...model, plans: [...model.plans, aPackPlan()] }),
  (model) => ({
    ...model,
    plans: model.plans.map((plan) => ({
      ...plan,
      drillPassed: true,
      drillSeconds: 12,
      isReady: true,
      isSuspended: false,
      hasReceivers: true,
    })),
  }),
  (model) => ({ ...model, interventions: model.interventions + 1 }),
  (model) => ({ ...model, documentation: papersOf(model) ?? {} }),
  (model) => ({ ...model, lineage: full.lineage ?? [] }),
  (model) => ({ ...model, ...(full.decisionLog === undefined ? {} : { decisionLog: full.decisionLog }) }),
  (model) => ({ ...model, stakeholders: full.stakeholders ?? [] }),
];

const anyModel: fc.Arbitrary<PackModel> = fc
  .record({
    given: fc.subarray([...gifts]),
    risks: fc.array(fc.record({ name: fc.constantFrom('a', 'b', 'unfair-denials'), isPriced: fc.boolean() }), {
      minLength: 1,
      maxLength: 3,
    }),
    indicators: fc.array(
      fc.record({
        ...{ name: fc.constantFrom('i', 'j'), risk: fc.constantFrom('a', 'b', 'unfair-denials') },
        category: fc.constantFrom('Fairness', 'Security', 'DataQuality', null),
        kind: fc.constantFrom('drift', 'promQL', null),
        ...{ hasLimit: fc.boolean(), isJudged: fc.boolean() },
      }),
      { maxLength: 4 },
    ),
    missingPapers: fc.option(fc.subarray(['Ethics', 'Lineage'])),
    missingSignOffs: fc.option(fc.subarray(['risk', 'security'])),
    review: fc.option(fc.record({ wasReviewed: fc.boolean(), isOverdue: fc.boolean() })),
    plans: fc.array(
      fc.record({
        ref: fc.constant('MitigationPlan lending/p'),
        mode: fc.constantFrom('Observe', 'Approve', 'Enforce'),
        stages: fc.nat({ max: 2 }),
        ...{ isReady: fc.boolean(), isSuspended: fc.boolean(), hasReceivers: fc.boolean(), asksRoles: fc.boolean() },
        drillPassed: fc.option(fc.boolean()),
        drillSeconds: fc.option(fc.nat({ max: 700 })),
      }),
      { maxLength: 2 },
    ),
  })
  .map(({ given, ...fields }) => given.reduce<PackModel>((model, gift) => gift(model), { ...aBarePackModel(), ...fields }));

const flags = { isReported: fc.boolean(), isClosed: fc.boolean(), isAcknowledged: fc.boolean() };
const anyIncident: fc.Arbitrary<PackIncident> = fc
  .record({
    ...flags,
    ...{ hasPostmortem: fc.boolean(), isAnchored: fc.boolean() },
    severity: fc.constantFrom('High', 'Low'),
    recordProblems: fc.option(fc.subarray(['It is broken.'])),
    deadlines: fc.array(fc.record({ name: fc.constant('ai-act'), isMet: fc.boolean() }), { maxLength: 2 }),
    findings: fc.array(fc.record({ name: fc.constant('retrain'), isTracked: fc.boolean() }), { maxLength: 2 }),
  })
  .map((changes) => aPackIncident(changes));

const anyFacts: fc.Arbitrary<PackFacts> = fc.record({
  policies: fc.array(
    fc.record({ tiers: fc.subarray(['High']), currency: fc.option(fc.constant('USD')), duties: fc.subarray(['ai-act']) }).map(aPackPolicy),
    { maxLength: 2 },
  ),
  models: fc.array(anyModel, { maxLength: 4 }),
  incidents: fc.array(anyIncident, { maxLength: 3 }),
  decisions: fc.array(
    fc
      .record({ action: fc.constantFrom('Accept', 'SignOff', 'Hold'), author: fc.option(fc.constant('alice')), isJudged: fc.boolean() })
      .map(aPackDecision),
    { maxLength: 3 },
  ),
  unregistered: fc.subarray(['Deployment lending/stray']),
});

/** One incident taken further: never does a record say less than before. */
const handled: readonly ((incident: PackIncident) => PackIncident)[] = [
  (incident) => ({ ...incident, isAcknowledged: true }),
  (incident) => ({ ...incident, hasPostmortem: true }),
  (incident) => ({ ...incident, isAnchored: true }),
  (incident) => ({ ...incident, recordProblems: [] }),
  (incident) => ({ ...incident, deadlines: incident.deadlines.map((each) => ({ ...each, isMet: true })) }),
  (incident) => ({ ...incident, findings: incident.findings.map((each) => ({ ...each, isTracked: true })) }),
];

type Step = (facts: PackFacts, at: number) => PackFacts;

function onOne<Value>(values: readonly Value[], at: number, change: (value: Value) => Value): readonly Value[] {
  return values.map((value, index) => (index === at % values.length ? change(value) : value));
}

const steps: readonly Step[] = [
  ...gifts.map((gift): Step => (facts, at) => ({ ...facts, models: onOne(facts.models, at, gift) })),
  ...handled.map((change): Step => (facts, at) => ({ ...facts, incidents: onOne(facts.incidents, at, change) })),
  (facts) => ({ ...facts, unregistered: [] }),
  (facts, at) => ({ ...facts, decisions: onOne(facts.decisions, at, (each) => ({ ...each, author: 'alice', isJudged: true })) }),
  (facts, at) => ({ ...facts, policies: onOne(facts.policies, at, (each) => ({ ...each, tiers: ['High'], currency: 'USD' })) }),
  (facts, at) => ({ ...facts, policies: onOne(facts.policies, at, (each) => ({ ...each, duties: [...each.duties, 'other'] })) }),
];

const order: readonly EvidenceState[] = ['Missing', 'Partly', 'Evidenced'];
const rankOf = (state: EvidenceState): number => order.indexOf(state);

describe('evidence that is added', () => {
  it('never makes any evaluator say less, and often more', () => {
    let more = 0;
    fc.assert(
      fc.property(anyFacts, fc.nat(), fc.nat(), (facts, which, at) => {
        const after = (steps[which % steps.length] ?? ((same: PackFacts) => same))(facts, at);
        const seen = evaluatorNames.map((name) => ({ name, before: evaluate(name, facts), now: evaluate(name, after) }));
        // What nothing has happened to show may only stay so: these steps add no event.
        const less = seen.filter(({ before, now }) =>
          before.state === 'NotEvidencedHere' ? now.state !== before.state : rankOf(now.state) < rankOf(before.state),
        );
        expect(less).toEqual([]);
        if (seen.some(({ before, now }) => now.n > before.n)) more += 1;
      }),
      { numRuns: 2000 },
    );
    expect(more).toBeGreaterThan(100);
  });

  it('never makes a control say less, whatever else it asks for', () => {
    const anyState = fc.constantFrom<EvidenceState>('Missing', 'Partly', 'Evidenced', 'NotEvidencedHere');
    fc.assert(
      fc.property(fc.array(anyState, { minLength: 1, maxLength: 5 }), fc.nat(), (states, at) => {
        const better = onOne(states, at, (state) => order[Math.min(2, rankOf(state) + 1)] ?? state);
        const raised = states.map((state, index) => (state === 'NotEvidencedHere' ? state : (better[index] ?? state)));
        const [before, after] = [combine(states), combine(raised)];
        if (before === 'NotEvidencedHere') expect(after).toBe(before);
        else expect(rankOf(after)).toBeGreaterThanOrEqual(rankOf(before));
      }),
    );
  });
});

describe('every pack', () => {
  const frameworks = [
    {
      ...{ name: 'All', edition: '1', note: '' },
      controls: evaluatorNames.map((name: EvaluatorName) => ({
        reference: name,
        asks: 'It.',
        ascertained: 'Text' as const,
        evidence: [name],
      })),
    },
  ];
  const frame = { generatedAt: '2026-06-01T12:00:00.000Z', scope: 'all namespaces', gaps: [] };

  it('has a source for each row and figure, as many cells as columns, and counts that add up', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { sections } = composePack(facts, frameworks, frame);
        let controls = 0;
        let flawed = 0;
        for (const block of sections.flatMap(({ blocks }) => blocks)) {
          if (block.kind === 'Figures') {
            for (const figure of block.figures) {
              if (figure.source === '') flawed += 1;
              controls += figure.number ?? 0;
            }
          }
          if (block.kind !== 'Table') continue;
          flawed += block.rows.filter(({ cells, source }) => cells.length !== block.columns.length || source === '').length;
        }
        expect({ controls, flawed }).toEqual({ controls: evaluatorNames.length, flawed: 0 });
      }),
      { numRuns: 100 },
    );
  });

  it('never counts more that shows it than was looked at', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const wrong = evaluatorNames.filter((name) => {
          const { n, of, items, state, why } = evaluate(name, facts);
          return n > of || items.length !== of || (why === null) !== of > 0 || (state === 'Evidenced') !== (of > 0 && n === of);
        });
        expect(wrong).toEqual([]);
      }),
    );
  });

  it('of a programme with everything is never less than one with a bare model more', () => {
    const alone = evaluatorNames.map((name) => evaluate(name, packOf()));
    const beside = evaluatorNames.map((name) => evaluate(name, packOf({ models: [aPackModel(), aBarePackModel()] })));
    for (const [index, { state }] of alone.entries()) {
      const other = beside[index]?.state ?? 'Missing';
      if (state !== 'NotEvidencedHere') expect(rankOf(other)).toBeLessThanOrEqual(rankOf(state));
    }
  });
});
