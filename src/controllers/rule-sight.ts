import { createResourceClient } from '../kube/resource-client.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import { fencedClient } from '../kube/fenced-client.ts';
import type { Fence } from '../kube/fenced-client.ts';
import type { APIFailure } from '../kube/api-failure.ts';
import type { KubeObject, ResourceType, UntypedObject } from '../kube/kube-object.ts';
import { canonicalJSON } from '../shared/canonical-json.ts';
import type { JSONValue } from '../shared/json.ts';
import { openSightView } from './sight-view.ts';
import type { SightView, SightViewOptions } from './sight-view.ts';

/** What is kept of a PrometheusRule we wrote: enough to tell whether it still says what it should. */
export interface WrittenRule {
  readonly labels: Readonly<Record<string, string>>;
  /** Digest of what was wanted when it was written. */
  readonly digest: string;
  readonly spec: string;
  /** Name of the ModelRisk it is about. */
  readonly risk: string | null;
  readonly riskUID: string | null;
}

export type RuleStanding =
  { readonly kind: 'Closed' | 'Reading' | 'NotServed' | 'Read' } | { readonly kind: 'Failed'; readonly failure: APIFailure };

/** Watch of the PrometheusRules the operator wrote, and of no others: open while a policy asks for some, or some are left. */
export interface RuleSight {
  /** Writes are fenced by the lease. */
  readonly client: ResourceClient<UntypedObject>;
  standing(): RuleStanding;
  /** By namespace and name; null: it is not there, or nothing has been read. */
  get(namespace: string, name: string): (KubeObject & { readonly rule: WrittenRule }) | null;
  list(): readonly (KubeObject & { readonly rule: WrittenRule })[];
  open(): void;
  close(): void;
  /** Called with each object that changed, or (null) when the standing did. Returns its own end. */
  onChange(listener: (changed: (KubeObject & { readonly rule: WrittenRule }) | null) => void): () => void;
  stop(): Promise<void>;
}

export const prometheusRuleResource: ResourceType = {
  group: 'monitoring.coreos.com',
  version: 'v1',
  plural: 'prometheusrules',
  kind: 'PrometheusRule',
  namespaced: true,
};

/** Who made it. Others of the cluster's PrometheusRules are never read. */
export const managedBy = { key: 'app.kubernetes.io/managed-by', value: 'modelrisk-operator' } as const;
export const rulesDigestAnnotation = 'modelrisk.dev/rules-digest';

function toRule(object: unknown): WrittenRule {
  const { metadata, spec = null } = object as KubeObject & { readonly spec?: JSONValue };
  const owner = metadata.ownerReferences?.find(({ kind }) => kind === 'ModelRisk');
  return {
    labels: metadata.labels ?? {},
    digest: metadata.annotations?.[rulesDigestAnnotation] ?? '',
    spec: canonicalJSON(spec),
    risk: owner?.name ?? null,
    riskUID: owner?.uid ?? null,
  };
}

class WatchingRules implements RuleSight {
  readonly client: ResourceClient<UntypedObject>;
  readonly #options: SightViewOptions;
  readonly #listeners = new Set<Parameters<RuleSight['onChange']>[0]>();
  #view: SightView | null = null;

  constructor(options: SightViewOptions & { readonly fence: Fence; readonly fieldManager: string }) {
    const { transport, fieldManager, fence, requestTimeoutMs } = options;
    this.#options = options;
    const client = createResourceClient<UntypedObject>({ transport, fieldManager, resource: prometheusRuleResource });
    this.client = fencedClient(client, fence, requestTimeoutMs);
  }

  standing(): RuleStanding {
    const view = this.#view;
    if (view === null) return { kind: 'Closed' };
    if (!view.reflector.served()) return { kind: 'NotServed' };
    const failure = view.failure();
    if (view.reflector.synced()) return { kind: 'Read' };
    return failure === null ? { kind: 'Reading' } : { kind: 'Failed', failure };
  }

  get(namespace: string, name: string) {
    const seen = this.#view?.store.get(`${namespace}/${name}`);
    return seen === undefined ? null : { ...seen, rule: seen.fact as WrittenRule };
  }

  list() {
    return (this.#view?.store.list() ?? []).map((seen) => ({ ...seen, rule: seen.fact as WrittenRule }));
  }

  open(): void {
    if (this.#view !== null) return;
    let told = '';
    const view = openSightView(
      { resource: prometheusRuleResource, labelSelector: `${managedBy.key}=${managedBy.value}`, toFact: toRule },
      {
        ...this.#options,
        observe: (event) => {
          this.#options.observe(event);
          const now = this.standing();
          const said = now.kind === 'Failed' ? `${now.kind} ${now.failure.message}` : now.kind;
          if (this.#view !== view || said === told) return;
          told = said;
          this.#tell(null);
        },
      },
    );
    view.store.subscribe(({ object }) => {
      if (this.#view === view) this.#tell({ ...object, rule: object.fact as WrittenRule });
    });
    this.#view = view;
    view.reflector.start();
  }

  close(): void {
    void this.stop();
  }

  onChange(listener: Parameters<RuleSight['onChange']>[0]): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async stop(): Promise<void> {
    const view = this.#view;
    this.#view = null;
    await view?.reflector.stop();
  }

  #tell(changed: Parameters<Parameters<RuleSight['onChange']>[0]>[0]): void {
    for (const listener of [...this.#listeners]) listener(changed);
  }
}

/** Nothing is sent before it is opened. */
export function openRuleSight(options: SightViewOptions & { readonly fence: Fence; readonly fieldManager: string }): RuleSight {
  return new WatchingRules(options);
}
