import * as z from 'zod';
import type { Remediation } from '../core/risk/backlog/remediation.ts';
import { cel } from './cel.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import { instant, mapList, name, percent, requiredText, setList } from './fields.ts';
import { fromInstant } from './instant.ts';

const ordered = (what: string) =>
  cel({
    rule: 'self.min <= self.mode && self.mode <= self.max',
    message: `${what}: write min <= mode <= max; all three alike when it is certain`,
  });

const estimate = (what: string, unit: string, most: number) => {
  const number = (description: string) =>
    z
      .number()
      .min(0)
      .max(most)
      .meta({ description: `${description} ${unit}` });
  return z
    .object({ min: number('Least it can be.'), mode: number('Most likely.'), max: number('Most it can be.') })
    .meta({ description: `${what}.` })
    .meta(ordered(what));
};

const assessment = z
  .object({
    assessor: requiredText(253, 'Who estimates.'),
    cost: estimate('What the remediation costs', 'In the currency of the policy.', 1_000_000_000_000_000),
    weeks: estimate('Weeks of work until it is live', 'In weeks.', 520),
    reducesLossPercent: estimate('Share of the loss of the named risks it takes away', 'In percent.', 100),
    successPercent: percent('Chance that it works at all.'),
  })
  .meta({ description: 'What one person expects of it.' });

const remediation = z
  .object({
    name: name('Name that alternativeTo and dependsOn use.'),
    summary: requiredText(1024, 'What is to be done, in one sentence.'),
    owner: requiredText(253, 'Who does it.'),
    risks: setList(name('Entry of risks.'), { min: 1, max: 16, description: 'Risks it lowers.' }),
    dueTime: instant('When its owner wants it done; shown, and no matter of rank.').exactOptional(),
    alternativeTo: name(
      'Another remediation of this model, a different way to the same end: only the better of the two is ranked.',
    ).exactOptional(),
    dependsOn: setList(name('Remediation of this model.'), { max: 8, description: 'What has to be done before.' }).default([]),
    mandatoryBy: instant('By law or contract it has to be done by then: it comes first, whatever it is worth.').exactOptional(),
    assessments: mapList(assessment, 'assessor', {
      min: 1,
      max: 8,
      description: 'Estimates; several count alike, each believed as a whole.',
    }),
  })
  .meta({ description: 'A lasting fix that the backlog ranks.' });

export const remediations = mapList(remediation, 'name', {
  max: 16,
  description: 'Lasting fixes; kubectl modelrisk backlog ranks those of all models by what a week of work brings.',
}).default([]);

/** Over the whole spec. */
export const remediationRules = [
  {
    rule: 'self.remediations.all(m, m.risks.all(n, self.risks.exists(r, r.name == n)))',
    fieldPath: '.remediations',
    message: 'every remediations[].risks must name entries of risks: add the risk to the register or correct the name',
  },
  {
    rule: 'self.remediations.all(m, (!has(m.alternativeTo) || (m.alternativeTo != m.name && self.remediations.exists(o, o.name == m.alternativeTo))) && m.dependsOn.all(d, d != m.name && self.remediations.exists(o, o.name == d)))',
    fieldPath: '.remediations',
    message: 'alternativeTo and dependsOn must name other entries of remediations: add the entry or correct the name',
  },
] as const;

export type RemediationSpec = DeepReadonly<z.output<typeof remediation>>;

/** `model`: the `namespace/name` that makes ids unique among all models. */
export function toRemediation(spec: RemediationSpec, model: string): Remediation {
  const { name, summary, owner, risks, dueTime, alternativeTo, dependsOn, mandatoryBy, assessments } = spec;
  const idOf = (each: string): string => `${model}/${each}`;
  return {
    id: idOf(name),
    ...{ summary, owner, assessments },
    risks: risks.map(idOf),
    alternativeTo: alternativeTo === undefined ? null : idOf(alternativeTo),
    dependsOn: dependsOn.map(idOf),
    mandatoryByMs: mandatoryBy === undefined ? null : fromInstant(mandatoryBy),
    dueMs: dueTime === undefined ? null : fromInstant(dueTime),
  };
}
