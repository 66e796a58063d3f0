import { describe, expect, it } from '@jest/globals';
import { parseModelRisk } from '../../../src/api/model-risk.ts';
import { toObjectiveStatus } from '../../../src/api/objective-status.ts';
import type { StandingChange } from '../../../src/core/budget/ledger.ts';
import { budgetsOf, leastLeft } from '../../../src/report/budgets.ts';
import { withValue } from '../../builders/api.ts';
import { cellsIn, figureIn, ofCredit, ofTier, reportOn, rowsIn, textsIn } from '../../builders/report-reading.ts';
import { creditModel, reportedMs, reportedObjects } from '../../builders/reported.ts';

const day = 86_400_000;
const objective = { targetPercent: 99.5, windowSeconds: 2_592_000 };

/** The model of the reports with an objective of its first indicator, and what was counted of it; null: nothing yet. */
function modelWith(changes: readonly StandingChange[] | null, spec: object | undefined = objective) {
  const declared = withValue(creditModel(), 'spec.indicators[0].objective', spec);
  return changes === null
    ? declared
    : withValue(declared, 'status.indicators[0].objective', toObjectiveStatus(objective, { folded: [], changes }));
}

function bad(fromDays: number, days: number): readonly StandingChange[] {
  const at = (daysAgo: number): number => reportedMs - daysAgo * day;
  return [
    { atMs: at(50), standing: 'Good' },
    { atMs: at(fromDays), standing: 'Bad' },
    { atMs: at(fromDays - days), standing: 'Good' },
  ];
}

const reported = (model: ReturnType<typeof modelWith>, ask = ofCredit as Parameters<typeof reportOn>[0]) =>
  reportOn(ask, reportedObjects({ modelRisks: [model] }));

describe('what a report says of budgets', () => {
  it('of a model: what is left, and what that is computed from, with where to look it up', () => {
    const file = reported(modelWith(bad(10, 0.06)));
    expect(cellsIn(file, 'Objectives, and')).toEqual([['approval-parity', '99.5 %', '30 d', '60 %', '1.44 h', '30 d', '3.6 h']]);
    expect(rowsIn(file, 'Objectives, and')[0]?.source).toBe(
      'ModelRisk lending/credit-default .status.indicators[approval-parity].objective; docs/alerts.md',
    );
  });

  it('of a model nobody counted yet: unknown, and never 0', () => {
    expect(cellsIn(reported(modelWith(null)), 'Objectives, and')).toEqual([
      ['approval-parity', '99.5 %', '30 d', 'unknown', 'unknown', 'nothing', 'unknown'],
    ]);
  });

  it('of a burn-rate signal nothing: its events are counted elsewhere', () => {
    expect(cellsIn(reported(modelWith(null, { targetPercent: 99.9 })), 'Objectives, and')).toEqual([
      ['approval-parity', '99.9 %', 'as its burn-rate signal says', 'unknown', 'unknown', 'unknown', 'unknown'],
    ]);
  });

  it('goes by the objective in force, where a signed one is held against what is written', () => {
    const file = reported(modelWith(bad(10, 0.06), { targetPercent: 90, windowSeconds: 604_800 }));
    expect(cellsIn(file, 'Objectives, and')[0]?.slice(1, 4)).toEqual(['99.5 %', '30 d', '60 %']);
  });

  it.each([
    ['the programme', { kind: 'Programme', namespace: null, periodDays: 90 } as const],
    ['a tier', ofTier('High')],
  ])('of %s: how many are spent, which, and by how much', (_what, ask) => {
    const page = reported(modelWith(bad(10, 0.3)), ask);
    expect(figureIn(page, 'Error budgets spent')).toMatchObject({ value: '1 of 1', number: 1, n: 1 });
    expect(cellsIn(page, 'Error budgets that are spent')).toEqual([
      ['lending/credit-default', 'approval-parity', '99.5 % over 30 d', 'spent 2 times', '7.2 h', '30 d', '3.6 h'],
    ]);
  });

  it('of a programme in which none is spent, or none can be told, or there is none', () => {
    const kept = reported(modelWith(bad(10, 0.06)), ofTier('High'));
    expect(figureIn(kept, 'Error budgets spent')).toMatchObject({ value: '0 of 1', number: 0 });
    expect(textsIn(kept, 'Objectives')).toEqual(['No error budget is spent.']);
    expect(figureIn(reported(modelWith(null), ofTier('High')), 'Error budgets spent')).toMatchObject({ value: 'unknown', number: null });
    expect(textsIn(reportOn(), 'Objectives')).toEqual(['No indicator has an objective of its own.']);
  });

  it('calls no budget spent of which too little was judged', () => {
    const young: readonly StandingChange[] = [{ atMs: reportedMs - day / 2, standing: 'Bad' }];
    expect(figureIn(reported(modelWith(young), ofTier('High')), 'Error budgets spent').number).toBe(0);
  });
});

describe('the budgets of a model', () => {
  it('are none without an objective of the indicator itself', () => {
    const of = (model: object) => {
      const read = parseModelRisk(model);
      if (!read.ok) throw new Error(read.failure.join());
      return budgetsOf(read.value, reportedMs);
    };
    expect(of(creditModel())).toEqual([]);
    expect(of(modelWith(null, { targetPercent: 99.9 }))).toEqual([]);
    expect(of(modelWith(null))).toHaveLength(1);
  });

  it('have a least, of those that are known', () => {
    expect(leastLeft([{ left: 0.4 }, { left: null }, { left: -2 }])).toBe(-2);
    expect(leastLeft([{ left: null }])).toBeNull();
    expect(leastLeft([])).toBeNull();
  });
});
