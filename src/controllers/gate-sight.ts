import { riskGates } from '../api/risk-gate.ts';
import { fencedClient } from '../kube/fenced-client.ts';
import type { Fence } from '../kube/fenced-client.ts';
import type { KubeObject, UntypedObject } from '../kube/kube-object.ts';
import { createResourceClient } from '../kube/resource-client.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { canonicalJSON } from '../shared/canonical-json.ts';
import type { JSONValue } from '../shared/json.ts';
import { openSightView } from './sight-view.ts';
import type { SightViewOptions } from './sight-view.ts';

/** Namespaces that opted in say so by this label: Enforce or Audit. */
export const gateLabel = 'modelrisk.dev/gate';

const modes: readonly string[] = ['Enforce', 'Audit'];

/** Namespaces that opted in, and the gates the operator wrote. */
export interface GateSight {
  /** Writes are fenced by the lease. */
  readonly client: ResourceClient<UntypedObject>;
  isGated(namespace: string): boolean;
  /** Null: there is none. `spec` is canonical JSON. */
  gateIn(namespace: string): { readonly spec: string; readonly uid: string } | null;
  /** Both were read: what is not there does not exist. */
  isRead(): boolean;
  /** Called with the namespace of whatever changed. Returns its own end. */
  onChange(listener: (namespace: string) => void): () => void;
  /** Namespaces with the label or a gate. */
  namespaces(): readonly string[];
  start(): void;
  stop(): Promise<void>;
}

const namespaces = {
  resource: { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false },
  labelSelector: gateLabel,
  toFact: (object: unknown): string => (object as KubeObject).metadata.labels?.[gateLabel] ?? '',
} as const;

const gates = {
  resource: riskGates,
  toFact: (object: unknown): string => canonicalJSON((object as { readonly spec?: JSONValue }).spec ?? null),
} as const;

/** Nothing is sent before `start`. */
export function openGateSight(options: SightViewOptions & { readonly fence: Fence; readonly fieldManager: string }): GateSight {
  const { transport, fieldManager, fence, requestTimeoutMs, namespace: only } = options;
  const client = createResourceClient<UntypedObject>({ transport, fieldManager, resource: riskGates });
  const optedIn = openSightView(namespaces, { ...options, namespace: null });
  const written = openSightView(gates, options);
  const isOurs = (namespace: string): boolean => only === null || only === namespace;
  const placesOf = ({ metadata }: KubeObject): string => metadata.namespace ?? metadata.name;
  return {
    client: fencedClient(client, fence, requestTimeoutMs),
    isGated: (namespace) => isOurs(namespace) && modes.includes((optedIn.store.get(namespace)?.fact ?? '') as string),
    gateIn: (namespace) => {
      const [gate] = written.store.byIndex('namespace', namespace);
      return gate === undefined ? null : { spec: gate.fact as string, uid: gate.metadata.uid };
    },
    isRead: () => [optedIn, written].every(({ reflector }) => reflector.synced() && reflector.served()),
    onChange: (listener) => {
      const ends = [optedIn, written].map(({ store }) =>
        store.subscribe(({ object }) => {
          if (isOurs(placesOf(object))) listener(placesOf(object));
        }),
      );
      return () => {
        for (const end of ends) end();
      };
    },
    namespaces: () => [...new Set([optedIn, written].flatMap(({ store }) => store.list().map(placesOf)))].filter(isOurs),
    start: () => {
      optedIn.reflector.start();
      written.reflector.start();
    },
    stop: async () => {
      await Promise.all([optedIn.reflector.stop(), written.reflector.stop()]);
    },
  };
}
