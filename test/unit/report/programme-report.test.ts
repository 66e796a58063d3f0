import { describe, expect, it } from '@jest/globals';
import { withValue } from '../../builders/api.ts';
import { blocksIn, cellsIn, figureIn, gapsOf, programme, reportOn, rowsIn, textsIn } from '../../builders/report-reading.ts';
import {
  churnModel,
  creditModel,
  engagedPlan,
  reportedObjects,
  reportedPolicy,
  someDecisions,
  someIncidents,
  unreadable,
  unseenModel,
} from '../../builders/reported.ts';

const nothing = { modelRisks: [], plans: [], incidents: [], decisions: [], policies: [] };

describe('what has to be decided now', () => {
  it('names each matter with its object, since when, and what to do', () => {
    const matters = cellsIn(reportOn(), 'What waits');
    expect(matters.map(([what, object, due]) => [what, object, due])).toEqual([
      ['Report ai-act of a High incident is overdue', 'RiskIncident lending/ri-open', '2026-06-25T00:00:00Z'],
      ['A stage waits for an answer: AwaitingApproval Proposed.', 'MitigationPlan lending/credit-default', '2026-06-01T00:00:00Z'],
      ['A High incident was taken up by nobody', 'RiskIncident lending/ri-open', '2026-06-20T00:00:00Z'],
      ['Review is overdue', 'ModelRisk lending/churn', '2026-06-15T00:00:00Z'],
      ['Acceptance of score-drift ends; the next breach engages again', 'ModelRisk lending/credit-default', '2026-07-10T00:00:00Z'],
      ['Sign-off in role compliance is missing', 'ModelRisk lending/credit-default', ''],
      ['Finding age became neither remediation nor indicator', 'RiskIncident lending/ri-told', ''],
    ]);
    for (const [, , , command] of matters) expect(command).toMatch(/^kubectl .*-n lending/);
  });

  it.each([
    ['2026-07-31T00:00:00Z', 1],
    ['2026-07-31T00:00:01Z', 0],
    ['2026-07-01T00:00:00Z', 0],
  ])('tells of an acceptance that ends at %s: %i', (expiresAt, count) => {
    const decisions = someDecisions().map((each) =>
      each.metadata.name === 'accept-drift' ? withValue(each, 'spec.expiresAt', expiresAt) : each,
    );
    const asked = cellsIn(reportOn(programme, reportedObjects({ decisions })), 'What waits');
    expect(asked.filter(([what = '']) => what.startsWith('Acceptance'))).toHaveLength(count);
  });

  it('leaves out an acceptance that is void', () => {
    const decisions = someDecisions().map((each) => withValue(each, 'status.conditions[0].status', 'False'));
    const asked = cellsIn(reportOn(programme, reportedObjects({ decisions })), 'What waits');
    expect(asked.filter(([what = '']) => what.startsWith('Acceptance'))).toEqual([]);
  });

  it('says so where nothing waits', () => {
    expect(textsIn(reportOn(programme, nothing), 'What has to be decided now')).toEqual(['Nothing waits for a decision.']);
  });
});

describe('posture', () => {
  it('says of how many it is not known', () => {
    expect(figureIn(reportOn(), 'Reviews overdue')).toMatchObject({ value: '1 of 3 (of 1 it is not known)', number: 1, n: 3 });
  });

  it('is unknown, and not 0, where nobody has looked at any model', () => {
    const page = reportOn(programme, { ...nothing, modelRisks: [unseenModel()] });
    for (const label of ['Lack something', 'Signed off', 'Reviews overdue', 'Reviews due soon', 'Beyond a limit'])
      expect(figureIn(page, label)).toMatchObject({ value: 'unknown', number: null, n: 1 });
    expect(figureIn(page, 'Models in no tier').number).toBe(1);
    expect(gapsOf(page)).toContainEqual('ModelRisk payments/fraud: no operator has looked at it yet.');
  });

  it('knows a tier that no policy has any more, after those that are', () => {
    const odd = withValue(churnModel(), 'status.tier.inherent', 'Gone');
    const labels = blocksIn(reportOn(programme, reportedObjects({ modelRisks: [odd, creditModel()] })), 'Posture').flatMap((block) =>
      block.kind === 'Figures' ? block.figures.map(({ label }) => label) : [],
    );
    expect(labels.filter((label) => label.startsWith('Models of tier'))).toEqual([
      'Models of tier High',
      'Models of tier Medium',
      'Models of tier Gone',
    ]);
  });
});

