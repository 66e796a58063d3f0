import { describe, expect, it } from '@jest/globals';

import type { TargetObject } from '../../../../src/actuators/port.ts';
import * as given from '../../../builders/http-route.ts';
import { backend, cap, halfAndHalf, mirrorTo, rule, ruleAt, shadow } from '../../../builders/http-route.ts';
import { holdsFor } from '../../../builders/json-patch.ts';

const operationsOn = (live: TargetObject, claims = [cap(10)]) => {
  const { actuation } = given.pass(live, claims);
  if (actuation.kind !== 'Patch') throw new Error(`expected a patch, got ${actuation.kind}`);
  return actuation.operations;
};

describe('one patch', () => {
  it('tests first, then writes exactly what changes, then journal and epoch', () => {
    const route = given.aRoute([
      ruleAt('/a', [backend('other', 1)]),
      ruleAt('/b', [backend('credit-v2', 50), backend('credit-v1', 50)], { name: 'b' }),
    ]);
    const operations = operationsOn(route);
    expect(operations.map(({ op, path }) => `${op} ${path}`)).toEqual([
      'test /metadata/uid',
      'test /metadata/annotations/modelrisk.dev~1journal',
      'test /spec/rules/1/name',
      'test /spec/rules/1/backendRefs',
      'replace /spec/rules/1/backendRefs/0/weight',
      'replace /spec/rules/1/backendRefs/1/weight',
      'add /metadata/annotations/modelrisk.dev~1journal',
      'add /metadata/annotations/modelrisk.dev~1epoch',
    ]);
  });

  it('adds a weight that is absent, and takes it away again', () => {
    const route = given.aRoute([rule([backend('credit-v2', null), backend('credit-v1', null)])]);
    expect(operationsOn(route)).toContainEqual({ op: 'add', path: '/spec/rules/0/backendRefs/0/weight', value: 20 });
    const engaged = given.settled(route, [cap(10)]);
    expect(operationsOn(engaged, [])).toContainEqual({ op: 'remove', path: '/spec/rules/0/backendRefs/0/weight' });
  });

  it('adds the annotation map where there is none, and only there', () => {
    const { annotations: _annotations, ...metadata } = halfAndHalf().metadata as Record<string, string>;
    const operations = operationsOn({ ...halfAndHalf(), metadata });
    expect(operations).toContainEqual({ op: 'test', path: '/metadata/annotations', value: null });
    expect(operations.filter(({ path }) => path.startsWith('/metadata/annotations/'))).toEqual([]);
    expect(holdsFor(halfAndHalf(), operations)).toBe(false);
  });

  it('tests the filters where it touches them', () => {
    const route = given.aRoute([rule([backend('credit-v2', 50), backend('credit-v1', 50)], { filters: [mirrorTo('audit')] })]);
    const operations = operationsOn(route, [shadow(100)]);
    expect(operations).toContainEqual({ op: 'test', path: '/spec/rules/0/filters', value: [mirrorTo('audit')] });
    expect(operations).toContainEqual({ op: 'add', path: '/spec/rules/0/filters/-', value: mirrorTo('credit-v2') });
    expect(operationsOn(halfAndHalf(), [shadow(100)])).toContainEqual({ op: 'test', path: '/spec/rules/0/filters', value: null });
  });

  it('never writes a whole list of rules or backends', () => {
    for (const claims of [[cap(10)], [shadow(100)]]) {
      for (const { op, path } of operationsOn(halfAndHalf(), claims)) {
        expect(op === 'test' || !/\/(?:rules|backendRefs)(?:\/\d+)?$/.test(path)).toBe(true);
      }
    }
  });

  const twoRules = given.aRoute([
    ruleAt('/a', [backend('credit-v2', 50), backend('credit-v1', 50)]),
    ruleAt('/b', [backend('credit-v2', 50), backend('credit-v1', 50)]),
  ]);
  it.each<[string, (live: TargetObject) => TargetObject]>([
    ['another object under the name', (live) => ({ ...live, metadata: { ...(live.metadata as object), uid: 'new-uid' } })],
    ['a journal that appeared', (live) => given.withAnnotations(live, { 'modelrisk.dev/journal': '{}' })],
    ['another weight', (live) => given.editWeights(live, { 'credit-v1': 51 })],
    ['a weight taken away', (live) => given.editWeights(live, { 'credit-v1': null })],
    [
      'another backend',
      (live) => given.editRules(live, ([a, b]) => [ruleAt('/a', [backend('credit-v2', 50), backend('x', 50)]), b ?? a ?? {}]),
    ],
    [
      'a backend more',
      (live) => given.editRules(live, ([a, b]) => [{ ...a, backendRefs: [...(a?.backendRefs as []), backend('x', 1)] }, b ?? {}]),
    ],
    ['rules that changed places', (live) => given.editRules(live, (rules) => rules.toReversed())],
  ])('does not hold for %s', (_name, change) => {
    const operations = operationsOn(twoRules);
    expect(holdsFor(twoRules, operations)).toBe(true);
    expect(holdsFor(change(twoRules), operations)).toBe(false);
  });

  it('tests the journal it replaces', () => {
    const engaged = given.settled(halfAndHalf(), [cap(10)]);
    const operations = operationsOn(engaged, [cap(5)]);
    expect(holdsFor(engaged, operations)).toBe(true);
    expect(holdsFor(given.settled(engaged, [cap(10)], { epoch: 2 }), operations)).toBe(true);
    expect(holdsFor(given.settled(engaged, [cap(10, { holder: { stage: 1 } })]), operations)).toBe(false);
  });
});
