import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { gatewayGrammar } from '../../../../src/actuators/gateway-route/grammar.ts';
import { rulesOf } from '../../../../src/actuators/weighted-route/route.ts';
import { aRoute, backend, mirrorTo, rule, ruleAt } from '../../../builders/http-route.ts';

const read = (...rules: Parameters<typeof aRoute>[0]) => rulesOf(aRoute(rules), gatewayGrammar);
const halves = [backend('credit-v2', 50), backend('credit-v1', 50)];

describe('rules of a route', () => {
  it('are told apart by name, else by what they match, whatever its order', () => {
    const paths = ['/a', '/b'].map((value) => ({ path: { type: 'PathPrefix', value } }));
    const [ahead, back, named, other] = read(
      rule(halves, { matches: paths }),
      rule(halves, { matches: paths.toReversed() }),
      rule(halves, { matches: paths, name: 'score' }),
      ruleAt('/a', halves),
    );
    expect(back?.identity).toBe(ahead?.identity);
    expect(named?.identity).toBe('name:score');
    expect(other?.identity).not.toBe(ahead?.identity);
  });

  it('alike in that are counted, each kind by itself', () => {
    const rules = read(ruleAt('/a', halves), ruleAt('/b', halves), ruleAt('/a', halves), ruleAt('/a', halves), ruleAt('/b', halves));
    expect(rules.map(({ index, ordinal }) => [index, ordinal])).toEqual([
      [0, 0],
      [1, 0],
      [2, 1],
      [3, 2],
      [4, 1],
    ]);
  });

  it('with a name too long for a journal are known by a digest of it, which tells two of them apart', () => {
    const identity = (length: number, last: string) => read(rule(halves, { name: `${'n'.repeat(length - 1)}${last}` }))[0]?.identity;
    expect(identity(253, 'a')).toBe(`name:${'n'.repeat(252)}a`);
    expect(identity(254, 'a')).toMatch(/^name:[0-9a-f]{16}$/);
    expect(identity(254, 'a')).not.toBe(identity(254, 'b'));
  });
});

describe('backends of a rule', () => {
  it('have an id of their own, though the same Service is named more than once', () => {
    const names = fc.array(fc.constantFrom('credit-v1', 'credit-v2'), { maxLength: 6 });
    fc.assert(
      fc.property(names, (services) => {
        const [found] = read(rule(services.map((name) => backend(name, 1))));
        const ids = found?.backends.map(({ id }) => id) ?? [];
        expect(new Set(ids).size).toBe(services.length);
        expect(found?.backends.map((each) => each.backend)).toEqual(services.map((name) => `${name}:8080`));
        // The first keeps its plain name, so that a journal of one still fits when a second comes.
        for (const name of new Set(services)) expect(ids[services.indexOf(name)]).toBe(`${name}:8080`);
      }),
    );
  });

  it('have the weight that is written, and none where none is', () => {
    expect(read(rule([backend('credit-v2', 0), backend('credit-v1', null)]))[0]?.backends.map(({ weight }) => weight)).toEqual([0, null]);
  });
});

describe('mirrors of a rule', () => {
  it('keep their place among filters that are none', () => {
    const header = { type: 'RequestHeaderModifier', requestHeaderModifier: { remove: ['x'] } };
    const [found] = read(rule(halves, { filters: [header, mirrorTo('audit'), header, mirrorTo('credit-v2', { percent: 5 })] }));
    expect(found?.mirrors).toEqual([
      { index: 1, backend: 'audit:8080', percent: null, fraction: false },
      { index: 3, backend: 'credit-v2:8080', percent: 5, fraction: false },
    ]);
    expect(read(rule(halves))[0]).toMatchObject({ mirrorList: null, mirrors: [] });
    expect(read(rule(halves, { filters: [] }))[0]).toMatchObject({ mirrorList: [], mirrors: [] });
  });
});
