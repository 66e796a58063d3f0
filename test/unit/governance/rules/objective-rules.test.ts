import { describe, expect, it } from '@jest/globals';
import { objectiveRules } from '../../../../src/governance/rules/objective-rules.ts';

const watched = {
  ...{ model: { namespace: 'lending', risk: 'credit' }, indicator: { name: 'parity' } },
  labels: { team: 'risk', indicator: 'parity' },
};
const month = 2_592_000;
const of = (targetPercent: number, windowSeconds = month) =>
  objectiveRules(watched, { targetPercent, windowSeconds }, { runbook_url: 'https://runbooks.example/parity' });
const records = (rules: ReturnType<typeof of>) => rules.flatMap((rule) => ('record' in rule ? [rule] : []));
const alerts = (rules: ReturnType<typeof of>) => rules.flatMap((rule) => ('alert' in rule ? [rule] : []));

describe('the rules of an objective', () => {
  it('record each length an alert reads, once, shortest first', () => {
    expect(records(of(99.9)).map(({ record }) => record)).toEqual([
      'modelrisk:indicator_bad:ratio_rate5m',
      'modelrisk:indicator_bad:ratio_rate30m',
      'modelrisk:indicator_bad:ratio_rate1h',
      'modelrisk:indicator_bad:ratio_rate2h',
      'modelrisk:indicator_bad:ratio_rate6h',
      'modelrisk:indicator_bad:ratio_rate1d',
      'modelrisk:indicator_bad:ratio_rate3d',
      'modelrisk:indicator_budget_left:ratio',
    ]);
  });

  it('read no record that is not made', () => {
    for (const targetPercent of [50, 90, 99, 99.99]) {
      const rules = of(targetPercent);
      const made = new Set(records(rules).map(({ record }) => record));
      const read = alerts(rules).flatMap(({ expr }) => expr.match(/modelrisk:indicator_bad:ratio_rate\w+/g) ?? []);
      expect(read.length).toBeGreaterThan(0);
      for (const record of read) expect(made).toContain(record);
    }
  });

  it('alert on the share of the budget: a tenth of a percent burning 14.4 times too fast is 1.44 %', () => {
    const [fastest] = alerts(of(99.9));
    expect(fastest?.expr).toContain('ratio_rate1h{namespace="lending",risk="credit",indicator="parity"} > 14.4 * 0.001 and');
    expect(fastest?.expr).toContain('ratio_rate5m{namespace="lending",risk="credit",indicator="parity"} > 14.4 * 0.001 and');
    expect(fastest?.labels).toEqual({ ...watched.labels, severity: 'critical', window: '1h' });
  });

  it('wake people for the fast windows and write a ticket for the slow', () => {
    expect(alerts(of(99.9)).map(({ labels }) => [labels['window'], labels['severity']])).toEqual([
      ['1h', 'critical'],
      ['6h', 'critical'],
      ['1d', 'warning'],
      ['3d', 'warning'],
    ]);
  });

  it('take three bad readings at least, however few there were', () => {
    for (const { expr } of alerts(of(99.9))) expect(expr).toMatch(/result=~"Bad"\}\[\w+\]\)\) >= 3$/);
  });

  it('say nothing while there was no reading: a share of none is not a good one', () => {
    const [first] = records(of(99.9));
    expect(first?.expr).toMatch(/result=~"Bad"\}\[5m\]\)\) \/ \(sum by .*result=~"Good\|Bad"\}\[5m\]\)\) > 0\)$/);
  });

  it('record what is left of the budget over the window of the objective', () => {
    const left = records(of(99, 7 * 86_400)).at(-1);
    expect(left?.expr).toMatch(/^1 - \(.*\[7d\].*\) \/ 0\.01$/);
  });

  it('carry what the indicator links in each alert, beside their own texts', () => {
    for (const { annotations } of alerts(of(99.9)))
      expect(annotations).toMatchObject({
        summary: expect.stringContaining('parity of ModelRisk lending/credit'),
        runbook_url: 'https://runbooks.example/parity',
      });
  });
});
