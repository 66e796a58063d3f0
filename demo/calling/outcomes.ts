import type { Cancel, Clock } from '../../src/shared/clock.ts';
import type { Outcome } from '../serving/open-decisions.ts';
import type { CallRecord } from './ledger.ts';

export interface OutcomesOptions {
  readonly clock: Clock;
  /** Requests that are over, in the order they ended; may grow. */
  readonly records: readonly CallRecord[];
  /** What came true, from the rows themselves; undefined where nobody knows. */
  readonly cameTrue: (rowId: number) => boolean | undefined;
  readonly delaySeconds: number;
  /** Tells the version that decided. A batch it does not take is dropped: those decisions stay without an outcome and count in no rate. */
  readonly deliver: (version: string, outcomes: readonly Outcome[]) => Promise<unknown>;
}

const everyMs = 1_000;

/** Once a second the outcomes of decisions that are `delaySeconds` old arrive, each at whoever decided. */
export function startOutcomes(options: OutcomesOptions): { stop(): void } {
  const { clock, records, delaySeconds, deliver } = options;
  let next = 0;
  let cancel: Cancel = () => undefined;
  const tick = (): void => {
    const batches = new Map<string, Outcome[]>();
    for (
      let record = records[next];
      record !== undefined && record.answeredAtMs <= clock.nowMs() - delaySeconds * 1000;
      record = records[next]
    ) {
      next += 1;
      const employed = options.cameTrue(record.rowId);
      if (record.version === null || employed === undefined) continue;
      const batch = batches.get(record.version) ?? [];
      batch.push({ id: record.rowId, employed });
      batches.set(record.version, batch);
    }
    for (const [version, outcomes] of batches) void deliver(version, outcomes).catch(() => undefined);
    cancel = clock.after(everyMs, tick);
  };
  tick();
  return {
    stop: () => {
      cancel();
    },
  };
}

/** `POST /outcomes` at the admin port of a model server. */
export async function postOutcomes(adminOrigin: string, outcomes: readonly Outcome[]): Promise<void> {
  const answer = await fetch(`${adminOrigin}/outcomes`, { method: 'POST', body: JSON.stringify(outcomes) });
  if (!answer.ok) throw new Error(`the outcomes were not taken: ${await answer.text()}`);
}
