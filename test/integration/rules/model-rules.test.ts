import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { budgetAt } from '../../../src/core/budget/budget.ts';
import { emptyLedger, noteChange } from '../../../src/core/budget/ledger.ts';
import type { Standing } from '../../../src/core/budget/ledger.ts';
import { modelRules } from '../../../src/governance/rules/model-rules.ts';
import type { AlertedModel } from '../../../src/governance/rules/rule.ts';
import { runCommand } from '../../../testbed/run-command.ts';
import { resolveTool } from '../../../testbed/tools/resolve.ts';

/** Series of the operator as they are scraped, every 30 seconds: `a+bxn` and `axn` as promtool writes them. */
type Series = Readonly<Record<string, string>>;

const hour = 3600;
const of = 'namespace="lending",risk="credit"';
const parity = `${of},indicator="parity"`;
const steps = 24 * 120;

const model: AlertedModel = {
  namespace: 'lending',
  risk: 'credit',
  tier: 'High',
  team: 'lending-ml',
  contact: '#lending-ml',
  indicators: [
    {
      name: 'parity',
      category: 'Fairness',
      links: [
        { name: 'runbook', url: 'https://runbooks.example/fairness' },
        { name: 'dashboard', url: 'https://grafana.example/d/model?var-model=credit%20default' },
      ],
      threshold: { direction: 'Below', breach: 0.8 },
      objective: { targetPercent: 99, windowSeconds: 2_592_000 },
    },
  ],
  plans: ['credit.v2', 'spare'],
  targets: ['credit-route'],
};

/** Everything as it should be: the operator speaks, every reading is good. */
const quiet: Series = {
  [`modelrisk_indicator_breached{${parity}}`]: `0x${String(steps)}`,
  [`modelrisk_indicator_blind_seconds{${parity}}`]: `0x${String(steps)}`,
  [`modelrisk_indicator_value{${parity}}`]: `0.9x${String(steps)}`,
  [`modelrisk_indicator_readings_total{${parity},result="Good"}`]: `0+6x${String(steps)}`,
  [`modelrisk_indicator_readings_total{${parity},result="Bad"}`]: `0x${String(steps)}`,
  [`modelrisk_review_due_timestamp_seconds{${of}}`]: `1000000x${String(steps)}`,
  [`modelrisk_engaged_stage{namespace="lending",plan="credit.v2"}`]: `0x${String(steps)}`,
};

const routed = { tier: 'High', team: 'lending-ml' };

