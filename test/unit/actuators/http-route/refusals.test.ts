import { describe, expect, it } from '@jest/globals';

import { httpRouteActuator } from '../../../../src/actuators/http-route/actuator.ts';
import * as given from '../../../builders/http-route.ts';
import { backend, cap, halfAndHalf, rule, ruleAt, shadow, surroundings, weightsOf } from '../../../builders/http-route.ts';

const capped = { 'credit-v2': 10, 'credit-v1': 90 };
const engaged = given.settled(halfAndHalf(), [cap(10)]);
const unready = { surroundings: surroundings({ unready: ['credit-v1'] }) };

describe('before anything is touched', () => {
  it.each([['credit-v1'], ['credit-v2']])('Service %s must exist with that port', (service) => {
    const { actuation } = given.pass(halfAndHalf(), [cap(10)], { surroundings: surroundings({ missing: [service] }) });
    expect(actuation).toMatchObject({ kind: 'Refused', rejected: [{ reason: 'BackendMissing' }] });
    expect(JSON.stringify(actuation)).toContain(`Service lending/${service} (port 8080) does not exist: create it`);
  });

  it('a Service without that port is as good as none', () => {
    const around = { ...surroundings(), servicePorts: () => [9090] };
    expect(given.pass(halfAndHalf(), [cap(10)], { surroundings: around }).actuation).toMatchObject({
      rejected: [{ reason: 'BackendMissing' }],
    });
  });

  it('the safe backend must be ready for what it would get', () => {
    const { actuation } = given.pass(halfAndHalf(), [cap(10)], unready);
    expect(actuation).toMatchObject({
      kind: 'Refused',
      rejected: [{ planUID: 'credit-uid', target: 'traffic', reason: 'SafeBackendNotReady' }],
    });
  });

  it('it need not be where it gets nothing', () => {
    const low = given.aRoute([rule([backend('credit-v2', 5), backend('credit-v1', 95)])]);
    expect(given.pass(low, [cap(10)], unready).actuation).toMatchObject({ kind: 'Patch', rejected: [] });
    const demanding = { target: { safe: { service: 'credit-v1', port: 8080, minReadyEndpoints: 0 } } };
    expect(given.pass(halfAndHalf(), [cap(10, demanding)], unready).actuation).toMatchObject({ kind: 'Patch', rejected: [] });
  });

  it('a second plan may not burden it either, though the sum of single claims would not show it', () => {
    const route = given.aRoute([rule([backend('credit-v2', 30), backend('credit-v3', 30), backend('credit-v1', 40)])]);
    const first = cap(10, { holder: { plan: 'first' } });
    const second = cap(10, { holder: { plan: 'second' }, target: { candidate: { service: 'credit-v3', port: 8080 } } });
    const one = given.settled(route, [first]);
    const { live, actuation } = given.pass(one, [first, second], unready);
    expect(actuation).toMatchObject({ kind: 'Unchanged', rejected: [{ planUID: 'second-uid', reason: 'SafeBackendNotReady' }] });
    expect(live).toEqual(one);
  });

  it('a plan that moves nothing need not answer for what another moves', () => {
    const picky = cap(60, { holder: { plan: 'picky' }, target: { safe: { service: 'credit-v1', port: 8080, minReadyEndpoints: 5 } } });
    const { live, actuation } = given.pass(halfAndHalf(), [picky, cap(10)]);
    expect(actuation).toMatchObject({ kind: 'Patch', rejected: [] });
    expect(weightsOf(live)).toEqual(capped);
  });

  it('it need not be for less than it has from a plan that leaves at the same moment', () => {
    const other = given.settled(halfAndHalf(), [cap(0, { holder: { plan: 'other' } })]);
    const { live, actuation } = given.pass(other, [cap(10)], unready);
    expect(actuation).toMatchObject({ kind: 'Patch', rejected: [] });
    expect(weightsOf(live)).toEqual(capped);
  });

  it('an object another controller generates is left to it', () => {
    const ownerReferences = [
      { apiVersion: 'serving.kserve.io/v1beta1', kind: 'InferenceService', name: 'credit', uid: 'u', controller: true },
    ];
    const { actuation } = given.pass(halfAndHalf({ metadata: { ownerReferences } }), [cap(10)]);
    expect(actuation).toMatchObject({ kind: 'Refused', rejected: [{ reason: 'GeneratedTarget' }] });
    expect(JSON.stringify(actuation)).toContain('InferenceService credit');
  });

  it('an owner that does not control it is no hindrance', () => {
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'group', uid: 'u' }];
    expect(given.pass(halfAndHalf({ metadata: { ownerReferences } }), [cap(10)]).actuation.kind).toBe('Patch');
  });

  it('a leader of an older epoch writes nothing', () => {
    const stamped = given.settled(halfAndHalf(), [cap(10)], { epoch: 5 });
    expect(given.pass(stamped, [cap(5)], { epoch: 4 }).actuation).toMatchObject({ kind: 'Refused', rejected: [{ reason: 'NewerEpoch' }] });
    expect(given.pass(stamped, [], { epoch: 4 }).actuation.kind).toBe('Refused');
  });

  it('a new leader stamps what is engaged, before anything else', () => {
    const { live, actuation } = given.pass(engaged, [cap(10)], { epoch: 2 });
    expect(actuation.kind).toBe('Patch');
    expect(given.annotationsOf(live)?.['modelrisk.dev/epoch']).toBe('2');
    expect(weightsOf(live)).toEqual(capped);
  });
});

