import { describe, expect, it } from '@jest/globals';

import { startTraffic } from '../../../../bench/effect/traffic.ts';
import { createManualClock } from '../../../builders/manual-clock.ts';

const served = () => Promise.resolve('credit-v1');

describe('traffic', () => {
  it('numbers its requests and keeps what became of each', async () => {
    const clock = createManualClock(0);
    const call = (number: number) => (number === 1 ? Promise.reject(new Error('HTTP 503')) : served());
    const traffic = startTraffic({ clock, perSecond: 200, client: { call } });
    await clock.advance(10);
    expect([...traffic.outcomes]).toEqual([
      [0, { kind: 'Served', by: 'credit-v1' }],
      [1, { kind: 'Failed', why: 'HTTP 503' }],
      [2, { kind: 'Served', by: 'credit-v1' }],
    ]);
    expect(traffic.begun()).toBe(3);
  });

  it('measures requests begun from then on, until the last of them is over', async () => {
    const clock = createManualClock(0);
    const open = new Map<number, () => void>();
    const call = (number: number): Promise<string> =>
      number === 12
        ? new Promise((resolve) =>
            open.set(number, () => {
              resolve('credit-v2');
            }),
          )
        : served();
    const traffic = startTraffic({ clock, perSecond: 200, client: { call } });
    await clock.advance(45);
    const state = { measured: null as object | null };
    void traffic.measure(5).then((measured) => {
      state.measured = measured;
    });
    await clock.advance(500);
    expect(state.measured).toBeNull();
    open.get(12)?.();
    await clock.advance(20);
    expect(state.measured).toEqual({ from: 10, to: 15 });
  });

  it('stops when the last answer is there', async () => {
    const clock = createManualClock(0);
    const traffic = startTraffic({ clock, perSecond: 200, client: { call: served } });
    await clock.advance(10);
    await traffic.stop();
    await clock.advance(1000);
    expect(traffic.begun()).toBe(3);
  });
});
