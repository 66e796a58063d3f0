import { objectiveRules } from './objective-rules.ts';
import { plain, selector } from './prometheus-text.ts';
import type { AlertedIndicator, AlertedModel, Rule, RuleGroup } from './rule.ts';

/** How long nobody may see an indicator before people are told, beyond its own staleAfterSeconds. */
const blindSeconds = 300;

const identity = 'namespace, risk, indicator';

function routing({ tier, team }: AlertedModel): Readonly<Record<string, string>> {
  return { ...(tier === null ? {} : { tier: plain(tier) }), team: plain(team) };
}

/** The name of the indicator keeps apart what one rule for each would else record twice. */
function labelsOf(model: AlertedModel, { name, category }: AlertedIndicator): Readonly<Record<string, string>> {
  return { ...routing(model), category: plain(category), indicator: name };
}

/** `runbook_url` and `dashboard_url`, as Alertmanager's templates and user interfaces look for them. */
function linked({ links }: AlertedIndicator): Readonly<Record<string, string>> {
  return Object.fromEntries(links.map(({ name, url }) => [`${name}_url`, plain(url)]));
}

function headroom(model: AlertedModel, indicator: AlertedIndicator): readonly Rule[] {
  const { name, threshold } = indicator;
  if (threshold === null) return [];
  const value = `(modelrisk_indicator_value${selector({ namespace: model.namespace, risk: model.risk, indicator: name })})`;
  const breach = String(threshold.breach);
  const expr =
    threshold.direction === 'Above' ? `${breach} - max by (${identity}) ${value}` : `min by (${identity}) ${value} - (${breach})`;
  return [{ record: 'modelrisk:indicator_headroom', expr, labels: labelsOf(model, indicator) }];
}

function indicatorRules(model: AlertedModel, indicator: AlertedIndicator): readonly Rule[] {
  const { namespace, risk, team, contact } = model;
  const { name } = indicator;
  const which = selector({ namespace, risk, indicator: name });
  const labels = labelsOf(model, indicator);
  const subject = `indicator ${name} of ModelRisk ${namespace}/${risk}`;
  return [
    ...headroom(model, indicator),
    {
      alert: 'ModelRiskIndicatorBreached',
      expr: `max by (${identity}) (modelrisk_indicator_breached${which}) > 0`,
      labels: { ...labels, severity: 'critical' },
      annotations: {
        summary: `The limit of ${subject} is broken.`,
        description: plain(
          `It broke its limit and has not been clear for long enough. Ask ${team} (${contact}); kubectl modelrisk explain ${risk} -n ${namespace} shows the readings and what was done.`,
        ),
        ...linked(indicator),
      },
    },
    {
      alert: 'ModelRiskIndicatorBlind',
      expr: `max by (${identity}) (modelrisk_indicator_blind_seconds${which}) > ${String(blindSeconds)}`,
      labels: { ...labels, severity: 'warning' },
      annotations: {
        summary: `There is no usable reading of ${subject}.`,
        description: `For {{ $value | humanizeDuration }} nobody has been able to tell whether it is within its limit. Condition Assessed of the ModelRisk says what is missing.`,
        ...linked(indicator),
      },
    },
  ];
}

function planRules(model: AlertedModel): readonly Rule[] {
  const { namespace, risk, plans, targets } = model;
  const labels = { ...routing(model), severity: 'warning' };
  const engaged: Rule = {
    alert: 'ModelRiskMitigationEngaged',
    expr: `max by (namespace, plan) (modelrisk_engaged_stage${selector({ namespace, plan: plans })}) > 0`,
    labels,
    annotations: {
      summary: `MitigationPlan ${namespace}/{{ $labels.plan }} holds a constraint for ModelRisk ${namespace}/${risk}.`,
      description: 'It stands in stage {{ $value }}, counted from 1. Its RiskIncident says why, and what is awaited.',
    },
  };
  const edits = `modelrisk_contested_total${selector({ namespace, target: targets })}`;
  const contested: Rule = {
    alert: 'ModelRiskTargetContested',
    // A counter that has just appeared has no increase yet.
    expr: `sum by (namespace, target) (increase(${edits}[15m])) > 0 or sum by (namespace, target) (${edits} unless ${edits} offset 15m) > 0`,
    labels,
    annotations: {
      summary: `Somebody edits {{ $labels.target }} in ${namespace} while ModelRisk ${namespace}/${risk} holds a constraint on it.`,
      description:
        'The constraint is laid again each time. Condition Contested of the plan names the other writer: stop it, or hold the plan.',
    },
  };
  return [...(plans.length === 0 ? [] : [engaged]), ...(targets.length === 0 ? [] : [contested])];
}

function governanceRules(model: AlertedModel): readonly Rule[] {
  const { namespace, risk, indicators } = model;
  const which = selector({ namespace, risk });
  const overdue: Rule = {
    alert: 'ModelRiskReviewOverdue',
    expr: `time() - max by (namespace, risk) (modelrisk_review_due_timestamp_seconds${which}) > 0`,
    labels: { ...routing(model), severity: 'warning' },
    annotations: {
      summary: `The review of ModelRisk ${namespace}/${risk} is overdue.`,
      description: `It was due {{ $value | humanizeDuration }} ago. Review it: kubectl modelrisk review ${risk} -n ${namespace} --role ROLE --reason TEXT --minutes MINUTES`,
    },
  };
  const unwatched: Rule = {
    alert: 'ModelRiskNotWatched',
    expr: `absent(modelrisk_indicator_breached${which})`,
    for: '10m',
    labels: { ...routing(model), namespace, risk, severity: 'critical' },
    annotations: {
      summary: `Nobody watches ModelRisk ${namespace}/${risk}.`,
      description:
        'The operator has told nothing of it for ten minutes: it is down, or is scraped without honorLabels: true, so that its namespace labels are lost.',
    },
  };
  return [overdue, ...(indicators.length === 0 ? [] : [unwatched])];
}

/** All rules about one model. Pure: the same model gives the same rules, in the same order. */
export function modelRules(model: AlertedModel): readonly RuleGroup[] {
  const { namespace, risk, indicators } = model;
  const objectives = indicators.flatMap((indicator) =>
    indicator.objective === null
      ? []
      : objectiveRules({ model, indicator, labels: labelsOf(model, indicator) }, indicator.objective, linked(indicator)),
  );
  const rules = [...indicators.flatMap((indicator) => indicatorRules(model, indicator)), ...planRules(model), ...governanceRules(model)];
  const group = { name: `modelrisk.${namespace}.${risk}`, rules };
  return objectives.length === 0 ? [group] : [group, { name: `${group.name}.objectives`, rules: objectives }];
}
