import { meanRate } from '../incident-rate.ts';
import { alternativesOf, closureOf, problemsOf } from './dependencies.ts';
import type { BacklogProblem } from './dependencies.ts';
import type { BacklogInput, Remediation, RiskExposure } from './remediation.ts';
import { chanceToOutrank, exposureDraws, mean, netPerWeek, together, worthOf } from './worth.ts';
import type { Worth } from './worth.ts';

/** From here on the first of a band is said to outrank an item, and a new band begins. */
const sureToOutrank = 0.8;

export interface RankedItem {
  readonly remediation: Remediation;
  /** From 1. Mandatory items share band 0. */
  readonly band: number;
  /** Of what it leads to best: itself, or with what waits for it. */
  readonly worth: Worth;
  readonly netPerWeek: number;
  /** A year, of the risks it lowers, as things stand and without constraints. */
  readonly expectedLoss: number;
  readonly holdingCost: number;
  /** That the first item of the band brings more a week; 0.5 for that item itself. */
  readonly outrankedBy: number;
  /** Remediations it is ranked with, because they wait for it. */
  readonly unlocks: readonly string[];
  readonly waitsFor: readonly string[];
  /** Other ways to the same end, which rank no more. */
  readonly insteadOf: readonly string[];
}

export interface Backlog {
  readonly mandatory: readonly RankedItem[];
  readonly ranked: readonly RankedItem[];
  /** Cost more than they are expected to bring: to accept the risk is cheaper. The largest loss first. */
  readonly belowLine: readonly RankedItem[];
  /** Risks with a price that no remediation lowers. The largest loss first. */
  readonly unplanned: readonly RiskExposure[];
  readonly problems: readonly BacklogProblem[];
}

/**
 * The backlog: mandatory items by date, then by expected net benefit a week of work. What waits for another comes after it, and what
 * others wait for ranks with the best it leads to. Raising the loss of a risk never lowers the rank of what is for that risk alone.
 */
export function rankBacklog(input: BacklogInput): Backlog {
  const chosen = choose(input);
  const { items, needs } = chosen;
  const problems = problemsOf(input.remediations, needs);
  const faulty = new Set(problems.map(({ id }) => id));
  const sound = items.filter(({ remediation: { id } }) =>
    [id, ...closureOf(needs.get(id) ?? [], needs)].every((each) => !faulty.has(each)),
  );
  const ordered = inOrder(
    sound.map((item) => lifted(item, sound, needs)),
    needs,
  );
  const isMandatory = ({ remediation }: Item): boolean => remediation.mandatoryByMs !== null;
  const pays = (item: Item): boolean => netPerWeek(item.worth) > 0;
  const finished = (all: readonly Item[]): readonly RankedItem[] => inBands(all).map((each) => toRanked(each, chosen));
  return {
    mandatory: finished(ordered.filter(isMandatory)).map((each) => ({ ...each, band: 0 })),
    ranked: finished(ordered.filter((item) => !isMandatory(item) && pays(item))),
    belowLine: finished(ordered.filter((item) => !isMandatory(item) && !pays(item)).sort((a, b) => b.expectedLoss - a.expectedLoss)),
    unplanned: unplanned(input),
    problems,
  };
}

/** A remediation on its own. */
interface Item {
  readonly remediation: Remediation;
  readonly worth: Worth;
  readonly expectedLoss: number;
  readonly holdingCost: number;
  readonly unlocks: readonly string[];
  readonly insteadOf: readonly string[];
}

