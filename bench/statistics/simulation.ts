import type { Random } from './random.ts';
import { verdictOf, type JudgedBy, type WindowCounts } from './verdicts.ts';

/** One statistic, what its windows look like without any change and with a stated one. */
export interface Scenario {
  readonly metric: string;
  /** Judged at a limit of no effect at all, so that only the noise floor or the interval stands between chance and a breach. */
  readonly judgedBy: JudgedBy;
  /** Chance of a breach without change that the statistic states, per look. */
  readonly alpha: number;
  readonly draw: (random: Random, effect: 'None' | 'Stated') => WindowCounts;
  /** The stated effect, in words. */
  readonly effect: string;
}

export interface SimulationFigures {
  readonly windows: number;
  readonly alarmRate: number;
  /** The most the alarm rate may be: alpha and three standard errors of this many windows. */
  readonly atMost: number;
  readonly power: number;
  readonly effect: string;
}

export function simulate(scenario: Scenario, windows: number, random: Random): SimulationFigures {
  const rate = (effect: 'None' | 'Stated'): number => {
    let breaches = 0;
    for (let window = 0; window < windows; window++) {
      if (verdictOf(scenario.judgedBy, scenario.draw(random, effect)) === 'Breach') breaches++;
    }
    return breaches / windows;
  };
  const { alpha, effect } = scenario;
  return {
    windows,
    alarmRate: rate('None'),
    atMost: alpha + 3 * Math.sqrt((alpha * (1 - alpha)) / windows),
    power: rate('Stated'),
    effect,
  };
}
