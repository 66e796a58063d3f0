import { describe, expect, it } from '@jest/globals';

import type { TargetObject } from '../../../../src/actuators/port.ts';
import { inputFor, surroundings } from '../../../builders/http-route.ts';
import {
  actuator,
  aClaim,
  aVirtualService,
  cap,
  halfAndHalf,
  http,
  passed,
  standing,
  to,
  weightsOf,
} from '../../../builders/virtual-service.ts';

const rejectionOf = (live: TargetObject, claim = cap(10), around = surroundings()) => {
  const { actuation } = passed(live, [claim], { surroundings: around });
  expect(actuation.kind).toBe('Refused');
  return actuation.rejected[0];
};

describe('what a VirtualService can’t do is refused by name', () => {
  it('a candidate no rule sends requests to', () => {
    expect(rejectionOf(aVirtualService([http([to('credit-v1', 100)])]))).toMatchObject({
      reason: 'CandidateAbsent',
      message: 'No rule of VirtualService lending/credit sends requests to the candidate credit-v2: correct the route or the plan.',
    });
    expect(rejectionOf(aVirtualService([], { spec: { http: null } }))).toMatchObject({ reason: 'CandidateAbsent' });
  });

  it.each(['tcp', 'tls'])('a candidate that gets connections by %s as well', (list) => {
    const live = aVirtualService([http([to('credit-v2', 50), to('credit-v1', 50)])], {
      spec: { [list]: [{ match: [{ port: 9000 }], route: [to('credit-v2.lending.svc.cluster.local', 100, { port: 9000 })] }] },
    });
    expect(rejectionOf(live)).toMatchObject({
      reason: 'UnboundedRoute',
      message: `VirtualService lending/credit sends connections to the candidate credit-v2 by spec.${list}, which no cap of requests reaches: route it by spec.http only.`,
    });
    const unrelated = aVirtualService([http([to('credit-v2', 50), to('credit-v1', 50)])], {
      spec: { [list]: [{ route: [to('db', 100)] }] },
    });
    expect(weightsOf(standing(unrelated, [cap(10)]))).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
  });

  it('a safe subset the rule does not have: nothing tells that it exists', () => {
    const live = aVirtualService([http([to('credit', 100, { subset: 'v2' })])]);
    const claim = cap(10, {
      target: { candidate: { host: 'credit', subset: 'v2' }, safe: { host: 'credit', subset: 'v1', minReadyEndpoints: 1 } },
    });
    expect(rejectionOf(live, claim)).toMatchObject({
      reason: 'BackendMissing',
      message:
        'Rule 1 of VirtualService lending/credit has no destination credit/v1, and whether the subset exists can’t be seen from here: add it to the rule with weight 0.'.replace(
          '’',
          "'",
        ),
    });
  });

  it('a safe host without the port the candidate is reached by', () => {
    const live = aVirtualService([http([to('credit-v2', 100, { port: 9090 })])]);
    expect(rejectionOf(live)).toMatchObject({ reason: 'BackendMissing', message: expect.stringContaining('has no port 9090') });
    const named = aVirtualService([http([to('credit-v2', 100, { port: 9090 }), to('credit-v1', 0, { port: 8080 })])]);
    expect(weightsOf(standing(named, [cap(10)]))).toEqual({ 'credit-v2': 10, 'credit-v1': 90 });
  });

  it.each(['credit-v1.other.svc.cluster.local', 'credit.example.com', 'credit-v1.lending'])(
    'a safe host that is no Service of the namespace: %s',
    (host) => {
      const claim = cap(10, { target: { safe: { host, subset: null, minReadyEndpoints: 1 } } });
      expect(rejectionOf(halfAndHalf(), claim)).toMatchObject({
        reason: 'BackendMissing',
        message: `${host} is no Service of namespace lending, so its endpoints can't be judged: correct the plan's target traffic.`,
      });
    },
  );

  it('a safe host that is missing, or not ready for what it would get', () => {
    const missing = surroundings({ missing: ['credit-v1'] });
    expect(rejectionOf(halfAndHalf(), cap(10), missing)).toMatchObject({
      reason: 'BackendMissing',
      message: "Service lending/credit-v1 does not exist: create it or correct the plan's target traffic.",
    });
    expect(rejectionOf(halfAndHalf(), cap(10), surroundings({ unready: ['credit-v1'] }))).toMatchObject({ reason: 'SafeBackendNotReady' });
  });

  it('an object Flagger or another controller writes', () => {
    const owner = { apiVersion: 'flagger.app/v1beta1', kind: 'Canary', name: 'credit', uid: 'c', controller: true };
    const live = aVirtualService([http([to('credit-v2', 50), to('credit-v1', 50)])], { metadata: { ownerReferences: [owner] } });
    expect(rejectionOf(live)).toMatchObject({ reason: 'GeneratedTarget', message: expect.stringContaining('Canary credit') });
  });

  it('nothing: a claim that asks nothing always stands', () => {
    expect(passed(aVirtualService([]), [aClaim([])]).actuation).toMatchObject({ kind: 'Unchanged', rejected: [] });
  });
});

