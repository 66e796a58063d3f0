import { describe, expect, it } from '@jest/globals';
import { lostLabels } from '../../../../../src/signals/prometheus/promql/lost-labels.ts';
import { parsePromQL } from '../../../../../src/signals/prometheus/promql/parse.ts';

const labels = ['namespace', 'model'];

function lost(query: string): readonly string[] | string {
  const parsed = parsePromQL(query);
  return parsed.ok ? lostLabels(parsed.value, labels) : parsed.failure;
}

describe('lostLabels', () => {
  it.each([
    'x',
    'sum by (namespace, model, le) (rate(x[5m]))',
    'histogram_quantile(0.9, sum by (namespace, model, le) (rate(x[5m])))',
    'sum without (pod) (x)',
    'topk(3, x)',
    '1 - sum by (namespace, model) (x) > 0.5',
    'a / on (namespace, model) b',
    'a * on (pod) group_left (model) b',
    'sum by (namespace) (a) * on (namespace) group_right b',
    'label_replace(sum by (namespace, app) (x), "model", "$1", "app", "(.*)")',
    'count_values by (namespace) ("model", x)',
    'sum(x) or y',
    'a unless on () sum(b)',
    'absent(x{namespace="a",model="b"})',
    'max_over_time((-x)[1h:1m])',
  ])('finds nothing lost by %s', (query) => {
    expect(lost(query)).toEqual([]);
  });

  it.each([
    ['sum(x)', labels],
    ['sum by (namespace) (x)', ['model']],
    ['sum without (model) (x)', ['model']],
    ['topk(1, sum by (model) (x))', ['namespace']],
    ['sum by (namespace, model) (sum by (model) (x))', ['namespace']],
    ['a / on (model) b', ['namespace']],
    ['a / ignoring (namespace) b', ['namespace']],
    ['sum by (model) (a) * on (model) group_left () b', ['namespace']],
    ['sum(x) or sum by (model) (y)', ['namespace']],
    ['vector(1)', labels],
  ])('finds what %s loses', (query, expected) => {
    expect(lost(query)).toEqual(expected);
  });
});
