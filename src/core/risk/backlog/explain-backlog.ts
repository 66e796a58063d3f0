import { money } from '../money.ts';
import { expectationsOf } from './rank.ts';
import type { Backlog, RankedItem } from './rank.ts';
import { chanceToOutrank } from './worth.ts';

const oneDecimal = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

interface Wording {
  readonly currency: string | null;
  readonly toInstant: (ms: number) => string;
}

/** The list as people read it: a line an item, and between neighbours why the one comes before the other. */
export function explainBacklog(backlog: Backlog, wording: Wording): readonly string[] {
  const { currency } = wording;
  const { mandatory, ranked, belowLine, unplanned, problems } = backlog;
  return [
    ...section('Mandatory, by date:', mandatory, (item) => [describe(item, wording)]),
    ...section('By expected net benefit a week of work:', ranked, (item, index) => {
      const next = ranked[index + 1];
      return [describe(item, wording), ...(next === undefined ? [] : [`    ${explainOrder(item, next, currency)}`])];
    }),
    // Their bands are among themselves: the mark of the best ones above the line would say that they are as good.
    ...section('Below the line: to accept the risk is expected to be cheaper.', belowLine, (item) => [
      describe({ ...item, band: 0 }, wording),
    ]),
    ...section('Risks with a price and no remediation:', unplanned, ({ id, rate, meanImpact }) => [
      `  ${id}: expected to cost ${money((rate.shape / rate.years) * meanImpact, currency)} a year`,
    ]),
    ...section('Not ranked:', problems, ({ message }) => [`  ${message}`]),
  ];
}

/** Why `a` comes before `b`, with the numbers, in one sentence. */
export function explainOrder(a: RankedItem, b: RankedItem, currency: string | null): string {
  const [first, then] = [expectationsOf(a), expectationsOf(b)];
  const chance = Math.round(100 * chanceToOutrank(a.worth, b.worth));
  const ahead = `${nameOf(a)} before ${nameOf(b)}`;
  if (b.waitsFor.includes(a.remediation.id)) return `${ahead}: the second waits for the first.`;
  const worth = `${money(a.netPerWeek, currency)} against ${money(b.netPerWeek, currency)} net a week of work`;
  const parts = `a benefit of ${money(first.benefit, currency)} for ${money(first.cost, currency)} and ${oneDecimal.format(first.weeks)} weeks against ${money(then.benefit, currency)} for ${money(then.cost, currency)} and ${oneDecimal.format(then.weeks)} weeks`;
  return `${ahead}: ${worth}, ${parts}; ${String(chance)} % likely the better use of a week.`;
}

function section<Item>(title: string, items: readonly Item[], lines: (item: Item, index: number) => readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [title, ...items.flatMap(lines)];
}

function nameOf({ remediation: { id } }: RankedItem): string {
  return id;
}

function describe(item: RankedItem, { currency, toInstant }: Wording): string {
  const { remediation, band, waitsFor, unlocks, insteadOf, expectedLoss, holdingCost } = item;
  const { mandatoryByMs, dueMs, owner } = remediation;
  const { benefit, cost, weeks } = expectationsOf(item);
  const facts = [
    `${money(item.netPerWeek, currency)} net a week`,
    `benefit ${money(benefit, currency)}`,
    `cost ${money(cost, currency)}`,
    `${oneDecimal.format(weeks)} weeks`,
    `of risks that cost ${money(expectedLoss, currency)} a year`,
    ...(holdingCost > 0 ? [`the constraint that holds costs ${money(holdingCost, currency)} a year`] : []),
    ...(mandatoryByMs === null ? [] : [`mandatory by ${toInstant(mandatoryByMs)}`]),
    ...(dueMs === null ? [] : [`due ${toInstant(dueMs)}`]),
    ...(waitsFor.length === 0 ? [] : [`after ${waitsFor.join(', ')}`]),
    ...(unlocks.length === 0 ? [] : [`counted with ${unlocks.join(', ')}`]),
    ...(insteadOf.length === 0 ? [] : [`instead of ${insteadOf.join(', ')}`]),
  ];
  return `  ${band === 0 ? '' : `[${String(band)}] `}${remediation.id} (${owner}): ${facts.join('; ')}`;
}
