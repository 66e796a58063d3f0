import { describe, expect, it } from '@jest/globals';
import { composeReport } from '../../../src/report/compose.ts';
import { alertTemplate, pushTemplate, withValue } from '../../builders/api.ts';
import type { Manifest } from '../../builders/api.ts';
import { blocksIn, cellsIn, figureIn, gapsOf, ofCredit, reportOn, rowsIn, textsIn } from '../../builders/report-reading.ts';
import {
  anIncident,
  creditModel,
  engagedPlan,
  reportedMs,
  reportedObjects,
  reportedPolicy,
  someDecisions,
  someIncidents,
  unseenModel,
} from '../../builders/reported.ts';

const withModel = (changes: Readonly<Record<string, unknown>>) =>
  reportOn(
    ofCredit,
    reportedObjects({ modelRisks: [Object.entries(changes).reduce((made, [path, value]) => withValue(made, path, value), creditModel())] }),
  );

const saysOf = (caption: string, document = reportOn(ofCredit)) =>
  Object.fromEntries(cellsIn(document, caption).map(([what = '', says]) => [what, says]));

describe('the card', () => {
  it('says who and what the model is', () => {
    expect(reportOn(ofCredit)).toMatchObject({
      title: 'Model risk: lending/credit-default',
      subtitle: 'Model credit-default, version 2.3.0, owned by lending-ml',
      scope: 'ModelRisk lending/credit-default',
    });
    expect(saysOf('The model')).toMatchObject({
      Owner: 'lending-ml, #lending-ml',
      'Declared criticality': 'High',
      Tier: 'High: Declared High.',
      'Judged under': 'RiskPolicy default',
      Evaluated: 'yes',
      Image: 'not on file',
    });
    expect(cellsIn(reportOn(ofCredit), 'Stakeholders')).toContainEqual(['compliance', 'Carla', 'carla@example.com']);
  });

  it('says what is not known, and that it is suspended', () => {
    const bare = withModel({ 'spec.suspend': 'Hold', 'spec.stakeholders': undefined, 'status.tier': undefined });
    expect(saysOf('The model', bare)).toMatchObject({ Tier: 'unknown', Evaluated: 'no: suspended by its owner' });
    expect(textsIn(bare, 'Model card')).toEqual(['Nobody but the owner is named as having a say.']);
  });

  it('names the policy that was signed, whatever is written since', () => {
    const signed = withModel({
      'status.signedTerms': [{ field: 'policyRef.name', signed: 'default', written: 'lax' }],
      'spec.policyRef.name': 'lax',
    });
    expect(saysOf('The model', signed)['Judged under']).toBe('RiskPolicy default');
  });
});

describe('the papers', () => {
  it('shows what is on file', () => {
    expect(saysOf('Papers')).toMatchObject({
      Purpose: 'Rank applicants by probability of default.',
      'On what ground they are processed': 'Contract',
      'Safe again within': '600 s',
      'Completeness of the log is watched by': 'error-rate',
    });
    expect(cellsIn(reportOn(ofCredit), 'Data sources')).toEqual([['applications', 's3://lake/applications', '2026-06']]);
    expect(rowsIn(reportOn(ofCredit), 'Lineage')).toHaveLength(6);
    expect(textsIn(reportOn(ofCredit), 'Documentation')).toEqual([
      'Documented: True (Complete). Documented Complete.',
      'No two kinds of data share a digest.',
    ]);
  });

  it('says of each paper that it is not on file', () => {
    const bare = withModel({
      'spec.documentation': undefined,
      'spec.lineage': undefined,
      'spec.decisionLog': undefined,
      'status.conditions': [],
    });
    expect(new Set(Object.values(saysOf('Papers', bare)))).toEqual(new Set(['not on file']));
    expect(textsIn(bare, 'Documentation')).toEqual([
      'No operator has looked at the papers yet.',
      'No data source is on file.',
      'No feature pipeline is on file.',
      'No criterion of evaluation is on file.',
      'No lineage is on file.',
    ]);
    expect(figureIn(bare, 'Kinds of lineage').number).toBe(0);
  });

  it('names data that are not separated', () => {
    const digest = `sha256:${'1'.repeat(64)}`;
    const same = withModel({ 'spec.lineage': ['TrainingData', 'TestData'].map((kind) => ({ kind, uri: `s3://${kind}`, digest })) });
    expect(textsIn(same, 'Documentation')).toContainEqual('The same digest, so not separated: TrainingData and TestData.');
    expect(figureIn(same, 'Kinds of lineage')).toMatchObject({ value: '33 %', number: 33 });
  });
});