describe('a refusal leaves in force what was in force', () => {
  it('without a word when the safe backend fails under the constraint it carries', () => {
    expect(given.pass(engaged, [cap(10)], unready).actuation).toMatchObject({ kind: 'Unchanged', rejected: [] });
  });

  it('and is laid again after an edit, ready or not', () => {
    const edited = given.editWeights(engaged, { 'credit-v2': 90, 'credit-v1': 10 });
    const { live, actuation } = given.pass(edited, [cap(10)], unready);
    expect(actuation).toMatchObject({ kind: 'Patch', foreignEdit: true, rejected: [] });
    expect(weightsOf(live)).toEqual(capped);
  });

  it('and is eased after an edit, ready or not: it is less than the constraint in force gives', () => {
    const edited = given.editWeights(engaged, { 'credit-v2': 90, 'credit-v1': 10 });
    expect(weightsOf(given.settled(edited, [cap(20)], unready))).toEqual({ 'credit-v2': 20, 'credit-v1': 80 });
  });

  it('at the old stage when the next needs more of a safe backend that is not ready', () => {
    const { live, actuation } = given.pass(engaged, [cap(0, { holder: { stage: 1 } })], unready);
    expect(actuation).toMatchObject({ kind: 'Unchanged', rejected: [{ reason: 'SafeBackendNotReady' }] });
    expect(weightsOf(live)).toEqual(capped);
    expect(httpRouteActuator.readJournal(live)).toMatchObject({ holders: [{ stage: 0 }] });
  });

  it('while steps that need less of it go on', () => {
    expect(weightsOf(given.settled(engaged, [cap(30)], unready))).toEqual({ 'credit-v2': 30, 'credit-v1': 70 });
  });

  it('when a Service vanishes', () => {
    const { live, actuation } = given.pass(engaged, [cap(5)], { surroundings: surroundings({ missing: ['credit-v1'] }) });
    expect(actuation).toMatchObject({ kind: 'Unchanged', rejected: [{ reason: 'BackendMissing' }] });
    expect(weightsOf(live)).toEqual(capped);
  });

  it('but a mirror to a Service that is gone is taken down: it would break every request', () => {
    const mirrored = given.settled(halfAndHalf(), [shadow(100)]);
    const missing = { surroundings: surroundings({ missing: ['credit-v2'] }) };
    const { live, actuation } = given.pass(mirrored, [shadow(100)], missing);
    expect(actuation).toMatchObject({ kind: 'Patch', rejected: [{ reason: 'BackendMissing' }], after: 'credit-v2 0 %, credit-v1 100 %' });
    expect(given.rulesOf(live)[0]).not.toHaveProperty('filters');
    expect(given.pass(live, [shadow(100)], missing).actuation.kind).toBe('Unchanged');
    expect(given.settled(live, [shadow(100)])).toEqual(mirrored);
  });

  it('other claims go on', () => {
    const good = cap(10, { holder: { plan: 'good' } });
    const bad = cap(0, { holder: { plan: 'bad' }, target: { safe: { service: 'gone', port: 8080, minReadyEndpoints: 1 } } });
    const { live, actuation } = given.pass(halfAndHalf(), [bad, good], { surroundings: surroundings({ missing: ['gone'] }) });
    expect(weightsOf(live)).toEqual(capped);
    expect(actuation).toMatchObject({ kind: 'Patch', rejected: [{ planUID: 'bad-uid', reason: 'BackendMissing' }] });
    expect(httpRouteActuator.readJournal(live)).toMatchObject({ holders: [{ plan: 'good' }] });
  });
});

