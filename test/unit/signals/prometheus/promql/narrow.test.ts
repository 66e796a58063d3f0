import { describe, expect, it } from '@jest/globals';
import { narrowExpression } from '../../../../../src/signals/prometheus/promql/narrow.ts';
import { parsePromQL } from '../../../../../src/signals/prometheus/promql/parse.ts';
import { printExpression } from '../../../../../src/signals/prometheus/promql/print.ts';

/** `N` in an expected query stands for the matcher. */
function narrowed(query: string): string {
  const parsed = parsePromQL(query);
  if (!parsed.ok) throw new Error(parsed.failure);
  const expression = narrowExpression(parsed.value, { label: 'namespace', operator: '=', value: 'lending' });
  return printExpression(expression).replaceAll('namespace="lending"', 'N');
}

describe('narrowExpression', () => {
  it.each([
    ['a metric', 'x', 'x{N}'],
    ['a metric with matchers', 'x{a="b",namespace!="dev"}', 'x{a="b",namespace!="dev",N}'],
    ['a range in a function', 'histogram_quantile(0.9, rate(x[5m] offset 1m))', 'histogram_quantile(0.9, rate(x{N}[5m] offset 1m))'],
    ['a subquery', 'max_over_time(-(x)[1h:1m])', 'max_over_time(-(x{N})[1h:1m])'],
    ['an aggregation by the label', 'sum by (namespace, model) (x)', 'sum by (namespace, model) (x{N})'],
    ['an aggregation that keeps the label', 'sum without (pod) (x)', 'sum without (pod) (x{N})'],
    ['the best of each', 'topk by (namespace) (1, x)', 'topk by (namespace) (1, x{N})'],
    ['arithmetic with numbers', '1 - x > bool scalar(y)', '1 - x{N} > bool scalar(y)'],
    ['partners that agree in every label', 'a / b', 'a{N} / b{N}'],
    [
      'partners that agree in the label',
      'a / on (namespace, model) group_left (pod) b',
      'a{N} / on (namespace, model) group_left (pod) b{N}',
    ],
    ['partners that ignore another label', 'a * ignoring (pod) b', 'a{N} * ignoring (pod) b{N}'],
    ['a stand-in of the same namespace', 'a or b', 'a{N} or b{N}'],
    ['an exception of the same namespace', 'a unless on (namespace) b', 'a{N} unless on (namespace) b{N}'],
    ['another label written anew', 'label_replace(x, "pod", "$1", "name", "(.*)")', 'label_replace(x{N}, "pod", "$1", "name", "(.*)")'],
  ])('narrows %s', (_what, query, expected) => {
    expect(narrowed(query)).toBe(expected);
  });

  it.each([
    ['the one side the label comes from', 'a / on (model) group_left b', 'a{N} / on (model) group_left () b'],
    ['the other side', 'a / on (model) group_right (x) b', 'a / on (model) group_right (x) b{N}'],
    ['not the exception for all', 'a unless on () maintenance', 'a{N} unless on () maintenance'],
    ['not the condition of all', 'a and on (model) b', 'a{N} and on (model) b'],
  ])('narrows %s', (_what, query, expected) => {
    expect(narrowed(query)).toBe(expected);
  });

  it.each([
    ['a sum over all namespaces', 'sum by (model) (x)'],
    ['the best of all namespaces', 'topk(3, x)'],
    ['an aggregation that drops the label', 'sum without (namespace) (x)'],
    ['the label written anew', 'label_replace(x, "namespace", "$1", "exported_namespace", "(.*)")'],
    ['the label joined', 'label_join(x, "namespace", "-", "a", "b")'],
    ['the label counted', 'count_values by (namespace) ("namespace", x)'],
    ['absence', 'absent(x)'],
    ['a stand-in for whoever has nothing', 'a or on (model) b'],
    ['partners that agree in other labels', 'a / on (model) b'],
    ['the label taken from the partner', 'a * on (pod) group_left (namespace) b'],
  ])('leaves %s alone, or the answer would be another', (_what, query) => {
    expect(narrowed(query)).toBe(printed(query));
  });
});

function printed(query: string): string {
  const parsed = parsePromQL(query);
  return parsed.ok ? printExpression(parsed.value) : parsed.failure;
}
