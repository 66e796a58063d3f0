import { describe, expect, it } from '@jest/globals';
import { lookBackSeconds } from '../../../../../src/signals/prometheus/promql/look-back.ts';
import { parsePromQL } from '../../../../../src/signals/prometheus/promql/parse.ts';

describe('lookBackSeconds', () => {
  it.each([
    ['x', 0],
    ['sum(increase(errors[6h]))', 21_600],
    ['rate(x[1h30m]) / rate(y[5m])', 5400],
    ['rate(x[90])', 90],
    ['rate(x[1500ms])', 1.5],
    ['max_over_time(rate(x[5m])[1h:1m])', 3900],
    ['x - x offset 1d', 86_400],
    ['rate(x[5m]) / rate(x[5m] offset 1w)', 605_100],
    ['rate(x[5m] offset 1h)', 300],
    ['max_over_time(x[1h:1m] offset 1d)', 3600],
    ['x offset -5m', 0],
    ['rate(x[5m] @ end())', 300],
    ['x - x @ 1700000000', 0],
    ['x unless rate(y[2h]) > 0', 7200],
    ['vector(1)', 0],
  ])('of %s is %s', (query, seconds) => {
    const parsed = parsePromQL(query);
    expect(parsed.ok ? lookBackSeconds(parsed.value) : parsed.failure).toBe(seconds);
  });

  it('has no end where a duration cannot be read', () => {
    const selector = { kind: 'Selector', metric: 'x', matchers: [] } as const;
    expect(lookBackSeconds({ kind: 'Range', inner: selector, range: 'soon' })).toBe(Infinity);
  });
});
