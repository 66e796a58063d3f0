import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { usage } from '../../../../../src/cli/arguments.ts';
import { evaluate, evaluatorNames, isEvaluator } from '../../../../../src/core/report/pack/evaluators.ts';
import type { EvaluatorName } from '../../../../../src/core/report/pack/evaluators.ts';
import type { PackFacts, PackModel } from '../../../../../src/core/report/pack/facts.ts';
import {
  aBarePackModel,
  aPackDecision,
  aPackIncident,
  aPackIndicator,
  aPackModel,
  aPackPlan,
  aPackPolicy,
  packOf,
} from '../../../../builders/pack.ts';

const outside: readonly EvaluatorName[] = ['Training', 'Organisation', 'ThirdParties', 'Instructions'];
const nothing: PackFacts = { policies: [], models: [], incidents: [], decisions: [], unregistered: [] };

/** Those that count models, by what a model without anything lacks. */
const ofModels = evaluatorNames.filter((name) => evaluate(name, packOf({ models: [] })).of < evaluate(name, packOf()).of);

describe('of a programme that lacks nothing', () => {
  it.each(evaluatorNames.filter((name) => !outside.includes(name)))('%s is evidenced, and counts what it looked at', (name) => {
    const { state, n, of, items, why } = evaluate(name, packOf());
    expect({ state, why, lacks: items.filter(({ lack }) => lack !== null) }).toEqual({ state: 'Evidenced', why: null, lacks: [] });
    expect(n).toBe(of);
    expect(of).toBeGreaterThan(0);
  });

  it.each(outside)('%s is still not evidenced here, and says why', (name) => {
    expect(evaluate(name, packOf())).toMatchObject({ state: 'NotEvidencedHere', n: 0, of: 0, source: 'nothing in the cluster' });
    expect(evaluate(name, packOf()).why).toMatch(/kept outside of the cluster/);
  });
});

describe('of a model that has nothing', () => {
  it('are most of all evaluators', () => {
    expect(ofModels).toHaveLength(31);
  });

  it.each(ofModels.filter((name) => name !== 'Inventory'))('%s is missing, and one beside it makes it partly so', (name) => {
    const alone = evaluate(name, packOf({ models: [aBarePackModel()] }));
    expect(alone).toMatchObject({ state: 'Missing', n: 0, of: 1 });
    expect(alone.items[0]?.ref).toBe('ModelRisk lending/bare');
    // What is missing is told in a sentence that says what to do or where to look.
    expect(alone.items[0]?.lack).toMatch(/^[A-Z].+\.$/);
    expect(evaluate(name, packOf({ models: [aBarePackModel(), aPackModel()] }))).toMatchObject({ state: 'Partly', n: 1, of: 2 });
  });

  it.each(ofModels)('%s of no model at all is missing, not fine', (name) => {
    const { state, why } = evaluate(name, packOf({ models: [] }));
    expect(state).toBe('Missing');
    expect(why).toMatch(/There is no ModelRisk in scope/);
  });
});

const lackOf = (name: EvaluatorName, model: Partial<PackModel>): string | null =>
  evaluate(name, packOf({ models: [aPackModel(model)] })).items[0]?.lack ?? null;

const dossier = aPackModel();
const { documentation, lineage = [] } = dossier;
if (documentation === undefined) throw new Error('a dossier without papers');
const blind = aPackIndicator({ isJudged: false });

