import { describe, expect, it } from '@jest/globals';
import { maxSelectors, planQuery } from '../../../../src/signals/prometheus/query-plan.ts';
import { signalProblem } from '../../../../src/signals/signal-problem.ts';
import type { QueriedSignal } from '../../../../src/signals/port.ts';
import { driftSignal, fairnessSignal, identityLabels, inlineSignal, templateSignal } from '../../../builders/signal.ts';

function sent(signal: QueriedSignal): readonly string[] {
  const plan = planQuery(signal, { namespace: 'lending', only: null });
  return plan.ok ? plan.value.text.split(/ or (?=label_replace)/) : [`${plan.failure.cause}: ${plan.failure.message}`];
}

describe('planQuery', () => {
  it('asks a template for value, count, activity and sample times in one query', () => {
    const signal = templateSignal({ query: 'bad / all', countQuery: 'sum by (model) (all)', activityQuery: 'rate(all[1m])' });
    expect(sent(signal)).toEqual([
      'label_replace(bad{__modelrisk_part__=""} / all{__modelrisk_part__=""}, "__modelrisk_part__", "value", "", "")',
      'label_replace(max by (namespace, model, version, served) (timestamp(bad)), "__modelrisk_part__", "time0", "", "")',
      'label_replace(max by (namespace, model, version, served) (timestamp(all)), "__modelrisk_part__", "time1", "", "")',
      'label_replace(sum by (model) (all), "__modelrisk_part__", "count", "", "")',
      'label_replace(rate(all{__modelrisk_part__=""}[1m]), "__modelrisk_part__", "activity", "", "")',
    ]);
  });

  it('groups sample times only by labels the metric carries', () => {
    const labels = { ...identityLabels, version: null, served: null };
    expect(sent(templateSignal({ identityLabels: labels }))[1]).toContain('max by (namespace, model) (timestamp(error_ratio))');
  });

  it('confines every part of an inline query, sample times too', () => {
    expect(sent(inlineSignal({ query: 'max(queue_age)', countQuery: 'count(queue_age)' }))).toEqual([
      'label_replace(max(queue_age{namespace="lending"}), "__modelrisk_part__", "value", "", "")',
      'label_replace(max by () (timestamp(queue_age{namespace="lending"})), "__modelrisk_part__", "time0", "", "")',
      'label_replace(count(queue_age{namespace="lending"}), "__modelrisk_part__", "count", "", "")',
    ]);
  });

  it.each([
    ['sum(x)', 'sum(x)'],
    ['sum by (model) (x) / on (model) y', 'sum by (model) (x) / on (model) y{__modelrisk_part__=""}'],
    ['sum without (pod) (x)', 'sum without (pod) (x{__modelrisk_part__=""})'],
    ['sum by (__modelrisk_part__) (x)', 'sum by (__modelrisk_part__) (x{__modelrisk_part__=""})'],
    ['topk by (model) (1, x)', 'topk by (model) (1, x{__modelrisk_part__=""})'],
    ['topk(1, sum by (model) (x))', 'topk(1, sum by (model) (x))'],
  ])('reads no series of %s that could pose as a part', (query, expected) => {
    expect(sent(templateSignal({ query }))[0]).toContain(`label_replace(${expected}, "__modelrisk_part__"`);
  });

  it('asks a drift signal for buckets and the time of the histogram', () => {
    expect(sent(driftSignal())[1]).toContain('(timestamp(score_bucket))');
  });

  it('asks a baseline some time ago of the same series, beyond the window, and takes no time from it', () => {
    const query = 'sum by (namespace, model, version, served, le) (increase(score_bucket[1m]))';
    const season = { name: 'season', query, labels: ['le'], isBaseline: true, offsetSeconds: 604_800 };
    expect(sent(driftSignal({ parts: [season] }))).toEqual([
      expect.stringContaining('(increase(score_bucket[1m])), "__modelrisk_part__", "value"'),
      expect.stringContaining('"time0"'),
      expect.stringContaining('(increase(score_bucket[1m] offset 604800s)), "__modelrisk_part__", "season"'),
    ]);
    expect(sent(driftSignal({ parts: [{ ...season, query: 'x * time()' }] }))[0]).toContain(
      'QueryRejected: season query: time() is the present whatever the offset',
    );
  });

  it.each([
    ['a scalar', 'scalar(x)', 'NotAVector: value query: it answers with a scalar'],
    ['arithmetic of numbers', '1 + time()', 'NotAVector: value query: it answers with a scalar'],
    ['a string', '"x"', 'NotAVector: value query: it answers with a string'],
    ['a range', 'x[5m] offset 1m', 'NotAVector: value query: it answers with a matrix'],
    ['a subquery', '(x[5m:1m])', 'NotAVector: value query: it answers with a matrix'],
    ['what is not PromQL', 'sum(', 'QueryRejected: value query: the query is not PromQL'],
    ['a constant', 'vector(1)', 'QueryRejected: value query: it reads no series whose age can be told'],
  ])('refuses %s without asking', (_what, query, refusal) => {
    expect(sent(templateSignal({ query }))[0]).toContain(refusal);
  });

  it.each([
    ['value', { query: 'sum(increase(errors[6h]))' }],
    ['count', { countQuery: 'sum(increase(errors[5m:1m] offset 355m)) + errors' }],
  ])('regression: does not believe a window shorter than the %s query looks back: a stage escalated on its own past', (part, queries) => {
    for (const signal of [templateSignal(queries), inlineSignal(queries)])
      expect(sent(signal)).toEqual([
        `QueryRejected: ${part} query: it looks back 21600 s and windowSeconds is 60; write windowSeconds: 21600, or a shorter range, subquery or offset`,
      ]);
    expect(sent(templateSignal({ ...queries, windowSeconds: 21_600 }))[0]).toContain('label_replace');
  });

  it('lets the activity query look back further: it is no evidence', () => {
    expect(sent(templateSignal({ activityQuery: 'rate(x[5m])' }))[0]).toContain('label_replace');
  });

  it('lets counts by day of the decision look back further: the day bounds them', () => {
    expect(sent(fairnessSignal())[0]).toContain('label_replace');
    const { countsByDay: _, ...bounded } = fairnessSignal();
    expect(sent(bounded)[0]).toContain('it looks back 5184000 s and windowSeconds is 86400');
  });

  it('tells the author which label of a statistic an answer can not carry', () => {
    const [query, parts] = ['sum by (namespace, model, version, served, group, decision) (outcomes)', []];
    expect(signalProblem(fairnessSignal({ query, labels: ['group', 'decision'], parts }), '')).toBeNull();
    expect(signalProblem(fairnessSignal({ query, labels: ['group', 'decision', 'outcome'], parts }), '')).toContain(
      'value query: its answer has no label outcome, so no model finds its series',
    );
    const decisions = { name: 'decisions', query: 'sum by (namespace, model, version, served) (x)', labels: ['day'], isBaseline: true };
    expect(signalProblem(fairnessSignal({ query, labels: ['group'], parts: [decisions] }), '')).toContain(
      'decisions query: its answer has no label day',
    );
  });

  it('names the part that is wrong', () => {
    expect(sent(templateSignal({ countQuery: 'count(' }))[0]).toContain('QueryRejected: count query:');
    expect(sent(inlineSignal({ countQuery: 'x{namespace="other"}' }))[0]).toContain(
      'QueryRejected: count query: the query may not match label namespace',
    );
  });

  it('bounds the branches one query can grow', () => {
    const sum = (terms: number): string => Array.from({ length: terms }, (_unused, index) => `m${index}`).join(' + ');
    expect(sent(templateSignal({ query: sum(maxSelectors) }))).toHaveLength(maxSelectors + 1);
    expect(sent(templateSignal({ query: sum(maxSelectors + 1) }))[0]).toContain('more than 16 different selectors');
  });
});
