import { assertNever } from '../../shared/assert-never.ts';
import type { Amount } from './amount.ts';
import { declaredMoney, money } from './money.ts';
import type { ComponentAccount, RiskAccount } from './risk-account.ts';

/** One risk from what was written to its expected annual loss, a sentence a step. */
export function explainRisk(account: RiskAccount, currency: string | null): readonly string[] {
  const { name, category, rate, meanImpact, expectedAnnualLoss } = account;
  return [
    `Risk ${name} (${category}).`,
    explainHistory(account),
    explainEvidence(account),
    ...account.components.map((component) => explainComponent(component, currency)),
    explainIncident(account, currency),
    `Expected annual loss: ${number(rate)} x ${money(meanImpact, currency)} = ${money(expectedAnnualLoss, currency)}.`,
  ];
}

function explainHistory({ prior, confirmed, history }: RiskAccount): string {
  const { shape, years, mean, low, high, chance } = history;
  const seen = prior.incidents > 0 ? count(prior.incidents) : 'no incident (taken for 0.5, Jeffreys)';
  const since = confirmed.years > 0 ? ` and ${count(confirmed.incidents)} confirmed in ${span(confirmed.years)} since` : '';
  return (
    `Likelihood: ${seen} in ${span(prior.years)}${since} give a rate of ${number(shape)} / ${number(years)} = ${number(mean)} a year, ` +
    `with 90 % probability between ${number(low)} and ${number(high)} (Gamma); a year has at least one incident with probability ${percent(chance)}.`
  );
}

function explainEvidence({ evidence, rate }: RiskAccount): string {
  if (evidence === null) return 'Live evidence: none was read; the rate stays.';
  const { indicator, ratio, probability, odds, weighedProbability } = evidence;
  if (ratio === 1) return `Live evidence: ${indicator} stands at factor 1; the rate stays.`;
  return (
    `Live evidence: ${indicator} stands at factor ${number(ratio)}. p = 1 - exp(-rate) = ${percent(probability)}, odds ${number(odds)} x ${number(ratio)} = ` +
    `${number(odds * ratio)}, p' = ${percent(weighedProbability)}, rate' = -ln(1 - p') = ${number(rate)} a year.`
  );
}

function explainComponent(
  { kind, amount, units, chance, parameters, meanAmount, mean }: ComponentAccount,
  currency: string | null,
): string {
  const times = units > 1 ? ` (${number(units)} units an incident)` : '';
  const fined = chance < 1 ? `, times the chance of a fine ${percent(chance)} = ${money(mean, currency)}` : '';
  const values = Object.entries(parameters).map(([name, value]) => `${name} ${number(value)}`);
  const shape = values.length === 0 ? '' : ` (${values.join(', ')})`;
  return `One incident, ${kind}${times}: ${explainAmount(amount, currency)}${shape}, mean ${money(meanAmount, currency)}${fined}.`;
}

function explainAmount(amount: Amount, currency: string | null): string {
  switch (amount.kind) {
    case 'Lognormal': {
      const cap = amount.cap === null ? '' : `, never above ${declaredMoney(amount.cap, currency)}`;
      return `lognormal with 5 % ${declaredMoney(amount.low, currency)} and 95 % ${declaredMoney(amount.high, currency)}${cap}`;
    }
    case 'PERT':
      return `PERT from ${declaredMoney(amount.min, currency)} to ${declaredMoney(amount.max, currency)}, most likely ${declaredMoney(amount.mode, currency)}`;
    case 'Constant':
      return `always ${declaredMoney(amount.amount, currency)}`;
    default:
      return assertNever(amount);
  }
}

function explainIncident({ components, dependence, meanImpact, singleEventP95 }: RiskAccount, currency: string | null): string {
  const together = components.length === 1 ? '' : ` (components ${dependence.toLowerCase()})`;
  return `One incident costs ${money(meanImpact, currency)} in the mean; 19 of 20 cost less than ${money(singleEventP95, currency)}${together}.`;
}

function count(incidents: number): string {
  return incidents === 1 ? '1 incident' : `${number(incidents)} incidents`;
}

function span(years: number): string {
  return years === 1 ? '1 year' : `${number(years)} years`;
}

function percent(probability: number): string {
  return `${number(probability * 100)} %`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}
