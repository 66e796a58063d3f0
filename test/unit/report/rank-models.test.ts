import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { parseMitigationPlan } from '../../../src/api/mitigation-plan.ts';
import { parseModelRisk } from '../../../src/api/model-risk.ts';
import { rankModels } from '../../../src/report/rank-models.ts';
import type { Result } from '../../../src/shared/result.ts';
import { withValue } from '../../builders/api.ts';
import type { Manifest } from '../../builders/api.ts';
import { creditModel, engagedPlan } from '../../builders/reported.ts';

const weeksAYear = 365.25 / 7;
const priced = (name: string) => ({
  ...{ name, category: 'Fairness', likelihood: { incidents: 4, years: 4 } },
  impact: { revenue: { constant: 100_000 } },
});
const indicator = (name: string, risk: string) => ({
  ...{ name, risk, signal: { promQL: { provider: 'prometheus', query: 'sum(rate(errors[5m]))', windowSeconds: 300 } } },
  threshold: { direction: 'Above', breach: 0.05 },
});
const reads = (name: string, state: string) => ({
  ...{ name, state, since: '2026-06-01T00:00:00Z', verdict: 'Breach' },
  threshold: { direction: 'Above', breach: 0.05, clear: 0.05 },
});

/** Two indicators watch risk `a`, one `b`, one `c`. */
function aModel(states: Readonly<Record<string, string>> = {}): Manifest {
  const watched = { one: 'a', two: 'a', three: 'b', four: 'c' };
  const changes: readonly (readonly [string, unknown])[] = [
    ['spec.risks', ['a', 'b', 'c'].map(priced)],
    ['spec.indicators', Object.entries(watched).map(([name, risk]) => indicator(name, risk))],
    ['spec.remediations', []],
    ['spec.decisionLog', undefined],
    ['spec.documentation', undefined],
    ['status.indicators', Object.entries(states).map(([name, state]) => reads(name, state))],
  ];
  return changes.reduce((made, [path, value]) => withValue(made, path, value), creditModel());
}

function aPlan(indicators: readonly string[], changes: Readonly<Record<string, unknown>> = {}): Manifest {
  const made = withValue(withValue(engagedPlan(), 'spec.trigger.indicators', indicators), 'spec.stages[1].enterOn', undefined);
  return Object.entries(changes).reduce((plan, [path, value]) => withValue(plan, path, value), made);
}

function read<Value>(result: Result<Value, readonly string[]>): Value {
  if (!result.ok) throw new Error(result.failure.join());
  return result.value;
}

/** What constraints cost a week, by risk, of all models. */
function costs(models: readonly Manifest[], plans: readonly Manifest[]): Readonly<Record<string, number>> {
  const ranked = rankModels(
    { models: models.map((each) => read(parseModelRisk(each))), plans: plans.map((each) => read(parseMitigationPlan(each))) },
    { discountPercent: 0 },
  );
  return Object.fromEntries(
    ranked.unplanned.map(({ id, holdingCost }) => [id.split('/').at(-1) ?? '', Math.round(holdingCost / weeksAYear)]),
  );
}

describe('what a constraint in force costs', () => {
  it('is laid on the risks whose indicators are beyond a limit, in equal parts', () => {
    const plan = aPlan(['one', 'two', 'three', 'four']);
    expect(costs([aModel({ one: 'Firing', two: 'Firing', three: 'Clearing', four: 'Clear' })], [plan])).toEqual({ a: 350, b: 350, c: 0 });
    expect(costs([aModel({ one: 'Clear', two: 'Clear', three: 'Firing', four: 'Clear' })], [plan])).toEqual({ a: 0, b: 700, c: 0 });
  });

  it('is laid on all the plan waits for where none of these is any more', () => {
    expect(costs([aModel({ one: 'Clear', three: 'Clear' })], [aPlan(['one', 'three'])])).toEqual({ a: 350, b: 350, c: 0 });
    expect(costs([aModel()], [aPlan(['four'])])).toEqual({ a: 0, b: 0, c: 700 });
  });

  it('is not laid on what fires beside the plan', () => {
    expect(costs([aModel({ one: 'Firing', four: 'Firing' })], [aPlan(['one'])])).toEqual({ a: 700, b: 0, c: 0 });
  });

  it.each([
    ['of another model', { 'spec.riskRef.name': 'other' }],
    ['of another namespace', { 'metadata.namespace': 'payments' }],
    ['that is not engaged', { 'status.phase': 'Idle' }],
    ['of which nobody stated a cost', { 'spec.holdingCostPerWeek': undefined }],
  ])('is nothing for a plan %s', (_which, changes) => {
    expect(costs([aModel()], [aPlan(['one'], changes)])).toEqual({ a: 0, b: 0, c: 0 });
  });

  it('of several plans adds up', () => {
    const second = aPlan(['one', 'four'], { 'metadata.name': 'second', 'spec.holdingCostPerWeek': 100 });
    expect(costs([aModel()], [aPlan(['one']), second])).toEqual({ a: 750, b: 0, c: 50 });
  });

  it('is neither lost nor counted twice, whatever fires', () => {
    const names = ['one', 'two', 'three', 'four'];
    const state = fc.constantFrom('Clear', 'Pending', 'Firing', 'Clearing');
    fc.assert(
      fc.property(fc.subarray(names, { minLength: 1 }), fc.dictionary(fc.constantFrom(...names), state), (waitsFor, states) => {
        const laid = costs([aModel(states)], [aPlan(waitsFor, { 'spec.holdingCostPerWeek': 600 })]);
        expect(Object.values(laid).reduce((sum, cost) => sum + cost, 0)).toBe(600);
      }),
      { numRuns: 60 },
    );
  });
});
