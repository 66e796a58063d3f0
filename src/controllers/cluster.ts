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
import { openReferenceSight } from './reference-sight.ts';
import type { ReferenceSight } from './reference-sight.ts';
import { openSight } from './sight.ts';
import type { ClusterSight } from './sight.ts';

export const fieldManager = 'modelrisk-operator';

/** Cache and client of one kind. Objects are raw: whoever uses them parses them. */
export interface KindView {
  readonly resource: ResourceType;
  readonly store: Store<UntypedObject, 'namespace'>;
  /** Writes are fenced by the lease. */
  readonly client: ResourceClient<UntypedObject>;
  readonly reflector: Reflector;
  /** Called whenever `reflector.served()` changed, with the store already as it is now. Returns its own end. */
  onServedChange(listener: () => void): () => void;
}

/** Kinds of other projects, which a cluster may lack. */
export interface TargetView extends KindView {
  readonly resource: ResourceType & TargetResource;
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
  readonly targets: ReadonlyMap<string, TargetView>;
  /** The one namespace under guard; null: every namespace. */
  readonly namespace: string | null;
  /** Kinds that are watched while a signal reads them. */
  readonly sight: ClusterSight;
  /** ConfigMaps that keep references of indicators. */
  readonly references: ReferenceSight;
  start(): void;
  stop(): Promise<void>;
  whenSynced(): Promise<void>;
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

/** Targets belong to other projects: a cluster without them is no reason not to guard what it has. */
function openKind(options: ClusterOptions, resource: ResourceType, { isTarget }: { readonly isTarget: boolean }): KindView {
  const { transport, clock, random } = options;
  const listeners = new Set<() => void>();
  const store = createStore<UntypedObject, 'namespace'>({ namespace: (object) => [object.metadata.namespace ?? ''] });
  const client = fencedClient(
    createResourceClient<UntypedObject>({ transport, resource, fieldManager, timeoutMs: options.requestTimeoutMs }),
    options.fence,
    options.requestTimeoutMs,
  );
  const reflector = createReflector({
    resource,
    namespace: resource.namespaced ? options.namespace : null,
    keepManagedFields: isTarget,
    mayBeAbsent: isTarget,
    transport,
    store,
    clock,
    random,
    observe: (event) => {
      options.observe(event);
      if (event.kind === 'NotServed' || event.kind === 'Served') for (const listener of listeners) listener();
    },
    timing: { ...defaultReflectorTiming, silenceMs: options.watchSilenceMs },
  });
  const onServedChange = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return { resource, store, client, reflector, onServedChange };
}

/** Every cache the operator reads from and every client it writes with. Nothing is sent before `start`. */
export function openCluster(options: ClusterOptions): Cluster {
  const own = Object.fromEntries(
    Object.entries(ownKinds).map(([name, resource]) => [name, openKind(options, resource, { isTarget: false })]),
  ) as Record<OwnKind, KindView>;
  const targets = new Map(
    options.targetResources.map((target): [string, TargetView] => {
      const resource = { ...target, namespaced: true };
      return [resource.kind, { ...openKind(options, resource, { isTarget: true }), resource }];
    }),
  );
  const views = [...Object.values(own), ...targets.values()];
  const sight = openSight(options);
  const references = openReferenceSight(options);
  return {
    references,
    sight,
    own,
    targets,
    namespace: options.namespace,
    start: () => {
      for (const { reflector } of views) reflector.start();
    },
    stop: async () => {
      await Promise.all([sight.stop(), references.stop(), ...views.map(({ reflector }) => reflector.stop())]);
    },
    whenSynced: async () => {
      await Promise.all(views.map(({ reflector }) => reflector.whenSynced()));
    },
  };
}
