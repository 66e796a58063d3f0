import { multinomial, type Random } from './random.ts';
import type { Scenario } from './simulation.ts';
import type { WindowCounts } from './verdicts.ts';

const alpha = 0.01;
const decision = { label: 'decision', yes: 'approve' };
const outcome = { label: 'outcome', yes: 'good' };
const noCoverage = { labelledShare: null, labelAge: null };

/** Statistics of decisions and outcomes. Each is judged at the truth, so that only its interval stands between chance and a breach. */
export const peopleScenarios: readonly Scenario[] = [
  {
    metric: 'ParityRatio',
    alpha,
    effect: 'of four groups of 500 one is approved at 0.55, the others at 0.7',
    judgedBy: {
      statistic: {
        ...{ kind: 'Fairness', metric: 'ParityRatio', reference: { kind: 'Highest' }, falseAlarmProbability: alpha },
        ...{ minGroupSharePercent: 2, minGroupSamples: 30, groupLabel: 'group', stratumLabel: null },
        labels: { decision, outcome: null, cohort: null },
      },
      threshold: { direction: 'Below', warn: null, breach: 1, clear: 1, severe: null },
      minSamples: 0,
    },
    draw: (random, effect) => drawGroups(random, [effect === 'None' ? 0.7 : 0.55, 0.7, 0.7, 0.7]),
  },
  {
    metric: 'Recall',
    alpha,
    effect: 'of 1,000 good outcomes 75 % were approved instead of 80 %',
    judgedBy: {
      statistic: {
        ...{ kind: 'Performance', outcome, cohort: null, falseAlarmProbability: alpha, coverage: noCoverage },
        measure: { metric: 'Recall', decision, method: 'Wilson' },
      },
      threshold: { direction: 'Below', warn: null, breach: 0.8, clear: 0.8, severe: null },
      minSamples: 0,
    },
    draw: (random, effect) => drawRecall(random, effect === 'None' ? 0.8 : 0.75),
  },
  {
    metric: 'EventCount',
    alpha,
    effect: 'fourteen events where three are usual, eight earlier windows',
    judgedBy: {
      statistic: { kind: 'Anomaly', method: { kind: 'EventCount' }, earlierParts: earlierParts() },
      // Two decimal digits of improbability are one chance in a hundred.
      threshold: { direction: 'Above', warn: null, breach: 2, clear: 2, severe: null },
      minSamples: 0,
    },
    draw: (random, effect) => drawEventCounts(random, effect === 'None' ? 3 : 14),
  },
];

function drawGroups(random: Random, rates: readonly number[]): WindowCounts {
  const rows = rates.flatMap((rate, group) => {
    const [approved = 0, denied = 0] = multinomial(500, [rate, 1 - rate], random);
    const row = (label: string, value: number) => ({ labels: { group: String(group), decision: label }, value });
    return [row('approve', approved), row('deny', denied)];
  });
  return { value: rows };
}

function drawRecall(random: Random, rate: number): WindowCounts {
  const [found = 0, missed = 0] = multinomial(1000, [rate, 1 - rate], random);
  const row = (decided: string, came: string, value: number) => ({ labels: { decision: decided, outcome: came }, value });
  return { value: [row('approve', 'good', found), row('deny', 'good', missed), row('approve', 'bad', 100), row('deny', 'bad', 400)] };
}

function earlierParts(): readonly string[] {
  return Array.from({ length: 8 }, (_, back) => `earlier${String(back + 1)}`);
}

/** A Poisson count is what is left of very many chances, each very small. */
function drawEventCounts(random: Random, now: number): WindowCounts {
  const count = (mean: number) => [{ labels: {}, value: multinomial(300, [mean / 300, 1 - mean / 300], random)[0] ?? 0 }];
  return { value: count(now), ...Object.fromEntries(earlierParts().map((part) => [part, count(3)])) };
}