describe('what exactly is missing', () => {
  it.each<[EvaluatorName, Partial<PackModel>, RegExp]>([
    ['Documented', { missingPapers: ['Ethics', 'Lineage'] }, /^Missing on file: Ethics, Lineage /],
    ['Documented', { missingPapers: null }, /^Its tier requires nothing on file: write requiredDocumentation /],
    ['Purpose', { documentation: { ...documentation, intendedUse: ' ' } }, /^Write documentation\.intendedUse\.$/],
    [
      'DataGovernance',
      { documentation: { ...documentation, dataSources: [{ name: 'lake' }] } },
      /version of documentation\.dataSources lake/,
    ],
    ['Privacy', { documentation: { ...documentation, dataHandling: { personalData: 'Present' } } }, /^Personal data are present: write /],
    ['LogRetention', { decisionLog: { completenessIndicator: 'of-Fairness' } }, /^Write decisionLog, with retentionSeconds\.$/],
    ['LogRetention', { decisionLog: { retentionSeconds: 184 * 86_400 - 1 } }, /^Its decisions are kept for 183 days: keep them for 184, /],
    ['LogRetention', { decisionLog: { retentionSeconds: 3600 } }, /^Its decisions are kept for 0 days: keep them for 184, /],
    ['Continuity', { plans: [aPackPlan({ drillPassed: false })] }, /^No drill of a plan for this model has passed/],
    ['Continuity', { plans: [aPackPlan({ drillSeconds: null })] }, /^No drill of a plan for this model has measured how long it takes/],
    ['Continuity', { plans: [aPackPlan({ drillSeconds: 601 })] }, /took 601 s, documentation\.continuity promises 600 s/],
    ['Lineage', { lineage: lineage.slice(1) }, /^Write in lineage, with a digest each: TrainingData\.$/],
    ['DataSeparation', { lineage: lineage.slice(1) }, /^Write in lineage, with a digest each: TrainingData\.$/],
    [
      'DataSeparation',
      { lineage: lineage.map((each) => (each.kind === 'TestData' ? { ...each, digest: lineage[0]?.digest ?? '' } : each)) },
      /^TrainingData and TestData have the same digest: separate them\.$/,
    ],
    ['Monitoring', { indicators: [blind, aPackIndicator({ name: 'fine' })] }, /^Without a verdict on data: of-Fairness; /],
    [
      'Thresholds',
      {
        risks: [
          { name: 'unfair-denials', isPriced: true },
          { name: 'leak', isPriced: true },
        ],
      },
      /^No limit watches leak /,
    ],
    ['Thresholds', { indicators: [aPackIndicator({ hasLimit: false })] }, /^No limit watches unfair-denials /],
    ['Fairness', { indicators: [blind] }, /^of-Fairness has no verdict on data/],
    ['Fairness', { indicators: [aPackIndicator({ category: 'Security' })] }, /^No indicator watches fairness: add one \(category Fairness/],
    ['RiskAssessment', { risks: [{ name: 'leak', isPriced: false }] }, /^Without likelihood and impact: leak\.$/],
    ['SignOffs', { missingSignOffs: ['risk', 'security'] }, /^Not signed by risk, security: kubectl modelrisk sign-off\.$/],
    ['ApprovedVersion', { isVersionApproved: false }, /^Version 2\.3\.0 is not among its approved versions\.$/],
    ['Reviews', { review: { wasReviewed: true, isOverdue: true } }, /overdue/],
    ['Reviews', { review: { wasReviewed: false, isOverdue: false } }, /^Nobody has reviewed it yet/],
    ['Mitigation', { plans: [aPackPlan({ mode: 'Observe' })] }, /only observes/],
    ['Mitigation', { plans: [aPackPlan({ stages: 0 })] }, /has no stages/],
    ['Mitigation', { plans: [aPackPlan({ isReady: false })] }, /is not Ready/],
    ['Escalation', { plans: [aPackPlan({ hasReceivers: false })] }, /^No plan of it tells anybody/],
    ['HumanOversight', { interventions: 0, plans: [aPackPlan({ mode: 'Enforce' })] }, /no decision of a person/],
    ['Backlog', { remediations: [{ name: 'retrain', isAssessed: false }] }, /has an assessment/],
  ])('%s %#', (name, model, sentence) => {
    expect(lackOf(name, model)).toMatch(sentence);
  });

  it.each<[EvaluatorName, Partial<PackModel>]>([
    ['Fairness', { indicators: [aPackIndicator({ category: 'Bias', kind: 'fairness' })] }],
    ['Drift', { indicators: [aPackIndicator({ category: null, kind: 'anomaly' })] }],
    ['Privacy', { documentation: { dataHandling: { personalData: 'None' } } }],
    ['LogRetention', { decisionLog: { retentionSeconds: 184 * 86_400 } }],
    ['Mitigation', { plans: [aPackPlan({ mode: 'Observe' }), aPackPlan({ mode: 'Enforce' })] }],
    ['HumanOversight', { interventions: 1, plans: [] }],
    ['HumanOversight', { interventions: 0, plans: [aPackPlan()] }],
  ])('%s needs no more than that %#', (name, model) => {
    expect(lackOf(name, model)).toBeNull();
  });
});

describe('of incidents, decisions and policies', () => {
  it('a workload nobody registered makes the inventory incomplete', () => {
    const { state, n, of, items } = evaluate('Inventory', packOf({ unregistered: ['Deployment lending/stray'] }));
    expect({ state, n, of, ref: items[1]?.ref }).toEqual({ state: 'Partly', n: 1, of: 2, ref: 'Deployment lending/stray' });
  });

  it.each<[EvaluatorName, Parameters<typeof aPackIncident>[0]]>([
    ['Incidents', { isAcknowledged: false, isClosed: false }],
    ['Postmortems', { hasPostmortem: false }],
    ['EscapedEvents', { hasPostmortem: false }],
    ['Record', { recordProblems: ['entry 3: its hash is not that of its content'] }],
    ['Record', { recordProblems: null }],
    ['RecordExport', { isAnchored: false }],
    ['CorrectiveActions', { findings: [{ name: 'retrain', isTracked: false }] }],
  ])('%s of an incident that lacks it is missing %#', (name, incident) => {
    expect(evaluate(name, packOf({ incidents: [aPackIncident(incident)] })).state).toBe('Missing');
  });

  it.each<EvaluatorName>([
    'Incidents',
    'Postmortems',
    'EscapedEvents',
    'Record',
    'RecordExport',
    'CorrectiveActions',
    'ReportedIncidents',
    'SeparationOfDuties',
    'Acceptances',
  ])('%s of a programme to which nothing happened is not evidenced, and that is said', (name) => {
    const { state, why } = evaluate(name, packOf({ incidents: [], decisions: [] }));
    expect(state).toBe('NotEvidencedHere');
    expect(why).toMatch(/is on record/);
  });

  it('a severity below High, or what is still open, needs no postmortem yet', () => {
    const incidents = [aPackIncident({ severity: 'Low', isClosed: false, hasPostmortem: false })];
    expect(evaluate('EscapedEvents', packOf({ incidents })).of).toBe(0);
    expect(evaluate('Postmortems', packOf({ incidents })).of).toBe(0);
  });

  it('a declared duty counts, a report that is late counts against it', () => {
    expect(evaluate('ReportDeadlines', nothing)).toMatchObject({ state: 'Missing', why: expect.stringMatching(/write spec\.reporting/) });
    expect(evaluate('ReportDeadlines', packOf({ incidents: [] }))).toMatchObject({ state: 'Evidenced', of: 1 });
    const late = [aPackIncident({ deadlines: [{ name: 'ai-act', isMet: false }] })];
    expect(evaluate('ReportDeadlines', packOf({ incidents: late }))).toMatchObject({ state: 'Partly', n: 1, of: 2 });
  });

  it('a policy without tiers or currency has no scale', () => {
    expect(evaluate('RiskCriteria', packOf({ policies: [aPackPolicy({ currency: null })] })).state).toBe('Missing');
    expect(evaluate('RiskCriteria', packOf({ policies: [aPackPolicy({ tiers: [] }), aPackPolicy()] })).state).toBe('Partly');
    expect(evaluate('RiskCriteria', nothing).why).toMatch(/There is no RiskPolicy/);
  });

  it.each([{ author: null }, { effect: 'Unjudged' as const }])('a decision with %j says nothing of who decided', (change) => {
    expect(evaluate('SeparationOfDuties', packOf({ decisions: [aPackDecision(change)] })).state).toBe('Missing');
    // A Hold is nobody's second signature.
    expect(evaluate('SeparationOfDuties', packOf({ decisions: [aPackDecision({ action: 'Hold' })] })).of).toBe(0);
  });

  it.each(['SeparationOfDuties', 'Acceptances'] as const)('regression: %s counts no void decision: it decided nothing', (name) => {
    const isVoid = aPackDecision({ effect: 'Void' });
    expect(evaluate(name, packOf({ decisions: [isVoid] }))).toMatchObject({ state: 'NotEvidencedHere', of: 0 });
    expect(evaluate(name, packOf({ decisions: [isVoid, aPackDecision()] }))).toMatchObject({ state: 'Evidenced', n: 1, of: 1 });
    expect(evaluate(name, packOf({ decisions: [isVoid, aPackDecision({ effect: 'Unjudged' })] }))).toMatchObject({ n: 0, of: 1 });
  });
});

it('knows its own names and no others', () => {
  expect(evaluatorNames.every(isEvaluator)).toBe(true);
  expect(['Inventry', 'inventory', '', 'toString', '__proto__'].filter(isEvaluator)).toEqual([]);
});

it.each(evaluatorNames)('docs/regulator-pack.md tells what %s counts', (name) => {
  const rows = readFileSync('docs/regulator-pack.md', 'utf8').replace(/ +/g, ' ');
  const { population, source } = evaluate(name, nothing);
  expect(rows).toContain(`| \`${name}\` | ${population} | ${source} |`);
});

it('name no command the plugin does not have', () => {
  const sources = ['control-checks', 'incident-checks', 'model-checks', 'watch-checks'].map((file) =>
    readFileSync(`src/core/report/pack/${file}.ts`, 'utf8'),
  );
  const named = sources.flatMap((text) => [...text.matchAll(/kubectl modelrisk ([a-z-]+)/g)].map(([, command = '']) => command));
  const help = [...usage.matchAll(/kubectl modelrisk ([a-z-]+)/g)].map(([, command]) => command);
  expect(named.filter((command) => !help.includes(command))).toEqual([]);
  expect(named.length).toBeGreaterThan(5);
});
