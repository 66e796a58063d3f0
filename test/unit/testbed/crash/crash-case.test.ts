import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  caseName,
  casesFor,
  commonPoints,
  describePoint,
  learnPoints,
  parseCaseName,
  sampleCases,
} from '../../../../testbed/crash/crash-case.ts';
import { crashOutcomes } from '../../../../testbed/crash/crash-case.ts';
import type { KubeRequest } from '../../../../testbed/kube-request.ts';
import { parseKubeRequest, writeVerbs } from '../../../../testbed/kube-request.ts';

const route = '/apis/gateway.networking.k8s.io/v1/namespaces/lending/httproutes/credit';
const plan = '/apis/modelrisk.dev/v1alpha1/namespaces/lending/mitigationplans/credit';
const leases = '/apis/coordination.k8s.io/v1/namespaces/lending/leases';
const written = (method: string, url: string, effective = true): KubeRequest & { effective: boolean } => ({
  ...parseKubeRequest(method, url),
  effective,
});

describe('the points of a run', () => {
  it('are its effective writes, each the n-th of its kind', () => {
    const points = learnPoints([
      written('PATCH', route),
      written('PATCH', `${plan}/status`),
      written('GET', route, false),
      written('PATCH', route, false),
      written('PATCH', plan),
      written('PATCH', route),
    ]);
    expect(points.map(describePoint)).toEqual([
      'patch httproutes #1',
      'patch mitigationplans/status #1',
      'patch mitigationplans #1',
      'patch httproutes #2',
    ]);
  });

  it('leave out events and renewals of the lease, not its first taking', () => {
    const points = learnPoints([
      written('POST', leases),
      written('PUT', `${leases}/modelrisk-operator`),
      written('POST', '/apis/events.k8s.io/v1/namespaces/lending/events'),
    ]);
    expect(points.map(describePoint)).toEqual(['create leases #1']);
  });

  it('make three cases each', () => {
    const cases = casesFor(learnPoints([written('POST', leases), written('PATCH', route)]));
    expect(cases.map(caseName)).toEqual([
      'write 1 create leases #1, landed and acked',
      'write 1 create leases #1, landed, ack lost',
      'write 1 create leases #1, not landed',
      'write 2 patch httproutes #1, landed and acked',
      'write 2 patch httproutes #1, landed, ack lost',
      'write 2 patch httproutes #1, not landed',
    ]);
  });
});

describe('what several runs have in common', () => {
  it('are the points all of them had, in the order of the first', () => {
    const first = learnPoints([written('PATCH', `${plan}/status`), written('PATCH', route), written('PATCH', route)]);
    const second = learnPoints([written('PATCH', route), written('PATCH', `${plan}/status`), written('PATCH', `${plan}/status`)]);
    const { points, wavering } = commonPoints([first, second]);
    expect(points.map(describePoint)).toEqual(['patch mitigationplans/status #1', 'patch httproutes #1']);
    expect(wavering).toEqual(['patch httproutes #2', 'patch mitigationplans/status #2']);
  });
});

describe('the name of a case', () => {
  const crashCase = fc.record({
    number: fc.nat({ max: 999 }),
    point: fc.record({
      verb: fc.constantFrom(...writeVerbs),
      resource: fc.constantFrom('httproutes', 'riskincidents'),
      subresource: fc.constantFrom(null, 'status'),
      occurrence: fc.integer({ min: 1, max: 99 }),
    }),
    outcome: fc.constantFrom(...crashOutcomes),
  });

  it('says all it takes to run it again', () => {
    fc.assert(
      fc.property(crashCase, (crash) => {
        expect(parseCaseName(caseName(crash))).toEqual(crash);
      }),
    );
  });

  it.each([
    '',
    'write 7',
    'write 7 patch httproutes #2, exploded',
    'write 7 get httproutes #2, not landed',
    'patch httproutes #2, not landed',
  ])('is not %j', (text) => {
    expect(parseCaseName(text)).toBeNull();
  });
});

describe('a seeded share', () => {
  const cases = casesFor(learnPoints(Array.from({ length: 40 }, () => written('PATCH', route))));

  it('is the same for the same seed, another for another, and in order', () => {
    const [one, again, other] = [1, 1, 2].map((seed) => sampleCases(cases, 30, seed));
    expect(one).toEqual(again);
    expect(one).not.toEqual(other);
    expect(one).toHaveLength(30);
    expect(one?.map((each) => cases.indexOf(each))).toEqual(one?.map((each) => cases.indexOf(each)).toSorted((a, b) => a - b));
  });

  it('is all of them when there are fewer', () => {
    expect(sampleCases(cases, 1000, 3)).toEqual(cases);
  });

  it('leaves no case out for every seed', () => {
    const drawn = new Set(Array.from({ length: 60 }, (_, seed) => sampleCases(cases, 30, seed)).flat());
    expect(drawn.size).toBe(cases.length);
  });
});
