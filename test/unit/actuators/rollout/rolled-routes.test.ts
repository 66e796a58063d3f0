import { describe, expect, it } from '@jest/globals';

import { rolledRoutes, rollerOf } from '../../../../src/actuators/rollout/rolled-routes.ts';
import { aRollout } from '../../../builders/rollout.ts';

const routedBy = (trafficRouting: object) => rolledRoutes(aRollout({ canary: { trafficRouting: trafficRouting as never } }));

describe('routes a Rollout moves requests on', () => {
  it('are the VirtualServices it names, one or several, of its own namespace', () => {
    expect(routedBy({ istio: { virtualService: { name: 'mesh', routes: ['score'] } } })).toEqual([
      { kind: 'VirtualService', name: 'mesh' },
    ]);
    const virtualServices = [{ name: 'a' }, { name: 'b.lending' }, { name: 'c.other' }];
    expect(routedBy({ istio: { virtualServices } }).map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('are those of the plugin for the Gateway API, whatever name it was installed under', () => {
    expect(
      routedBy({
        plugins: {
          'argoproj-labs/gatewayAPI': {
            httpRoute: 'one',
            httpRoutes: [{ name: 'two', useHeaderRoutes: true }],
            grpcRoutes: [{ name: 'calls' }],
          },
          'example.com/gateway': { grpcRoute: 'more', tcpRoute: 'db' },
        },
      }),
    ).toEqual([
      { kind: 'HTTPRoute', name: 'one' },
      { kind: 'HTTPRoute', name: 'two' },
      { kind: 'GRPCRoute', name: 'calls' },
      { kind: 'GRPCRoute', name: 'more' },
    ]);
    expect(routedBy({ plugins: { p: { namespace: 'other', httpRoute: 'one' }, q: { namespace: 'lending', httpRoute: 'two' } } })).toEqual([
      { kind: 'HTTPRoute', name: 'two' },
    ]);
  });

  it('are none where it has no weights, or is written by a hand that errs', () => {
    for (const odd of [{}, { istio: 1 }, { istio: { virtualService: {} } }, { plugins: { p: 'x', q: { httpRoutes: [1, { name: '' }] } } }])
      expect(routedBy(odd)).toEqual([]);
    expect(rolledRoutes({ spec: null })).toEqual([]);
  });
});

describe('what others need to know of a Rollout', () => {
  it.each([
    ['Active', {}],
    ['Aborted', { abort: true }],
    ['Promoted', { stableRS: 'new' }],
    ['Promoted', { currentPodHash: '' }],
  ])('is that it is %s at %j', (state, status) => {
    expect(rollerOf(aRollout({ status }))).toEqual({ kind: 'Rollout', name: 'credit', state, services: ['credit-v2', 'credit-v1'] });
  });

  it('names the two Services of ping-pong', () => {
    const canary = { canaryService: '', stableService: null, pingPong: { pingService: 'ping', pongService: 'pong' } };
    expect(rollerOf(aRollout({ canary }))?.services).toEqual(['ping', 'pong']);
  });

  it('is nothing where requests are not shared out', () => {
    expect(rollerOf(aRollout({ spec: { strategy: { blueGreen: {} } } }))).toBeNull();
  });
});
