import { describe, expect, it } from '@jest/globals';
import type { QueriedSignal } from '../../../../src/signals/port.ts';
import { planQuery } from '../../../../src/signals/prometheus/query-plan.ts';
import { createQueryPlanner } from '../../../../src/signals/prometheus/query-planner.ts';
import { driftSignal, inlineSignal, templateSignal } from '../../../builders/signal.ts';

const lending = { namespace: 'lending', only: null };

describe('createQueryPlanner', () => {
  it.each<[string, QueriedSignal]>([
    ['a template', templateSignal({ countQuery: 'requests' })],
    ['an inline query', inlineSignal()],
    ['a drift', driftSignal()],
    ['a query that can not be read', templateSignal({ query: 'max(' })],
    ['a query that looks back further than its window', templateSignal({ query: 'rate(x[1h])', windowSeconds: 60 })],
  ])('plans %s as it is planned without a memory, at every poll', (_what, signal) => {
    const planner = createQueryPlanner();
    for (let poll = 0; poll < 3; poll++) expect(planner(signal, lending)).toEqual(planQuery(signal, lending));
  });

  it('parses a signal once, however often it is asked', () => {
    const planner = createQueryPlanner();
    const signal = templateSignal();
    expect(planner(signal, lending)).toBe(planner(signal, lending));
  });

  it('plans an edited signal anew, though its shape is the same', () => {
    const planner = createQueryPlanner();
    const before = planner(templateSignal({ query: 'error_ratio' }), lending);
    const after = planner(templateSignal({ query: 'error_ratio_v2' }), lending);
    expect(before.ok && before.value.text).toContain('error_ratio{');
    expect(after).toEqual(planQuery(templateSignal({ query: 'error_ratio_v2' }), lending));
    expect(after).not.toEqual(before);
  });

  it('never answers one namespace with the confined query of another', () => {
    const planner = createQueryPlanner();
    const signal = inlineSignal();
    planner(signal, lending);
    const fraud = { namespace: 'fraud', only: null };
    expect(planner(signal, fraud)).toEqual(planQuery(signal, fraud));
    expect(planner(signal, lending)).toEqual(planQuery(signal, lending));
  });

  it('plans those who are asked apart as they are named this time', () => {
    const planner = createQueryPlanner();
    const signal = templateSignal({ query: 'max by (namespace, model, version, served) (x)' });
    planner(signal, lending);
    for (const only of [['lending'], ['lending', 'fraud'], ['fraud']])
      expect(planner(signal, { namespace: 'lending', only })).toEqual(planQuery(signal, { namespace: 'lending', only }));
    expect(planner(signal, lending)).toEqual(planQuery(signal, lending));
  });
});