describe('expected loss', () => {
  it('adds means, and no percentile', () => {
    const page = reportOn();
    expect(figureIn(page, 'Expected annual loss')).toMatchObject({ value: '105,000 USD', number: 105_000, unit: 'USD', n: 2 });
    expect(figureIn(page, 'What remains')).toMatchObject({ number: 10_500 });
    expect(figureIn(page, 'By prior')).toMatchObject({ number: 26_250 });
    expect(figureIn(page, 'Models without a price')).toMatchObject({ number: 1 });
    expect(JSON.stringify(page)).not.toContain('309,000');
    expect(textsIn(page, 'Expected loss')[0]).toContain('percentiles do not');
  });

  it('counts of versions of one model the dearest alone', () => {
    const safe = withValue(withValue(creditModel(), 'metadata.name', 'credit-safe'), 'status.expectedAnnualLoss.value', 100_001);
    expect(figureIn(reportOn(programme, reportedObjects({ modelRisks: [creditModel(), safe] })), 'Expected annual loss')).toMatchObject({
      number: 100_001,
      n: 1,
    });
    const elsewhere = withValue(safe, 'metadata.namespace', 'payments');
    expect(
      figureIn(reportOn(programme, reportedObjects({ modelRisks: [creditModel(), elsewhere] })), 'Expected annual loss'),
    ).toMatchObject({ number: 200_001, n: 2 });
  });

  it('adds no currency to another', () => {
    const euros = withValue(churnModel(), 'status.expectedAnnualLoss.currency', 'EUR');
    const blocks = blocksIn(reportOn(programme, reportedObjects({ modelRisks: [creditModel(), euros] })), 'Expected loss');
    const sums = blocks
      .flatMap((block) => (block.kind === 'Figures' ? block.figures : []))
      .filter(({ label }) => label.startsWith('Expected annual loss'));
    expect(sums.map(({ value }) => value)).toEqual(['5,000 EUR', '100,000 USD']);
  });

  it('is unknown while nothing has a price', () => {
    expect(figureIn(reportOn(programme, reportedObjects({ modelRisks: [unseenModel()] })), 'Expected annual loss')).toMatchObject({
      value: 'unknown',
      number: null,
    });
  });
});

describe('constraints in force', () => {
  it('says what holds, on what, and what it costs', () => {
    expect(cellsIn(reportOn(), 'Plans that hold')).toEqual([
      [
        'lending/credit-default',
        'credit-default',
        'limit',
        '2026-06-01T00:00:00Z',
        'True (Verified)',
        'traffic: credit-v2 10 %, credit-v1 90 %',
        '700 USD',
      ],
    ]);
    expect(rowsIn(reportOn(), 'Plans that hold')[0]?.source).toContain('MitigationPlan lending/credit-default .status.stage');
  });

  it('leaves out a plan that only observes', () => {
    const plans = [withValue(engagedPlan(), 'status.conditions[0].reason', 'Observing')];
    const page = reportOn(programme, reportedObjects({ plans }));
    expect(textsIn(page, 'Constraints in force')).toEqual(['No plan holds anything.']);
    expect(figureIn(page, 'Plans whose constraints').number).toBe(0);
  });

  it('does not know a cost nobody stated, nor an effect nobody saw', () => {
    const bare = withValue(withValue(engagedPlan(), 'spec.holdingCostPerWeek', undefined), 'status.conditions', []);
    const [cells = []] = cellsIn(reportOn(programme, reportedObjects({ plans: [bare], modelRisks: [] })), 'Plans that hold');
    expect(cells.slice(4)).toEqual(['unknown', 'traffic: credit-v2 10 %, credit-v1 90 %', 'not stated']);
  });
});

