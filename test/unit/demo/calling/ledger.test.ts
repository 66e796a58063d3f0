import { describe, expect, it } from '@jest/globals';

import { sentWithin, shareOf, summariseSeconds } from '../../../../demo/calling/ledger.ts';
import { callRecord, callsEvery } from '../../../builders/call-record.ts';

describe('a span', () => {
  it('holds the requests sent in it, its end not included', () => {
    const records = callsEvery(100, ['a', 'b', 'c', 'd']);
    expect(sentWithin(records, { fromMs: 100, toMs: 300 }).map(({ version }) => version)).toEqual(['b', 'c']);
  });
});

describe('the share of a version', () => {
  it('is that of the answers', () => {
    expect(shareOf(callsEvery(5, ['2.0.0', '1.0.0', '1.0.0', '1.0.0']), '2.0.0')).toBe(0.25);
  });

  it('leaves out requests that failed or asked for the safe version: the gateway had no choice there', () => {
    const records = [
      callRecord(),
      callRecord({ version: '1.0.0' }),
      callRecord({ version: '1.0.0', askedForSafe: true }),
      callRecord({ version: null, failure: 'HTTP 503' }),
    ];
    expect(shareOf(records, '2.0.0')).toBe(0.5);
  });

  it('is unknown without an answer', () => {
    expect(shareOf([], '2.0.0')).toBeNaN();
  });
});

describe('the summary by second', () => {
  it('counts who answered, failures and the middle latency', () => {
    const records = [
      callRecord({ sentAtMs: 5000, answeredAtMs: 5001 }),
      callRecord({ sentAtMs: 5500, answeredAtMs: 5509, version: '1.0.0' }),
      callRecord({ sentAtMs: 5999, answeredAtMs: 6002, version: '1.0.0' }),
      callRecord({ sentAtMs: 7000, answeredAtMs: 7030, version: null, failure: 'HTTP 503' }),
    ];
    expect(summariseSeconds(records)).toEqual([
      { second: 0, answersByVersion: { '2.0.0': 1, '1.0.0': 2 }, failures: 0, medianLatencyMs: 3 },
      { second: 2, answersByVersion: {}, failures: 1, medianLatencyMs: 30 },
    ]);
  });

  it('does not depend on the order in which requests ended', () => {
    const records = callsEvery(400, ['a', 'b', 'a', 'b', 'a']);
    expect(summariseSeconds(records.toReversed())).toEqual(summariseSeconds(records));
  });

  it('is empty without requests', () => {
    expect(summariseSeconds([])).toEqual([]);
  });
});
