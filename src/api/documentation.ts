import * as z from 'zod';
import { documentItems } from '../core/programme/documentation.ts';
import { lineageKinds } from '../core/programme/lineage.ts';
import { digest, mapList, name, percent, requiredText, seconds, setList } from './fields.ts';

const paragraph = (description: string) => requiredText(2048, description).exactOptional();
const uri = (description: string) => requiredText(512, `${description} Shown to people, never asked.`);
/** Up to a hundred years: files outlive models. */
const retentionSeconds = (description: string) => z.int().min(1).max(3_153_600_000).meta({ description });

const dataSource = z
  .object({
    name: name('Name of the source.'),
    uri: uri('Where it is.'),
    version: requiredText(128, 'Version, snapshot or day the model was made from.').exactOptional(),
  })
  .meta({ description: 'One source of data.' });

const featurePipeline = z
  .object({ name: name('Name of the pipeline.'), uri: uri('Where it is, with its revision.') })
  .meta({ description: 'What makes features of the data.' });

const dataHandling = z
  .object({
    personalData: z.enum(['None', 'Present']).meta({ description: 'Whether the model sees data of persons.' }),
    consentBasis: z
      .enum(['Consent', 'Contract', 'LegalObligation', 'VitalInterests', 'PublicTask', 'LegitimateInterests'])
      .meta({ description: 'On what ground they are processed (GDPR article 6).' })
      .exactOptional(),
    retentionSeconds: retentionSeconds('Seconds after which they are deleted.').exactOptional(),
    impactAssessment: uri('Data protection impact assessment.').exactOptional(),
  })
  .meta({ description: 'How data of persons are handled. With personalData: Present the tier wants all of it.' });

const continuity = z
  .object({
    uri: uri('The continuity plan.'),
    recoveryTimeSeconds: seconds(1, 'Seconds within which the service is to be safe again. Drills measure it (scope Sandbox).'),
  })
  .meta({ description: 'What happens when the model fails.' });

const documentation = z
  .object({
    objective: paragraph('What the model is for.'),
    intendedUse: paragraph('Who uses it for what, and what it must not be used for.'),
    environment: paragraph('Where it runs, what it needs, what depends on it.'),
    dataSources: mapList(dataSource, 'name', { min: 1, max: 32, description: 'What it was made from.' }).exactOptional(),
    featurePipelines: mapList(featurePipeline, 'name', { min: 1, max: 32, description: 'What makes its features.' }).exactOptional(),
    evaluationCriteria: setList(requiredText(512, 'One criterion, e.g. AUC >= 0.78 on the 2025 hold-out.'), {
      min: 1,
      max: 32,
      description: 'What it had to reach before it went live.',
    }).exactOptional(),
    dataHandling: dataHandling.exactOptional(),
    explainability: paragraph('How a single answer is explained to those it concerns.'),
    ethics: paragraph('Who could be harmed or left out, and what is done about it.'),
    continuity: continuity.exactOptional(),
  })
  .meta({ description: 'Papers of the model. Its tier says what must be there.' });

const lineageEntry = z
  .object({
    kind: z.enum(lineageKinds).meta({ description: 'What it is to the model.' }),
    uri: uri('Where it is.'),
    digest: digest('Digest of its content, sha256:....').exactOptional(),
  })
  .meta({ description: 'One thing the model was made from or is.' });

const decisionLog = z
  .object({
    uri: uri('Where decisions of the model are kept.'),
    retentionSeconds: retentionSeconds('Seconds for which they are kept.'),
    completenessIndicator: name('Entry of indicators that tells whether every decision is in the log.').exactOptional(),
  })
  .meta({ description: 'Record of single decisions.' });

const stakeholder = z
  .object({
    role: name('Role, as in the tiers of the policy.'),
    name: requiredText(253, 'Person or office.'),
    contact: requiredText(253, 'Where to reach it.'),
  })
  .meta({ description: 'Somebody with a say.' });

/** What a ModelRisk says of its papers; all of it may be left out. */
export const documentationFields = {
  documentation: documentation.exactOptional(),
  lineage: mapList(lineageEntry, ['kind', 'uri'], {
    max: 64,
    description: 'Where the model comes from. Training, validation and test data with equal digests are not separated.',
  }).exactOptional(),
  decisionLog: decisionLog.exactOptional(),
  stakeholders: mapList(stakeholder, ['role', 'name'], { max: 32, description: 'Who has a say beside the owner.' }).exactOptional(),
};

/** Over the whole spec of a ModelRisk. */
export const documentationRules = [
  {
    rule: '!has(self.decisionLog) || !has(self.decisionLog.completenessIndicator) || self.indicators.exists(i, i.name == self.decisionLog.completenessIndicator)',
    fieldPath: '.decisionLog.completenessIndicator',
    message: 'completenessIndicator must name an entry of indicators: add the indicator or correct the name',
  },
] as const;

export const requiredDocumentation = setList(z.enum(documentItems).meta({ description: 'One thing that must be on file.' }), {
  min: 1,
  max: documentItems.length,
  description:
    'What must be on file of models of this tier (spec.documentation, lineage, decisionLog, stakeholders); condition Documented names what is missing. Left out: nothing.',
});

export const documentationStatusFields = {
  documentation: z
    .object({
      missing: setList(z.enum(documentItems).meta({ description: 'One thing.' }), {
        max: documentItems.length,
        description: 'What the tier requires and is missing or not complete.',
      }),
      lineageCoveragePercent: percent('Share of the six kinds of lineage that an entry with a digest pins.'),
      lineageRequired: setList(z.enum(lineageKinds).meta({ description: 'Kind of source.' }), {
        max: lineageKinds.length,
        description: 'Kinds of lineage that the tier requires to be pinned. Left out: none.',
      }).exactOptional(),
    })
    .meta({ description: 'Papers of the model; condition Documented says what to write.' })
    .exactOptional(),
};
