import { describe, expect, it } from '@jest/globals';
import { explainBacklog, explainOrder } from '../../../../../src/core/risk/backlog/explain-backlog.ts';
import { rankBacklog } from '../../../../../src/core/risk/backlog/rank.ts';
import type { Backlog, RankedItem } from '../../../../../src/core/risk/backlog/rank.ts';
import { aBacklog, anAssessment, anExposure, aRemediation, certain } from '../../../../builders/backlog.ts';

const ids = (items: readonly RankedItem[]): readonly string[] => items.map(({ remediation }) => remediation.id);
const costing = (cost: number, weeks: number) => ({ assessments: [anAssessment({ cost: certain(cost), weeks: certain(weeks) })] });
const wording = { currency: 'USD', toInstant: (ms: number) => new Date(ms).toISOString() };

function only(backlog: Backlog): RankedItem {
  const [item, ...rest] = backlog.ranked;
  if (item === undefined || rest.length > 0) throw new Error('there is not exactly one ranked item');
  return item;
}

describe('what a week of work brings', () => {
  it('is the loss it takes away within a year of completion, less the cost, over the weeks', () => {
    expect(only(rankBacklog(aBacklog([aRemediation('fix')]))).netPerWeek).toBeCloseTo((500_000 - 10_000) / 2, -2);
  });

  it('counts the chance that it works', () => {
    const fix = aRemediation('fix', { assessments: [anAssessment({ successPercent: 40 })] });
    expect(only(rankBacklog(aBacklog([fix]))).netPerWeek).toBeCloseTo((200_000 - 10_000) / 2, -2);
  });

  it('is discounted for the time it takes', () => {
    const fix = aRemediation('fix', costing(0, 365.25 / 7));
    expect(only(rankBacklog({ ...aBacklog([fix]), discountPercent: 25 })).netPerWeek).toBeCloseTo(400_000 / (365.25 / 7), -1);
  });

  it('counts what the running constraint costs as well', () => {
    const held = anExposure('risk', 1_000_000, { holdingCost: 200_000 });
    const item = only(rankBacklog(aBacklog([aRemediation('fix')], [held])));
    expect(item.netPerWeek).toBeCloseTo((600_000 - 10_000) / 2, -2);
    expect(item).toMatchObject({ holdingCost: 200_000 });
    expect(explainBacklog(rankBacklog(aBacklog([aRemediation('fix')], [held])), wording).join()).toContain(
      'the constraint that holds costs 200,000 USD a year',
    );
  });

  it('a fix of no time takes a day', () => {
    expect(only(rankBacklog(aBacklog([aRemediation('fix', costing(0, 0))]))).netPerWeek).toBeCloseTo(500_000 / 0.2, -3);
  });

  it('believes each assessor as often', () => {
    const assessments = [
      anAssessment({ assessor: 'ada', reducesLossPercent: certain(10) }),
      anAssessment({ assessor: 'ben', reducesLossPercent: certain(90) }),
    ];
    expect(only(rankBacklog(aBacklog([aRemediation('fix', { assessments })]))).netPerWeek).toBeCloseTo((500_000 - 10_000) / 2, -2);
  });
});

