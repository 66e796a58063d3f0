import { describe, expect, it } from '@jest/globals';
import { createPushedReadings, inboxKey, type PushedReading } from '../../../../src/signals/inbox/readings.ts';
import { createManualClock, someTimeMs } from '../../../builders/manual-clock.ts';
import { pushSignal, requestFor } from '../../../builders/signal.ts';

const reading: PushedReading = {
  ...{ provider: inboxKey('default'), signal: 'score-drift', namespace: 'lending', model: 'credit', version: '2', served: 'Live' },
  ...{ value: 0.3, sampleCount: null, interval: null, dataTimeMs: someTimeMs },
};

function world() {
  const clock = createManualClock();
  return { clock, readings: createPushedReadings(clock, { perNamespace: 2, overall: 3, reserved: { each: 0, together: 0 } }) };
}

describe('pushed readings', () => {
  it.each([
    ['policy', { provider: 'strict/inbox' }],
    ['signal', { signal: 'parity' }],
    ['namespace', { namespace: 'fraud' }],
    ['model', { model: 'other' }],
    ['version', { version: '1' }],
    ['kind of answers', { served: 'Shadow' }],
  ] as const)('are for one %s only', (_what, changes) => {
    const { readings } = world();
    readings.keep({ ...reading, ...changes });
    expect(readings.observe(requestFor(pushSignal()))).toMatchObject({
      kind: 'NoData',
      cause: 'Empty',
      remedy: expect.stringContaining('/v1/readings'),
    });
    readings.keep(reading);
    expect(readings.observe(requestFor(pushSignal()))).toMatchObject({
      kind: 'Value',
      value: 0.3,
      dataTimeMs: someTimeMs,
      windowSeconds: 60,
    });
  });

  it('are not mixed up where names hold what separates them elsewhere', () => {
    const { readings } = world();
    readings.keep({ ...reading, model: 'credit","2' });
    expect(readings.observe(requestFor(pushSignal()))).toMatchObject({ kind: 'NoData' });
  });

  it('give way to newer ones, not to older ones, and to none of the future', () => {
    const { readings } = world();
    expect(readings.keep(reading).kind).toBe('Kept');
    expect(readings.keep({ ...reading, dataTimeMs: someTimeMs - 1, value: 9 })).toMatchObject({ kind: 'Older' });
    expect(readings.keep({ ...reading, dataTimeMs: someTimeMs + 5001, value: 9 })).toMatchObject({
      kind: 'Future',
      message: expect.stringContaining('6 s ahead'),
    });
    expect(readings.keep({ ...reading, dataTimeMs: someTimeMs + 5000, value: 0.4 }).kind).toBe('Kept');
    expect(readings.observe(requestFor(pushSignal()))).toMatchObject({ value: 0.4 });
  });

  it('of a week ago make room in their namespace', async () => {
    const { clock, readings } = world();
    readings.keep(reading);
    readings.keep({ ...reading, version: '3' });
    expect(readings.keep({ ...reading, version: '4' }).kind).toBe('NamespaceFull');
    await clock.advance(604_800_001);
    expect(readings.keep({ ...reading, version: '4', dataTimeMs: clock.nowMs() }).kind).toBe('Kept');
    expect(readings.observe(requestFor(pushSignal()))).toMatchObject({ kind: 'NoData' });
  });
});
