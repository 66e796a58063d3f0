import { journalAnnotation } from '../actuators/metadata.ts';
import { kindsNamed } from '../api/kinds-named.ts';
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
  readonly kinds: readonly OptedInKind[];
  readonly clock: Clock;
}

export interface OptedInWatches {
  /** Once the cache of plans is filled: opens what they need, from now on. */
  begin(): void;
  stop(): void;
}

class WatchesOfPlans implements OptedInWatches {
  readonly #options: OptedInOptions;
  readonly #named = new Map<string, { readonly namespace: string; readonly kinds: ReadonlySet<string> }>();
  #ends: Cancel[] = [];

  constructor(options: OptedInOptions) {
    this.#options = options;
  }

  begin(): void {
    const { plans } = this.#options;
    for (const plan of plans.list()) this.#note(plan);
    const end = plans.subscribe(({ kind, object }) => {
      if (kind === 'Deleted') this.#named.delete(keyOf(object));
      else this.#note(object);
    });
    this.#ends = [end, this.#tendAgain()];
  }

  stop(): void {
    for (const end of this.#ends) end();
  }

  #note(plan: UntypedObject): void {
    const { namespace = '' } = plan.metadata;
    const kinds = kindsNamed(plan);
    this.#named.set(keyOf(plan), { namespace, kinds });
    for (const { kind, watches } of this.#options.kinds) if (kinds.has(kind)) for (const watch of watches) watch.open(namespace);
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

  /** What carries a journal still waits for something, though the plan may be gone. */
  #needed({ kind, store }: OptedInKind): ReadonlySet<string> {
    const named = [...this.#named.values()].flatMap(({ namespace, kinds }) => (kinds.has(kind) ? [namespace] : []));
    const held = store
      .list()
      .flatMap(({ metadata }) => (metadata.annotations?.[journalAnnotation] === undefined ? [] : [metadata.namespace ?? '']));
    return new Set([...named, ...held]);
  }
}

export function openOptedIn(options: OptedInOptions): OptedInWatches {
  return new WatchesOfPlans(options);
}
