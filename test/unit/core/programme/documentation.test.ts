import { describe, expect, it } from '@jest/globals';
import { documentFindings, documentItems } from '../../../../src/core/programme/documentation.ts';
import type { Documentation, Dossier, DossierFacts } from '../../../../src/core/programme/documentation.ts';
import { aDossier } from '../../../builders/dossier.ts';

const passed = { plan: 'credit', passed: true, timeToMitigateSeconds: 12 };
const facts = (changes: Partial<DossierFacts> = {}): DossierFacts => ({
  roles: ['risk'],
  drills: [passed],
  logIsIncomplete: false,
  ...changes,
});
const dossier: Dossier = aDossier('log-complete');
const without = (field: keyof Documentation): Dossier => {
  const { [field]: _, ...documentation } = dossier.documentation ?? {};
  return { ...dossier, documentation };
};
const withPapers = (changes: Partial<Documentation>): Dossier => ({ ...dossier, documentation: { ...dossier.documentation, ...changes } });
const found = (of: Dossier, changes: Partial<DossierFacts> = {}) => documentFindings(of, documentItems, facts(changes));

it('finds nothing in papers that are complete', () => {
  expect(found(dossier)).toEqual([]);
});

it('names every single item when there is nothing', () => {
  const findings = found({});
  expect(findings.map(({ item }) => item)).toEqual(documentItems);
  expect(new Set(findings.map(({ reason }) => reason))).toEqual(new Set(['Missing']));
  expect(findings.every(({ message }) => message.startsWith('Write '))).toBe(true);
});

it('asks for nothing the tier does not require', () => {
  expect(documentFindings({}, ['Ethics'], facts()).map(({ item }) => item)).toEqual(['Ethics']);
  expect(documentFindings({}, [], facts())).toEqual([]);
});

describe('one paper left out is the one that is named', () => {
  it.each([
    ['Objective', 'objective'],
    ['IntendedUse', 'intendedUse'],
    ['Environment', 'environment'],
    ['DataSources', 'dataSources'],
    ['FeaturePipelines', 'featurePipelines'],
    ['EvaluationCriteria', 'evaluationCriteria'],
    ['DataHandling', 'dataHandling'],
    ['Explainability', 'explainability'],
    ['Ethics', 'ethics'],
    ['Continuity', 'continuity'],
  ] as const)('%s', (item, field) => {
    expect(found(without(field))).toEqual([{ reason: 'Missing', item, message: `Write documentation.${field}.` }]);
  });
});

describe('is not complete', () => {
  it('with a text of spaces', () => {
    expect(found(withPapers({ objective: '  ' }))).toEqual([
      { reason: 'Missing', item: 'Objective', message: 'Write documentation.objective.' },
    ]);
  });

  it('with a source of data without a version', () => {
    const sources = [{ name: 'applications', version: '2026-06' }, { name: 'bureau' }];
    expect(found(withPapers({ dataSources: sources }))).toMatchObject([
      { item: 'DataSources', message: 'Write the version of documentation.dataSources bureau.' },
    ]);
  });

  it('with personal data and half of what goes with them', () => {
    expect(found(withPapers({ dataHandling: { personalData: 'Present', consentBasis: 'Consent' } }))).toMatchObject([
      {
        item: 'DataHandling',
        message:
          'Personal data are present: write documentation.dataHandling.retentionSeconds, documentation.dataHandling.impactAssessment.',
      },
    ]);
    expect(found(withPapers({ dataHandling: { personalData: 'None' } }))).toEqual([]);
  });

  it('with a kind of lineage that has no digest', () => {
    const lineage = (dossier.lineage ?? []).map((each) => (each.kind === 'Code' ? { kind: each.kind } : each));
    expect(found({ ...dossier, lineage })).toMatchObject([
      { reason: 'Missing', item: 'Lineage', message: 'Write in lineage, with a digest each: Code.' },
    ]);
  });

  it('with a decision log nobody can tell the completeness of', () => {
    expect(found({ ...dossier, decisionLog: {} })).toMatchObject([
      { item: 'DecisionLog', message: expect.stringContaining('completenessIndicator') },
    ]);
  });

  it('with a continuity plan no drill has shown', () => {
    expect(found(dossier, { drills: [] })).toMatchObject([{ reason: 'Missing', item: 'Continuity' }]);
    expect(found(dossier, { drills: [{ ...passed, passed: false }] })).toMatchObject([{ reason: 'Missing', item: 'Continuity' }]);
  });

  it('with a continuity plan only a dry drill has tried: it moved nothing, so nobody knows how long it takes', () => {
    const dry = { ...passed, timeToMitigateSeconds: null };
    expect(found(dossier, { drills: [dry] })).toMatchObject([
      { reason: 'Missing', item: 'Continuity', message: expect.stringContaining('a dry one moves no traffic') },
    ]);
    // One that measured and failed does not lend its time to one that passed and measured nothing.
    expect(found(dossier, { drills: [dry, { ...passed, passed: false }] })).toHaveLength(1);
    expect(found(dossier, { drills: [dry, passed] })).toEqual([]);
  });

  it('with a role of the tier nobody holds', () => {
    expect(found(dossier, { roles: ['risk', 'security'] })).toMatchObject([
      { item: 'Stakeholders', message: 'Nobody among stakeholders holds security, which the tier asks: name them.' },
    ]);
  });
});

describe('what is there and not so is told whatever is required', () => {
  const told = (of: Dossier, changes: Partial<DossierFacts> = {}) => documentFindings(of, [], facts(changes));

  it('data that are not separated', () => {
    const lineage = [
      { kind: 'TrainingData' as const, digest: 'a' },
      { kind: 'TestData' as const, digest: 'a' },
    ];
    expect(told({ lineage })).toMatchObject([
      { reason: 'NotSeparated', item: 'Lineage', message: expect.stringContaining('TrainingData and TestData') },
    ]);
  });

  it('a recovery slower than promised; one as long as promised is kept', () => {
    const drilled = (seconds: number | null) => ({ drills: [{ ...passed, timeToMitigateSeconds: seconds }] });
    expect(told(dossier, drilled(600))).toEqual([]);
    expect(told(dossier, drilled(null))).toEqual([]);
    expect(told(dossier, drilled(601))).toMatchObject([
      { reason: 'RecoveryTooSlow', item: 'Continuity', message: expect.stringMatching(/credit took 601 s, .* promises 600 s/) },
    ]);
  });

  it('a log that lacks decisions', () => {
    expect(told(dossier, { logIsIncomplete: true })).toMatchObject([{ reason: 'LogIncomplete', item: 'DecisionLog' }]);
  });
});
