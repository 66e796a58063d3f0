import { describe, expect, it } from '@jest/globals';

import { grpcRouteActuator as actuator } from '../../../../src/actuators/grpc-route/actuator.ts';
import { httpRouteActuator } from '../../../../src/actuators/http-route/actuator.ts';
import type { Claim, TargetObject } from '../../../../src/actuators/port.ts';
import type { Constraint } from '../../../../src/core/model/constraint.ts';
import * as given from '../../../builders/http-route.ts';
import { backend, contour, envoyGateway, mirrorTo, parentStatus } from '../../../builders/http-route.ts';
import { holdsFor } from '../../../builders/json-patch.ts';

const method = { method: { type: 'Exact', service: 'credit.Scoring', method: 'Score' } };
const rules = [
  { matches: [method], filters: [given.mirrorTo('audit')], backendRefs: [backend('credit-v2', 50), backend('credit-v1', 50)] },
  { matches: [{ method: { service: 'credit.Health' } }], backendRefs: [backend('credit-v1', null)] },
];
const route = (controllers: readonly string[] = [envoyGateway]): TargetObject => ({
  ...given.aRoute(rules, { controllers }),
  kind: 'GRPCRoute',
});
const claim = (constraint: Constraint, changes: Parameters<typeof given.aRouteTarget>[0] = {}): Claim =>
  given.aRouteClaim([constraint], { target: { kind: 'GRPCRoute', ...changes } });
const limit = claim({ kind: 'Cap', maxPercent: 10 });
const shadow = claim({ kind: 'Shadow', mirrorPercent: 100 });
const operationsFor = (live: TargetObject, claims: readonly Claim[]) => {
  const { actuation } = given.pass(live, claims, { actuator });
  if (actuation.kind !== 'Patch') throw new Error(`expected a patch, got ${JSON.stringify(actuation)}`);
  return actuation.operations;
};

describe('a cap on a GRPCRoute', () => {
  it('is one patch: tests of what it rests on, the weights, journal and epoch', () => {
    const operations = operationsFor(route(), [limit]);
    expect(operations.filter(({ path }) => path.startsWith('/spec'))).toEqual([
      { op: 'test', path: '/spec/rules/0/matches', value: [method] },
      { op: 'test', path: '/spec/rules/0/backendRefs', value: [backend('credit-v2', 50), backend('credit-v1', 50)] },
      { op: 'replace', path: '/spec/rules/0/backendRefs/0/weight', value: 10 },
      { op: 'replace', path: '/spec/rules/0/backendRefs/1/weight', value: 90 },
    ]);
    expect(operations.map(({ op, path }) => `${op} ${path}`)).toEqual(
      expect.arrayContaining(['add /metadata/annotations/modelrisk.dev~1journal', 'add /metadata/annotations/modelrisk.dev~1epoch']),
    );
  });

  it('holds for the route it was computed from, and not once the methods of the rule were changed', () => {
    const operations = operationsFor(route(), [limit]);
    expect(holdsFor(route(), operations)).toBe(true);
    const rematched = given.editRules(route(), ([first, ...rest]) => [{ ...first, matches: [{ method: { service: 'other' } }] }, ...rest]);
    expect(holdsFor(rematched, operations)).toBe(false);
  });

  it('leaves rules without the candidate alone', () => {
    const live = given.settled(route(), [limit], { actuator });
    expect(given.rulesOf(live)[1]).toEqual(rules[1]);
  });

  it('is written down as one of a GRPCRoute, which no other kind obeys', () => {
    const live = given.settled(route(), [limit], { actuator });
    expect(given.journalOf(live)).toMatchObject({
      targetKind: 'GRPCRoute',
      state: 'Engaged',
      claims: [{ target: { kind: 'GRPCRoute', object: 'credit' } }],
      changes: {
        rules: [
          {
            ordinal: 0,
            backends: [
              { id: 'credit-v2:8080', intent: 50, applied: 10 },
              { intent: 50, applied: 90 },
            ],
          },
        ],
      },
    });
    expect(actuator.readJournal(live)).toMatchObject({ kind: 'Engaged' });
    expect(httpRouteActuator.readJournal(live)).toMatchObject({ kind: 'Foreign' });
  });

  it('is not laid by a claim on an HTTPRoute of the same name', () => {
    const { actuation } = given.pass(route(), [given.cap(10)], { actuator });
    expect(actuation).toMatchObject({ kind: 'Unchanged' });
  });
});

