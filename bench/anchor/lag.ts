/** A RiskIncident as far as it is asked when its entries came to the sink. */
export interface StoredRecord {
  readonly metadata: { readonly uid: string };
  readonly status?: { readonly entries?: readonly { readonly seq: number; readonly hash: string; readonly at: string }[] };
}

interface Lags {
  readonly lagsMs: readonly number[];
  /** Entries no line holds. */
  readonly missing: number;
}

/** From when each entry happened to the first line that holds it. */
export function lagsOf(records: readonly StoredRecord[], lines: readonly { readonly text: string; readonly receivedAtMs: number }[]): Lags {
  const first = new Map<string, number>();
  for (const { text, receivedAtMs } of lines) {
    const { id } = JSON.parse(text) as { readonly id: string };
    if (!first.has(id)) first.set(id, receivedAtMs);
  }
  const lagsMs: number[] = [];
  let missing = 0;
  for (const { metadata, status } of records) {
    for (const { seq, hash, at } of status?.entries ?? []) {
      const receivedAtMs = first.get(`${metadata.uid}/${String(seq)}/${hash}`);
      if (receivedAtMs === undefined) missing += 1;
      else lagsMs.push(receivedAtMs - Date.parse(at));
    }
  }
  return { lagsMs, missing };
}

/** From when the operator saw what it tells as a fact to the first line that holds it. */
export function factLagsOf(lines: readonly { readonly text: string; readonly receivedAtMs: number }[]): readonly number[] {
  const lagsMs = new Map<string, number>();
  for (const { text, receivedAtMs } of lines) {
    const { id, fact } = JSON.parse(text) as { readonly id: string; readonly fact?: { readonly at: string } };
    if (fact !== undefined && !lagsMs.has(id)) lagsMs.set(id, receivedAtMs - Date.parse(fact.at));
  }
  return [...lagsMs.values()];
}

/** The largest `modelrisk_audit_unanchored_age_seconds` of an exposition; 0 while there is no such series. */
export function oldestAge(exposition: string): number {
  const values = [...exposition.matchAll(/^modelrisk_audit_unanchored_age_seconds\{[^}]*\} (\S+)$/gm)].map(([, value]) => Number(value));
  return Math.max(0, ...values);
}