describe('a candidate that leaves the route', () => {
  const without = given.editRules(engaged, () => [rule([backend('credit-v1', 4)])]);

  it('takes its intent with it, and the engagement stays on record', () => {
    const { live, actuation } = given.pass(without, [cap(10)]);
    expect(actuation).toMatchObject({ kind: 'Patch', rejected: [{ reason: 'CandidateAbsent' }] });
    expect(given.rulesOf(live)).toEqual(given.rulesOf(without));
    expect(httpRouteActuator.readJournal(live)).toMatchObject({ kind: 'Engaged', holders: [{ plan: 'credit' }] });
    expect(given.pass(live, [cap(10)]).actuation.kind).toBe('Unchanged');
  });

  it('is bounded again when it comes back', () => {
    const gone = given.settled(without, [cap(10)]);
    const back = given.editRules(gone, () => [ruleAt('/', [backend('credit-v2', 80), backend('credit-v1', 20)])]);
    expect(weightsOf(given.settled(back, [cap(10)]))).toEqual(capped);
    expect(weightsOf(given.released(given.settled(back, [cap(10)])))).toEqual({ 'credit-v2': 80, 'credit-v1': 20 });
  });
});

describe('two plans that cross', () => {
  const older = cap(10, { holder: { plan: 'older', planCreatedAtMs: 1 } });
  const crossed = {
    candidate: { service: 'credit-v1', port: 8080 },
    safe: { service: 'credit-v2', port: 8080, minReadyEndpoints: 1 },
  };
  const younger = cap(10, { holder: { plan: 'younger', planCreatedAtMs: 2 }, target: crossed });

  it.each([
    ['older first', [older, younger]],
    ['younger first', [younger, older]],
  ])('never zero a route: the older wins (%s)', (_name, claims) => {
    const { live, actuation } = given.pass(halfAndHalf(), claims);
    expect(weightsOf(live)).toEqual(capped);
    expect(actuation.rejected).toMatchObject([{ planUID: 'younger-uid', reason: 'NoSafeBackend' }]);
    expect(httpRouteActuator.readJournal(live)).toMatchObject({ holders: [{ plan: 'older' }] });
  });

  const v0 = { service: 'v0', port: 8080, minReadyEndpoints: 1 };
  const onRefuge = cap(10, {
    holder: { plan: 'younger', planCreatedAtMs: 2 },
    target: { candidate: { service: 'credit-v1', port: 8080 }, safe: v0 },
  });

  it('a plan that constrains another’s refuge sends what both displace on to its own', () => {
    const route = given.aRoute([rule([backend('credit-v2', 40), backend('credit-v1', 40), backend('v0', 20)])]);
    const { live, actuation } = given.pass(route, [older, onRefuge]);
    expect(weightsOf(live)).toEqual({ 'credit-v2': 10, 'credit-v1': 10, v0: 80 });
    expect(actuation.rejected).toEqual([]);
  });

  it('an older plan pours nothing onto a refuge of the refuge that is not ready', () => {
    const route = given.settled(given.aRoute([rule([backend('credit-v2', 40), backend('credit-v1', 40), backend('v0', 20)])]), [onRefuge]);
    const { live, actuation } = given.pass(route, [older, onRefuge], {
      surroundings: surroundings({ unready: ['v0'] }),
    });
    expect(weightsOf(live)).toEqual({ 'credit-v2': 40, 'credit-v1': 10, v0: 50 });
    expect(actuation.rejected).toMatchObject([{ planUID: 'older-uid', reason: 'SafeBackendNotReady' }]);
  });

  it('a plan that moves requests to its own candidate is refused', () => {
    const same = cap(10, { target: { safe: { service: 'credit-v2', port: 8080, minReadyEndpoints: 1 } } });
    expect(given.pass(halfAndHalf(), [same]).actuation).toMatchObject({ kind: 'Refused', rejected: [{ reason: 'NoSafeBackend' }] });
  });
});
