import * as z from 'zod';
import { cel } from './cel.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import type { Amount } from '../core/risk/amount.ts';
import type { Impact, ImpactKind } from '../core/risk/event-loss.ts';
import { scaleAmount } from '../core/risk/amount.ts';

const incidents = (description: string) => z.int().min(0).max(1000).meta({ description });
const years = (description: string) => z.number().min(0.1).max(1000).meta({ description });

const confirmed = z
  .object({
    incidents: incidents('Incidents whose harm was confirmed.'),
    years: years('Years they were counted in.'),
  })
  .meta({ description: 'What happened since the estimate was made; adds to it.' });

/** How often a risk strikes. */
export const likelihoodSchema = z
  .object({
    incidents: incidents(
      'Incidents seen or expected in `years`, before any that `confirmed` counts. 0 is taken for half an incident: never seen is not never.',
    ),
    years: years('Years these incidents are spread over. More years: a surer estimate.'),
    confirmed: confirmed.exactOptional(),
  })
  .meta({ description: 'How often this happens: incidents in years.' })
  .meta(
    cel({
      rule: 'double(self.incidents) <= 366.0 * self.years',
      fieldPath: '.incidents',
      message: 'what happens more than once a day is no incident but a cost of running: write at most 366 incidents a year',
    }),
  );

const largestAmount = 1_000_000_000_000_000;
const money = (description: string) =>
  z
    .number()
    .min(0)
    .max(largestAmount)
    .meta({ description: `${description} In the currency of the policy.` });

const amountFields = {
  low: money('Loss that 1 incident in 20 stays below (5 %).').exactOptional(),
  high: money('Loss that 1 incident in 20 goes beyond (95 %).').exactOptional(),
  cap: money('Most it can ever be, e.g. a limit of liability. Left out: no limit.').exactOptional(),
  min: money('Least it can be.').exactOptional(),
  mode: money('Most likely loss; the mean is (min + 4 mode + max) / 6.').exactOptional(),
  max: money('Most it can be.').exactOptional(),
  constant: money('Loss of every incident, known for certain.').exactOptional(),
  per: z
    .enum(['Incident', 'Unit'])
    .default('Incident')
    .meta({ description: 'What the amounts are for. Incident: one incident. Unit: one of impact.unitsPerIncident. Default Incident.' }),
};

const groups = '[[has(self.low), has(self.high)], [has(self.min), has(self.mode), has(self.max)], [has(self.constant)]]';

/** Beyond this the mean falls when the lower end rises: a tail nobody estimated would decide the loss. */
const widestRange = 200;

const amountRules = cel(
  {
    rule: `${groups}.exists_one(g, g.exists(x, x)) && ${groups}.all(g, g.all(x, x) || !g.exists(x, x))`,
    message: 'write one of: low and high (5 % and 95 %); min, mode and max; constant',
  },
  {
    rule: `!has(self.low) || !has(self.high) || (self.low < self.high && self.high <= ${widestRange}.0 * self.low)`,
    fieldPath: '.high',
    message: `write low below high and high at most ${widestRange} times low: beyond that a tail nobody estimated decides the loss; split the risk, or write min, mode and max`,
  },
  {
    rule: '!has(self.min) || !has(self.mode) || !has(self.max) || (self.min <= self.mode && self.mode <= self.max && self.min < self.max)',
    fieldPath: '.mode',
    message: 'write min <= mode <= max, and min below max; an amount that is certain is constant',
  },
  {
    rule: '!has(self.cap) || (has(self.high) && self.cap >= self.high)',
    fieldPath: '.cap',
    message: 'cap limits low and high: write it at or above high, or leave it out',
  },
);

const component = (description: string) => z.object(amountFields).meta({ description }).meta(amountRules);

const regulatory = z
  .object({
    ...amountFields,
    fineProbabilityPercent: z
      .int()
      .min(1)
      .max(100)
      .default(100)
      .meta({ description: 'Chance in percent that an incident leads to a fine at all. Default 100.' }),
  })
  .meta({ description: 'Fines and what a regulator orders, where it comes to that. Not scaled by the share of traffic.' })
  .meta(amountRules);

const names = ['customerHarm', 'regulatory', 'revenue', 'reputation'] as const satisfies readonly ImpactKind[];

/** What one incident costs. */
export const impactSchema = z
  .object({
    customerHarm: component('What the people concerned lose.').exactOptional(),
    regulatory: regulatory.exactOptional(),
    revenue: component('Revenue that is exposed.').exactOptional(),
    reputation: component('What lost trust costs.').exactOptional(),
    unitsPerIncident: z
      .int()
      .min(1)
      .max(1_000_000_000)
      .meta({ description: 'People, applications or requests one incident hits; multiplies the amounts with per: Unit.' })
      .exactOptional(),
    dependence: z.enum(['Comonotonic', 'Independent']).default('Comonotonic').meta({
      description:
        'How the components go together. Comonotonic: a bad incident is bad in all of them, the careful choice. Independent: each is drawn for itself. Moves the 95 % points, not the mean. Default Comonotonic.',
    }),
  })
  .meta({ description: 'What one incident costs, in the currency of the policy.' })
  .meta(
    cel(
      {
        rule: `[${names.map((name) => `has(self.${name})`).join(', ')}].exists(x, x)`,
        message: `write at least one of ${names.join(', ')}`,
      },
      {
        rule: `has(self.unitsPerIncident) == [${names.map((name) => `has(self.${name}) && self.${name}.per == 'Unit'`).join(', ')}].exists(x, x)`,
        fieldPath: '.unitsPerIncident',
        message: 'unitsPerIncident and per: Unit go together: write both, or neither',
      },
    ),
  );

type LikelihoodSpec = DeepReadonly<z.output<typeof likelihoodSchema>>;
type ImpactSpec = DeepReadonly<z.output<typeof impactSchema>>;
type AmountSpec = NonNullable<ImpactSpec['revenue']>;

export function toHistory({ incidents: seen, years: over, confirmed: since }: LikelihoodSpec) {
  return { prior: { incidents: seen, years: over }, confirmed: since ?? { incidents: 0, years: 0 } };
}

/** Null: stored under another schema, with amounts this one cannot price. */
export function toImpact(spec: ImpactSpec): Impact | null {
  const components = names.flatMap((kind) => {
    const written = spec[kind];
    if (written === undefined) return [];
    const amount = toAmount(written);
    const chance = kind === 'regulatory' ? (spec.regulatory?.fineProbabilityPercent ?? 100) / 100 : 1;
    const units = written.per === 'Unit' ? (spec.unitsPerIncident ?? 1) : 1;
    return [amount === null ? null : { kind, amount: scaleAmount(amount, units), units, chance }];
  });
  const known = components.filter((each) => each !== null);
  return known.length === components.length && known.length > 0 ? { components: known, dependence: spec.dependence } : null;
}

function toAmount({ low, high, cap, min, mode, max, constant }: AmountSpec): Amount | null {
  if (constant !== undefined) return { kind: 'Constant', amount: constant };
  if (low !== undefined && high !== undefined && low > 0 && low < high) return { kind: 'Lognormal', low, high, cap: cap ?? null };
  if (min !== undefined && mode !== undefined && max !== undefined && min <= mode && mode <= max && min < max)
    return { kind: 'PERT', min, mode, max };
  return null;
}