describe('order', () => {
  it('the better use of a week comes first', () => {
    const backlog = rankBacklog(aBacklog([aRemediation('slow', costing(10_000, 20)), aRemediation('quick', costing(10_000, 1))]));
    expect(ids(backlog.ranked)).toEqual(['quick', 'slow']);
    expect(backlog.ranked.map(({ band }) => band)).toEqual([1, 2]);
  });

  it('what nobody can tell apart shares a band', () => {
    const backlog = rankBacklog(aBacklog(['a', 'b', 'c'].map((id) => aRemediation(id))));
    expect(backlog.ranked.map(({ band, outrankedBy }) => [band, outrankedBy])).toEqual([
      [1, 0.5],
      [1, 0.5],
      [1, 0.5],
    ]);
  });

  it('mandatory items come first, by date, whatever they bring', () => {
    const backlog = rankBacklog(
      aBacklog([
        aRemediation('best', costing(0, 1)),
        aRemediation('later', { ...costing(9_000_000, 1), mandatoryByMs: 2000 }),
        aRemediation('sooner', { ...costing(1, 1), mandatoryByMs: 1000 }),
      ]),
    );
    expect(ids(backlog.mandatory)).toEqual(['sooner', 'later']);
    expect(backlog.mandatory.map(({ band }) => band)).toEqual([0, 0]);
    expect(ids(backlog.ranked)).toEqual(['best']);
    expect(backlog.belowLine).toEqual([]);
  });

  it('what costs more than it brings stands below the line, the larger loss first', () => {
    const dear = (id: string, risk: string) => aRemediation(id, { ...costing(5_000_000, 1), risks: [risk] });
    const backlog = rankBacklog(
      aBacklog([dear('small', 'small-risk'), dear('large', 'large-risk')], [anExposure('small-risk', 100), anExposure('large-risk', 2000)]),
    );
    expect(backlog.ranked).toEqual([]);
    expect(ids(backlog.belowLine)).toEqual(['large', 'small']);
  });

  it('names risks nobody plans anything for, the dearest first', () => {
    const exposures = [anExposure(), anExposure('b', 10), anExposure('c', 20)];
    expect(rankBacklog(aBacklog([aRemediation('fix')], exposures)).unplanned.map(({ id }) => id)).toEqual(['c', 'b']);
  });
});

describe('alternatives', () => {
  it('only the best of them ranks, and names the others', () => {
    const backlog = rankBacklog(
      aBacklog([
        aRemediation('retrain', costing(100_000, 2)),
        aRemediation('rules', { ...costing(50_000, 2), alternativeTo: 'retrain' }),
        aRemediation('buy', { ...costing(300_000, 2), alternativeTo: 'rules' }),
      ]),
    );
    expect(ids(backlog.ranked)).toEqual(['rules']);
    expect(only(backlog).insteadOf).toEqual(['retrain', 'buy']);
    expect(backlog.unplanned).toEqual([]);
  });

  it('who waits for one of them waits for the one that was chosen', () => {
    const backlog = rankBacklog(
      aBacklog([
        aRemediation('retrain', costing(400_000, 2)),
        aRemediation('rules', { ...costing(50_000, 2), alternativeTo: 'retrain' }),
        aRemediation('monitor', { ...costing(1, 1), dependsOn: ['retrain'] }),
      ]),
    );
    expect(ids(backlog.ranked)).toEqual(['rules', 'monitor']);
    expect(backlog.ranked[1]?.waitsFor).toEqual(['rules']);
  });

  it('a date one of them has to be done by holds for the one that is', () => {
    const backlog = rankBacklog(
      aBacklog([aRemediation('dear', { ...costing(400_000, 2), mandatoryByMs: 5 }), aRemediation('cheap', { alternativeTo: 'dear' })]),
    );
    expect(ids(backlog.mandatory)).toEqual(['cheap']);
  });
});

