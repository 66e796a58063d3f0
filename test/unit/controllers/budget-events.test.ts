import { describe, expect, it } from '@jest/globals';
import { budgetEvents } from '../../../src/controllers/budget-events.ts';
import { conditionReporter } from '../../../src/controllers/condition-events.ts';
import type { RecordedEvent } from '../../../src/kube/event-recorder.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';

type Shown = { readonly spentAt?: string } | undefined;

function revision(indicators: Readonly<Record<string, Shown>>): UntypedObject {
  const objective = { targetPercent: 99, windowSeconds: 2_592_000, changes: [] };
  const status = {
    conditions: [],
    indicators: Object.entries(indicators).map(([name, shown]) => ({
      name,
      ...(shown === undefined ? {} : { objective: { ...objective, ...shown } }),
    })),
  };
  return { apiVersion: 'v1', kind: 'ModelRisk', metadata: { name: 'credit' }, status } as unknown as UntypedObject;
}

const spent = { spentAt: '2026-06-01T12:00:00.000Z' };
const told = (before: UntypedObject, after: UntypedObject) => budgetEvents(after, before).map(({ type, reason }) => `${type} ${reason}`);

describe('events of budgets', () => {
  it('tell that one is spent, and that it is back', () => {
    const [whole, gone] = [revision({ parity: {} }), revision({ parity: spent })];
    expect(told(whole, gone)).toEqual(['Warning BudgetSpent']);
    expect(told(gone, whole)).toEqual(['Normal BudgetBack']);
  });

  it('say of which indicator, that no traffic moves, and what says more', () => {
    const [event] = budgetEvents(revision({ parity: spent }), revision({ parity: {} }));
    expect(event?.note).toContain('of indicator parity (99 % over 2592000 s) is spent');
    expect(event?.note).toContain('No traffic moves by it');
    expect(event?.note).toContain('kubectl modelrisk explain');
  });

  it('tell each by itself', () => {
    const before = revision({ parity: spent, drift: {} });
    expect(told(before, revision({ parity: {}, drift: spent }))).toEqual(['Normal BudgetBack', 'Warning BudgetSpent']);
  });

  it('tell nothing of what stays as it was, also where it was spent at another time', () => {
    const gone = revision({ parity: spent });
    expect(told(gone, gone)).toEqual([]);
    expect(told(gone, revision({ parity: { spentAt: '2026-06-02T12:00:00.000Z' } }))).toEqual([]);
    expect(told(revision({}), revision({}))).toEqual([]);
  });

  it('tell nothing of an objective that appears or is taken out', () => {
    expect(told(revision({ parity: undefined }), revision({ parity: spent }))).toEqual([]);
    expect(told(revision({ parity: spent }), revision({ parity: undefined }))).toEqual([]);
    expect(told(revision({ parity: spent }), revision({}))).toEqual([]);
  });

  it('are told beside those of conditions', () => {
    const events: RecordedEvent[] = [];
    conditionReporter({ record: (event) => void events.push(event) })(revision({ parity: spent }), revision({ parity: {} }));
    expect(events.map(({ reason }) => reason)).toEqual(['BudgetSpent']);
  });

  it('tell nothing of an object without a status', () => {
    const bare = { apiVersion: 'v1', kind: 'MitigationPlan', metadata: { name: 'plan' } } as unknown as UntypedObject;
    expect(told(bare, bare)).toEqual([]);
  });
});
