/** What became of something pushed: kept, or why not and what to do. */
export type Kept = { readonly kind: 'Kept' } | { readonly kind: 'Older' | 'Future' | 'NamespaceFull' | 'Full'; readonly message: string };

export interface InboxBounds {
  readonly perNamespace: number;
  /** Of all namespaces together, beyond what is reserved for each. */
  readonly overall: number;
  /** What each namespace may keep however full others have made it, and how much that may come to. */
  readonly reserved: { readonly each: number; readonly together: number };
}

/** What nobody pushed again for so long may make room for others of its namespace. */
export const forgottenAfterMs = 604_800_000;

/**
 * Entries in order of arrival by key, counted by namespace: full for one namespace long before it is full for all, and a namespace with few
 * finds room where others have taken all that is shared.
 */
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
    const { perNamespace, reserved, overall } = this.#bounds;
    const own = this.#byNamespace.get(namespace)?.size ?? 0;
    if (own >= perNamespace) {
      const where = namespace === '' ? 'alerts that speak for all namespaces' : `namespace ${namespace}`;
      const message = `the operator keeps ${perNamespace} entries for ${where}, and all are in use; push for fewer models, versions or signals, or wait: what was not pushed for ${forgottenAfterMs / 86_400_000} days makes room`;
      return { kind: 'NamespaceFull', message };
    }
    if (own < reserved.each && this.#inReserve() < reserved.together) return null;
    if (this.#entries.size - Math.min(this.#inReserve(), reserved.together) < overall) return null;
    const message = `the operator keeps ${reserved.each} entries for a namespace and ${overall} more for all together, and all are in use; ask those who run it to find out who pushes so many`;
    return { kind: 'Full', message };
  }

  #inReserve(): number {
    return [...this.#byNamespace.values()].reduce((sum, { size }) => sum + Math.min(size, this.#bounds.reserved.each), 0);
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