describe('whether Istio took it', () => {
  const engaged = standing(halfAndHalf(), [cap(10)]);
  const judged = (status: object | null) =>
    actuator.verify(inputFor(status === null ? engaged : { ...engaged, status: status as never }, [cap(10)]));

  it('is its acknowledgement where it reports nothing, as it does by default', () => {
    expect(judged(null)).toEqual({ kind: 'Verified', unmet: [] });
    expect(judged({})).toEqual({ kind: 'Verified', unmet: [] });
  });

  it('waits for its proxies where it does report, at this generation', () => {
    const reconciled = (status: string, observedGeneration: number | string) => ({
      conditions: [{ type: 'Reconciled', status, observedGeneration, message: '1/3 proxies up to date' }],
    });
    expect(judged(reconciled('False', '1'))).toEqual({
      kind: 'Waiting',
      message: 'Istio has not delivered VirtualService lending/credit everywhere yet: 1/3 proxies up to date.',
    });
    expect(judged(reconciled('False', 0))).toMatchObject({ kind: 'Verified' });
    expect(judged(reconciled('True', 1))).toMatchObject({ kind: 'Verified' });
  });

  it('fails where its analysis finds an error in this generation', () => {
    const analysed = (level: string, observedGeneration: number) => ({
      observedGeneration,
      validationMessages: [{ level, type: { code: 'IST0101', name: 'ReferencedResourceNotFound' } }],
    });
    expect(judged(analysed('ERROR', 1))).toMatchObject({
      kind: 'Failed',
      reason: 'IST0101',
      message: expect.stringContaining('IST0101 (ReferencedResourceNotFound) on VirtualService lending/credit'),
    });
    expect(judged(analysed('WARNING', 1))).toMatchObject({ kind: 'Verified' });
    expect(judged(analysed('ERROR', 0))).toMatchObject({ kind: 'Verified' });
  });

  it('waits until the object shows the patch, and fails where the CRD dropped the share of a mirror', () => {
    expect(actuator.verify(inputFor(halfAndHalf(), [cap(10)]))).toMatchObject({ kind: 'Waiting' });
    const claim = aClaim([{ kind: 'Shadow', mirrorPercent: 50 }]);
    const pruned = JSON.parse(JSON.stringify(standing(halfAndHalf(), [claim])).replace(',"percentage":{"value":50}', '')) as TargetObject;
    expect(actuator.verify(inputFor(pruned, [claim]))).toMatchObject({ kind: 'Failed', reason: 'ChangeNotKept' });
  });
});

it('speaks of the Services whose endpoints decide', () => {
  const { target } = cap(10, { target: { safe: { host: 'credit-v1.lending.svc.cluster.local', subset: null, minReadyEndpoints: 1 } } });
  expect(actuator.servicesOf(target, 'lending')).toEqual(['credit-v2', 'credit-v1']);
  expect(actuator.servicesOf(target, 'other')).toEqual(['credit-v2']);
});