describe('rules of a model, in the engine of the real Prometheus', () => {
  let folder: string;
  let promtool: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'modelrisk-rules-'));
    promtool = await resolveTool('promtool');
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true }));

  async function check(changed: AlertedModel): Promise<string> {
    const file = join(folder, 'rules.yaml');
    await writeFile(file, stringify({ groups: modelRules(changed) }));
    const { stdout, stderr } = await runCommand(promtool, ['check', 'rules', file]);
    return `${stdout}${stderr}`;
  }

  /** Which alerts fire then, each with what labels it has beyond those of all. */
  async function firing(series: Series, atSeconds: number, alert: string, changed: AlertedModel = model): Promise<readonly object[]> {
    const [rules, test] = [join(folder, 'rules.yaml'), join(folder, 'test.yaml')];
    await writeFile(rules, stringify({ groups: modelRules(changed) }));
    const input = Object.entries({ ...quiet, ...series }).map(([name, values]) => ({ series: name, values }));
    // Expecting nothing makes promtool tell what there is.
    const wanted = { eval_time: `${String(atSeconds)}s`, alertname: alert, exp_alerts: [] };
    const tests = [{ interval: '30s', input_series: input, alert_rule_test: [wanted] }];
    await writeFile(test, stringify({ rule_files: [rules], evaluation_interval: atSeconds > 12 * hour ? '10m' : '1m', tests }));
    const { code, stdout, stderr } = await runCommand(promtool, ['test', 'rules', test]);
    const said = `${stdout}${stderr}`;
    if (code === 0) return [];
    const found = [...(said.split('got:')[1]?.matchAll(/Labels:\{(.*)\}/g) ?? [])].map(([, labels = '']) => labels);
    if (found.length === 0) throw new Error(said);
    return found.map((labels) =>
      Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value] as const)),
    );
  }

  async function sample(
    expr: string,
    atSeconds: number,
    expected: string,
    { series = {}, changed = model, everySeconds = 30 }: { series?: Series; changed?: AlertedModel; everySeconds?: number } = {},
  ): Promise<string> {
    const [rules, test] = [join(folder, 'rules.yaml'), join(folder, 'test.yaml')];
    await writeFile(rules, stringify({ groups: modelRules(changed) }));
    const input = Object.entries({ ...quiet, ...series }).map(([name, values]) => ({ series: name, values }));
    const wanted = {
      expr: `round(${expr}, 0.001)`,
      eval_time: `${String(atSeconds)}s`,
      exp_samples: [{ labels: `{${parity},category="Fairness",team="lending-ml",tier="High"}`, value: Number(expected) }],
    };
    await writeFile(
      test,
      stringify({
        rule_files: [rules],
        evaluation_interval: atSeconds > 12 * hour ? '10m' : '1m',
        tests: [{ interval: `${String(everySeconds)}s`, input_series: input, promql_expr_test: [wanted] }],
      }),
    );
    const { stdout, stderr } = await runCommand(promtool, ['test', 'rules', test]);
    return `${stdout}${stderr}`;
  }

  it('are rules promtool accepts, without a duplicate', async () => {
    const twice = { ...model, indicators: [...model.indicators, ...model.indicators.map((each) => ({ ...each, name: 'drift' }))] };
    const said = await check(twice);
    expect(said).toContain('SUCCESS');
    expect(said).not.toContain('duplicate');
  });

  it.each([
    'ModelRiskIndicatorBreached',
    'ModelRiskIndicatorBlind',
    'ModelRiskMitigationEngaged',
    'ModelRiskTargetContested',
    'ModelRiskReviewOverdue',
    'ModelRiskNotWatched',
    'ModelRiskBudgetBurn',
  ])('%s is silent while all is well', async (alert) => {
    expect(await firing({}, 6 * hour, alert)).toEqual([]);
  });

  it('tell of a broken limit, with what routes it', async () => {
    const labels = { ...routed, category: 'Fairness', severity: 'critical', indicator: 'parity', namespace: 'lending', risk: 'credit' };
    const alert = 'ModelRiskIndicatorBreached';
    expect(await firing({ [`modelrisk_indicator_breached{${parity}}`]: '0x60 1x600' }, hour, alert)).toEqual([
      { alertname: alert, ...labels },
    ]);
  });

  it('tell of an indicator nobody has been able to read for five minutes', async () => {
    const blind = { [`modelrisk_indicator_blind_seconds{${parity}}`]: '0+30x600' };
    expect(await firing(blind, 300, 'ModelRiskIndicatorBlind')).toEqual([]);
    expect(await firing(blind, 420, 'ModelRiskIndicatorBlind')).toEqual([
      expect.objectContaining({ ...routed, category: 'Fairness', severity: 'warning' }),
    ]);
  });

  it('tell of a plan of this model in force, and of no other plan', async () => {
    const engaged = (plan: string) => ({ [`modelrisk_engaged_stage{namespace="lending",plan="${plan}"}`]: '2x600' });
    expect(await firing(engaged('credit.v2'), hour, 'ModelRiskMitigationEngaged')).toEqual([
      expect.objectContaining({ ...routed, plan: 'credit.v2' }),
    ]);
    // The dot of its name is no wildcard.
    expect(await firing(engaged('creditxv2'), hour, 'ModelRiskMitigationEngaged')).toEqual([]);
  });

  it('tell of a contested target from its first edit on, for a quarter of an hour after the last', async () => {
    const alert = 'ModelRiskTargetContested';
    const contested = { 'modelrisk_contested_total{namespace="lending",target="credit-route"}': '_x60 1x600' };
    expect(await firing(contested, 32 * 60, alert)).toEqual([expect.objectContaining({ ...routed, target: 'credit-route' })]);
    expect(await firing(contested, 60 * 60, alert)).toEqual([]);
    expect(await firing({ 'modelrisk_contested_total{namespace="lending",target="other"}': '_x60 1x600' }, 32 * 60, alert)).toEqual([]);
  });

  it('tell of an overdue review', async () => {
    const due = { [`modelrisk_review_due_timestamp_seconds{${of}}`]: '3600x600' };
    expect(await firing(due, 3600, 'ModelRiskReviewOverdue')).toEqual([]);
    expect(await firing(due, 3660, 'ModelRiskReviewOverdue')).toEqual([expect.objectContaining(routed)]);
  });

  it('tell when the operator says nothing of the model any more', async () => {
    const gone = { [`modelrisk_indicator_breached{${parity}}`]: '0x60 stale' };
    expect(await firing(gone, 32 * 60, 'ModelRiskNotWatched')).toEqual([]);
    expect(await firing(gone, 45 * 60, 'ModelRiskNotWatched')).toEqual([
      expect.objectContaining({ ...routed, namespace: 'lending', risk: 'credit', severity: 'critical' }),
    ]);
  });

  describe('of an objective of 99 % over 30 days', () => {
    const alert = 'ModelRiskBudgetBurn';
    const counts = (good: string, bad: string) => ({
      [`modelrisk_indicator_readings_total{${parity},result="Good"}`]: good,
      [`modelrisk_indicator_readings_total{${parity},result="Bad"}`]: bad,
    });
    const windowsAt = async (series: Series, seconds: number) =>
      (await firing(series, seconds, alert))
        .map((labels) => `${(labels as { window: string }).window} ${(labels as { severity: string }).severity}`)
        .sort();

    it('wake people within the hour when every reading is bad', async () => {
      // 14.4 budgets of 1 % are exceeded once 14.4 % of an hour is bad: after some nine minutes.
      const broken = counts('0+6x240 1440x2000', '0x240 0+6x2000');
      expect(await windowsAt(broken, 2 * hour + 4 * 60)).not.toContain('1h critical');
      expect(await windowsAt(broken, 2 * hour + 12 * 60)).toContain('1h critical');
    });

    it('make a ticket of a slow burn: 4 of 100 readings bad for a day', async () => {
      expect(await windowsAt(counts('0+24x2880', '0+1x2880'), 24 * hour)).toEqual(['1d warning', '3d warning']);
    });

    it('stay silent at half the budget’s rate, and stop soon after the end of a burn', async () => {
      expect(await windowsAt(counts('0+199x2880', '0+1x2880'), 24 * hour)).toEqual([]);
      const over = counts('0+6x240 1440x40 1440+6x1000', '0x240 0+6x40 240x1000');
      expect(await windowsAt(over, 2 * hour + 20 * 60)).toContain('1h critical');
      expect(await windowsAt(over, 2 * hour + 30 * 60)).not.toContain('1h critical');
    });

    it('take two bad readings for no trend, however few there were', async () => {
      expect(await windowsAt(counts('0x60 1x600', '0x60 1x10 2x600'), 50 * 60)).toEqual([]);
    });

    it('are silent where there was no reading at all', async () => {
      expect(await windowsAt(counts('0x600', '0x600'), 2 * hour)).toEqual([]);
    });

    it('record how far the value is from its limit, and what is left of the budget', async () => {
      expect(await sample('modelrisk:indicator_headroom', hour, '0.1')).toContain('SUCCESS');
      // 1 of 200 bad: half a budget of 1 in 100.
      expect(
        await sample('modelrisk:indicator_budget_left:ratio', 24 * hour, '0.5', { series: counts('0+199x2880', '0+1x2880') }),
      ).toContain('SUCCESS');
    });
  });

  describe('beside what the operator says is left of a budget', () => {
    const day = 2880;
    const young = [
      ['Good', day / 2],
      ['Bad', 23],
      ['None', 360],
      ['Good', day / 3],
    ] as const;
    /** One reading in five minutes: promtool loads no more than 10,000 samples. */
    const old = [
      ['Bad', 24],
      ['Good', 2160],
      ['Bad', 14],
      ['None', 144],
      ['Good', 144],
    ] as const;
    type Story = readonly (readonly [standing: Standing, readings: number])[];

    /** The counter of one result over the story, as promtool writes series. */
    const counter = (story: Story, result: Standing): string => {
      let sum = 0;
      return story
        .map(([standing, readings]) => {
          const step = standing === result ? 1 : 0;
          const text = `${String(sum + step)}+${String(step)}x${String(readings - 1)}`;
          sum += step * readings;
          return text;
        })
        .join(' ');
    };

    it.each([
      ['of a young indicator', young, 30, 30],
      ['of one older than its window', old, 7, 300],
    ])('the recorded share %s is the same, by the same readings', async (_what, story: Story, windowDays, everySeconds) => {
      const objective = { targetPercent: 99, windowSeconds: windowDays * 24 * hour };
      let ledger = emptyLedger;
      let readings = 0;
      for (const [standing, count] of story) {
        ledger = noteChange(ledger, { atMs: readings * everySeconds * 1000, standing }, objective.windowSeconds);
        readings += count;
      }
      // When rules are recorded: every ten minutes.
      const atSeconds = Math.floor(((readings - 1) * everySeconds) / 600) * 600;
      const { left } = budgetAt(ledger, objective, { nowMs: atSeconds * 1000 });
      expect(left).toBeGreaterThan(-0.5);
      expect(left).toBeLessThan(0.5);
      const series = Object.fromEntries(
        (['Good', 'Bad', 'None'] as const).map((result) => [
          `modelrisk_indicator_readings_total{${parity},result="${result}"}`,
          counter(story, result),
        ]),
      );
      const changed = { ...model, indicators: model.indicators.map((each) => ({ ...each, objective })) };
      const differs = (by: number) => `abs(modelrisk:indicator_budget_left:ratio - ${String((left ?? NaN) + by)}) < bool 0.01`;
      const asked = { series, changed, everySeconds };
      expect(await sample(differs(0), atSeconds, '1', asked)).toContain('SUCCESS');
      // What agrees with anything agrees with nothing.
      if (story === young) expect(await sample(differs(0.03), atSeconds, '0', asked)).toContain('SUCCESS');
    });
  });

  it('let nobody write a template into them: names are names', async () => {
    const evil = '{{ query "secret" | first | value }}';
    const [indicator] = model.indicators;
    if (indicator === undefined) throw new Error('no indicator');
    const changed = { ...model, team: evil, indicators: [{ ...indicator, category: evil }] };
    expect(await check(changed)).toContain('SUCCESS');
    const series = { [`modelrisk_indicator_breached{${parity}}`]: '1x600', 'secret{}': '42x600' };
    const [alert] = await firing(series, hour, 'ModelRiskIndicatorBreached', changed);
    expect(JSON.stringify(alert)).toContain('{{ query');
    expect(JSON.stringify(alert)).not.toContain('42');
  });
});
