import * as z from 'zod';
import type { Tier } from '../core/risk/tier.ts';
import { cel } from './cel.ts';
import type { DeepReadonly } from './deep-readonly.ts';

import { requiredDocumentation } from './documentation.ts';
import { mapList, name, setList } from './fields.ts';
import { floors } from './floors.ts';
import { playbook } from './playbook.ts';
import { reviewCalendarFields, reviewCalendarRule } from './review-calendar.ts';
import { signOffRoles } from './signing-policy.ts';

export const criticality = z.enum(['Critical', 'High', 'Medium', 'Low']);

/** As people write them: High, Tier-1. */
export const tierName = (description: string) =>
  z
    .string()
    .min(1)
    .max(63)
    .regex(/^[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?$/)
    .meta({ description });

const amount = (description: string) => z.number().min(0).max(1_000_000_000_000_000).meta({ description });

const when = z
  .object({
    expectedAnnualLossAtLeast: amount(
      'Expected annual loss, in currency, from which a model belongs here; by prior and confirmed history, without live evidence.',
    ).exactOptional(),
    singleEventP95AtLeast: amount(
      'Loss in currency that the worst risk of the model goes beyond in 1 incident of 20, from which it belongs here.',
    ).exactOptional(),
    criticality: setList(criticality.meta({ description: 'Declared criticality.' }), {
      min: 1,
      max: 4,
      description: 'Values of ModelRisk spec.criticality that belong here whatever the numbers say.',
    }).exactOptional(),
  })
  .meta({ description: 'Alternatives: one that holds is enough. Left out: every model that no tier above took.' })
  .meta(
    cel({
      rule: 'has(self.expectedAnnualLossAtLeast) || has(self.singleEventP95AtLeast) || has(self.criticality)',
      message: 'write at least one of expectedAnnualLossAtLeast, singleEventP95AtLeast, criticality; or leave when out in the last tier',
    }),
  );

const tier = z
  .object({
    name: tierName('Name that ModelRisks show, e.g. High.'),
    when: when.exactOptional(),
    reviewEverySeconds: z
      .int()
      .min(3600)
      .max(315_360_000)
      .meta({
        description:
          'Seconds from one review (a RiskDecision with action Review) to the next, e.g. 15552000 for 180 days. Left out: models of this tier need none.',
      })
      .exactOptional(),
    ...reviewCalendarFields,
    reviewRoles: setList(name('Role (riskroles.modelrisk.dev).'), {
      min: 1,
      max: 16,
      description: 'Roles whose Review counts. Left out: every role the author may review in.',
    }).exactOptional(),
    requiredDocumentation: requiredDocumentation.exactOptional(),
    playbook: playbook.exactOptional(),
    floors: floors.exactOptional(),
    signOffRoles,
  })
  .meta({ description: 'A class of models by what is at stake.' })
  .meta(cel(reviewCalendarRule));

export type TierSpec = DeepReadonly<z.output<typeof tier>>;

/** Whole-list rule: the server answers it on `tiers`. */
export const tiersSchema = mapList(tier, 'name', {
  max: 16,
  description:
    'Tiers from the highest down: the first that fits is the inherent tier of a model. It rises at once and does not fall by itself. Empty: models have no tier.',
})
  .meta(
    cel({
      rule: 'self.all(t, has(t.when) || t == self[size(self) - 1])',
      message: 'a tier without when takes every model: write it last',
    }),
  )
  .default([]);

/** Over the whole spec of a RiskPolicy. */
export const tierRules = [
  {
    rule: 'self.tiers.all(t, !has(t.playbook) || !has(t.playbook.thresholds) || t.playbook.thresholds.all(p, self.signals.exists(s, s.name == p.signal)))',
    fieldPath: '.tiers',
    message: 'every playbook.thresholds[].signal must name an entry of signals: add the signal or correct the name',
  },
  {
    rule: 'self.tiers.all(t, !has(t.floors) || !has(t.floors.limits) || t.floors.limits.all(l, self.signals.exists(s, s.name == l.signal)))',
    fieldPath: '.tiers',
    message: 'every floors.limits[].signal must name an entry of signals: add the signal or correct the name',
  },
  {
    rule: 'self.tiers.all(t, !has(t.playbook) || !has(t.playbook.escalation) || t.playbook.escalation.all(e, e.receivers.all(r, self.receivers.exists(k, k.name == r))))',
    fieldPath: '.tiers',
    message: 'every playbook.escalation[].receivers must name entries of receivers: add the receiver or correct the name',
  },
] as const;

export function toTiers(specs: DeepReadonly<z.output<typeof tiersSchema>>): readonly Tier[] {
  return specs.map((spec) => ({
    name: spec.name,
    when:
      spec.when === undefined
        ? null
        : {
            expectedAnnualLossAtLeast: spec.when.expectedAnnualLossAtLeast ?? null,
            singleEventP95AtLeast: spec.when.singleEventP95AtLeast ?? null,
            criticality: spec.when.criticality ?? [],
          },
  }));
}
