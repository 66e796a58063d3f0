import type { ResourceType } from '../../src/kube/kube-object.ts';
import type { ConnectedControlPlane } from '../../testbed/connect.ts';
import { eventually } from '../../testbed/eventually.ts';

const definitions = { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' };

/** Defines a small kind of its own with a status subresource; resolves when it is served. `spec.value` takes `a` or `b`. */
export async function defineThings(plane: ConnectedControlPlane, group: string): Promise<ResourceType> {
  const resource: ResourceType = { group, version: 'v1', plural: 'things', kind: 'Thing', namespaced: true };
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const spec = { type: 'object', properties: { value: { type: 'string', enum: ['a', 'b'] } } };
  await plane.client.create(definitions, {
    metadata: { name: `things.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'things', singular: 'thing', kind: 'Thing' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: { type: 'object', properties: { spec, status: anything } } },
        },
      ],
    },
  });
  await eventually(async () => {
    await plane.client.list(resource);
    return true;
  });
  return resource;
}
