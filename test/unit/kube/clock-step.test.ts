import { describe, expect, it } from '@jest/globals';
import { watchForClockStep } from '../../../src/kube/clock-step.ts';
import { createManualClock } from '../../builders/manual-clock.ts';

function world() {
  const clock = createManualClock();
  const machine = { aheadMs: 0 };
  const steps: number[] = [];
  watchForClockStep({
    clock,
    wallMs: () => clock.nowMs() + machine.aheadMs,
    everyMs: 10_000,
    toleranceMs: 2000,
    onStep: (stepMs) => steps.push(stepMs),
  });
  return { clock, machine, steps };
}

describe('watchForClockStep', () => {
  it.each([
    ['forward, as after a suspension', 60_000],
    ['back, as when a wrong clock is corrected', -60_000],
  ])(
    'regression: tells once that the machine’s clock was set %s: all data would be stale or from the future for ever',
    async (_how, stepMs) => {
      const { clock, machine, steps } = world();
      await clock.advance(100_000);
      expect(steps).toEqual([]);
      machine.aheadMs = stepMs;
      await clock.advance(10_000);
      expect(steps).toEqual([stepMs]);
      await clock.advance(100_000);
      expect(steps).toEqual([stepMs]);
    },
  );

  it('bears what clocks drift apart', async () => {
    const { clock, machine, steps } = world();
    machine.aheadMs = 2000;
    await clock.advance(100_000);
    machine.aheadMs = -2000;
    await clock.advance(100_000);
    expect(steps).toEqual([]);
  });
});