describe('what to fix first', () => {
  it('shows the top of each part', () => {
    const many = Array.from({ length: 9 }, (_, index) => ({
      ...{ name: `fix-${String(index)}`, summary: 'Mend.', owner: 'ml', risks: ['unfair-denials'] },
      assessments: [
        {
          assessor: 'ada',
          cost: { min: 1, mode: 1, max: 1 },
          weeks: { min: 1, mode: 1, max: 1 },
          reducesLossPercent: { min: 50, mode: 50, max: 50 },
          successPercent: 100,
        },
      ],
    }));
    const page = reportOn(programme, reportedObjects({ modelRisks: [withValue(creditModel(), 'spec.remediations', many)] }));
    expect(rowsIn(page, 'Remediations under')).toHaveLength(5);
    expect(rowsIn(page, 'Remediations under')[0]?.source).toContain('n=9');
    expect(textsIn(page, 'What to fix first')).toHaveLength(4);
  });

  it('regression: names the policy it ranks under once, also where the report is about one policy', () => {
    const ask = { kind: 'Programme', namespace: null, policy: 'default', mostRanked: 1000, periodDays: 90 } as const;
    const [one, other] = [programme, ask].map((each) => rowsIn(reportOn(each), 'Remediations under')[0]?.source ?? '');
    expect(one).toContain('ranked among the remediations of all namespaces under RiskPolicy default, n=');
    expect(other).toBe(one);
  });

  it('names a risk with a price that nobody does anything about', () => {
    const page = reportOn(programme, reportedObjects({ modelRisks: [withValue(creditModel(), 'spec.remediations', [])], plans: [] }));
    expect(cellsIn(page, 'Risks under RiskPolicy default')).toEqual([['lending/credit-default/unfair-denials', '206,300 USD', '0 USD']]);
  });

  it('says why something is not ranked', () => {
    const circle = [
      { ...((creditModel().spec['remediations'] as readonly object[])[0] ?? {}), name: 'a', dependsOn: ['b'] },
      { ...((creditModel().spec['remediations'] as readonly object[])[0] ?? {}), name: 'b', dependsOn: ['a'] },
    ];
    const page = reportOn(programme, reportedObjects({ modelRisks: [withValue(creditModel(), 'spec.remediations', circle)] }));
    expect(gapsOf(page).join(' ')).toContain('lending/credit-default/a');
  });

  it('says so where there is nothing', () => {
    expect(textsIn(reportOn(programme, nothing), 'What to fix first')).toEqual(['No remediation is planned and no risk has a price.']);
  });
});

describe('gaps', () => {
  it('names what can’t be read, what has no price and what is not looked for', () => {
    const [block] = blocksIn(reportOn(), 'Gaps');
    expect(block?.kind === 'Gaps' ? block.items : []).toEqual([
      expect.stringContaining(
        'ModelRisk lending/strange is not readable by this version and is left out of all but the figures of the period: ',
      ),
      'ModelRisk lending/churn: risks unfair-denials have no likelihood and impact, so no loss counts them.',
      'ModelRisk lending/credit-default: risks stale-population have no likelihood and impact, so no loss counts them.',
      'ModelRisk payments/fraud: no operator has looked at it yet.',
      'Workloads that look like models and have no ModelRisk are not looked for here: kubectl modelrisk list shows them.',
    ]);
  });

  it('names a policy that is not there, or could not be listed', () => {
    const page = reportOn(programme, reportedObjects({ policies: [], policiesNotRead: 'RiskPolicies can’t be listed.' }));
    expect(gapsOf(page)).toContainEqual('RiskPolicies can’t be listed.');
    expect(gapsOf(page)).toContainEqual(expect.stringContaining('ModelRisk lending/churn: RiskPolicy default is not there'));
  });

  it.each([
    ['plans', 'MitigationPlan'],
    ['incidents', 'RiskIncident'],
    ['decisions', 'RiskDecision'],
    ['policies', 'RiskPolicy'],
  ] as const)('names one of %s', (field, kind) => {
    const page = reportOn(programme, reportedObjects({ [field]: [unreadable('odd')] }));
    expect(gapsOf(page)).toContainEqual(expect.stringContaining(`${kind} lending/odd is not readable`));
  });
});

it('names what keeps a share of the period below one', () => {
  const [, lacking] = blocksIn(reportOn(), 'Figures of the period');
  expect(lacking?.kind === 'Gaps' ? lacking.items : []).toContainEqual(
    expect.stringMatching(/^RiskIncident lending\/ri-open entry 0 .* lacks /),
  );
});

describe('scope', () => {
  it('is one namespace where one is asked for', () => {
    const page = reportOn({ ...programme, namespace: 'payments' });
    expect(page).toMatchObject({ scope: 'namespace payments' });
    expect(figureIn(page, 'Models').number).toBe(1);
    expect(figureIn(page, 'Open incidents of severity High').number).toBe(0);
    expect(figureIn(page, 'Acceptances of a broken').number).toBe(0);
  });

  it('leaves drills out', () => {
    const drill = someIncidents().filter(({ metadata }) => metadata.name === 'ri-drill');
    const page = reportOn(programme, reportedObjects({ incidents: drill }));
    for (const severity of ['Critical', 'High', 'Medium', 'Low'])
      expect(figureIn(page, `Open incidents of severity ${severity}`).number).toBe(0);
  });

  it('is dated, and names the policy’s tiers even where it has no model', () => {
    const page = reportOn(programme, { ...nothing, policies: [reportedPolicy()] });
    expect(page).toMatchObject({ generatedAt: '2026-07-01T00:00:00.000Z', period: { from: '2026-04-02T00:00:00.000Z' } });
    expect(figureIn(page, 'Models of tier High').number).toBe(0);
  });
});
