import { burnWindows } from '../../core/statistics/burn-windows.ts';
import type { BurnWindow } from '../../core/statistics/burn-windows.ts';
import { duration, selector } from './prometheus-text.ts';
import type { AlertedIndicator, AlertedModel, Rule } from './rule.ts';

/** Fewer bad readings than this are no trend, however few readings there were (SRE Workbook, low traffic). */
const fewestBad = 3;

const identity = 'namespace, risk, indicator';

interface Watched {
  readonly model: Pick<AlertedModel, 'namespace' | 'risk'>;
  readonly indicator: Pick<AlertedIndicator, 'name'>;
  readonly labels: Readonly<Record<string, string>>;
}

function readings({ model, indicator }: Watched, results: readonly string[], seconds: number): string {
  const which = selector({ namespace: model.namespace, risk: model.risk, indicator: indicator.name, result: results });
  return `sum by (${identity}) (increase(modelrisk_indicator_readings_total${which}[${duration(seconds)}]))`;
}

/** Nothing while there was no reading: no answer is not a good one. */
function badShare(watched: Watched, seconds: number): string {
  return `${readings(watched, ['Bad'], seconds)} / (${readings(watched, ['Good', 'Bad'], seconds)} > 0)`;
}

function recorded(seconds: number): string {
  return `modelrisk:indicator_bad:ratio_rate${duration(seconds)}`;
}

function burnAlert(watched: Watched, { budget, window }: { readonly budget: number; readonly window: BurnWindow }): Rule {
  const { model, indicator, labels } = watched;
  const { longSeconds, shortSeconds, factor, pace } = window;
  const which = selector({ namespace: model.namespace, risk: model.risk, indicator: indicator.name });
  const limit = `${String(factor)} * ${String(Number(budget.toFixed(8)))}`;
  return {
    alert: 'ModelRiskBudgetBurn',
    expr: [
      `${recorded(longSeconds)}${which} > ${limit}`,
      `and ${recorded(shortSeconds)}${which} > ${limit}`,
      `and on (${identity}) ${readings(watched, ['Bad'], longSeconds)} >= ${String(fewestBad)}`,
    ].join(' '),
    labels: { ...labels, severity: pace === 'Fast' ? 'critical' : 'warning', window: duration(longSeconds) },
    annotations: {
      summary: `Indicator ${indicator.name} of ModelRisk ${model.namespace}/${model.risk} spends its budget more than ${String(factor)} times too fast.`,
      description: `{{ $value | humanizePercentage }} of its readings of the last ${duration(longSeconds)} were a breach, and it goes on. kubectl modelrisk explain says how the readings are judged.`,
    },
  };
}

/** Recording rules and alerts of one indicator's objective; `labels` say where alerts go, `annotations` come to those of each. */
export function objectiveRules(
  watched: Watched,
  objective: NonNullable<AlertedIndicator['objective']>,
  annotations: Readonly<Record<string, string>>,
): readonly Rule[] {
  const budget = 1 - objective.targetPercent / 100;
  const windows = burnWindows(objective);
  const lengths = [...new Set(windows.flatMap(({ longSeconds, shortSeconds }) => [shortSeconds, longSeconds]))].sort((a, b) => a - b);
  const left = `1 - (${badShare(watched, objective.windowSeconds)}) / ${String(Number(budget.toFixed(8)))}`;
  return [
    ...lengths.map((seconds) => ({ record: recorded(seconds), expr: badShare(watched, seconds), labels: watched.labels })),
    { record: 'modelrisk:indicator_budget_left:ratio', expr: left, labels: watched.labels },
    ...windows
      .map((window) => burnAlert(watched, { budget, window }))
      .map((rule) => ('alert' in rule ? { ...rule, annotations: { ...rule.annotations, ...annotations } } : rule)),
  ];
}
