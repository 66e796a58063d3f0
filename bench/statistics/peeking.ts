import { measureComparison } from '../../src/core/statistics/comparison.ts';
import { newcombe, type Share } from '../../src/core/statistics/proportion.ts';
import type { Random } from './random.ts';

/** Two versions that are alike, compared again and again while rows come in. */
export interface PeekingScenario {
  readonly name: string;
  readonly rate: number;
  /** Rows of either side from one look to the next. */
  readonly own: number;
  readonly other: number;
}

export interface PeekingFigures {
  readonly alpha: number;
  readonly samples: number;
  readonly looks: number;
  /** Share of samples in which any look said that the candidate is worse. */
  readonly alarmRate: number;
  /** The same of an interval that is meant for one look. */
  readonly naiveAlarmRate: number;
  readonly atMost: number;
}

export const peekingScenarios: readonly PeekingScenario[] = [
  { name: 'half of the traffic each, a share of 0.3', rate: 0.3, own: 20, other: 20 },
  { name: 'a tenth of the traffic, a share of 0.3', rate: 0.3, own: 10, other: 90 },
  { name: 'a twentieth of the traffic, a share of 0.02', rate: 0.02, own: 10, other: 190 },
  { name: 'nearly all traffic, a share of 0.02', rate: 0.02, own: 190, other: 10 },
];

const rule = { detectableEffect: 0.05, designEffect: 1 };

export interface Peeking {
  readonly alpha: number;
  readonly samples: number;
  readonly looks: number;
}

export function simulatePeeking(scenario: PeekingScenario, { alpha, samples, looks }: Peeking, random: Random): PeekingFigures {
  let [alarmed, fooled] = [0, 0];
  for (let each = 0; each < samples; each++) {
    const seen = watch(scenario, { alpha, looks }, random);
    alarmed += Number(seen.alarmed);
    fooled += Number(seen.fooled);
  }
  const atMost = alpha + 3 * Math.sqrt((alpha * (1 - alpha)) / samples);
  return { alpha, samples, looks, alarmRate: alarmed / samples, naiveAlarmRate: fooled / samples, atMost };
}

/** One sample from its first row to its last look; both ways to judge see the same rows. */
function watch({ rate, own, other }: PeekingScenario, { alpha, looks }: Omit<Peeking, 'samples'>, random: Random) {
  let [one, two]: readonly [Share, Share] = [none, none];
  const seen = { alarmed: false, fooled: false };
  for (let look = 0; look < looks; look++) {
    [one, two] = [more(one, own, { rate, random }), more(two, other, { rate, random })];
    const measured = measureComparison({ ...rule, falseAlarmProbability: alpha }, { own: one, other: two });
    // Both only where there are rows enough to judge.
    if (!measured.ok) continue;
    seen.alarmed ||= (measured.value.interval?.low ?? 0) > 0;
    seen.fooled ||= newcombe({ one, other: two }, alpha).interval.low > 0;
  }
  return seen;
}

const none: Share = { successes: 0, trials: 0 };

function more({ successes, trials }: Share, rows: number, { rate, random }: { readonly rate: number; readonly random: Random }): Share {
  let events = 0;
  for (let row = 0; row < rows; row++) if (random() < rate) events++;
  return { successes: successes + events, trials: trials + rows };
}
