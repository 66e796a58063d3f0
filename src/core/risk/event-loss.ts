import normalCDF from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { amountAt, meanAmount } from './amount.ts';
import type { Amount } from './amount.ts';
import { convolve, disperse, gridTo95, quantileStep } from './grid.ts';
import type { LossGrid } from './grid.ts';
import type { ScoreMesh } from './score-mesh.ts';

export type ImpactKind = 'customerHarm' | 'regulatory' | 'revenue' | 'reputation';

/** One kind of loss an incident brings. */
export interface ImpactComponent {
  readonly kind: ImpactKind;
  /** Of one incident: what was written for a unit is multiplied already. */
  readonly amount: Amount;
  readonly units: number;
  /** Probability that an incident brings it at all; 1 but for fines. */
  readonly chance: number;
}

/** What one incident costs. */
export interface Impact {
  readonly components: readonly ImpactComponent[];
  /** Comonotonic: the bad incident is bad in every component. Independent: each is drawn for itself. */
  readonly dependence: 'Comonotonic' | 'Independent';
}

/** A loss in one incident as weighted points: entry i belongs to stratum i of the mesh. Independent parts add up. */
export interface EventLoss {
  readonly parts: readonly Float64Array[];
  readonly mean: number;
  readonly variance: number;
}

/** A beta quantile is slow: between these strata it is drawn as straight lines. */
const exactEvery = 16;

export function meanOf({ amount, chance }: ImpactComponent): number {
  return chance * meanAmount(amount);
}

/** Mean loss of one incident, in closed form: whatever depends on what, means add up. */
export function meanImpact({ components }: Pick<Impact, 'components'>): number {
  return components.reduce((sum, component) => sum + meanOf(component), 0);
}

/** Reads an impact at every stratum. Comonotonic components share their stratum, so their quantiles add up. */
export function eventLoss({ components, dependence }: Impact, mesh: ScoreMesh): EventLoss {
  const losses = components.map((component) => componentLoss(component, mesh));
  const parts = dependence === 'Independent' ? losses : [addUp(losses, mesh.scores.length)];
  const moments = parts.map((part) => momentsOf(part, mesh));
  return {
    parts,
    mean: moments.reduce((sum, { mean }) => sum + mean, 0),
    variance: moments.reduce((sum, { variance }) => sum + variance, 0),
  };
}

/** Masses of the loss of one incident on a grid. */
export function eventMasses({ parts }: EventLoss, mesh: ScoreMesh, grid: LossGrid): Float64Array {
  const [first, ...others] = parts.map((part) => disperse(part, mesh.weights, grid));
  return others.reduce((sum, part) => convolve(sum, part), first ?? disperse(new Float64Array(0), mesh.weights, grid));
}

/** The loss one incident stays under in 95 of 100 cases when the bad incident is bad in every component: no independence lowers it. */
export function comonotonicP95({ components }: Pick<Impact, 'components'>): number {
  return components.reduce((sum, component) => sum + componentAt(component, normalQuantile(0.95, 0, 1)), 0);
}

/** The loss one incident stays under in 95 of 100 cases. */
export function singleEventP95(impact: Impact, mesh: ScoreMesh): number {
  const isOneDraw = impact.dependence === 'Comonotonic' || impact.components.length === 1;
  if (isOneDraw) return comonotonicP95(impact);
  const event = eventLoss(impact, mesh);
  const grid = gridTo95(event.mean, event.variance);
  return quantileStep(eventMasses(event, mesh, grid), 0.95) * grid.step;
}

/** Quantile of a component: nothing up to 1 - chance, and above it the amount at what is left of the probability. */
function componentAt({ amount, chance }: ImpactComponent, score: number): number {
  if (chance >= 1) return amountAt(amount, score);
  const above = normalCDF(-score, 0, 1);
  return above < chance ? amountAt(amount, -normalQuantile(above / chance, 0, 1)) : 0;
}

function componentLoss(component: ImpactComponent, { scores }: ScoreMesh): Float64Array {
  if (component.amount.kind !== 'PERT') return scores.map((score) => componentAt(component, score));
  const losses = new Float64Array(scores.length);
  const exact = (index: number) => componentAt(component, scores[index] ?? 0);
  const last = scores.length - 1;
  let from = 0;
  let atFrom = exact(0);
  losses[0] = atFrom;
  while (from < last) {
    const to = Math.min(from + exactEvery, last);
    const atTo = exact(to);
    for (let index = from + 1; index <= to; index++) losses[index] = atFrom + ((atTo - atFrom) * (index - from)) / (to - from);
    from = to;
    atFrom = atTo;
  }
  return losses;
}

function addUp(losses: readonly Float64Array[], length: number): Float64Array {
  const sum = new Float64Array(length);
  for (const loss of losses) for (let index = 0; index < length; index++) sum[index] = (sum[index] ?? 0) + (loss[index] ?? 0);
  return sum;
}

function momentsOf(points: Float64Array, { weights }: ScoreMesh) {
  let mean = 0;
  let square = 0;
  for (let index = 0; index < points.length; index++) {
    const [loss, weight] = [points[index] ?? 0, weights[index] ?? 0];
    mean += weight * loss;
    square += weight * loss * loss;
  }
  return { mean, variance: Math.max(0, square - mean * mean) };
}
