import { describe, expect, it } from '@jest/globals';
import { parsePromQL } from '../../../../../src/signals/prometheus/promql/parse.ts';
import { printExpression } from '../../../../../src/signals/prometheus/promql/print.ts';
import { shiftExpression } from '../../../../../src/signals/prometheus/promql/shift.ts';

function shifted(query: string, seconds = 604_800): string {
  const parsed = parsePromQL(query);
  if (!parsed.ok) throw new Error(parsed.failure);
  const result = shiftExpression(parsed.value, seconds);
  return result.ok ? printExpression(result.value) : `refused: ${result.failure}`;
}

describe('shiftExpression', () => {
  it.each([
    ['x', 'x offset 604800s'],
    ['sum by (le) (increase(x_bucket{model!=""}[10m]))', 'sum by (le) (increase(x_bucket{model!=""}[10m] offset 604800s))'],
    ['rate(x[5m]) / on (model) rate(y[5m])', 'rate(x[5m] offset 604800s) / on (model) rate(y[5m] offset 604800s)'],
    ['x offset 1h', 'x offset 608400s'],
    ['rate(x[5m] offset 1h)', 'rate(x[5m] offset 608400s)'],
    ['x offset -1h', 'x offset 601200s'],
    ['max_over_time(rate(x[5m])[1h:1m])', 'max_over_time(rate(x[5m])[1h:1m] offset 604800s)'],
    ['max_over_time(x[1h:1m] offset 1d)', 'max_over_time(x[1h:1m] offset 691200s)'],
    ['x @ end()', 'x offset 604800s @ end()'],
    ['x offset 1h @ end()', 'x offset 608400s @ end()'],
    ['x @ end() offset 1h', 'x @ end() offset 608400s'],
    ['x @ 1700000000', 'x @ 1700000000'],
    ['x @ 1700000000 offset 1h', 'x @ 1700000000 offset 1h'],
    ['-(x > 0.5)', '-(x offset 604800s > 0.5)'],
    ['label_replace(x, "a", "b", "c", "(.*)")', 'label_replace(x offset 604800s, "a", "b", "c", "(.*)")'],
    ['topk(3, x)', 'topk(3, x offset 604800s)'],
  ])('asks about the past of %s', (query, expected) => {
    expect(shifted(query)).toBe(expected);
  });

  it('is not misled by text that looks like a selector', () => {
    expect(shifted('x{path="a offset 5m"}')).toBe('x{path="a offset 5m"} offset 604800s');
  });

  it('keeps parts of a second', () => {
    expect(shifted('x offset 1500ms', 60)).toBe('x offset 61500ms');
  });

  it('leaves the query alone for no time at all', () => {
    expect(shifted('time() - timestamp(x)', 0)).toBe('time() - timestamp(x)');
  });

  it.each(['x * on () group_left () vector(time())', 'x and hour() > 8', 'max_over_time((x + time())[1h:1m])'])(
    'refuses %s: the clock it reads would stay in the present',
    (query) => {
      expect(shifted(query)).toMatch(/^refused: (?:time|hour)\(\) is the present/);
    },
  );
});
