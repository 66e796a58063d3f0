import binomialCDF from '@stdlib/stats-base-dists-binomial-cdf';

import type { Outcome } from './traffic.ts';

/** One change of a route and the requests sent since: `since` when it was begun, `from` to `to` (excluded) when it was in force. */
export interface Phase {
  readonly change: string;
  readonly since: number;
  readonly from: number;
  readonly to: number;
  /** Live share of the candidate the constraint, or without one the user, asks for. */
  readonly expectedPercent: number;
  /** Whether each of the requests is to be copied to the candidate; else none is. */
  readonly mirrored: boolean;
}

/** What was seen outside of the operator: by whoever called, and by the candidate itself. */
export interface Evidence {
  readonly candidate: string;
  readonly outcomes: ReadonlyMap<number, Outcome>;
  /** How often each request arrived at the candidate, by number. */
  readonly arrivals: ReadonlyMap<number, number>;
}

export interface ChangeFigures {
  readonly change: string;
  readonly requests: number;
  readonly sharePercent: number;
  readonly expectedPercent: number;
  /** From what is expected, in standard deviations of a binomial draw; null where 0 or 100 % leave nothing to chance. */
  readonly sigmas: number | null;
  /** The share is within the limit, or exactly as expected where nothing is left to chance. */
  readonly asExpected: boolean;
  /** Of the same requests, copies the candidate got beside whoever answered. */
  readonly copies: number;
  readonly copiesExpected: number;
  /** Requests sent from the moment the change was begun until the next one was, and how many of them failed. */
  readonly sentSince: number;
  readonly errors: number;
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

/** Judges each change; `end` is the number after the last request, `limit` in standard deviations. */
export function judgeChanges(
  phases: readonly Phase[],
  evidence: Evidence,
  { end, limit }: { readonly end: number; readonly limit: number },
): readonly ChangeFigures[] {
  return phases.map((phase, index) => judgeOne(phase, evidence, { next: phases[index + 1]?.since ?? end, limit }));
}

function judgeOne(
  phase: Phase,
  { candidate, outcomes, arrivals }: Evidence,
  { next, limit }: { readonly next: number; readonly limit: number },
): ChangeFigures {
  const measured = range(phase.from, phase.to);
  const isOurs = (number: number): boolean => {
    const outcome = outcomes.get(number);
    return outcome?.kind === 'Served' && outcome.by === candidate;
  };
  const own = measured.filter(isOurs).length;
  const copies = measured.reduce((sum, number) => sum + (arrivals.get(number) ?? 0) - (isOurs(number) ? 1 : 0), 0);
  const sent = range(phase.since, next);
  const { change, expectedPercent } = phase;
  const sigmas = distanceOf(own, measured.length, expectedPercent / 100);
  return {
    change,
    requests: measured.length,
    sharePercent: Math.round((10_000 * own) / measured.length) / 100,
    expectedPercent,
    sigmas: sigmas === null ? null : Math.round(sigmas * 100) / 100,
    asExpected: sigmas === null ? own * 100 === measured.length * expectedPercent : Math.abs(sigmas) <= limit,
    copies,
    copiesExpected: phase.mirrored ? measured.length : 0,
    sentSince: sent.length,
    errors: sent.filter((number) => outcomes.get(number)?.kind !== 'Served').length,
  };
}

/** Standard deviations of Binomial(trials, share) between `count` and its mean; null where the deviation is 0. */
function distanceOf(count: number, trials: number, share: number): number | null {
  const deviation = Math.sqrt(trials * share * (1 - share));
  return deviation === 0 ? null : (count - trials * share) / deviation;
}

/**
 * At most how likely any of these changes is called astray though all is well: the binomial probability outside of the
 * limit, exact, summed over the changes. A gateway draws each request by itself, so a share is a binomial count.
 */
export function falseAlarmChance(changes: readonly Pick<ChangeFigures, 'requests' | 'expectedPercent'>[], limit: number): number {
  return changes.reduce((sum, { requests, expectedPercent }) => {
    const share = expectedPercent / 100;
    const deviation = Math.sqrt(requests * share * (1 - share));
    if (deviation === 0) return sum;
    const least = Math.ceil(requests * share - limit * deviation);
    const most = Math.floor(requests * share + limit * deviation);
    return sum + binomialCDF(least - 1, requests, share) + (1 - binomialCDF(most, requests, share));
  }, 0);
}

/** One sentence for each promise a change broke. */
export function brokenBy({ change, ...seen }: ChangeFigures): readonly string[] {
  const { sharePercent, expectedPercent, asExpected, sigmas, copies, copiesExpected, errors, requests, sentSince } = seen;
  const far = sigmas === null ? '' : `, ${String(sigmas)} standard deviations off`;
  return [
    ...(asExpected ? [] : [`${change}: the candidate got ${sharePercent} % of ${requests} requests instead of ${expectedPercent} %${far}`]),
    ...(copies === copiesExpected ? [] : [`${change}: the candidate got ${copies} copies instead of ${copiesExpected}`]),
    ...(errors === 0 ? [] : [`${change}: ${errors} of ${sentSince} requests failed`]),
  ];
}
