import { describe, expect, it } from '@jest/globals';

import { changedParts, snapshotObject } from '../../../../demo/measuring/object-snapshot.ts';

const team = { manager: 'kubectl', operation: 'Apply', time: '2026-06-01T12:00:00Z', fieldsV1: { 'f:spec': { 'f:rules': {} } } };

function route(metadata: object = {}, spec: object = { rules: [{ weight: 50 }] }) {
  return {
    metadata: { name: 'employment', resourceVersion: '1', labels: { app: 'employment' }, managedFields: [team], ...metadata },
    spec,
  };
}

const before = snapshotObject(route());

describe('a snapshot', () => {
  it('is the same for what the server counts by itself, for status and for the order of keys', () => {
    const after = { ...route({ resourceVersion: '9', generation: 7 }), status: { parents: [] } };
    expect(changedParts(before, snapshotObject(after))).toEqual([]);
    const turned = snapshotObject(route({}, { b: 1, a: 2 }));
    expect(changedParts(turned, snapshotObject(route({}, { a: 2, b: 1 })))).toEqual([]);
  });

  it.each([
    ['spec', route({}, { rules: [{ weight: 49 }] })],
    ['labels', route({ labels: {} })],
    ['annotations', route({ annotations: { 'modelrisk.dev/epoch': '3' } })],
    ['finalizers', route({ finalizers: ['modelrisk.dev/restore'] })],
    ['ownership', route({ managedFields: [{ ...team, fieldsV1: { 'f:spec': {} } }] })],
  ])('tells that %s changed', (part, object) => {
    expect(changedParts(before, snapshotObject(object))).toEqual([part]);
  });

  it('tells that somebody else wrote, and so owns something', () => {
    const operator = { manager: 'modelrisk-operator', operation: 'Update', fieldsV1: {} };
    expect(changedParts(before, snapshotObject(route({ managedFields: [team, operator] })))).toEqual(['managers', 'ownership']);
  });

  it('does not care when a manager wrote, or who writes status', () => {
    const status = { manager: 'contour', operation: 'Update', subresource: 'status', fieldsV1: { 'f:status': {} } };
    const object = route({ managedFields: [status, { ...team, time: '2026-06-01T13:00:00Z' }] });
    expect(changedParts(before, snapshotObject(object))).toEqual([]);
  });
});
