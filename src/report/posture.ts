import type { ReportFigure, ReportSection } from '../core/report/document.ts';
import type { ModelRisk } from '../api/model-risk.ts';
import { inForce } from './constraints.ts';
import type { ReportFacts } from './facts.ts';
import { incidentLines } from './incident-line.ts';
import { isUnknown, toModelLine } from './model-line.ts';
import { toReviewLine } from './review-line.ts';
import { fieldOfAll } from './source.ts';
import { countFigure, tallyFigure } from './tally.ts';

/** Where the models stand now: the counts of `list`, `reviews` and `incidents`. */
export function postureSection(facts: ReportFacts): ReportSection {
  return {
    heading: 'Posture',
    blocks: [{ kind: 'Figures', figures: [...modelFigures(facts), ...tierFigures(facts), ...incidentFigures(facts)] }],
  };
}

function modelFigures({ models, where }: ReportFacts): readonly ReportFigure[] {
  const n = models.length;
  const from = (...paths: readonly string[]): string => fieldOfAll('ModelRisks', { where, n }, ...paths);
  const lines = models.map(toModelLine);
  const reviews = models.map(toReviewLine);
  const unseen = reviews.filter(({ standing }) => standing === 'NotObserved').length;
  const signed = models.map((model) => statusOf(model, 'SignedOff'));
  const breached = models.map((model) => statusOf(model, 'Breached'));
  const unknownOf = (all: readonly string[]): number => all.filter((each) => each === 'Unknown').length;
  return [
    countFigure('Models', n, from('.metadata.name')),
    tallyFigure(
      'Lack something their tier requires on file',
      { count: lines.filter(({ missing }) => missing.length > 0).length, unknown: lines.filter(isUnknown).length, n },
      from('.status.documentation.missing'),
    ),
    tallyFigure(
      'Signed off as they are, or asked of nobody',
      { count: signed.filter((each) => each === 'True').length, unknown: unknownOf(signed), n },
      from('.status.conditions[SignedOff]'),
    ),
    tallyFigure(
      'Reviews overdue',
      { count: reviews.filter(({ standing }) => standing === 'Overdue').length, unknown: unseen, n },
      from('.status.conditions[ReviewCurrent]'),
    ),
    tallyFigure(
      'Reviews due soon',
      { count: reviews.filter(({ standing }) => standing === 'DueSoon').length, unknown: unseen, n },
      from('.status.conditions[ReviewCurrent]'),
    ),
    tallyFigure(
      'Beyond a limit now',
      { count: breached.filter((each) => each === 'True').length, unknown: unknownOf(breached), n },
      from('.status.conditions[Breached]'),
    ),
  ];
}

/** Nobody has looked: neither yes nor no. */
function statusOf({ status }: ModelRisk, type: string): 'True' | 'False' | 'Unknown' {
  return status.conditions.find((each) => each.type === type)?.status ?? 'Unknown';
}

/** In the order of the policies, then what stands in none of them. */
export function tierNames({ policies, models }: Pick<ReportFacts, 'policies' | 'models'>): readonly string[] {
  const declared = policies.flatMap(({ spec }) => spec.tiers.map(({ name }) => name));
  return [...new Set([...declared, ...models.flatMap(({ status }) => status.tier?.inherent ?? []).toSorted()])];
}

function tierFigures(facts: ReportFacts): readonly ReportFigure[] {
  const { models, where } = facts;
  const tiers = models.map((model) => toModelLine(model).tier);
  const source = fieldOfAll('ModelRisks', { where, n: models.length }, '.status.tier.inherent');
  const countOf = (name: string | null): number => tiers.filter((each) => each === name).length;
  const without = countOf(null);
  return [
    ...tierNames(facts).map((name) => countFigure(`Models of tier ${name}`, countOf(name), source)),
    ...(without === 0 ? [] : [countFigure('Models in no tier, or not looked at yet', without, source)]),
  ];
}

const severities = ['Critical', 'High', 'Medium', 'Low'] as const;

function incidentFigures({ incidents, plans, where, nowMs }: ReportFacts): readonly ReportFigure[] {
  const lines = incidentLines(incidents, nowMs);
  const from = (...paths: readonly string[]): string => fieldOfAll('RiskIncidents', { where, n: incidents.length }, ...paths);
  const open = lines.filter(({ isOpen }) => isOpen);
  const overdue = lines.flatMap(({ due }) => due).filter(({ isOverdue }) => isOverdue).length;
  return [
    ...severities.map((severity) =>
      countFigure(
        `Open incidents of severity ${severity}`,
        open.filter((each) => each.severity === severity).length,
        from('.status.closedAt, .status.severity, .spec.severity'),
      ),
    ),
    countFigure('Reports to authorities overdue', overdue, from('.status.deadlines')),
    countFigure(
      'Findings that became neither remediation nor indicator',
      lines.flatMap(({ openFindings }) => openFindings).length,
      from('.status.findings'),
    ),
    countFigure(
      'Plans whose constraints are in force',
      inForce(plans).length,
      fieldOfAll('MitigationPlans', { where, n: plans.length }, '.status.stage', '.status.conditions[Engaged]'),
    ),
  ];
}