describe('the indicators', () => {
  it('shows the last reading with its limits, and who supplied it', () => {
    const [parity, drift, errors] = cellsIn(reportOn(ofCredit), 'Last change');
    expect(parity).toEqual([
      ...['approval-parity', 'unfair-denials', 'Firing since 2026-06-01T00:00:00Z', 'Breach', '0.74', '1200'],
      ...['Below warn 0.85, breach 0.8, clear 0.85', '2026-06-01T00:00:00Z', 'provider prometheus, signal approval-parity'],
    ]);
    expect(drift?.slice(2, 5)).toEqual(['unknown', 'nobody has looked', 'unknown']);
    expect(errors?.at(-1)).toBe('provider prometheus, a query of the model');
  });

  it.each([
    [{ ...pushTemplate(), name: 'score-drift' }, 'what is sent to the operator, signal score-drift'],
    [{ ...alertTemplate(), name: 'score-drift' }, 'what is sent to the operator, signal score-drift'],
    [{ name: 'score-drift', windowSeconds: 600, workload: { measure: 'Restarts' } }, 'the state of the cluster, signal score-drift'],
    [{ ...pushTemplate(), name: 'another' }, 'signal score-drift'],
  ])('names another supplier: %j', (signal, said) => {
    const read = reportOn(ofCredit, reportedObjects({ policies: [reportedPolicy({ signals: [signal] })] }));
    expect(gapsOf(read).filter((each) => each.startsWith('RiskPolicy'))).toEqual([]);
    expect(cellsIn(read, 'Last change')[1]?.at(-1)).toBe(said);
  });

  it('names whom a quorum counts', () => {
    const quorum = { atLeast: 2, indicators: ['approval-parity', 'error-rate'] };
    const read = withModel({ 'spec.indicators[1].signal': { quorum }, 'spec.indicators[1].threshold': undefined });
    expect(cellsIn(read, 'Last change')[1]?.at(-1)).toBe('a quorum: 2 of approval-parity, error-rate');
  });

  it('shows no table of objectives where there is none', () => {
    expect(cellsIn(reportOn(ofCredit), 'Objectives')).toEqual([]);
    const read = withModel({ 'spec.indicators[0].objective': { targetPercent: 99.5, windowSeconds: 2_592_000 } });
    expect(cellsIn(read, 'Objectives')).toHaveLength(1);
  });

  it('says who says each limit, and what a floor stands in place of', () => {
    const floor = { mode: 'Enforce', onNoData: 'Breach' };
    const tiers = [{ name: 'High', floors: floor }];
    const rows = rowsIn(reportOn(ofCredit, reportedObjects({ policies: [reportedPolicy({ tiers })] })), 'What the model and its plans');
    const parity = rows.find(({ cells }) => cells[1] === 'indicators[approval-parity].onNoData');
    expect(parity).toMatchObject({
      cells: [expect.anything(), expect.anything(), 'Breach', 'floor of its tier, in place of Hold'],
      source: expect.stringContaining('RiskPolicy default .spec.tiers[High].floors'),
    });
    const asked = rowsIn(reportOn(ofCredit), 'What the model and its plans').find(({ cells }) => cells[1] === 'reviewEverySeconds');
    expect(asked?.source).toBe('RiskPolicy default .spec.tiers[High].reviewEverySeconds');
  });

  it('shows a limit that is written weaker than signed as signed', () => {
    const held = withModel({ 'status.indicators[0].signedLimit': [{ field: 'threshold.breach', signed: '0.8', written: '0.5' }] });
    const row = rowsIn(held, 'What the model and its plans').find(
      ({ cells }) => cells[1] === 'indicators[approval-parity].threshold.breach',
    );
    expect(row).toMatchObject({
      cells: ['ModelRisk credit-default', expect.anything(), '0.8', 'as signed off, in place of 0.5'],
      source: expect.stringContaining('.status.signedTerms'),
    });
  });
});

