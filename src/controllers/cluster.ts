import type { Clock } from '../shared/clock.ts';
import type { TargetResource } from '../actuators/port.ts';
import { fencedClient } from '../kube/fenced-client.ts';
import type { Fence } from '../kube/fenced-client.ts';
import type { Random } from '../kube/backoff.ts';
import type { ResourceType, UntypedObject } from '../kube/kube-object.ts';
import { createReflector, defaultReflectorTiming } from '../kube/reflector.ts';
import type { Reflector, ReflectorEvent } from '../kube/reflector.ts';
import { createResourceClient } from '../kube/resource-client.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { createStore } from '../kube/store.ts';
import type { Store } from '../kube/store.ts';
import type { Transport } from '../kube/transport.ts';

export const fieldManager = 'modelrisk-operator';

/** Cache and client of one kind. Objects are raw: whoever uses them parses them. */
export interface KindView {
  readonly resource: ResourceType;
  readonly store: Store<UntypedObject, 'namespace'>;
  /** Writes are fenced by the lease. */
  readonly client: ResourceClient<UntypedObject>;
  readonly reflector: Reflector;
}

const ours = (plural: string, kind: string, namespaced = true): ResourceType => ({
  group: 'modelrisk.dev',
  version: 'v1alpha1',
  plural,
  kind,
  namespaced,
});

/** Kinds every installation has. Targets come with their actuators. */
const ownKinds = {
  policies: ours('riskpolicies', 'RiskPolicy', false),
  risks: ours('modelrisks', 'ModelRisk'),
  plans: ours('mitigationplans', 'MitigationPlan'),
  incidents: ours('riskincidents', 'RiskIncident'),
  decisions: ours('riskdecisions', 'RiskDecision'),
  services: { group: '', version: 'v1', plural: 'services', kind: 'Service', namespaced: true },
  endpointSlices: { group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices', kind: 'EndpointSlice', namespaced: true },
} as const satisfies Record<string, ResourceType>;

export type OwnKind = keyof typeof ownKinds;

export interface Cluster {
  readonly own: Readonly<Record<OwnKind, KindView>>;
  /** By kind of the target, e.g. `HTTPRoute`. */
  readonly targets: ReadonlyMap<string, KindView>;
  /** The one namespace under guard; null: every namespace. */
  readonly namespace: string | null;
  start(): void;
  stop(): Promise<void>;
  whenSynced(): Promise<void>;
  /** Kinds whose first LIST is not in the cache yet. */
  unsynced(): readonly string[];
}

export interface ClusterOptions {
  readonly transport: Transport;
  readonly fence: Fence;
  readonly targetResources: readonly TargetResource[];
  /** Null: every namespace. */
  readonly namespace: string | null;
  readonly requestTimeoutMs: number;
  readonly watchSilenceMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly observe: (event: ReflectorEvent) => void;
}

function openKind(options: ClusterOptions, resource: ResourceType, keepManagedFields: boolean): KindView {
  const { transport, clock, random, observe } = options;
  const store = createStore<UntypedObject, 'namespace'>({ namespace: (object) => [object.metadata.namespace ?? ''] });
  const client = fencedClient(
    createResourceClient<UntypedObject>({ transport, resource, fieldManager, timeoutMs: options.requestTimeoutMs }),
    options.fence,
    options.requestTimeoutMs,
  );
  const reflector = createReflector({
    resource,
    namespace: resource.namespaced ? options.namespace : null,
    keepManagedFields,
    transport,
    store,
    clock,
    random,
    observe,
    timing: { ...defaultReflectorTiming, silenceMs: options.watchSilenceMs },
  });
  return { resource, store, client, reflector };
}

/** Every cache the operator reads from and every client it writes with. Nothing is sent before `start`. */
export function openCluster(options: ClusterOptions): Cluster {
  const own = Object.fromEntries(Object.entries(ownKinds).map(([name, resource]) => [name, openKind(options, resource, false)])) as Record<
    OwnKind,
    KindView
  >;
  const targets = new Map(
    options.targetResources.map((resource) => [resource.kind, openKind(options, { ...resource, namespaced: true }, true)]),
  );
  const views = [...Object.values(own), ...targets.values()];
  return {
    own,
    targets,
    namespace: options.namespace,
    start: () => {
      for (const { reflector } of views) reflector.start();
    },
    stop: async () => {
      await Promise.all(views.map(({ reflector }) => reflector.stop()));
    },
    whenSynced: async () => {
      await Promise.all(views.map(({ reflector }) => reflector.whenSynced()));
    },
    unsynced: () => views.filter(({ reflector }) => !reflector.synced()).map(({ resource }) => resource.plural),
  };
}
