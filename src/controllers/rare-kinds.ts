import type { ResourceType, UntypedObject } from '../kube/kube-object.ts';
import { createResourceClient } from '../kube/resource-client.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import type { Transport } from '../kube/transport.ts';
import { fieldManager } from './cluster.ts';

/** Kinds that are read one object at a time, when one is needed: no cache of them is kept. */
const rareKinds = {
  RiskChainHead: { group: 'modelrisk.dev', version: 'v1alpha1', plural: 'riskchainheads', kind: 'RiskChainHead', namespaced: true },
  Namespace: { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false },
} as const satisfies Record<string, ResourceType>;

export function clientOf(transport: Transport, kind: keyof typeof rareKinds): ResourceClient<UntypedObject> {
  return createResourceClient<UntypedObject>({ transport, fieldManager, resource: rareKinds[kind] });
}