describe('dependencies', () => {
  const foundation = aRemediation('foundation', { ...costing(20_000, 4), risks: ['nothing'] });
  const waiting = aRemediation('waiting', { ...costing(10_000, 1), dependsOn: ['foundation'] });

  it('a foundation that pays nothing by itself ranks with what waits for it', () => {
    const backlog = rankBacklog(aBacklog([foundation, waiting, aRemediation('small', costing(450_000, 2))]));
    expect(ids(backlog.ranked)).toEqual(['foundation', 'waiting', 'small']);
    expect(backlog.ranked[0]).toMatchObject({ unlocks: ['waiting'] });
    expect(backlog.ranked[0]?.netPerWeek).toBeCloseTo((500_000 - 30_000) / 5, -2);
  });

  it('what waits never comes before what it waits for', () => {
    const backlog = rankBacklog(
      aBacklog([aRemediation('after', { ...costing(0, 1), dependsOn: ['before'] }), aRemediation('before', costing(400_000, 9))]),
    );
    expect(ids(backlog.ranked)).toEqual(['before', 'after']);
  });

  it('a mandatory item takes what it waits for along', () => {
    const backlog = rankBacklog(aBacklog([foundation, { ...waiting, mandatoryByMs: 1000 }, aRemediation('best', costing(0, 0.3))]));
    expect(ids(backlog.mandatory)).toEqual(['foundation', 'waiting']);
  });

  it.each([
    ['a name nobody proposes', [aRemediation('fix', { dependsOn: ['lost'] })], 'fix names lost, which nobody proposes: correct the name.'],
    [
      'an alternative nobody proposes',
      [aRemediation('fix', { alternativeTo: 'lost' })],
      'fix names lost, which nobody proposes: correct the name.',
    ],
    [
      'a circle',
      [aRemediation('a', { dependsOn: ['b'] }), aRemediation('b', { dependsOn: ['a'] })],
      'a waits for itself by way of b: take one dependsOn out.',
    ],
  ])('%s is a problem, not a rank', (_, remediations, message) => {
    const { ranked, problems } = rankBacklog(aBacklog(remediations));
    expect(ranked).toEqual([]);
    expect(problems[0]).toEqual({ id: remediations[0]?.id, message });
  });

  it('who waits for something unsound is not ranked either', () => {
    const backlog = rankBacklog(aBacklog([aRemediation('a', { dependsOn: ['lost'] }), aRemediation('b', { dependsOn: ['a'] })]));
    expect([...backlog.ranked, ...backlog.belowLine]).toEqual([]);
  });
});

describe('in words', () => {
  it('says why one comes before another, with the numbers', () => {
    const { ranked } = rankBacklog(aBacklog([aRemediation('a', costing(10_000, 1)), aRemediation('b', costing(20_000, 4))]));
    const [a, b] = ranked;
    if (a === undefined || b === undefined) throw new Error('two items are ranked');
    expect(explainOrder(a, b, 'USD')).toBe(
      'a before b: 490,000 USD against 120,000 USD net a week of work, a benefit of 500,000 USD for 10,000 USD and 1 weeks against 500,000 USD for 20,000 USD and 4 weeks; 100 % likely the better use of a week.',
    );
  });

  it('says that one waits for the other', () => {
    const { ranked } = rankBacklog(aBacklog([aRemediation('a'), aRemediation('b', { dependsOn: ['a'] })]));
    const [a, b] = ranked;
    if (a === undefined || b === undefined) throw new Error('two items are ranked');
    expect(explainOrder(a, b, null)).toBe('a before b: the second waits for the first.');
  });

  it('lists every part that is not empty, with its dates', () => {
    const lines = explainBacklog(
      rankBacklog(
        aBacklog(
          [
            aRemediation('must', { mandatoryByMs: 0, dueMs: 86_400_000 }),
            aRemediation('pays'),
            aRemediation('dear', costing(9_000_000, 1)),
            aRemediation('lost', { dependsOn: ['x'] }),
          ],
          [anExposure(), anExposure('b', 12_345)],
        ),
      ),
      wording,
    );
    expect(lines).toEqual([
      'Mandatory, by date:',
      expect.stringContaining('mandatory by 1970-01-01T00:00:00.000Z; due 1970-01-02T00:00:00.000Z'),
      'By expected net benefit a week of work:',
      expect.stringMatching(/^ {2}\[1] pays \(lending-ml\): 245,000 USD net a week; benefit 500,000 USD; cost 10,000 USD; 2 weeks;/),
      'Below the line: to accept the risk is expected to be cheaper.',
      // No band: [1] would say that it is as good a use of a week as the one above the line.
      expect.stringMatching(/^ {2}dear \(lending-ml\): -/),
      'Risks with a price and no remediation:',
      '  b: expected to cost 12,350 USD a year',
      'Not ranked:',
      '  lost names x, which nobody proposes: correct the name.',
    ]);
  });
});
