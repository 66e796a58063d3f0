import type { KubeObject } from '../../src/kube/kube-object.ts';

export type TestObject = KubeObject & { readonly spec: { readonly value: string } };

export interface TestObjectFields {
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly version?: number;
  readonly value?: string;
  readonly generation?: number;
}

/** A namespaced object of an invented kind. */
export function testObject(fields: TestObjectFields = {}): TestObject {
  const { namespace = 'lending', name = 'credit', uid = `uid-${name}`, version = 1, value = 'a', generation = 1 } = fields;
  return {
    apiVersion: 'test.dev/v1',
    kind: 'Thing',
    metadata: { namespace, name, uid, resourceVersion: String(version), creationTimestamp: '2026-06-01T12:00:00Z', generation },
    spec: { value },
  };
}

export const thingResource = { group: 'test.dev', version: 'v1', plural: 'things', kind: 'Thing', namespaced: true } as const;
