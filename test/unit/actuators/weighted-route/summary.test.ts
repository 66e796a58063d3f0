import { describe, expect, it } from '@jest/globals';

import { gatewayGrammar } from '../../../../src/actuators/gateway-route/grammar.ts';
import { intentOf } from '../../../../src/actuators/weighted-route/intent.ts';
import { summarizeIntent, summarizeLive } from '../../../../src/actuators/weighted-route/summary.ts';
import { aRoute, backend, cap, mirrorTo, rule, ruleAt, settled } from '../../../builders/http-route.ts';

const live = (...rules: Parameters<typeof aRoute>[0]) => summarizeLive(intentOf(aRoute(rules), null, gatewayGrammar).rules);
const to = (v2: number | null, v1: number | null) => [backend('credit-v2', v2), backend('credit-v1', v1)];

describe('a route on one line', () => {
  it('is the share of each backend, to a tenth of a percent', () => {
    expect(live(rule(to(1, 2)))).toBe('credit-v2 33.3 %, credit-v1 66.7 %');
    expect(live(rule(to(null, 3)))).toBe('credit-v2 25 %, credit-v1 75 %');
    expect(live(rule(to(0, 5)))).toBe('credit-v2 0 %, credit-v1 100 %');
  });

  it('is nobody’s share where weights sum to nothing, and says where there is no backend', () => {
    expect(live(rule(to(0, 0)))).toBe('credit-v2 0 %, credit-v1 0 %');
    expect(live(rule([]))).toBe('no backend');
  });

  it('names copies: all of them unless a percent is written', () => {
    const copied = rule(to(0, 1), { filters: [mirrorTo('credit-v2', { percent: 5 }), mirrorTo('audit')] });
    expect(live(copied)).toBe('credit-v2 0 %, credit-v1 100 %; copies 5 % to credit-v2; copies 100 % to audit');
  });

  it('names rules only where they differ, by name or by place', () => {
    expect(live(ruleAt('/a', to(1, 1)), ruleAt('/b', to(2, 2)))).toBe('credit-v2 50 %, credit-v1 50 %');
    expect(live(ruleAt('/a', to(1, 1)), ruleAt('/b', to(0, 1), { name: 'batch' }))).toBe(
      'rule 1: credit-v2 50 %, credit-v1 50 % | rule batch: credit-v2 0 %, credit-v1 100 %',
    );
  });

  it('names the port only where one Service has two of them', () => {
    const twice = [backend('credit-v2', 1), backend('credit-v2', 1, { port: 9090 }), backend('credit-v1', 2)];
    expect(live(rule(twice))).toBe('credit-v2:8080 25 %, credit-v2:9090 25 %, credit-v1 50 %');
  });

  it('fits the record: what is longer than 512 characters ends in an ellipsis, what is as long does not', () => {
    const long = (length: number) => live(rule([backend('x'.repeat(length - ' 100 %'.length), 1)]));
    expect(long(512)).toHaveLength(512);
    expect(long(512)).toMatch(/x 100 %$/);
    expect(long(513)).toHaveLength(512);
    expect(long(513)).toMatch(/x 100…$/);
  });

  it('of what users want leaves out what a constraint did', () => {
    const wanted = aRoute([rule(to(50, 50), { filters: [mirrorTo('audit', { percent: 7 })] })]);
    const { rules } = intentOf(settled(wanted, [cap(10)]), null, gatewayGrammar);
    expect(summarizeLive(rules)).toBe('credit-v2 10 %, credit-v1 90 %; copies 7 % to audit');
    expect(summarizeIntent(intentOf(wanted, null, gatewayGrammar).rules)).toBe('credit-v2 50 %, credit-v1 50 %; copies 7 % to audit');
  });
});
