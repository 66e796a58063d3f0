import { tellIncidents } from './incident-life.ts';
import { acceptRisks, reviewModels, signModels } from './governance-life.ts';
import { criticalities, day, enroll, firstTerms, furnish, namespaces, owners, yearModel, yearPolicy } from './cast.ts';
import type { ModelTerms, PolicyTerms } from './cast.ts';
import { Decisions } from './acts.ts';
import { createDice } from './dice.ts';
import type { Dice } from './dice.ts';
import { startYearOperator } from './year-operator.ts';
import type { YearOperator } from './year-operator.ts';

export interface YearPlanned {
  readonly seed: number;
  readonly models: number;
  readonly days: number;
  /** How many times as much happens as in a quiet house: a short year has to be a full one. */
  readonly bustle: number;
  /** Called at the end of each of these days, when all has settled. */
  readonly lookOn: readonly number[];
  readonly look: (year: Year) => Promise<void>;
}

export interface Year {
  readonly world: YearOperator;
  readonly dice: Dice;
  readonly decisions: Decisions;
  /** Models as they are written now, by `namespace/name`. */
  readonly models: Map<string, ModelTerms>;
  /** Last day of a breach that goes on, by `namespace/name`. */
  readonly breaching: Map<string, number>;
  readonly counts: Map<string, number>;
  readonly bustle: number;
  terms: PolicyTerms;
}

export const yearStartMs = Date.UTC(2026, 0, 1);

export function countIn(year: Year, what: string): void {
  year.counts.set(what, (year.counts.get(what) ?? 0) + 1);
}

function firstModel(index: number, dice: Dice): ModelTerms {
  const name = `m${String(index).padStart(3, '0')}`;
  return {
    ...{ namespace: namespaces[index % namespaces.length] ?? '', name, version: '1.0', owner: dice.pick(owners) },
    criticality: index % 10 === 9 ? null : (criticalities[index % criticalities.length] ?? null),
    ...{ objective: 'Rank applicants.', breach: 0.25, remediations: [], isFairness: dice.happens(0.4), isRouted: dice.happens(0.6) },
  };
}

export function rewrite(year: Year, key: string, change: Partial<ModelTerms>): void {
  const before = year.models.get(key);
  if (before === undefined) return;
  const terms = { ...before, ...change };
  year.models.set(key, terms);
  year.world.api.apply('modelrisks', yearModel(terms));
}

function changeModels(year: Year): void {
  const { dice, models, bustle } = year;
  const share = (bustle * models.size) / 200;
  const change = (perDay: number, what: string, of: (terms: ModelTerms) => Partial<ModelTerms>): void => {
    if (!dice.happens(perDay * share)) return;
    const key = dice.pick([...models.keys()]);
    const terms = models.get(key);
    if (terms === undefined) return;
    rewrite(year, key, of(terms));
    countIn(year, what);
  };
  change(0.8, 'versions', ({ version }) => ({ version: `${String(Number.parseInt(version, 10) + 1)}.0` }));
  change(0.15, 'criticalities', () => ({ criticality: dice.pick(criticalities) }));
  change(0.25, 'papers', () => ({ objective: `Rank applicants, edition ${String(dice.between(2, 9999))}.` }));
  change(0.1, 'limits', ({ breach }) => ({ breach: breach === 0.25 ? 0.3 : 0.25 }));
}

function endModels(year: Year): void {
  const { dice, world, models, bustle } = year;
  if (!dice.happens((0.08 * bustle * models.size) / 200)) return;
  const key = dice.pick([...models.keys()]);
  const terms = models.get(key);
  if (terms === undefined) return;
  world.api.remove('modelrisks', terms.name, terms.namespace);
  countIn(year, 'deletions');
  // Made anew the same day, it is another model of that name.
  if (dice.happens(0.5)) world.api.apply('modelrisks', yearModel(terms));
  else {
    models.delete(key);
    year.breaching.delete(key);
  }
}

/** By day of the year; in a fuller one they come sooner. */
const policyChanges: Readonly<Record<number, Partial<PolicyTerms>>> = {
  100: { highReviewDays: 120 },
  170: { reportHighWithinDays: 10 },
  230: { warningDays: 20 },
  300: { highReviewDays: 200, reportHighWithinDays: 20 },
};

async function live(year: Year, today: number): Promise<void> {
  const { world } = year;
  const change = policyChanges[today * year.bustle];
  if (change !== undefined) {
    year.terms = { ...year.terms, ...change };
    world.api.apply('riskpolicies', yearPolicy(year.terms));
    countIn(year, 'policies');
    await world.pass(3);
  }
  changeModels(year);
  endModels(year);
  await world.pass(6);
  if (today % 29 === 0) {
    countIn(year, 'restarts');
    await world.restart(() => {
      changeModels(year);
      changeModels(year);
    });
    await world.pass(6);
  }
  await signModels(year);
  await reviewModels(year);
  await acceptRisks(year);
  await tellIncidents(year, today);
}

/** Days of a house: people work from nine on, and what they do has come to rest before the day is over. */
export async function tellYear({ seed, models: size, days, bustle, lookOn, look }: YearPlanned): Promise<Year> {
  const dice = createDice(seed);
  const all = Array.from({ length: size }, (_, index) => firstModel(index, dice));
  const world = await startYearOperator((api) => {
    api.apply('riskpolicies', yearPolicy(firstTerms));
    for (const namespace of namespaces) furnish(api, namespace);
    for (const terms of all) enroll(api, terms);
  }, yearStartMs);
  const models = new Map(all.map((terms) => [`${terms.namespace}/${terms.name}`, terms]));
  const year: Year = {
    ...{ world, dice, models, bustle, terms: firstTerms },
    ...{ decisions: new Decisions(world), breaching: new Map(), counts: new Map() },
  };
  await world.pass(6);
  for (let today = 1; today <= days; today += 1) {
    const dawnMs = yearStartMs + (today - 1) * day * 1000;
    await world.until(dawnMs + 9 * 3_600_000);
    await live(year, today);
    await world.until(dawnMs + day * 1000 - 60_000);
    if (lookOn.includes(today)) await look(year);
  }
  return year;
}
