import { loadClusterAccess } from '../../src/kube/cluster-access.ts';
import type { KubeObject, ResourceType } from '../../src/kube/kube-object.ts';
import { createReflector, defaultReflectorTiming } from '../../src/kube/reflector.ts';
import type { Reflector, ReflectorEvent, ReflectorTiming } from '../../src/kube/reflector.ts';
import { createStore } from '../../src/kube/store.ts';
import type { StoreChange, WritableStore } from '../../src/kube/store.ts';
import { createSystemClock } from '../../src/kube/system-clock.ts';
import { createTransport } from '../../src/kube/transport.ts';
import type { RequestRecord, Transport } from '../../src/kube/transport.ts';
import { connectControlPlane } from '../../testbed/connect.ts';
import type { ConnectedControlPlane } from '../../testbed/connect.ts';
import { eventually } from '../../testbed/eventually.ts';
import { startAPIProxy } from './api-proxy.ts';
import type { APIProxy } from './api-proxy.ts';

export type ConfigMap = KubeObject & { readonly data?: Readonly<Record<string, string>> };

export const configMaps: ResourceType = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true };

/** The runtime against the run's control plane: one transport straight to it, one through a proxy of its own. */
export interface LiveRuntime {
  readonly plane: ConnectedControlPlane;
  readonly clock: ReturnType<typeof createSystemClock>;
  readonly transport: Transport;
  readonly proxy: APIProxy;
  readonly proxied: Transport;
  /** What either transport sent. */
  readonly sent: RequestRecord[];
  /** One more transport, the caller's to close. */
  openTransport(kubeconfigPath: string): Promise<Transport>;
  createConfigMap(namespace: string, name: string, data?: Readonly<Record<string, string>>): Promise<void>;
  close(): Promise<void>;
}

export async function startLiveRuntime(): Promise<LiveRuntime> {
  const plane = connectControlPlane();
  const proxy = await startAPIProxy(plane);
  const clock = createSystemClock();
  const sent: RequestRecord[] = [];
  const open = async (kubeconfigPath: string): Promise<Transport> => {
    const access = await loadClusterAccess({ kubeconfigPath, context: null });
    if (!access.ok) throw new Error(access.failure);
    return createTransport({
      access: access.value,
      clock,
      requestTimeoutMs: 10_000,
      connections: 8,
      userAgent: 'runtime-test',
      onRequest: (record) => sent.push(record),
    });
  };
  const transport = await open(plane.kubeconfig);
  const proxied = await open(await plane.kubeconfigFor({ token: plane.adminToken }, { server: proxy.address, caFile: null }));
  return {
    plane,
    clock,
    transport,
    proxy,
    proxied,
    sent,
    openTransport: open,
    async createConfigMap(namespace, name, data = {}) {
      await plane.client.create(configMaps, { metadata: { namespace, name }, data });
    },
    async close() {
      await Promise.all([transport.close(), proxied.close(), plane.close()]);
      await proxy.close();
    },
  };
}

/** A reflector through the proxy, with everything it says. */
export interface LiveReflector {
  readonly reflector: Reflector;
  readonly store: WritableStore<ConfigMap>;
  readonly events: ReflectorEvent[];
  readonly changes: StoreChange<ConfigMap>[];
  /** The names of what the store was told, e.g. `Added a`. */
  readonly told: () => string[];
  /** Resolves with the event as soon as the reflector has said it (again, from `from` on). */
  readonly said: <Kind extends ReflectorEvent['kind']>(
    kind: Kind,
    from?: number,
  ) => Promise<Extract<ReflectorEvent, { readonly kind: Kind }>>;
  readonly has: (name: string) => Promise<ConfigMap>;
}

export interface LiveReflectorOptions {
  readonly namespace: string;
  /** Default: ConfigMaps. */
  readonly resource?: ResourceType;
  readonly labelSelector?: string;
  readonly timing?: Partial<ReflectorTiming>;
}

export function startReflector(runtime: LiveRuntime, options: LiveReflectorOptions): LiveReflector {
  const { namespace, labelSelector, timing, resource = configMaps } = options;
  const store = createStore<ConfigMap>({});
  const events: ReflectorEvent[] = [];
  const changes: StoreChange<ConfigMap>[] = [];
  store.subscribe((change) => {
    // Every namespace has one, made by a controller at a time of its own.
    if (change.object.metadata.name !== 'kube-root-ca.crt') changes.push(change);
  });
  const reflector = createReflector<ConfigMap>({
    resource,
    namespace,
    ...(labelSelector === undefined ? {} : { labelSelector }),
    keepManagedFields: false,
    transport: runtime.proxied,
    store,
    clock: runtime.clock,
    random: () => 0.5,
    observe: (event) => events.push(event),
    timing: { ...defaultReflectorTiming, backoff: { baseMs: 20, maxMs: 100 }, ...timing },
  });
  reflector.start();
  return {
    reflector,
    store,
    events,
    changes,
    told: () => changes.map((change) => `${change.kind} ${change.object.metadata.name}`),
    said: (kind, from = 0) =>
      eventually(() => {
        const found = events.slice(from).find((event) => event.kind === kind);
        return Promise.resolve((found ?? null) as Extract<ReflectorEvent, { readonly kind: typeof kind }> | null);
      }),
    has: (name) => eventually(() => Promise.resolve(store.get(`${namespace}/${name}`) ?? null)),
  };
}
