import { journalAnnotation } from '../actuators/metadata.ts';
import { kindsNamed, kindsRecorded } from '../api/kinds-named.ts';
import { keyOf } from '../kube/kube-object.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import type { Store } from '../kube/store.ts';
import type { Cancel, Clock } from '../shared/clock.ts';
import type { NamespacedWatch } from './namespaced-watch.ts';

/** A plan that is written anew must not list a whole namespace each time. */
const tendEveryMs = 60_000;

/** A kind that is watched only where plans act on it, and what else has to be read of those namespaces to do so. */
export interface OptedInKind {
  readonly kind: string;
  readonly store: Store<UntypedObject, 'namespace'>;
  readonly watches: readonly NamespacedWatch[];
}

export interface OptedInOptions {
  readonly plans: Store<UntypedObject, 'namespace'>;
  readonly incidents: Store<UntypedObject, 'namespace'>;
  readonly kinds: readonly OptedInKind[];
  readonly clock: Clock;
}

export interface OptedInWatches {
  /** Once the caches of plans and incidents are filled: opens what they need, from now on. */
  begin(): void;
  stop(): void;
}

interface Named {
  readonly namespace: string;
  readonly kinds: ReadonlySet<string>;
}

type Stored = OptedInOptions['plans'];

/** A plan that went while nobody ran leaves its constraint behind, and of that the record of its engagement alone tells where to look. */
class WatchesOfPlans implements OptedInWatches {
  readonly #options: OptedInOptions;
  readonly #named = new Map<string, Named>();
  readonly #recorded = new Map<string, Named>();
  #ends: Cancel[] = [];

  constructor(options: OptedInOptions) {
    this.#options = options;
  }

  begin(): void {
    const { plans, incidents } = this.#options;
    this.#ends = [this.#follow(plans, this.#named, kindsNamed), this.#follow(incidents, this.#recorded, kindsRecorded), this.#tendAgain()];
  }

  stop(): void {
    for (const end of this.#ends) end();
  }

  #follow(store: Stored, known: Map<string, Named>, kindsOf: (object: UntypedObject) => ReadonlySet<string>): Cancel {
    const note = (object: UntypedObject): void => {
      const { namespace = '' } = object.metadata;
      const kinds = kindsOf(object);
      if (kinds.size === 0) known.delete(keyOf(object));
      else known.set(keyOf(object), { namespace, kinds });
      for (const { kind, watches } of this.#options.kinds) if (kinds.has(kind)) for (const watch of watches) watch.open(namespace);
    };
    for (const object of store.list()) note(object);
    return store.subscribe(({ kind, object }) => {
      if (kind === 'Deleted') known.delete(keyOf(object));
      else note(object);
    });
  }

  #tendAgain(): Cancel {
    let cancel: Cancel = () => undefined;
    const again = (): void => {
      cancel = this.#options.clock.after(tendEveryMs, () => {
        for (const each of this.#options.kinds) for (const watch of each.watches) watch.keepOnly(this.#needed(each));
        again();
      });
    };
    again();
    return () => {
      cancel();
    };
  }

  /** What carries a journal still waits for something, though the plan may be gone; a record needs no more than one look. */
  #needed({ kind, store, watches }: OptedInKind): ReadonlySet<string> {
    const inNames = (known: Map<string, Named>): readonly string[] =>
      [...known.values()].flatMap(({ namespace, kinds }) => (kinds.has(kind) ? [namespace] : []));
    const unread = inNames(this.#recorded).filter((namespace) => !watches.every((watch) => watch.isReadIn(namespace)));
    const held = store
      .list()
      .flatMap(({ metadata }) => (metadata.annotations?.[journalAnnotation] === undefined ? [] : [metadata.namespace ?? '']));
    return new Set([...inNames(this.#named), ...unread, ...held]);
  }
}

export function openOptedIn(options: OptedInOptions): OptedInWatches {
  return new WatchesOfPlans(options);
}
