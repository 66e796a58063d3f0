import type { Clock } from '../shared/clock.ts';
import type { APIFailure } from '../kube/api-failure.ts';
import type { Random } from '../kube/backoff.ts';
import type { KubeObject } from '../kube/kube-object.ts';
import { createReflector, defaultReflectorTiming } from '../kube/reflector.ts';
import type { Reflector, ReflectorEvent } from '../kube/reflector.ts';
import { createStore } from '../kube/store.ts';
import type { Store } from '../kube/store.ts';
import type { Transport } from '../kube/transport.ts';
import type { SightResource } from './sight-resources.ts';

export interface SightViewOptions {
  readonly transport: Transport;
  /** Null: every namespace. */
  readonly namespace: string | null;
  readonly requestTimeoutMs: number;
  readonly watchSilenceMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly observe: (event: ReflectorEvent) => void;
}

/** All that is kept of an object: its place, and what signals read. */
export type SeenObject = KubeObject & { readonly fact: unknown };

export interface SightView {
  readonly store: Store<SeenObject, 'namespace'>;
  readonly reflector: Reflector;
  /** Listed once, not served, or refused: there is something to say. */
  readonly settled: Promise<void>;
  isSettled(): boolean;
  /** What last kept it from listing or watching; null while it does. */
  failure(): APIFailure | null;
}

/** Cache of one kind for signals. Nothing is sent before its reflector is started. */
export function openSightView({ resource, toFact, labelSelector }: SightResource<unknown>, options: SightViewOptions): SightView {
  const { transport, clock, random, observe, namespace, watchSilenceMs } = options;
  const store = createStore<SeenObject, 'namespace'>({ namespace: (object) => [object.metadata.namespace ?? ''] });
  let failure: APIFailure | null = null;
  let isSettled = false;
  let settle = (): void => undefined;
  const settled = new Promise<void>((resolve) => {
    settle = () => {
      isSettled = true;
      resolve();
    };
  });
  const reflector = createReflector<SeenObject>({
    ...{ resource, namespace, transport, store, clock, random },
    ...(labelSelector === undefined ? {} : { labelSelector }),
    keepManagedFields: false,
    mayBeAbsent: true,
    trim: (object) => ({ ...placeOf(object), fact: toFact(object) }),
    observe: (event) => {
      if (event.kind === 'Failed') failure = event.failure;
      if (event.kind === 'WatchOpened' || event.kind === 'WatchReplaced') failure = null;
      if (event.kind === 'Failed' || event.kind === 'Synced') settle();
      observe(event);
    },
    timing: { ...defaultReflectorTiming, silenceMs: watchSilenceMs },
  });
  return { store, reflector, settled, isSettled: () => isSettled, failure: () => failure };
}

/** Where it is and which version, all else left out. */
export function placeOf({ apiVersion, kind, metadata }: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  return {
    apiVersion,
    kind,
    metadata: { name, uid, resourceVersion, creationTimestamp, ...(namespace === undefined ? {} : { namespace }) },
  };
}
