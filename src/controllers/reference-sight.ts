import { referenceLabel } from '../api/signals/drift-reference.ts';
import type { APIFailure } from '../kube/api-failure.ts';
import type { KubeObject } from '../kube/kube-object.ts';
import { failure, success, type Result } from '../shared/result.ts';
import { openSightView, type SightView, type SightViewOptions } from './sight-view.ts';
import type { SightResource } from './sight-resources.ts';

/** One key of one ConfigMap. */
export interface ReferencePlace {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
}

/** Failure: a sentence for people; `pending` while there is nothing to say yet. */
export type ReadText = (place: ReferencePlace) => Result<string, { readonly pending: boolean; readonly message: string }>;

/** Watch of the ConfigMaps that keep references, and of no others: opened by the first reader, closed when there is none any more. */
export interface ReferenceSight {
  readonly read: ReadText;
  /** Called after what `read` answers of one ConfigMap, or (null) of all, may have changed. Returns its own end. */
  onChange(listener: (changed: Pick<ReferencePlace, 'namespace' | 'name'> | null) => void): () => void;
  close(): void;
  stop(): Promise<void>;
}

/** Two to three times what the largest reference takes; a ConfigMap may hold a thousand times as much of anything. */
const maxLength = 65_536;

const bind =
  'let the operator read them: bind the ClusterRole modelrisk-operator-config-map-references to its ServiceAccount (chart: configMapReferences.enabled: true)';

/** Text by key; null where it is too long to be kept. Null for all: the label is not there. */
type Texts = Readonly<Record<string, string | null>> | null;

const configMaps: SightResource<Texts> = {
  resource: { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true },
  labelSelector: `${referenceLabel}=true`,
  toFact: (object) => {
    const { metadata, data = {} } = object as KubeObject & { readonly data?: Readonly<Record<string, string>> };
    if (metadata.labels?.[referenceLabel] !== 'true') return null;
    return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, text.length > maxLength ? null : text]));
  },
};

class WatchingReferences implements ReferenceSight {
  readonly #options: SightViewOptions;
  readonly #listeners = new Set<Parameters<ReferenceSight['onChange']>[0]>();
  #view: SightView | null = null;

  constructor(options: SightViewOptions) {
    this.#options = options;
  }

  readonly read: ReadText = ({ namespace, name, key }) => {
    const view = this.#opened();
    const where = `ConfigMap ${name}`;
    // What was read once stays good however long the watch is silent: it is known by its digest.
    if (!view.reflector.synced()) return failure(notListed(where, view.failure()));
    const texts = view.store.get(`${namespace}/${name}`)?.fact as Texts | undefined;
    const missing = (what: string) => failure({ pending: false, message: `${where} ${what}` });
    if (texts === undefined || texts === null)
      return missing(`is not in namespace ${namespace} with the label ${referenceLabel}: "true"; create it, or give it the label`);
    const text = Object.hasOwn(texts, key) ? texts[key] : undefined;
    if (text === undefined) return missing(`has no key ${key}; write the reference under it, or correct signal.reference.configMap.key`);
    if (text === null)
      return missing(`has more than ${String(maxLength)} characters under ${key}, which is no reference; capture it again`);
    return success(text);
  };

  onChange(listener: Parameters<ReferenceSight['onChange']>[0]): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    void this.stop();
  }

  async stop(): Promise<void> {
    const view = this.#view;
    this.#view = null;
    await view?.reflector.stop();
  }

  #opened(): SightView {
    if (this.#view !== null) return this.#view;
    let saidWhy = false;
    const view = openSightView(configMaps, {
      ...this.#options,
      observe: (event) => {
        this.#options.observe(event);
        const isNews = event.kind === 'Synced' || (event.kind === 'Failed' && !view.reflector.synced() && !saidWhy);
        saidWhy ||= event.kind === 'Failed';
        if (isNews) this.#tell(view, null);
      },
    });
    view.store.subscribe(({ object: { metadata } }) => {
      if (view.reflector.synced()) this.#tell(view, { namespace: metadata.namespace ?? '', name: metadata.name });
    });
    this.#view = view;
    view.reflector.start();
    return view;
  }

  #tell(view: SightView, changed: Pick<ReferencePlace, 'namespace' | 'name'> | null): void {
    if (this.#view === view) for (const listener of [...this.#listeners]) listener(changed);
  }
}

/** Nothing is sent before the first `read`. */
export function openReferenceSight(options: SightViewOptions): ReferenceSight {
  return new WatchingReferences(options);
}

function notListed(where: string, cause: APIFailure | null) {
  if (cause === null) return { pending: true, message: `${where} has not been read yet` };
  const message = cause.message.replace(/\.$/, '');
  return { pending: false, message: `${where} can't be read: ${message}; ${cause.kind === 'Denied' ? bind : 'check the API server'}` };
}
