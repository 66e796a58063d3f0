import { eventLoss, eventMasses } from './event-loss.ts';
import type { EventLoss, Impact } from './event-loss.ts';
import { gridTo95, quantileStep } from './grid.ts';
import type { LossGrid } from './grid.ts';
import { horizonYears, meanRate } from './incident-rate.ts';
import type { IncidentRate } from './incident-rate.ts';
import type { ScoreMesh } from './score-mesh.ts';

/** One risk: how often, and what each time costs. */
export interface PricedRisk {
  readonly rate: IncidentRate;
  readonly impact: Impact;
}

/** Probabilities of what a year of all risks together costs, from 0 upwards on a grid that holds the 95 % point. */
export interface AnnualLoss {
  readonly grid: LossGrid;
  readonly masses: Float64Array;
}

/** Rescaled before a double overflows; what underflows is far below any digit shown. */
const rescaleAbove = 1e200;

/** The year's loss of risks that are independent of each other: each a number of incidents (negative binomial) times what they cost. */
export function annualLoss(risks: readonly PricedRisk[], mesh: ScoreMesh, grid?: LossGrid): AnnualLoss {
  const events = risks.map(({ rate, impact }) => ({ rate, event: eventLoss(impact, mesh) }));
  const held = grid ?? gridFor(events);
  return { grid: held, masses: compound(events.map(({ rate, event }) => ({ rate, masses: eventMasses(event, mesh, held) }))) };
}

/** The loss a year stays under with this probability, to one step of the grid. */
export function annualQuantile({ grid, masses }: AnnualLoss, probability: number): number {
  return quantileStep(masses, probability) * grid.step;
}

function gridFor(events: readonly { readonly rate: IncidentRate; readonly event: EventLoss }[]): LossGrid {
  let mean = 0;
  let variance = 0;
  for (const { rate, event } of events) {
    const count = meanRate(rate) * horizonYears;
    mean += count * event.mean;
    variance += count * (event.variance + event.mean ** 2) + (count ** 2 / rate.shape) * event.mean ** 2;
  }
  return gridTo95(mean, variance);
}

/**
 * Masses of the year's sum from masses of one incident, all on one grid. The logarithmic derivative of the generating function of
 * the sum is the sum of theirs: Lambda_k = r c k f_k + c sum f_j Lambda_(k-j) for each risk, then k g_k = sum Lambda_j g_(k-j).
 * For one risk this is Panjer's recursion (1981); no term is ever subtracted.
 */
export function compound(parts: readonly { readonly rate: IncidentRate; readonly masses: Float64Array }[]): Float64Array {
  const derivative = new Float64Array(parts[0]?.masses.length ?? 1);
  let logOfNone = 0;
  for (const { rate, masses } of parts) logOfNone += addDerivative(derivative, rate, masses);
  return exponentiate(derivative, logOfNone);
}

/** Adds k times the k-th coefficient of ln G of one risk; answers ln G(0), the logarithm of the chance of no loss. */
function addDerivative(sum: Float64Array, { shape, years }: IncidentRate, f: Float64Array): number {
  const scale = horizonYears / years;
  const beyondNothing = scale * (1 - (f[0] ?? 0));
  const c = scale / (1 + beyondNothing);
  const lambda = new Float64Array(f.length);
  const last = lastMass(f);
  for (let k = 1; k < f.length; k++) {
    let inner = 0;
    const reach = Math.min(k - 1, last);
    for (let j = 1; j <= reach; j++) inner += (f[j] ?? 0) * (lambda[k - j] ?? 0);
    lambda[k] = c * (shape * k * (f[k] ?? 0) + inner);
    sum[k] = (sum[k] ?? 0) + (lambda[k] ?? 0);
  }
  return -shape * Math.log1p(beyondNothing);
}

function lastMass(f: Float64Array): number {
  let last = f.length - 1;
  while (last > 0 && f[last] === 0) last--;
  return last;
}

/** The series whose logarithm has these derivative coefficients and this constant term. */
function exponentiate(derivative: Float64Array, logOfNone: number): Float64Array {
  const g = new Float64Array(derivative.length);
  g[0] = 1;
  let logScale = logOfNone;
  for (let k = 1; k < g.length; k++) {
    let sum = 0;
    for (let j = 1; j <= k; j++) sum += (derivative[j] ?? 0) * (g[k - j] ?? 0);
    g[k] = sum / k;
    if ((g[k] ?? 0) > rescaleAbove) {
      logScale += Math.log(rescaleAbove);
      for (let i = 0; i <= k; i++) g[i] = (g[i] ?? 0) / rescaleAbove;
    }
  }
  // In two halves: the scale alone may be below the smallest double.
  const half = Math.exp(logScale / 2);
  return g.map((mass) => mass * half * half);
}
