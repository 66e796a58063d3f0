import { multinomial, type Random } from './random.ts';
import { bucketRows, type JudgedBy, type WindowCounts } from './verdicts.ts';

/** One indicator looked at again and again: what comes in between two looks, and what a window of it counts. */
export interface LookScenario {
  readonly what: string;
  readonly judgedBy: JudgedBy;
  /** Looks from which a window takes its rows, and for how many more a breach must hold. */
  readonly windowLooks: number;
  readonly forLooks: number;
  readonly draw: (random: Random) => readonly number[];
  readonly toCounts: (window: readonly (readonly number[])[]) => WindowCounts;
}

const alpha = 0.02;
const above = (breach: number) => ({ direction: 'Above', warn: null, breach, clear: breach, severe: null }) as const;
/** What PSI of ten bins and 300 rows exceeds by chance once in fifty looks. It must be able to clear, so the limit is no 0. */
const byChance = 0.0656;
const upperBounds = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const shares = Array.from({ length: 10 }, () => 0.1);
const decision = { label: 'decision', yes: 'approve' };
const outcome = { label: 'outcome', yes: 'good' };
/** Long and short window of the burn rate, in looks. */
const [longLooks, shortLooks] = [24, 12];

export const lookScenarios: readonly LookScenario[] = [
  psi('PSI beyond noise, at once', 0, byChance),
  psi('PSI beyond noise, for half a window', 10, byChance),
  psi('PSI beyond noise, for two windows', 40, byChance),
  psi('PSI beyond 0.08, for a quarter of a window', 5, 0.08),
  accuracy('Accuracy at its limit, at once', 0, 0.8),
  accuracy('Accuracy at its limit, for a window', 20, 0.8),
  accuracy('Accuracy 2 % above its limit, at once', 0, 0.78),
  {
    what: 'BurnRate at the rate of its budget, at once',
    judgedBy: { statistic: { kind: 'BurnRate', targetPercent: 95, falseAlarmProbability: alpha }, threshold: above(1), minSamples: 0 },
    windowLooks: longLooks,
    forLooks: 0,
    draw: (random) => multinomial(20, [0.05, 0.95], random),
    toCounts: (window) => {
      const bad = (looks: number): number => sums(window.slice(-looks))[0] ?? 0;
      const row = (value: number) => [{ labels: {}, value }];
      return {
        value: row(bad(longLooks)),
        longTotal: row(longLooks * 20),
        shortBad: row(bad(shortLooks)),
        shortTotal: row(shortLooks * 20),
      };
    },
  },
];

/** Against a reference that is as good as known exactly. */
function psi(what: string, forLooks: number, breach: number): LookScenario {
  const binned = { upperBounds: [...upperBounds, Infinity], counts: shares.map(() => 1e7) };
  return {
    what,
    judgedBy: {
      statistic: {
        ...{ kind: 'Drift', metric: 'PSI', designEffect: 1, falseAlarmProbability: alpha, counted: { kind: 'Buckets' } },
        reference: { kind: 'PinnedBuckets', binned, isExactLayout: true },
      },
      threshold: above(breach),
      minSamples: 0,
    },
    windowLooks: 20,
    forLooks,
    draw: (random) => multinomial(15, shares, random),
    toCounts: (window) => ({ value: bucketRows(upperBounds, sums(window)) }),
  };
}

/** The true accuracy is 0.8, which is what `clear` says. */
function accuracy(what: string, forLooks: number, breach: number): LookScenario {
  return {
    what,
    judgedBy: {
      statistic: {
        ...{
          kind: 'Performance',
          outcome,
          cohort: null,
          falseAlarmProbability: 2 * alpha,
          coverage: { labelledShare: null, labelAge: null },
        },
        measure: { metric: 'Accuracy', decision, method: 'Wilson' },
      },
      threshold: { direction: 'Below', warn: null, breach, clear: 0.8, severe: null },
      minSamples: 0,
    },
    windowLooks: 20,
    forLooks,
    draw: (random) => multinomial(50, [0.8, 0.2], random),
    toCounts: (window) => {
      const [right = 0, wrong = 0] = sums(window);
      const row = (decided: string, came: string, value: number) => ({ labels: { decision: decided, outcome: came }, value });
      return { value: [row('approve', 'good', right), row('approve', 'bad', wrong), row('deny', 'good', 0), row('deny', 'bad', 0)] };
    },
  };
}

function sums(window: readonly (readonly number[])[]): readonly number[] {
  return (window[0] ?? []).map((_, cell) => window.reduce((total, counts) => total + (counts[cell] ?? 0), 0));
}
