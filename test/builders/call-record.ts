import type { CallRecord } from '../../demo/calling/ledger.ts';

export function callRecord(overrides: Partial<CallRecord> = {}): CallRecord {
  const sentAtMs = overrides.sentAtMs ?? 0;
  return { rowId: 1, sentAtMs, answeredAtMs: sentAtMs + 2, version: '2.0.0', askedForSafe: false, failure: null, ...overrides };
}

/** One request every `everyMs` from `fromMs` on, answered by the versions in turn. */
export function callsEvery(everyMs: number, versions: readonly string[], fromMs = 0): readonly CallRecord[] {
  return versions.map((version, index) => callRecord({ sentAtMs: fromMs + index * everyMs, version }));
}