describe('the risk file', () => {
  it('shows likelihood, impact and price, and no price where there is none', () => {
    expect(cellsIn(reportOn(ofCredit), 'Register')).toEqual([
      [
        'unfair-denials',
        'Fairness',
        'Denies whom it should not.',
        '2.063 (by history 1, 90 % between 0.3416 and 1.938; by approval-parity odds x 4)',
        '100,000 USD',
        '100,000 USD',
        '206,300 USD',
      ],
      ['stale-population', 'DataQuality', '', 'unknown', 'unknown', 'unknown', 'unknown'],
    ]);
  });

  it('has no totals where nothing has a price', () => {
    const read = reportOn({ ...ofCredit, namespace: 'payments', name: 'fraud' }, reportedObjects({ modelRisks: [unseenModel()] }));
    expect(blocksIn(read, 'Risk file').map(({ kind }) => kind)).toEqual(['Table', 'Text']);
  });

  it('shows who signed, what is missing, reviews and decisions', () => {
    const read = reportOn(ofCredit);
    expect(cellsIn(read, 'Last sign-off').map(([role, by, , ends]) => [role, by, ends])).toEqual([
      ['product', 'pia', '2027-06-01T00:00:00Z'],
      ['compliance', 'missing', ''],
    ]);
    expect(saysOf('Reviews')).toMatchObject({ 'Made by': 'rita', 'Minutes it took': '90', 'Next one due': '2026-12-01T00:00:00Z' });
    expect(cellsIn(read, 'Decisions of the period').map(([action, , author, , ends]) => [action, author, ends])).toEqual([
      ['Accept of score-drift', 'ana', '2026-07-10T00:00:00Z'],
      ['SignOff', 'ana', ''],
      ['Review', 'ana', ''],
    ]);
  });

  it('shows a version with all sign-offs', () => {
    const approved = { version: '2.2.0', digest: `sha256:${'a'.repeat(64)}`, roles: ['product', 'compliance'], at: '2026-01-01T00:00:00Z' };
    expect(cellsIn(withModel({ 'status.approvedVersions': [approved] }), 'Versions')).toEqual([
      ['2.2.0', 'product, compliance', '2026-01-01T00:00:00Z', 'never'],
    ]);
  });

  it('leaves out what was decided before the period, but for an acceptance in force', () => {
    const read = reportOn({ ...ofCredit, periodDays: 7 });
    expect(cellsIn(read, 'Decisions of the period').map(([action]) => action)).toEqual(['Accept of score-drift']);
  });
});

