import { toInstant } from '../api/instant.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import type { ReportBlock, ReportRow, ReportSection } from '../core/report/document.ts';
import { explainOrder } from '../core/risk/backlog/explain-backlog.ts';
import { expectationsOf } from '../core/risk/backlog/rank.ts';
import type { Backlog, RankedItem } from '../core/risk/backlog/rank.ts';
import type { RiskExposure } from '../core/risk/backlog/remediation.ts';
import { money } from '../core/risk/money.ts';
import type { ReportFacts } from './facts.ts';
import { nameOf } from './source.ts';
import { rankModels } from './rank-models.ts';

const weeksText = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** The backlog of each policy as `kubectl modelrisk backlog` ranks it, of it what the report is about; at most `most` items of each part. */
export function backlogSection(facts: ReportFacts, most: number): ReportSection {
  const blocks = facts.all.policies.flatMap((policy) => ofPolicy(policy, facts, most));
  const nothing: ReportBlock = { kind: 'Text', text: 'No remediation is planned and no risk has a price.' };
  return { heading: 'What to fix first', blocks: blocks.length === 0 ? [nothing] : blocks };
}

interface Wording {
  readonly policy: string;
  readonly currency: string | null;
  /** Of what all items were ranked among. */
  readonly population: string;
}

function ofPolicy(policy: RiskPolicy, { all, models, whereOfAll, mostRanked }: ReportFacts, most: number): readonly ReportBlock[] {
  const name = policy.metadata.name;
  const under = all.models.filter(({ spec }) => spec.policyRef.name === name);
  const size = under.reduce((sum, { spec }) => sum + spec.risks.length + spec.remediations.length, 0);
  if (size > mostRanked) return [{ kind: 'Gaps', items: [notRanked(name, size, mostRanked)] }];
  const backlog = rankModels({ models: under, plans: all.plans }, policy.spec);
  const own = new Set(models.map(nameOf));
  const isOwn = (id: string): boolean => own.has(modelOf(id));
  const { mandatory, ranked, belowLine, problems } = backlog;
  const n = mandatory.length + ranked.length + belowLine.length;
  const wording = {
    policy: name,
    currency: policy.spec.currency ?? null,
    population: `ranked among the remediations of ${whereOfAll} under RiskPolicy ${name}, n=${String(n)}; docs/backlog.md`,
  };
  const unsound = problems.filter(({ id }) => isOwn(id)).map(({ message }) => message);
  return [
    ...itemTable(backlog, { isOwn, most }, wording),
    ...orderText(ranked.filter(({ remediation }) => isOwn(remediation.id)).slice(0, most), wording),
    ...unplannedTable(backlog.unplanned.filter(({ id }) => isOwn(id)).slice(0, most), wording),
    ...(unsound.length === 0 ? [] : [{ kind: 'Gaps' as const, items: unsound }]),
  ];
}

function notRanked(policy: string, size: number, most: number): string {
  return `The ${String(size)} risks and remediations under RiskPolicy ${policy} are more than the ${String(most)} that are ranked here: kubectl modelrisk backlog -A ranks them.`;
}

/** Ids are `namespace/model risk/name`. */
function modelOf(id: string): string {
  return id.split('/').slice(0, 2).join('/');
}

interface Choice {
  readonly isOwn: (id: string) => boolean;
  readonly most: number;
}

function itemTable({ mandatory, ranked, belowLine }: Backlog, { isOwn, most }: Choice, wording: Wording): readonly ReportBlock[] {
  const part = (items: readonly RankedItem[], band: (item: RankedItem) => string): readonly ReportRow[] =>
    items
      .filter(({ remediation }) => isOwn(remediation.id))
      .slice(0, most)
      .map((item) => itemRow(item, band(item), wording));
  const rows = [
    ...part(mandatory, () => 'mandatory'),
    ...part(ranked, ({ band }) => String(band)),
    ...part(belowLine, () => 'below the line'),
  ];
  if (rows.length === 0) return [];
  const columns = ['Band', 'Remediation', 'Owner', 'Net a week of work', 'Benefit', 'Cost', 'Weeks', 'Its risks cost a year', 'By'];
  return [
    { kind: 'Table', caption: `Remediations under RiskPolicy ${wording.policy}, the best use of a week of work first`, columns, rows },
  ];
}

function itemRow(item: RankedItem, band: string, { currency, population }: Wording): ReportRow {
  const { remediation, netPerWeek, expectedLoss } = item;
  const { id, owner, mandatoryByMs, dueMs } = remediation;
  const { benefit, cost, weeks } = expectationsOf(item);
  const by = mandatoryByMs ?? dueMs;
  const amounts = [netPerWeek, benefit, cost].map((amount) => money(amount, currency));
  return {
    cells: [band, id, owner, ...amounts, weeksText.format(weeks), money(expectedLoss, currency), by === null ? '' : toInstant(by)],
    source: `ModelRisk ${modelOf(id)} .spec.remediations[${id.split('/').at(-1) ?? ''}], .spec.risks; ${population}`,
  };
}

/** Why each comes before the next, with the numbers. */
function orderText(items: readonly RankedItem[], { currency, population }: Wording): readonly ReportBlock[] {
  return items.slice(1).flatMap((item, index) => {
    const before = items[index];
    if (before === undefined) return [];
    return [{ kind: 'Text' as const, text: explainOrder(before, item, currency), source: `Both ${population}` }];
  });
}

function unplannedTable(exposures: readonly RiskExposure[], { policy, currency }: Wording): readonly ReportBlock[] {
  if (exposures.length === 0) return [];
  const rows = exposures.map(({ id, rate, meanImpact, holdingCost }) => ({
    cells: [id, money((rate.shape / rate.years) * meanImpact, currency), money(holdingCost, currency)],
    source: `ModelRisk ${modelOf(id)} .spec.risks[${id.split('/').at(-1) ?? ''}], .status.indicators[].likelihoodRatio; docs/backlog.md`,
  }));
  return [
    {
      kind: 'Table',
      caption: `Risks under RiskPolicy ${policy} with a price that no remediation lowers`,
      columns: ['Risk', 'Expected to cost a year', 'Constraints in force cost a year'],
      rows,
    },
  ];
}
