import { describe, expect, it } from '@jest/globals';
import { lookScenarios } from '../../../../bench/statistics/look-scenarios.ts';
import { seededRandom } from '../../../../bench/statistics/random.ts';
import { simulateLooks } from '../../../../bench/statistics/repeated-looks.ts';

/** What must be seen at all in so few looks: bounds that hold over nothing prove nothing. */
const frequent = ['PSI beyond noise, at once', 'Accuracy at its limit, at once', 'BurnRate at the rate of its budget, at once'];

describe.each(lookScenarios.map((scenario) => [scenario.what, scenario] as const))('%s', (what, scenario) => {
  it('fires as often over overlapping windows as the arithmetic bounds it', () => {
    const { low, high, simulated } = simulateLooks(scenario, 10_000, seededRandom(5));
    // Fewer than one expected in so many looks may be none at all, and of low bounds only the two highest are.
    if (frequent.includes(what)) expect(simulated).toBeGreaterThan(0);
    if (low > 400) expect(simulated).toBeGreaterThanOrEqual(low);
    expect(simulated).toBeLessThanOrEqual(high);
  });
});
