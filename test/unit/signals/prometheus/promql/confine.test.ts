import { describe, expect, it } from '@jest/globals';
import { confineExpression } from '../../../../../src/signals/prometheus/promql/confine.ts';
import { parsePromQL } from '../../../../../src/signals/prometheus/promql/parse.ts';
import { printExpression } from '../../../../../src/signals/prometheus/promql/print.ts';

function confined(query: string, value = 'lending', label = 'namespace'): string {
  const parsed = parsePromQL(query);
  if (!parsed.ok) throw new Error(parsed.failure);
  const result = confineExpression(parsed.value, { label, value });
  return result.ok ? printExpression(result.value) : `refused: ${result.failure}`;
}

describe('confineExpression', () => {
  it.each([
    ['a bare metric', 'up', 'up{namespace="lending"}'],
    ['every series', '{__name__=~".+"}', '{namespace="lending",__name__=~".+"}'],
    ['no matcher at all', '{}', '{namespace="lending"}'],
    ['a quoted metric', '{"a.b"}', '{"a.b",namespace="lending"}'],
    ['a keyword as metric', 'sum', 'sum{namespace="lending"}'],
    ['a range', 'rate(x[5m])', 'rate(x{namespace="lending"}[5m])'],
    ['a subquery', 'max_over_time(rate(x[5m])[1h:1m])', 'max_over_time(rate(x{namespace="lending"}[5m])[1h:1m])'],
    ['offset and @', 'x offset 1h @ end()', 'x{namespace="lending"} offset 1h @ end()'],
    ['nested aggregations', 'max(sum by (a) (count(x)))', 'max(sum by (a) (count(x{namespace="lending"})))'],
    ['both sides of an operator', 'a / on (x) group_left (y) b', 'a{namespace="lending"} / on (x) group_left (y) b{namespace="lending"}'],
    ['set operators', 'a or b unless c', 'a{namespace="lending"} or b{namespace="lending"} unless c{namespace="lending"}'],
    ['arguments', 'topk(scalar(k), -x)', 'topk(scalar(k{namespace="lending"}), -x{namespace="lending"})'],
    ['absence', 'absent(x{a="b"})', 'absent(x{namespace="lending",a="b"})'],
    ['its own namespace, said by the author', 'x{namespace="lending"}', 'x{namespace="lending"}'],
    ['the same with the label quoted and the value escaped', String.raw`x{"namespace"="lend\u0069ng"}`, 'x{namespace="lending"}'],
    ['a label that only looks alike', 'x{Namespace="other"}', 'x{namespace="lending",Namespace="other"}'],
  ])('confines %s', (_what, query, expected) => {
    expect(confined(query)).toBe(expected);
  });

  it.each([
    ['another namespace', 'x{namespace="other"}'],
    ['another namespace with the label quoted', '{"x","namespace"="other"}'],
    ['a namespace by expression', 'x{namespace=~"lend.*"}'],
    ['its own namespace as an expression', 'x{namespace=~"lending"}'],
    ['all but its own namespace', 'x{namespace!="lending"}'],
    ['any namespace', 'x{namespace!=""}'],
    ['every namespace but one', 'x{namespace!~"other"}'],
    ['both its own and another', 'x{namespace="lending",namespace="other"}'],
    ['another namespace deep inside', 'sum(rate(a[5m])) / max_over_time(sum(b{namespace="other"})[1h:1m])'],
    ['an empty namespace', 'x{namespace=""}'],
  ])('refuses %s', (_what, query) => {
    expect(confined(query)).toMatch(/^refused: the query may not match label namespace with/);
  });

  it('confines by a label that needs quotes', () => {
    expect(confined('up', 'a"b', 'k8s.namespace')).toBe(String.raw`up{"k8s.namespace"="a\"b"}`);
  });
});
