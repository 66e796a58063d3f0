import { describe, expect, it } from '@jest/globals';
import { dataTimeOf, evaluateDataTime, type DataTime } from '../../../../../src/signals/prometheus/promql/data-time.ts';
import { parsePromQL } from '../../../../../src/signals/prometheus/promql/parse.ts';
import { printExpression } from '../../../../../src/signals/prometheus/promql/print.ts';

/** `All(x, Any(y, z))` with the selectors in place of their numbers. */
function planned(query: string): string {
  const parsed = parsePromQL(query);
  if (!parsed.ok) throw new Error(parsed.failure);
  const plan = dataTimeOf(parsed.value);
  if (plan === null) return 'unknown';
  const text = (time: DataTime): string =>
    time.kind === 'Leaf'
      ? plan.leaves
          .slice(time.index, time.index + 1)
          .map(printExpression)
          .join()
      : `${time.kind}(${time.parts.map(text).join(', ')})`;
  return text(plan.time);
}

describe('dataTimeOf', () => {
  it.each([
    ['a selector', 'x{a="b"}', 'x{a="b"}'],
    ['a range function', 'rate(x[5m])', 'x'],
    ['a subquery', 'max_over_time(rate(x[5m])[1h:1m])', 'x'],
    ['a quotient, which needs both', 'a / b', 'All(a, b)'],
    ['a comparison with a constant', 'x > bool 0.5', 'x'],
    ['alternatives', 'a or b', 'Any(a, b)'],
    ['an alternative that is no data', 'x or vector(0)', 'x'],
    ['an exclusion, whose right side is normally absent', 'a unless b', 'a'],
    ['a condition', 'a and on () b', 'All(a, b)'],
    ['a scalar', 'x / scalar(y)', 'All(x, y)'],
    ['one selector used twice', 'x / (x + y)', 'All(x, All(x, y))'],
    ['a comparison with last week', 'x / x offset 1w', 'x'],
    ['a fixed point in time beside the present', 'x - x @ 1609746000', 'x'],
    ['last week around a subquery beside the present', 'x / avg_over_time(y[1h:1m] offset 1w)', 'x'],
    ['last week inside a chain of operators', 'x - y offset 1w / z', 'All(x, z)'],
    ['a query that looks back as a whole', 'rate(x[5m] offset 10m)', 'x offset 10m'],
    ['@ and offset together', 'rate(x[5m] @ end() offset 1m)', 'x @ end() offset 1m'],
    ['a subquery that looks back as a whole', 'avg_over_time(y[1h:1m] offset 1w)', 'unknown'],
    ['a selector that looks back inside such a subquery', 'avg_over_time(y offset 1h[1h:1m] offset 1w)', 'unknown'],
    ['constants', 'vector(1) + time()', 'unknown'],
  ])('finds where the time of %s comes from', (_what, query, expected) => {
    expect(planned(query)).toBe(expected);
  });
});

describe('evaluateDataTime', () => {
  const leaf = (index: number): DataTime => ({ kind: 'Leaf', index });
  const times =
    (...known: (number | null)[]) =>
    (index: number): number | null =>
      known[index] ?? null;

  it('takes the oldest of what is needed together', () => {
    expect(evaluateDataTime({ kind: 'All', parts: [leaf(0), leaf(1)] }, times(20, 10))).toBe(10);
  });

  it('knows no time when a needed part has none', () => {
    expect(evaluateDataTime({ kind: 'All', parts: [leaf(0), leaf(1)] }, times(20, null))).toBeNull();
  });

  it('takes the newest of alternatives, whichever is there', () => {
    const any: DataTime = { kind: 'Any', parts: [leaf(0), leaf(1)] };
    expect(evaluateDataTime(any, times(20, 10))).toBe(20);
    expect(evaluateDataTime(any, times(null, 10))).toBe(10);
    expect(evaluateDataTime(any, times(null, null))).toBeNull();
  });

  it('passes a missing part on through alternatives to what needs them', () => {
    const time: DataTime = { kind: 'All', parts: [leaf(0), { kind: 'Any', parts: [leaf(1), leaf(2)] }] };
    expect(evaluateDataTime(time, times(30, null, null))).toBeNull();
    expect(evaluateDataTime(time, times(30, null, 20))).toBe(20);
  });
});
