import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../../../bench/statistics/random.ts';
import { scenarios } from '../../../../bench/statistics/scenarios.ts';
import { simulate } from '../../../../bench/statistics/simulation.ts';

describe.each(scenarios.map((scenario) => [scenario.metric, scenario] as const))('%s', (_metric, scenario) => {
  it('alarms no more often without change than it states, and sees the stated change', () => {
    const { alarmRate, atMost, power } = simulate(scenario, 500, seededRandom(11));
    expect(alarmRate).toBeLessThanOrEqual(atMost);
    expect(power).toBeGreaterThan(0.8);
  });
});

describe('simulate', () => {
  it('says how many alarms chance explains: alpha and three standard errors', () => {
    const [scenario] = scenarios;
    if (scenario === undefined) throw new Error('no scenario');
    const { atMost, windows } = simulate({ ...scenario, alpha: 0.04 }, 96, seededRandom(1));
    expect(windows).toBe(96);
    expect(atMost).toBeCloseTo(0.04 + 3 * 0.02, 10);
  });
});
