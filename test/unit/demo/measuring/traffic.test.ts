import { describe, expect, it } from '@jest/globals';

import { allAskForSafe, measureShare, patchToTraffic, sentAtOfRow } from '../../../../demo/measuring/traffic.ts';
import { callRecord, callsEvery } from '../../../builders/call-record.ts';

const [candidate, safe] = ['2.0.0', '1.0.0'] as const;

describe('a share over a span', () => {
  it('comes with the requests behind it', () => {
    const records = callsEvery(5, [candidate, safe, candidate, safe, safe, safe]);
    expect(measureShare(records, { fromMs: 10, toMs: 30 }, candidate)).toEqual({ requests: 4, share: 0.25 });
  });
});

describe('a flag that is off', () => {
  const off = [0, 5, 10].map((sentAtMs) => callRecord({ sentAtMs, version: safe, askedForSafe: true }));
  const span = { fromMs: 0, toMs: 15 };

  it('is one that every request of the span went by; those after it do not count', () => {
    const back = callRecord({ sentAtMs: 15, version: candidate });
    expect(allAskForSafe([...off, back], span, safe)).toBe(true);
  });

  it.each([
    ['a request left the choice to the gateway', [...off, callRecord({ sentAtMs: 12, version: safe })]],
    ['the candidate answered', [...off, callRecord({ sentAtMs: 12, version: candidate, askedForSafe: true })]],
    ['a request failed', [...off, callRecord({ sentAtMs: 12, version: null, askedForSafe: true, failure: 'HTTP 500' })]],
    ['nobody asked', []],
  ])('is not one where %s', (_what, records) => {
    expect(allAskForSafe(records, span, safe)).toBe(false);
  });
});

describe('from patch to traffic', () => {
  const before = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? candidate : safe));
  const after = Array.from({ length: 100 }, (_, index) => (index % 10 === 9 ? candidate : safe));
  const change = { candidateVersion: candidate, reachMs: 1000, before: 0.5, after: 0.1 };

  it('is the time of the first request on the new split', () => {
    const records = [...callsEvery(5, before), ...callsEvery(5, after, 500)];
    // The last request of the old half is the safe version's, so it may count to either side.
    const delay = patchToTraffic(records, { ...change, patchedAtMs: 480 });
    expect(delay.mostLikelyMs).toBeGreaterThanOrEqual(10);
    expect(delay.mostLikelyMs).toBeLessThanOrEqual(20);
    expect(delay.earliestMs).toBeLessThanOrEqual(delay.mostLikelyMs);
    expect(delay.latestMs).toBeGreaterThanOrEqual(delay.mostLikelyMs);
    expect(delay.latestMs).toBeLessThan(50);
  });

  it('does not depend on the order in which requests ended', () => {
    const records = [...callsEvery(5, before), ...callsEvery(5, after, 500)];
    const options = { ...change, patchedAtMs: 480 };
    expect(patchToTraffic(records.toReversed(), options)).toEqual(patchToTraffic(records, options));
  });

  it('is unknown where no request of the old split is in reach', () => {
    expect(patchToTraffic(callsEvery(5, after), { ...change, patchedAtMs: 0 }).mostLikelyMs).toBeNaN();
  });
});

describe('when a row was sent', () => {
  it('is the last time before it was scored: rows go round', () => {
    const records = [10, 500, 900].map((sentAtMs) => callRecord({ rowId: 7, sentAtMs }));
    expect(sentAtOfRow(records, 7, 600)).toBe(500);
  });

  it('is unknown for a row nobody sent', () => {
    expect(sentAtOfRow([callRecord({ rowId: 8 })], 7, 600)).toBeNaN();
  });
});
