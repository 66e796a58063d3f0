import { describe, expect, it } from '@jest/globals';

import type { CallRecord } from '../../../../demo/calling/ledger.ts';
import { startOutcomes } from '../../../../demo/calling/outcomes.ts';
import { createManualClock } from '../../../builders/manual-clock.ts';

function record(rowId: number, answeredAtMs: number, version: string | null = '2.0.0'): CallRecord {
  return { rowId, sentAtMs: answeredAtMs - 5, answeredAtMs, version, askedForSafe: false, failure: version === null ? 'HTTP 500' : null };
}

function world({ delaySeconds = 2, fails = false } = {}) {
  const clock = createManualClock(0);
  const records: CallRecord[] = [];
  const delivered: unknown[] = [];
  const outcomes = startOutcomes({
    ...{ clock, records, delaySeconds },
    cameTrue: (id) => (id === 404 ? undefined : id % 2 === 0),
    deliver: (version, batch) => {
      delivered.push({ atMs: clock.nowMs(), version, batch });
      return fails ? Promise.reject(new Error('gone')) : Promise.resolve();
    },
  });
  return { clock, records, delivered, outcomes };
}

describe('outcomes', () => {
  it('arrive so many seconds after the decision, not before, and once', async () => {
    const { clock, records, delivered } = world();
    records.push(record(1, 500), record(2, 900), record(3, 1500));
    await clock.advance(2999);
    expect(delivered).toEqual([]);
    await clock.advance(3001);
    const early = { atMs: 3000, version: '2.0.0', batch: [1, 2].map((id) => ({ id, employed: id === 2 })) };
    expect(delivered).toEqual([early, { atMs: 4000, version: '2.0.0', batch: [{ id: 3, employed: false }] }]);
  });

  it('go to the version that decided; of failures and unknown rows there are none', async () => {
    const { clock, records, delivered } = world({ delaySeconds: 0 });
    records.push(record(2, 10), record(4, 20, '1.0.0'), record(6, 30, null), record(404, 40));
    await clock.advance(1000);
    expect(delivered).toMatchObject([
      { version: '2.0.0', batch: [{ id: 2, employed: true }] },
      { version: '1.0.0', batch: [{ id: 4, employed: true }] },
    ]);
  });

  it('go on after a batch was lost, and end when stopped', async () => {
    const { clock, records, delivered, outcomes } = world({ delaySeconds: 0, fails: true });
    records.push(record(1, 10));
    await clock.advance(1000);
    records.push(record(2, 1010));
    await clock.advance(1000);
    expect(delivered).toHaveLength(2);
    outcomes.stop();
    records.push(record(3, 2010));
    await clock.advance(5000);
    expect(delivered).toHaveLength(2);
  });
});
