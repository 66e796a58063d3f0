/** One request of the caller, when it was over. */
export interface CallRecord {
  readonly rowId: number;
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
  /** Who answered, as the response says; null when the request failed. */
  readonly version: string | null;
  /** The flag was off, so the caller asked for the safe version. */
  readonly askedForSafe: boolean;
  readonly failure: string | null;
}

/** [fromMs, toMs), of the time a request was sent. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface SecondSummary {
  /** Seconds since the first request. */
  readonly second: number;
  readonly answersByVersion: Readonly<Record<string, number>>;
  readonly failures: number;
  readonly medianLatencyMs: number;
}

export function sentWithin(records: readonly CallRecord[], { fromMs, toMs }: Span): readonly CallRecord[] {
  return records.filter(({ sentAtMs }) => sentAtMs >= fromMs && sentAtMs < toMs);
}

/** Share of answers that came from `version`, of those whose caller left the choice to the gateway; NaN without any. */
export function shareOf(records: readonly CallRecord[], version: string): number {
  const answered = records.filter((record) => record.version !== null && !record.askedForSafe);
  return answered.filter((record) => record.version === version).length / answered.length;
}

/** One entry a second, in order; seconds without a request are left out. */
export function summariseSeconds(records: readonly CallRecord[]): readonly SecondSummary[] {
  const startMs = records.reduce((first, { sentAtMs }) => Math.min(first, sentAtMs), Infinity);
  const bySecond = new Map<number, CallRecord[]>();
  for (const record of records) {
    const second = Math.floor((record.sentAtMs - startMs) / 1000);
    const calls = bySecond.get(second);
    if (calls === undefined) bySecond.set(second, [record]);
    else calls.push(record);
  }
  return [...bySecond]
    .sort(([a], [b]) => a - b)
    .map(([second, calls]) => {
      const answersByVersion: Record<string, number> = {};
      for (const { version } of calls) if (version !== null) answersByVersion[version] = (answersByVersion[version] ?? 0) + 1;
      const latencies = calls.map(({ sentAtMs, answeredAtMs }) => answeredAtMs - sentAtMs).sort((a, b) => a - b);
      return {
        second,
        answersByVersion,
        failures: calls.filter(({ failure }) => failure !== null).length,
        medianLatencyMs: latencies[Math.floor(latencies.length / 2)] ?? NaN,
      };
    });
}
