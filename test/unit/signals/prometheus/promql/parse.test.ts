import { describe, expect, it } from '@jest/globals';
import { maxQueryLength, parsePromQL } from '../../../../../src/signals/prometheus/promql/parse.ts';
import { printExpression } from '../../../../../src/signals/prometheus/promql/print.ts';

function printed(query: string): string {
  const parsed = parsePromQL(query);
  return parsed.ok ? printExpression(parsed.value) : `refused: ${parsed.failure}`;
}

describe('reading and printing PromQL', () => {
  it.each([
    ['a selector', 'up', 'up'],
    ['recorded metrics with colons', 'job:errors:rate5m', 'job:errors:rate5m'],
    ['empty braces', 'up{}', 'up'],
    ['no metric', '{__name__=~".+"}', '{__name__=~".+"}'],
    ['every match operator', `x{a="1",b!='2',c=~"3",d!~\`4\`}`, 'x{a="1",b!="2",c=~"3",d!~"4"}'],
    ['quoted metric and label', '{"a.metric","a.label"="v"}', '{"a.metric","a.label"="v"}'],
    ['a quoted metric that needs no quotes', '{"up", job="x"}', 'up{job="x"}'],
    ['trailing commas', 'x{a="1",}', 'x{a="1"}'],
    ['range, offset, sign', 'rate( x [5m] offset -1h )', 'rate(x[5m] offset -1h)'],
    ['bare seconds as range', 'rate(x[300])', 'rate(x[300])'],
    ['@ with a time', 'x @ 1609746000.5', 'x @ 1609746000.5'],
    ['@ end() and offset', 'rate(x[5m] @ END() offset 1m)', 'rate(x[5m] @ end() offset 1m)'],
    ['subquery with a step', 'max_over_time(rate(x[5m])[1h:1m])', 'max_over_time(rate(x[5m])[1h:1m])'],
    ['subquery with the default step', 'max_over_time(x[1h:])', 'max_over_time(x[1h:])'],
    ['grouping in front', 'SUM BY (a, "b.c") (x)', 'sum by (a, "b.c") (x)'],
    ['grouping behind', 'sum(x) without (a)', 'sum without (a) (x)'],
    ['empty grouping', 'sum by () (x)', 'sum by () (x)'],
    ['a parameter of an aggregation', 'quantile(0.9, x)', 'quantile(0.9, x)'],
    ['strings as arguments', `label_replace(x, 'a', "$1", "b", "(.*)")`, 'label_replace(x, "a", "$1", "b", "(.*)")'],
    ['no arguments', 'x - time()', 'x - time()'],
    ['bool', 'x > BOOL 1', 'x > bool 1'],
    ['vector matching', 'a / on (x) group_left(y) b', 'a / on (x) group_left (y) b'],
    ['group without labels before parentheses', 'a * ignoring (x) group_right () (b)', 'a * ignoring (x) group_right () (b)'],
    ['set operators', 'a AND b or c unless d', 'a and b or c unless d'],
    ['atan2', 'a atan2 b', 'a atan2 b'],
    ['signs', '-x ^ - 2 - -1', '-x ^ -2 - -1'],
    ['numbers of every spelling', 'x + 0x1F + 1e+5 + Inf + .5 + 1_000 + 1h30m', 'x + 0x1F + 1e+5 + Inf + .5 + 1_000 + 1h30m'],
    ['keywords as metric names', 'sum + rate', 'sum + rate'],
    ['keywords as label names', 'by{by="by"}', 'by{by="by"}'],
    ['comments', 'x # sum(\n + y', 'x + y'],
  ])('keeps %s', (_what, query, expected) => {
    expect(printed(query)).toBe(expected);
    expect(printed(expected)).toBe(expected);
  });

  it.each([
    ['nothing', '', 'the query is not PromQL'],
    ['an open parenthesis', 'sum(x', 'the query is not PromQL: syntax error at 5'],
    ['two queries', 'x y', 'the query is not PromQL'],
    ['a string that is not closed', '{a="b', 'the query is not PromQL'],
    ['a literal that is not closed', 'label_join(x, "a', 'the query is not PromQL'],
    ['an escape Prometheus does not know', String.raw`x{a="\q"}`, 'the string at character 4'],
    ['an escaped byte that may not be UTF-8', String.raw`x{a="\xff"}`, 'the string at character 4'],
    ['two metric names', 'up{"down"}', 'the selector at character 0 names two metrics'],
    ['info(), which reads what it does not name', 'info(x)', 'the query calls info()'],
    ['arithmetic between durations', 'rate(x[5m + 1m])', 'not supported'],
    ['step() as a duration', 'rate(x[step()])', 'not supported'],
    ['fill modifiers', 'a + fill(0) b', 'not supported'],
    ['anchored ranges', 'rate(x[5m] anchored)', 'not supported'],
    ['smoothed ranges', 'rate(x[5m] smoothed)', 'not supported'],
    ['trimming operators', 'a </ b', 'not supported'],
    ['half a character', 'x{a="\ud800"}', 'not valid Unicode'],
    ['deep nesting', `${'('.repeat(100)}x${')'.repeat(100)}`, 'nested deeper than 64 levels'],
    ['endless text', `x{a="${'b'.repeat(maxQueryLength)}"}`, 'at most 4096 are accepted'],
  ])('refuses %s', (_what, query, reason) => {
    expect(printed(query)).toMatch(/^refused: /);
    expect(printed(query)).toContain(reason);
  });

  it('ends a comment where the grammar does, and prints nothing of it: readers that end comments elsewhere see the same query', () => {
    expect(printed('up # \r or foo')).toBe('up');
  });
});