interface Choice {
  readonly items: readonly Item[];
  /** By id, the ids of items that have to be done before. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
}

/** The best of each group of alternatives; who depended on another of the group now waits for that one. */
function choose(input: BacklogInput): Choice {
  const draws = new Map(input.exposures.map((exposure) => [exposure.id, exposureDraws(exposure)]));
  const groups = alternativesOf(input.remediations).map((group) =>
    group.map((remediation) => toItem(remediation, draws, input)).sort(byWorth),
  );
  const stands = new Map<string, string>();
  const items = groups.flatMap((group) => {
    const [best, ...rest] = group;
    if (best === undefined) return [];
    for (const { remediation } of group) stands.set(remediation.id, best.remediation.id);
    const dates = group.flatMap(({ remediation }) => remediation.mandatoryByMs ?? []);
    const remediation = { ...best.remediation, mandatoryByMs: dates.length === 0 ? null : Math.min(...dates) };
    return [{ ...best, remediation, insteadOf: rest.map((each) => each.remediation.id) }];
  });
  const needs = new Map(
    items.map(({ remediation: { id, dependsOn } }) => [id, [...new Set(dependsOn.flatMap((each) => stands.get(each) ?? []))]]),
  );
  return { items, needs };
}

function toItem(remediation: Remediation, draws: ReadonlyMap<string, Float64Array>, input: BacklogInput): Item {
  const risks = input.exposures.filter(({ id }) => remediation.risks.includes(id));
  return {
    remediation,
    worth: worthOf(remediation, draws, input),
    expectedLoss: risks.reduce((sum, { rate, meanImpact }) => sum + meanRate(rate) * meanImpact, 0),
    holdingCost: risks.reduce((sum, { holdingCost }) => sum + holdingCost, 0),
    unlocks: [],
    insteadOf: [],
  };
}

/** With whatever waits for it, if that is worth more a week: done alone a foundation never pays. A mandatory date is passed on too. */
function lifted(item: Item, all: readonly Item[], needs: Choice['needs']): Item {
  const { id } = item.remediation;
  const waiting = all.filter(({ remediation }) => remediation.id !== id && closureOf([remediation.id], needs).has(id));
  const dates = [item, ...waiting].flatMap(({ remediation }) => remediation.mandatoryByMs ?? []);
  const remediation = { ...item.remediation, mandatoryByMs: dates.length === 0 ? null : Math.min(...dates) };
  const before = closureOf(needs.get(id) ?? [], needs);
  return waiting.reduce<Item>(
    (best, { remediation: last }) => {
      const set = all.filter((each) => closureOf([last.id], needs).has(each.remediation.id) && !before.has(each.remediation.id));
      const worth = together(set.map((each) => each.worth));
      const unlocks = set.map((each) => each.remediation.id).filter((each) => each !== id);
      return netPerWeek(worth) > netPerWeek(best.worth) ? { ...best, worth, unlocks } : best;
    },
    { ...item, remediation },
  );
}

/** The best of what nothing holds up comes next. */
function inOrder(items: readonly Item[], needs: Choice['needs']): readonly Item[] {
  const placed = new Set<string>();
  const ordered: Item[] = [];
  const waiting = [...items].sort((a, b) => byDate(a, b) || byWorth(a, b));
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ remediation: { id } }) => (needs.get(id) ?? []).every((each) => placed.has(each)));
    const [item] = waiting.splice(Math.max(next, 0), 1);
    if (item === undefined) break;
    placed.add(item.remediation.id);
    ordered.push(item);
  }
  return ordered;
}

function byDate(a: Item, b: Item): number {
  return (a.remediation.mandatoryByMs ?? Infinity) === (b.remediation.mandatoryByMs ?? Infinity)
    ? 0
    : (a.remediation.mandatoryByMs ?? Infinity) - (b.remediation.mandatoryByMs ?? Infinity);
}

/** At equal worth the larger loss, then the id: the same list whoever asks. */
function byWorth(a: Item, b: Item): number {
  return netPerWeek(b.worth) - netPerWeek(a.worth) || b.expectedLoss - a.expectedLoss || (a.remediation.id < b.remediation.id ? -1 : 1);
}

interface Banded {
  readonly item: Item;
  readonly band: number;
  readonly outrankedBy: number;
}

function inBands(items: readonly Item[]): readonly Banded[] {
  let [first, band] = [items[0], 1];
  return items.map((item) => {
    const outrankedBy = first === undefined ? 0.5 : chanceToOutrank(first.worth, item.worth);
    if (first === undefined || outrankedBy < sureToOutrank) return { item, band, outrankedBy };
    first = item;
    band += 1;
    return { item, band, outrankedBy: 0.5 };
  });
}

function toRanked({ item, band, outrankedBy }: Banded, { needs }: Choice): RankedItem {
  return { ...item, band, outrankedBy, netPerWeek: netPerWeek(item.worth), waitsFor: needs.get(item.remediation.id) ?? [] };
}

function unplanned({ remediations, exposures }: BacklogInput): readonly RiskExposure[] {
  const planned = new Set(remediations.flatMap(({ risks }) => risks));
  const loss = ({ rate, meanImpact, holdingCost }: RiskExposure): number => meanRate(rate) * meanImpact + holdingCost;
  return exposures.filter(({ id }) => !planned.has(id)).sort((a, b) => loss(b) - loss(a) || (a.id < b.id ? -1 : 1));
}

/** Means of the draws, in money of the policy and weeks. */
export function expectationsOf({ worth }: Pick<RankedItem, 'worth'>) {
  return { net: mean(worth.net), benefit: mean(worth.benefit), cost: mean(worth.cost), weeks: mean(worth.weeks) };
}
