import { describe, expect, it } from '@jest/globals';
import { modelRules } from '../../../../src/governance/rules/model-rules.ts';
import type { AlertedIndicator, AlertedModel, Rule } from '../../../../src/governance/rules/rule.ts';

const parity: AlertedIndicator = {
  ...{ name: 'parity', category: 'Fairness' },
  links: [
    { name: 'runbook', url: 'https://runbooks.example/parity' },
    { name: 'dashboard', url: 'https://grafana.example/parity' },
  ],
  ...{ threshold: { direction: 'Below' as const, breach: 0.8 }, objective: null },
};
const credit: AlertedModel = {
  ...{ namespace: 'lending', risk: 'credit', tier: 'High', team: 'risk', contact: 'risk@example.com' },
  ...{ indicators: [parity], plans: ['limit'], targets: ['traffic'] },
};

const of = (changes: Partial<AlertedModel> = {}): readonly Rule[] => modelRules({ ...credit, ...changes }).flatMap(({ rules }) => rules);
const alerts = (rules: readonly Rule[]) => rules.flatMap((rule) => ('alert' in rule ? [rule] : []));
const names = (rules: readonly Rule[]) => alerts(rules).map(({ alert }) => alert);
const alert = (rules: readonly Rule[], name: string) => {
  const found = alerts(rules).find((each) => each.alert === name);
  if (found === undefined) throw new Error(`there is no alert ${name}`);
  return found;
};
const headroom = (threshold: AlertedIndicator['threshold']) =>
  of({ indicators: [{ ...parity, threshold }] }).find((rule) => 'record' in rule && rule.record === 'modelrisk:indicator_headroom')?.expr;

describe('the rules about a model', () => {
  it('tell of a broken limit, of blindness, of plans, of edits, of reviews and of silence', () => {
    expect(names(of())).toEqual([
      'ModelRiskIndicatorBreached',
      'ModelRiskIndicatorBlind',
      'ModelRiskMitigationEngaged',
      'ModelRiskTargetContested',
      'ModelRiskReviewOverdue',
      'ModelRiskNotWatched',
    ]);
  });

  it('ask nothing of what the model has not: an empty list would match every plan of the namespace, or none', () => {
    expect(names(of({ plans: [] }))).not.toContain('ModelRiskMitigationEngaged');
    expect(names(of({ targets: [] }))).not.toContain('ModelRiskTargetContested');
    expect(names(of({ indicators: [] }))).not.toContain('ModelRiskNotWatched');
    expect(names(of({ indicators: [], plans: [], targets: [] }))).toEqual(['ModelRiskReviewOverdue']);
  });

  it('are routed by tier and team, the tier left out while there is none', () => {
    for (const { labels } of of()) expect(labels).toMatchObject({ tier: 'High', team: 'risk' });
    for (const { labels } of of({ tier: null })) {
      expect(labels).toMatchObject({ team: 'risk' });
      expect(labels).not.toHaveProperty('tier');
    }
  });

  it('wake people for a broken limit and for a model nobody watches, and for nothing else', () => {
    const critical = alerts(of()).filter(({ labels }) => labels['severity'] === 'critical');
    expect(critical.map((each) => each.alert)).toEqual(['ModelRiskIndicatorBreached', 'ModelRiskNotWatched']);
  });

  it('look at one model of one namespace: no rule matches another of the same name', () => {
    for (const { expr } of of()) expect(expr).toContain('namespace="lending"');
    expect(alert(of(), 'ModelRiskIndicatorBreached').expr).toContain('risk="credit",indicator="parity"');
  });

  it('link the runbook where there is one', () => {
    const linked = alerts(of()).filter(
      ({ annotations }) =>
        annotations['runbook_url'] === 'https://runbooks.example/parity' &&
        annotations['dashboard_url'] === 'https://grafana.example/parity',
    );
    expect(linked.map((each) => each.alert)).toEqual(['ModelRiskIndicatorBreached', 'ModelRiskIndicatorBlind']);
    const without = of({ indicators: [{ ...parity, links: [] }] });
    for (const { annotations } of alerts(without)) expect(annotations).not.toHaveProperty('runbook_url');
  });

  it('run no query that an owner wrote into a name: a template arrives as its text', () => {
    const evil = '{{ query "up" }}';
    const rules = of({
      team: evil,
      contact: evil,
      tier: evil,
      indicators: [{ ...parity, category: evil, links: [{ name: 'runbook', url: evil }] }],
    });
    for (const rule of rules) {
      const texts = [...Object.values(rule.labels), ...('alert' in rule ? Object.values(rule.annotations) : [])];
      for (const text of texts) expect(text.replaceAll('{{"{{"}}', '')).not.toContain('{{ query');
    }
    expect(alert(rules, 'ModelRiskIndicatorBreached').labels['team']).toBe('{{"{{"}} query "up" }}');
  });

  it('match a plan by its name, not by what its name would mean as a pattern', () => {
    const { expr } = alert(of({ plans: ['limit.v2', 'shadow'] }), 'ModelRiskMitigationEngaged');
    expect(expr).toContain(String.raw`plan=~"limit\\.v2|shadow"`);
  });
});

describe('the headroom of an indicator', () => {
  it('is positive on the good side, whichever that is', () => {
    expect(headroom({ direction: 'Above', breach: 0.2 })).toMatch(/^0\.2 - max by \(namespace, risk, indicator\)/);
    expect(headroom({ direction: 'Below', breach: 0.8 })).toMatch(/^min by \(namespace, risk, indicator\) .* - \(0\.8\)$/);
  });

  it('takes a limit below zero in brackets, so that two signs never meet', () => {
    expect(headroom({ direction: 'Below', breach: -1 })).toMatch(/ - \(-1\)$/);
  });

  it('is not recorded of a quorum, which has no limit', () => {
    expect(headroom(null)).toBeUndefined();
  });
});

describe('the groups', () => {
  const watched = { ...parity, name: 'drift', objective: { targetPercent: 99, windowSeconds: 2_592_000 } };

  it('are one a model, and a second only where an indicator has an objective', () => {
    expect(modelRules(credit).map(({ name }) => name)).toEqual(['modelrisk.lending.credit']);
    expect(modelRules({ ...credit, indicators: [parity, watched] }).map(({ name }) => name)).toEqual([
      'modelrisk.lending.credit',
      'modelrisk.lending.credit.objectives',
    ]);
  });

  it('hold every rule once: Prometheus refuses what is recorded twice with the same labels', () => {
    const { indicators } = { indicators: [parity, watched, { ...watched, name: 'calibration' }] };
    const keys = of({ indicators }).map((rule) => JSON.stringify(['record' in rule ? rule.record : rule.alert, rule.labels]));
    expect(new Set(keys).size).toBe(keys.length);
  });
});
