import { expect, it } from '@jest/globals';
import { composeReport } from '../../../src/report/compose.ts';
import { withValue } from '../../builders/api.ts';
import { cellsIn, figureIn, gapsOf, ofTier, reportOn, rowsIn, textsIn } from '../../builders/report-reading.ts';
import { churnModel, creditModel, reportedMs, reportedObjects, reportedPolicy } from '../../builders/reported.ts';

it('is the page of the programme of its models alone', () => {
  const page = reportOn(ofTier('Medium'));
  expect(page).toMatchObject({ title: 'Model risk: tier Medium', scope: 'all namespaces, tier Medium' });
  expect(figureIn(page, 'Models').number).toBe(1);
  expect(figureIn(page, 'Expected annual loss').number).toBe(5000);
  expect(figureIn(page, 'Open incidents of severity High').number).toBe(0);
  expect(figureIn(page, 'Incidents of severity High').number).toBe(0);
  expect(cellsIn(page, 'What waits').map(([what]) => what)).toEqual(['Review is overdue']);
  expect(page.sections.at(-1)?.heading).toBe('Gaps');
});

it('lists its models', () => {
  expect(cellsIn(reportOn(ofTier('High')), 'Models of the tier')).toEqual([
    [
      'lending/credit-default',
      'credit-default 2.3.0',
      'lending-ml, #lending-ml',
      'Complete',
      'Reviewed',
      'Missing',
      '100,000 USD',
      '2026-12-01T00:00:00Z',
    ],
  ]);
  const unpriced = withValue(creditModel(), 'status.expectedAnnualLoss', undefined);
  expect(cellsIn(reportOn(ofTier('High'), reportedObjects({ modelRisks: [unpriced] })), 'Models of the tier')[0]?.[6]).toBe('unknown');
  expect(textsIn(reportOn(ofTier('High'), reportedObjects({ modelRisks: [churnModel()] })), 'Models')).toEqual([
    'No model stands in this tier.',
  ]);
});

it('shows its playbook, field by field', () => {
  const playbook = {
    ...{ evaluationIntervalSeconds: 15, onNoData: 'Hold', onNoEvidence: 'Hold', remediation: 'Follow the runbook.' },
    thresholds: [{ signal: 'score-drift', threshold: { direction: 'Above', breach: 0.2 } }],
    escalation: [
      { afterSeconds: 0, receivers: ['oncall'] },
      { afterSeconds: 1800, receivers: ['board'] },
    ],
    ladder: [
      { name: 'limit', escalateAfterSeconds: 900, actions: [{ targetKind: 'Route', canaryLimit: { maxPercent: 10 } }] },
      {
        name: 'shadow',
        actions: [
          { targetKind: 'Route', shadow: { percent: 100 } },
          { targetKind: 'Flag', flagRollback: {} },
        ],
      },
    ],
  };
  const floors = {
    mode: 'Approve',
    onNoData: 'Hold',
    onNoEvidence: 'Escalate',
    evaluationIntervalSeconds: 60,
    limits: [{ signal: 'score-drift', direction: 'Above', breach: 0.3 }],
  };
  const when = { expectedAnnualLossAtLeast: 1000, singleEventP95AtLeast: 2000, criticality: ['High', 'Critical'] };
  const tiers = [{ name: 'High', when, signOffRoles: ['product'], playbook, floors }];
  const rows = rowsIn(reportOn(ofTier('High'), reportedObjects({ policies: [reportedPolicy({ tiers })] })), 'What RiskPolicy default asks');
  expect(Object.fromEntries(rows.map(({ cells: [field = '', says] }) => [field, says]))).toEqual({
    when: 'expected annual loss at least 1000, or 1 incident of 20 costs at least 2000, or declared High or Critical',
    signOffRoles: 'product',
    'playbook.remediation': 'Follow the runbook.',
    'playbook.evaluationIntervalSeconds': '15 s',
    'playbook.onNoData': 'Hold',
    'playbook.onNoEvidence': 'Hold',
    'playbook.ladder': 'limit: Route at most 10 %, next after 900 s; shadow: Route shadow + Flag rolled back',
    'playbook.escalation': 'after 0 s oncall; after 1800 s board',
    'playbook.thresholds[score-drift]': 'Above breach 0.2',
    'floors.mode': 'Approve',
    'floors.onNoData': 'Hold',
    'floors.onNoEvidence': 'Escalate',
    'floors.evaluationIntervalSeconds': '60 s',
    'floors.limits[score-drift]': 'Above breach 0.3',
  });
  for (const { cells, source } of rows) expect(source).toBe(`RiskPolicy default .spec.tiers[High].${cells[0] ?? ''}`);
});

it('says who belongs to a tier without when', () => {
  expect(cellsIn(reportOn(ofTier('Medium')), 'What RiskPolicy')).toContainEqual(['when', 'every model that no tier above took']);
});

it('knows a tier that models stand in and no policy has', () => {
  const gone = withValue(churnModel(), 'status.tier.inherent', 'Gone');
  const page = reportOn(ofTier('Gone'), reportedObjects({ modelRisks: [gone] }));
  expect(textsIn(page, 'Playbook')).toEqual(['No policy that could be read has this tier.']);
});

it('of models nobody can read, says that they may be of this tier', () => {
  expect(gapsOf(reportOn(ofTier('High')))).toContainEqual(expect.stringContaining('ModelRisk lending/strange is not readable'));
});

it.each([
  [reportedObjects(), 'no policy has tier Grave and no model stands in it: name one of High, Medium'],
  [
    reportedObjects({ policies: [], modelRisks: [] }),
    'no policy has tier Grave and no model stands in it: no policy that could be read has any',
  ],
])('refuses a tier that is none', (objects, sentence) => {
  expect(composeReport(objects, ofTier('Grave'), { nowMs: reportedMs })).toEqual({ ok: false, failure: sentence });
});