describe('shadow on a GRPCRoute', () => {
  it('mirrors by a filter beside the user’s, and takes out that one only', () => {
    const live = given.settled(route(), [shadow], { actuator });
    expect(given.rulesOf(live)[0]).toMatchObject({ filters: [mirrorTo('audit'), mirrorTo('credit-v2')] });
    expect(given.weightsOf(live)).toEqual({ 'credit-v2': 0, 'credit-v1': 100 });
    expect(given.released(live, { actuator })).toEqual(route());
  });

  it('of a percentage is refused: no controller is known to keep it for calls', () => {
    const percent = claim({ kind: 'Shadow', mirrorPercent: 10 });
    expect(given.pass(route(), [percent], { actuator }).actuation).toMatchObject({
      kind: 'Refused',
      rejected: [{ reason: 'MirrorPercentUnsupported', message: expect.stringContaining('GRPCRoute lending/credit') }],
    });
    const all = claim({ kind: 'Shadow', mirrorPercent: 10 }, { whenPercentUnsupported: 'MirrorAll' });
    expect(given.rulesOf(given.settled(route(), [all], { actuator }))[0]).toMatchObject({
      filters: [mirrorTo('audit'), mirrorTo('credit-v2')],
    });
  });
});

describe('shadow on a GRPCRoute whose controller sends copies to nobody', () => {
  it('regression: is refused, for gRPC servers get none through Contour though it says Accepted', () => {
    expect(given.pass(route([contour]), [shadow], { actuator }).actuation).toMatchObject({
      kind: 'Refused',
      rejected: [{ reason: 'MirrorUnsupported', message: expect.stringContaining(`(${contour})`) }],
    });
  });

  it('is refused where it is one of two controllers, and all the more for a share of the copies', () => {
    const all = claim({ kind: 'Shadow', mirrorPercent: 10 }, { whenPercentUnsupported: 'MirrorAll' });
    for (const asked of [shadow, all])
      expect(given.pass(route([envoyGateway, contour]), [asked], { actuator }).actuation).toMatchObject({
        rejected: [{ reason: 'MirrorUnsupported' }],
      });
  });

  it('leaves the cap that was in force', () => {
    const capped = given.settled(route([contour]), [limit], { actuator });
    const { live, actuation } = given.pass(capped, [shadow], { actuator });
    expect(actuation).toMatchObject({ kind: 'Unchanged', rejected: [{ reason: 'MirrorUnsupported' }] });
    expect(given.weightsOf(live)).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
  });

  it('takes away copies that were in force, and no more than those, once such a controller reports', () => {
    const shadowed = given.settled(route(), [shadow], { actuator });
    const moved = { ...shadowed, status: { parents: [parentStatus(contour)] } };
    const live = given.settled(moved, [shadow], { actuator });
    expect(given.rulesOf(live)[0]).toMatchObject({ filters: [mirrorTo('audit')] });
    expect(given.weightsOf(live)).toEqual({ 'credit-v2': 0, 'credit-v1': 100 });
  });

  it('does not matter to a cap, nor to an HTTPRoute', () => {
    expect(given.pass(route([contour]), [claim({ kind: 'Cap', maxPercent: 0 })], { actuator }).actuation).toMatchObject({
      kind: 'Patch',
      rejected: [],
    });
    expect(given.pass(given.halfAndHalf({ controllers: [contour] }), [given.shadow(100)]).actuation).toMatchObject({ rejected: [] });
  });
});

it.each([
  ['accepted at its generation', parentStatus(contour), 'Verified'],
  ['not accepted yet', parentStatus(contour, { generation: 0 }), 'Waiting'],
  ['refused', parentStatus(contour, { accepted: 'False', message: 'GRPCRoute is not supported' }), 'Failed'],
])('a GRPCRoute its gateway has %s is %s', (_name, parent, kind) => {
  const live = { ...given.settled(route(), [limit], { actuator }), status: { parents: [parent] } };
  expect(actuator.verify(given.inputFor(live, [limit]))).toMatchObject({ kind });
});

it('is served by the standard channel from 1.1 on', () => {
  expect(actuator.resource).toEqual({
    group: 'gateway.networking.k8s.io',
    version: 'v1',
    plural: 'grpcroutes',
    kind: 'GRPCRoute',
    comesWith: 'the Gateway API (1.1 or newer, standard channel)',
  });
});
