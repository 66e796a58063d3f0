import { drawCount, quantilesOf, rateQuantilesOf, slicesOf } from './draws.ts';
import type { Assessment, BacklogInput, Remediation, RiskExposure } from './remediation.ts';

/** A day of a working week: nothing is done in no time. */
const leastWeeks = 0.2;
const weeksAYear = 365.25 / 7;
/** The benefit of a fix is counted for this long once it is live. */
const horizonYears = 1;

/** One remediation under all that is not known of it, draw by draw. Money in the currency of the policy. */
export interface Worth {
  /** Benefit within a year of completion, discounted for the wait, times the chance of success, less the cost. */
  readonly net: Float64Array;
  readonly weeks: Float64Array;
  readonly benefit: Float64Array;
  readonly cost: Float64Array;
}

/** What the risks cost a year, draw by draw: the same draws for every remediation that lowers them. */
export function exposureDraws({ id, rate, meanImpact, holdingCost }: RiskExposure): Float64Array {
  const bySlice = rateQuantilesOf(rate).map((yearly) => yearly * meanImpact + holdingCost);
  return Float64Array.from(slicesOf(`rate of ${id}`), (slice) => bySlice[slice] ?? 0);
}

export function worthOf(
  { id, risks, assessments }: Remediation,
  exposures: ReadonlyMap<string, Float64Array>,
  { discountPercent }: Pick<BacklogInput, 'discountPercent'>,
): Worth {
  const pooled = pool(id, assessments);
  const exposed = risks.flatMap((risk) => exposures.get(risk) ?? []);
  const benefit = new Float64Array(drawCount);
  const net = new Float64Array(drawCount);
  for (let draw = 0; draw < drawCount; draw++) {
    const loss = exposed.reduce((sum, each) => sum + (each[draw] ?? 0), 0);
    const waits = (pooled.weeks[draw] ?? 0) / weeksAYear;
    const kept = (pooled.success[draw] ?? 0) * (pooled.reduces[draw] ?? 0) * horizonYears;
    benefit[draw] = loss * kept * (1 + discountPercent / 100) ** -waits;
    net[draw] = (benefit[draw] ?? 0) - (pooled.cost[draw] ?? 0);
  }
  return { net, benefit, weeks: pooled.weeks, cost: pooled.cost };
}

/** A linear pool: each draw believes one assessor whole, all of them equally often. Averaged parameters would hide that they disagree. */
function pool(id: string, assessments: readonly Assessment[]) {
  const believed = slicesOf(`assessor of ${id}`);
  const of = (quantity: 'cost' | 'weeks' | 'reducesLossPercent'): Float64Array => {
    const byAssessor = assessments.map((each) => quantilesOf(each[quantity]));
    return Float64Array.from(slicesOf(`${quantity} of ${id}`), (slice, draw) => byAssessor[pick(believed, draw)]?.[slice] ?? 0);
  };
  const pick = (slices: Uint32Array, draw: number): number => Math.floor((((slices[draw] ?? 0) + 0.5) / drawCount) * assessments.length);
  return {
    cost: of('cost'),
    weeks: of('weeks').map((weeks) => Math.max(weeks, leastWeeks)),
    reduces: of('reducesLossPercent').map((percent) => percent / 100),
    success: Float64Array.from({ length: drawCount }, (_, draw) => (assessments[pick(believed, draw)]?.successPercent ?? 0) / 100),
  };
}

/** Both done, one after the other. */
export function together(parts: readonly Worth[]): Worth {
  const add = (quantity: keyof Worth): Float64Array =>
    Float64Array.from({ length: drawCount }, (_, draw) => parts.reduce((sum, part) => sum + (part[quantity][draw] ?? 0), 0));
  return { net: add('net'), weeks: add('weeks'), benefit: add('benefit'), cost: add('cost') };
}

export function mean(draws: Float64Array): number {
  return draws.reduce((sum, each) => sum + each, 0) / draws.length;
}

/** Expected net benefit over expected weeks: what a week of work brings when many such are done. */
export function netPerWeek({ net, weeks }: Pick<Worth, 'net' | 'weeks'>): number {
  return mean(net) / mean(weeks);
}

/** How likely a week spent on `a` brings more than one spent on `b`; a draw where they are alike counts half. */
export function chanceToOutrank(a: Worth, b: Worth): number {
  let won = 0;
  for (let draw = 0; draw < drawCount; draw++) {
    const difference = (a.net[draw] ?? 0) / (a.weeks[draw] ?? 1) - (b.net[draw] ?? 0) / (b.weeks[draw] ?? 1);
    if (difference > 0) won += 1;
    else if (difference === 0) won += 0.5;
  }
  return won / drawCount;
}