describe('incidents and plans', () => {
  it('shows each incident with what brought it on and its timeline, and no drill', () => {
    const read = reportOn(ofCredit);
    expect(
      cellsIn(read, 'Incidents of the period').map(([name, severity, , , closed, postmortem, reports]) => [
        name,
        severity,
        closed,
        postmortem,
        reports,
      ]),
    ).toEqual([
      ['ri-open', 'High', 'open', 'none yet', 'ai-act due 2026-06-25T00:00:00Z: Overdue'],
      ['ri-told', 'Critical', '2026-06-12T00:00:00Z', 'TruePositive, harm Confirmed, loss 12,000 USD', ''],
    ]);
    expect(cellsIn(read, 'What brought on lending/ri-open')).toEqual([
      ['score-drift', 'Breach', '0.31', '1200', 'Above breach 0.25', '2026-06-01T12:00:00Z', 'prometheus'],
    ]);
    expect(rowsIn(read, 'Timeline of lending/ri-open').map(({ cells, source }) => [cells[1], source])).toEqual([
      ['Engaged', 'RiskIncident lending/ri-open .status.entries[0]'],
      ['Applied', 'RiskIncident lending/ri-open .status.entries[1]'],
      ['Verified', 'RiskIncident lending/ri-open .status.entries[2]'],
    ]);
  });

  it('of before the period shows what is still open', () => {
    expect(cellsIn(reportOn({ ...ofCredit, periodDays: 1 }), 'Incidents of the period').map(([name]) => name)).toEqual(['ri-open']);
  });

  it('regression: called a record open for ever that went on in another object', () => {
    const entries = ['Engaged', 'Continued'].map((type, seq) => ({
      ...{ seq, at: '2026-06-20T12:00:00.000Z', type, actor: 'operator', target: '' },
      before: '',
      after: '',
      reason: 'x',
      prevHash: '',
      hash: 'h',
    }));
    const read = reportOn(ofCredit, reportedObjects({ incidents: [withValue(anIncident('ri-full', {}), 'status.entries', entries)] }));
    expect(cellsIn(read, 'Incidents of the period').map((cells) => cells[4])).toEqual(['goes on in the next']);
  });

  it('counts no incident of another model', () => {
    const other = withValue(anIncident('ri-other', {}), 'spec.riskRef.name', 'churn');
    const read = reportOn(ofCredit, reportedObjects({ incidents: [...someIncidents(), other] }));
    expect(cellsIn(read, 'Incidents of the period').map(([name]) => name)).not.toContain('ri-other');
    expect(figureIn(read, 'Incidents of severity Medium').number).toBe(0);
  });

  it('counts what was decided on its plan and its incidents', () => {
    const on = (kind: string, name: string, subject: string): Manifest => {
      const made = withValue(someDecisions()[1] as Manifest, 'spec.subjectRef', { kind, name: subject, uid: 'uid' });
      return { ...made, metadata: { ...made.metadata, name } };
    };
    const decisions = [
      on('MitigationPlan', 'a', 'credit-default'),
      on('RiskIncident', 'b', 'ri-open'),
      on('MitigationPlan', 'c', 'other'),
      on('ModelRisk', 'd', 'churn'),
    ];
    expect(
      rowsIn(reportOn(ofCredit, reportedObjects({ decisions })), 'Decisions of the period').map(({ source }) => source.split(' ')[1]),
    ).toEqual(['lending/a', 'lending/b']);
  });

  it('shows its plans with the last drill', () => {
    const drilled = withValue(engagedPlan(), 'status.lastDrill', {
      at: '2026-05-01T00:00:00Z',
      scope: 'DryRun',
      result: 'Passed',
      restored: 'NotCompared',
      steps: [],
    });
    expect(cellsIn(reportOn(ofCredit, reportedObjects({ plans: [drilled] })), 'Plans that protect')).toEqual([
      [
        'credit-default',
        'lending-ml',
        'Enforce',
        'approval-parity, score-drift',
        'traffic, flag',
        'Engaged: stage limit since 2026-06-01T00:00:00Z',
        'Passed at 2026-05-01T00:00:00Z (DryRun), time not measured',
      ],
    ]);
    const live = { at: '2026-05-01T00:00:00Z', scope: 'Sandbox', result: 'Passed', restored: 'Restored', timeToMitigateSeconds: 12 };
    const said = (more: Readonly<Record<string, number | string>>) =>
      cellsIn(
        reportOn(ofCredit, reportedObjects({ plans: [withValue(engagedPlan(), 'status.lastDrill', { ...live, ...more, steps: [] })] })),
        'Plans that protect',
      )[0]?.at(-1);
    const sandbox = 'Passed at 2026-05-01T00:00:00Z (Sandbox), in effect after 12 s: ';
    expect(said({ recovery: 'Within', recoveryTimeSeconds: 12 })).toBe(`${sandbox}within 12 s`);
    expect(said({ recovery: 'Beyond', recoveryTimeSeconds: 11 })).toBe(`${sandbox}beyond 11 s`);
    expect(said({ recovery: 'NotDeclared' })).toBe(`${sandbox}no recovery time on record`);
    // As a version wrote it that knew nothing of recovery times.
    expect(said({})).toBe(`${sandbox}no recovery time on record`);
    expect(textsIn(reportOn(ofCredit, reportedObjects({ plans: [] })), 'Plans')).toEqual(['No plan protects the model.']);
  });
});

describe('what there is to report on', () => {
  it.each([
    ['nobody', 'there is no ModelRisk lending/nobody'],
    ['strange', 'ModelRisk lending/strange is not readable by this version: use the version of the operator'],
  ])('a model that is not there, or not readable: %s', (name, sentence) => {
    expect(composeReport(reportedObjects(), { ...ofCredit, name }, { nowMs: reportedMs })).toEqual({
      ok: false,
      failure: sentence,
    });
  });

  it('a model without a policy: what only that says is missing, and said to be', () => {
    const read = reportOn(ofCredit, reportedObjects({ policies: [] }));
    expect(gapsOf(read)).toContainEqual(expect.stringContaining('RiskPolicy default is not there'));
    expect(figureIn(read, 'Expected annual loss').unit).toBe('USD');
  });
});
