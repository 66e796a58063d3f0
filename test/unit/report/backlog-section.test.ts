import { describe, expect, it } from '@jest/globals';

import { composeReport } from '../../../src/report/compose.ts';
import type { ReportAsk } from '../../../src/report/compose.ts';
import { withValue } from '../../builders/api.ts';
import type { Manifest } from '../../builders/api.ts';
import { cellsIn, gapsOf, ofTier, programme, reportOn, rowsIn, textsIn } from '../../builders/report-reading.ts';
import { churnModel, creditModel, engagedPlan, reportedMs, reportedObjects, reportedPolicy } from '../../builders/reported.ts';

/** As `creditModel`, under another name, in tier Medium: its backlog is ranked beside the other's. */
function second(changes: Readonly<Record<string, unknown>> = {}): Manifest {
  const named = withValue(withValue(creditModel(), 'metadata.name', 'second'), 'status.tier.inherent', 'Medium');
  return Object.entries(changes).reduce((made, [path, value]) => withValue(made, path, value), named);
}

const alone = { plans: [], incidents: [], decisions: [] };
const section = 'What to fix first';

describe('the backlog of a policy', () => {
  it('holds no model of another policy', () => {
    const other = second({ 'spec.policyRef.name': 'lax' });
    const policies = [reportedPolicy(), withValue(reportedPolicy(), 'metadata.name', 'lax')];
    const page = reportOn(programme, reportedObjects({ ...alone, modelRisks: [creditModel(), other], policies }));
    const of = (policy: string) => cellsIn(page, `Remediations under RiskPolicy ${policy},`).map(([, id = '']) => id.split('/')[1]);
    expect(new Set(of('default'))).toEqual(new Set(['credit-default']));
    expect(new Set(of('lax'))).toEqual(new Set(['second']));
    expect(rowsIn(page, 'Remediations under RiskPolicy lax')[0]?.source).toContain('under RiskPolicy lax, n=3');
  });

  it('is ranked among all, and shows of a tier its own alone', () => {
    const unplanned = { 'spec.remediations': [] };
    const objects = reportedObjects({ ...alone, modelRisks: [creditModel(), second(), churnModel()] });
    const page = reportOn(ofTier('Medium'), objects);
    const ids = cellsIn(page, 'Remediations under').map(([, id = '']) => id);
    expect(ids).toHaveLength(3);
    expect(ids.every((id) => id.startsWith('lending/second/'))).toBe(true);
    expect(rowsIn(page, 'Remediations under')[0]?.source).toContain('n=6');
    const bare = reportOn(ofTier('High'), reportedObjects({ ...alone, modelRisks: [creditModel(), second(unplanned)] }));
    expect(cellsIn(bare, 'Risks under RiskPolicy default')).toEqual([]);
    const theirs = reportOn(ofTier('Medium'), reportedObjects({ ...alone, modelRisks: [creditModel(), second(unplanned)] }));
    expect(cellsIn(theirs, 'Risks under RiskPolicy default').map(([id]) => id)).toEqual(['lending/second/unfair-denials']);
  });

  it('says the faults of its own remediations, not those of others', () => {
    const [fix] = creditModel().spec['remediations'] as readonly object[];
    const circle = ['a', 'b'].map((name) => ({ ...fix, name, dependsOn: [name === 'a' ? 'b' : 'a'] }));
    const objects = reportedObjects({ ...alone, modelRisks: [creditModel(), second({ 'spec.remediations': circle })] });
    expect(gapsOf(reportOn(ofTier('Medium'), objects)).join(' ')).toContain('lending/second/a');
    expect(gapsOf(reportOn(ofTier('High'), objects)).join(' ')).not.toContain('lending/second/a');
  });
});

describe('a line of it', () => {
  const lines = () =>
    Object.fromEntries(
      cellsIn(reportOn(), 'Remediations under').map(([band, id = '', ...rest]) => [id.split('/').at(-1) ?? '', { band, rest }]),
    );

  it('says by when: what the law asks ahead of what was promised, and nothing where nobody named a time', () => {
    const by = (name: string) => lines()[name]?.rest.at(-1);
    expect([by('law'), by('rules'), by('retrain')]).toEqual(['2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z', '']);
    const both = withValue(creditModel(), 'spec.remediations[2].dueTime', '2026-08-01T00:00:00Z');
    const page = reportOn(programme, reportedObjects({ modelRisks: [both] }));
    expect(
      cellsIn(page, 'Remediations under')
        .find(([, id = '']) => id.endsWith('law'))
        ?.at(-1),
    ).toBe('2026-11-01T00:00:00.000Z');
  });

  it('says its band: mandatory, or how good a use of a week it is', () => {
    expect(lines()['law']?.band).toBe('mandatory');
    expect(lines()['retrain']?.band).toBe('1');
  });

  it('leads to the entry it is of', () => {
    const sources = rowsIn(reportOn(), 'Remediations under').map(({ source }) => source.split(';')[0]);
    expect(sources).toContain('ModelRisk lending/credit-default .spec.remediations[retrain], .spec.risks');
  });
});

describe('a backlog too long to be ranked here', () => {
  const ask = (mostRanked: number): ReportAsk => ({ ...programme, mostRanked });
  const page = (mostRanked: number) => {
    const composed = composeReport(reportedObjects({ ...alone, modelRisks: [creditModel()] }), ask(mostRanked), { nowMs: reportedMs });
    if (!composed.ok) throw new Error(composed.failure);
    return composed.value;
  };

  it('is left out with a word, from one risk or remediation beyond the limit on: two risks and three remediations are five', () => {
    expect(rowsIn(page(5), 'Remediations under')).toHaveLength(3);
    expect(rowsIn(page(4), 'Remediations under')).toEqual([]);
    expect(gapsOf(page(4))).toContainEqual(
      'The 5 risks and remediations under RiskPolicy default are more than the 4 that are ranked here: kubectl modelrisk backlog -A ranks them.',
    );
    expect(textsIn(page(4), section)).toEqual([]);
  });
});

it('a risk nobody lowers costs what its constraints cost, beside what it is expected to cost itself', () => {
  const bare = withValue(creditModel(), 'spec.remediations', []);
  const costs = (plans: readonly Manifest[]) =>
    cellsIn(reportOn(programme, reportedObjects({ modelRisks: [bare], plans })), 'Risks under RiskPolicy default').map((cells) =>
      cells.at(-1),
    );
  expect(costs([])).toEqual(['0 USD']);
  expect(costs([engagedPlan()])).toEqual(['36,530 USD']);
});
