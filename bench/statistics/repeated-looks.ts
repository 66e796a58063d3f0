import { stepIndicator, initialIndicatorMemory } from '../../src/core/indicator.ts';
import { judge } from '../../src/core/judge.ts';
import { breachChance } from '../../src/core/statistics/breach-chance.ts';
import { chiSquareLimit } from '../../src/core/statistics/chi-square-limit.ts';
import { falseAlarms, secondsPerYear } from '../../src/core/statistics/false-alarms.ts';
import { lookScenarios, type LookScenario } from './look-scenarios.ts';
import type { Random } from './random.ts';
import { indicatorOf, observe, type WindowCounts } from './verdicts.ts';

/** What overlapping looks alarm without any change: as it is said, and as it comes. */
export interface FalseAlarmFigures {
  readonly looks: number;
  /** Expected firings a year, by the arithmetic that `explain` shows. */
  readonly low: number;
  readonly high: number;
  /** Firings of the indicator machine a year, over looks whose windows overlap. */
  readonly simulated: number;
}

const lookEverySeconds = 60;

export function simulateRepeatedLooks(looks: number, random: Random): Readonly<Record<string, FalseAlarmFigures>> {
  return Object.fromEntries(lookScenarios.map((scenario) => [scenario.what, simulateLooks(scenario, looks, random)]));
}

export function simulateLooks(scenario: LookScenario, looks: number, random: Random): FalseAlarmFigures {
  const { judgedBy, windowLooks, forLooks, draw, toCounts } = scenario;
  const timing = {
    windowSeconds: windowLooks * lookEverySeconds,
    forSeconds: forLooks * lookEverySeconds,
    clearForSeconds: lookEverySeconds,
  };
  const indicator = { ...indicatorOf(judgedBy.threshold, judgedBy.minSamples), ...timing };
  const window = Array.from({ length: windowLooks }, () => draw(random));
  let memory = initialIndicatorMemory(0);
  let firings = 0;
  for (let look = 0; look < looks; look++) {
    window.shift();
    window.push(draw(random));
    const nowMs = look * lookEverySeconds * 1000;
    const observation = readingOf(scenario, toCounts(window), nowMs);
    const identity = { namespace: 'bench', model: 'model', version: '1' };
    const assessment = judge({ indicator, identity, served: 'Live', observation, nowMs });
    const next = stepIndicator({ memory, assessment, nowMs, intervalMs: lookEverySeconds * 1000 });
    // From Clearing it only goes on.
    if (next.state === 'Firing' && (memory.state === 'Clear' || memory.state === 'Pending')) firings++;
    memory = next;
  }
  const observation = readingOf(scenario, toCounts(window), 0);
  const chance = observation.kind === 'Value' ? breachChance(judgedBy.threshold, observation) : null;
  if (chance === null) throw new Error(`${scenario.what}: the last window has no chance of a breach to tell`);
  const bounds = falseAlarms(chance, { ...timing, intervalSeconds: lookEverySeconds }, secondsPerYear);
  return { looks, ...bounds, simulated: (firings / (looks * lookEverySeconds)) * secondsPerYear };
}

function readingOf({ judgedBy }: LookScenario, counts: WindowCounts, nowMs: number) {
  const observation = observe(judgedBy.statistic, counts, chiSquareLimit);
  return observation.kind === 'Value' ? { ...observation, dataTimeMs: nowMs } : observation;
}
