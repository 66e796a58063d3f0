import { describe, expect, it } from '@jest/globals';

import { httpRouteActuator } from '../../../../src/actuators/http-route/actuator.ts';
import type { TargetObject, Verification } from '../../../../src/actuators/port.ts';
import * as given from '../../../builders/http-route.ts';
import { cap, contour, envoyGateway, halfAndHalf, parentStatus, shadow } from '../../../builders/http-route.ts';

const engaged = given.settled(halfAndHalf(), [cap(10)]);
const reported = (parents: readonly ReturnType<typeof parentStatus>[], live = engaged): TargetObject => ({ ...live, status: { parents } });
const verify = (live: TargetObject, claims = [cap(10)]): Verification => httpRouteActuator.verify(given.inputFor(live, claims));

describe('a constraint is verified', () => {
  it('when the object shows it and every gateway took this generation', () => {
    expect(verify(engaged)).toEqual({ kind: 'Verified', unmet: [] });
  });

  it('not while the watch still shows the old weights', () => {
    expect(verify(halfAndHalf())).toMatchObject({ kind: 'Waiting' });
  });

  it('not while no gateway reports', () => {
    expect(verify(reported([]))).toMatchObject({ kind: 'Waiting', message: expect.stringContaining('No gateway controller reports') });
    const { status: _status, ...silent } = engaged;
    expect(verify(silent)).toMatchObject({ kind: 'Waiting' });
  });

  it('not while one reports on an older generation', () => {
    expect(verify(reported([parentStatus(contour, { generation: 0 })]))).toMatchObject({ kind: 'Waiting' });
    const answers = [
      parentStatus(contour),
      parentStatus(envoyGateway, { generation: 0, parentRef: { name: 'edge', sectionName: 'http' } }),
    ];
    const two = reported(answers, {
      ...engaged,
      spec: { ...(engaged.spec as object), parentRefs: [{ name: 'edge' }, { name: 'edge', sectionName: 'http' }] },
    });
    expect(verify(two)).toMatchObject({ kind: 'Waiting' });
  });

  it('not while one condition is missing or Unknown', () => {
    const { conditions, ...parent } = parentStatus(contour);
    expect(verify(reported([{ ...parent, conditions: (conditions as []).slice(0, 1) }]))).toMatchObject({ kind: 'Waiting' });
    expect(verify(reported([parentStatus(contour, { accepted: 'Unknown' })]))).toMatchObject({ kind: 'Waiting' });
  });

  it.each([
    ['Accepted', { accepted: 'False', message: 'unsupported filter' }, 'NotAccepted', 'unsupported filter'],
    ['ResolvedRefs', { resolved: 'False', message: 'no Service x' }, 'NotResolvedRefs', 'no Service x'],
  ])('it failed when %s is False, in the gateway’s words', (...[, options, reason, words]) => {
    const verification = verify(reported([parentStatus(contour, options)]));
    expect(verification).toMatchObject({ kind: 'Failed', reason, message: expect.stringContaining(words) });
  });

  it('False of an older generation is no verdict', () => {
    expect(verify(reported([parentStatus(contour, { accepted: 'False', generation: 0 })]))).toMatchObject({ kind: 'Waiting' });
  });

  it('entries of a controller or a parent of before do not count', () => {
    const stale = parentStatus('old.example/controller', { generation: 0, accepted: 'False' });
    const left = parentStatus(contour, { accepted: 'False', parentRef: { name: 'old-edge' } });
    expect(verify(reported([stale, left, parentStatus(contour)]))).toEqual({ kind: 'Verified', unmet: [] });
  });

  it('a parent named with its defaults written out is the same parent', () => {
    const parentRef = { group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'lending', name: 'edge' };
    expect(verify(reported([parentStatus(contour, { parentRef })]))).toEqual({ kind: 'Verified', unmet: [] });
  });
});

describe('what is not in force as asked', () => {
  it('is named beside what is', () => {
    const live = given.settled(halfAndHalf({ controllers: [contour] }), [cap(10)]);
    expect(verify(live, [shadow(10)])).toMatchObject({
      kind: 'Verified',
      unmet: [{ planUID: 'credit-uid', reason: 'MirrorPercentUnsupported' }],
    });
  });

  it('fails when nothing is', () => {
    expect(verify(halfAndHalf({ controllers: [contour] }), [shadow(10)])).toMatchObject({
      kind: 'Failed',
      reason: 'MirrorPercentUnsupported',
    });
  });
});

it('a release is verified like a constraint', () => {
  const tombstone = given.settled(engaged, []);
  expect(verify(engaged, [])).toMatchObject({ kind: 'Waiting' });
  expect(verify(tombstone, [])).toEqual({ kind: 'Verified', unmet: [] });
});
