import { describe, expect, it } from '@jest/globals';

import { isWrite, matches, parseKubeRequest } from '../../../testbed/kube-request.ts';

const none = { group: '', resource: '', subresource: null, namespace: null, name: null };

describe('parseKubeRequest', () => {
  it.each([
    ['GET', '/readyz?verbose', { ...none, verb: 'list' }],
    ['GET', '/api/v1/namespaces', { ...none, verb: 'list', resource: 'namespaces' }],
    ['GET', '/api/v1/namespaces/lending', { ...none, verb: 'get', resource: 'namespaces', name: 'lending' }],
    [
      'PUT',
      '/api/v1/namespaces/lending/finalize',
      { ...none, verb: 'update', resource: 'namespaces', name: 'lending', subresource: 'finalize' },
    ],
    ['POST', '/api/v1/namespaces/lending/events', { ...none, verb: 'create', resource: 'events', namespace: 'lending' }],
    [
      'PATCH',
      '/apis/gateway.networking.k8s.io/v1/namespaces/lending/httproutes/credit?fieldManager=a',
      {
        verb: 'patch',
        group: 'gateway.networking.k8s.io',
        resource: 'httproutes',
        namespace: 'lending',
        name: 'credit',
        subresource: null,
      },
    ],
    [
      'PATCH',
      '/apis/modelrisk.dev/v1alpha1/namespaces/lending/mitigationplans/credit/status',
      { verb: 'patch', group: 'modelrisk.dev', resource: 'mitigationplans', namespace: 'lending', name: 'credit', subresource: 'status' },
    ],
    [
      'GET',
      '/apis/modelrisk.dev/v1alpha1/riskpolicies?allowWatchBookmarks=true&watch=true',
      { ...none, verb: 'watch', group: 'modelrisk.dev', resource: 'riskpolicies' },
    ],
    ['DELETE', '/api/v1/namespaces/a/configmaps', { ...none, verb: 'deletecollection', resource: 'configmaps', namespace: 'a' }],
    ['DELETE', '/api/v1/namespaces/a/configmaps/x%3Ay', { ...none, verb: 'delete', resource: 'configmaps', namespace: 'a', name: 'x:y' }],
    ['GET', '/apis/apps/v1', { ...none, verb: 'list' }],
  ])('%s %s', (method, url, expected) => {
    expect(parseKubeRequest(method, url)).toEqual(expected);
  });
});

describe('matches', () => {
  const patch = parseKubeRequest('PATCH', '/apis/modelrisk.dev/v1alpha1/namespaces/a/mitigationplans/p/status');

  it('takes a field left out for any', () => {
    expect(matches({}, patch)).toBe(true);
    expect(
      matches({ verbs: ['update', 'patch'], resource: 'mitigationplans', namespace: 'a', name: 'p', subresource: 'status' }, patch),
    ).toBe(true);
  });

  it('tells the object from its subresource', () => {
    expect(matches({ subresource: null }, patch)).toBe(false);
  });

  it.each([{ verbs: ['get'] as const }, { namespace: 'b' }, { name: 'q' }, { resource: 'modelrisks' }, { group: '' }])(
    'refuses %j',
    (match) => {
      expect(matches(match, patch)).toBe(false);
    },
  );
});

it('knows writes', () => {
  expect(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => isWrite(parseKubeRequest(method, '/api/v1/nodes/n')))).toEqual([
    false,
    true,
    true,
    true,
    true,
  ]);
});
