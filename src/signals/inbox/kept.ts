/** What became of something pushed: kept, or why not and what to do. */
export type Kept = { readonly kind: 'Kept' } | { readonly kind: 'Older' | 'Future' | 'NamespaceFull' | 'Full'; readonly message: string };

export interface InboxBounds {
  readonly perNamespace: number;
  readonly overall: number;
}

/** What nobody pushed again for so long may make room for others of its namespace. */
export const forgottenAfterMs = 604_800_000;

/** Entries in order of arrival by key, counted by namespace: full for one namespace long before it is full for all. */
export class BoundedEntries<Entry extends { readonly namespace: string }> {
  readonly #bounds: InboxBounds;
  readonly #entries = new Map<string, Entry>();
  readonly #byNamespace = new Map<string, Set<string>>();

  constructor(bounds: InboxBounds) {
    this.#bounds = bounds;
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  in(namespace: string): readonly Entry[] {
    return [...(this.#byNamespace.get(namespace) ?? [])].flatMap((key) => this.#entries.get(key) ?? []);
  }

  /** Room is made only in the entry's own namespace, by entries that may go; nothing of another's is ever lost. */
  set(key: string, entry: Entry, mayGo: (other: Entry) => boolean): Kept {
    const { namespace } = entry;
    if (!this.#entries.has(key)) {
      if (this.#isFull(namespace) !== null) this.#makeRoom(namespace, mayGo);
      const full = this.#isFull(namespace);
      if (full !== null) return full;
    }
    this.#entries.set(key, entry);
    this.#byNamespace.set(namespace, (this.#byNamespace.get(namespace) ?? new Set<string>()).add(key));
    return { kind: 'Kept' };
  }

  #isFull(namespace: string): Kept | null {
    const { perNamespace, overall } = this.#bounds;
    if ((this.#byNamespace.get(namespace)?.size ?? 0) >= perNamespace) {
      const where = namespace === '' ? 'alerts that speak for all namespaces' : `namespace ${namespace}`;
      const message = `the operator keeps ${perNamespace} entries for ${where}, and all are in use; push for fewer models, versions or signals, or wait: what was not pushed for ${forgottenAfterMs / 86_400_000} days makes room`;
      return { kind: 'NamespaceFull', message };
    }
    if (this.#entries.size < overall) return null;
    const message = `the operator keeps ${overall} entries for all namespaces together, and all are in use; ask those who run it to find out who pushes so many`;
    return { kind: 'Full', message };
  }

  #makeRoom(namespace: string, mayGo: (other: Entry) => boolean): void {
    const keys = this.#byNamespace.get(namespace) ?? new Set<string>();
    for (const key of keys) {
      const entry = this.#entries.get(key);
      if (entry === undefined || !mayGo(entry)) continue;
      this.#entries.delete(key);
      keys.delete(key);
    }
    if (keys.size === 0) this.#byNamespace.delete(namespace);
  }
}
