import type { ModelRisk } from '../api/model-risk.ts';
import type { ReportBlock, ReportFigure, ReportSection } from '../core/report/document.ts';
import { explainLoss } from '../core/risk/explain-loss.ts';
import type { LossAccount } from '../core/risk/explain-loss.ts';
import { money } from '../core/risk/money.ts';
import type { RiskAccount } from '../core/risk/risk-account.ts';
import { fieldOf, oneOf } from './source.ts';

const unknown = 'unknown';
const law = 'computed as kubectl modelrisk explain does (docs/adr/0011-what-a-risk-costs.md)';

/** The register with its prices, what they come to, and the whole arithmetic. */
export function registerSection(model: ModelRisk, account: LossAccount): ReportSection {
  const source = `${fieldOf('ModelRisk', model, '.spec.risks', '.status.indicators[].likelihoodRatio')}; ${law}`;
  const asked = `${oneOf('ModelRisk', model)}; kubectl modelrisk explain ${model.metadata.name} -n ${model.metadata.namespace ?? ''}`;
  const sentences = explainLoss(account).map((text): ReportBlock => ({ kind: 'Text', text, source: asked }));
  return {
    heading: 'Risk file',
    blocks: [riskTable(model, account), ...(account.risks.length === 0 ? [] : [totals(account, source)]), ...sentences],
  };
}

function riskTable(model: ModelRisk, { risks, currency }: LossAccount): ReportBlock {
  const rows = model.spec.risks.map(({ name, category, summary }) => {
    const priced = risks.find((each) => each.name === name);
    return {
      cells: [
        name,
        category,
        summary ?? '',
        ...(priced === undefined ? Array.from({ length: 4 }, () => unknown) : priceCells(priced, currency)),
      ],
      source: `${fieldOf('ModelRisk', model, `.spec.risks[${name}]`)}; ${law}`,
    };
  });
  const columns = [
    'Risk',
    'Category',
    'What could go wrong',
    'Incidents a year',
    'One incident costs',
    '19 of 20 cost less than',
    'A year costs',
  ];
  return { kind: 'Table', caption: 'Register; of risks without likelihood and impact no price is known', columns, rows };
}

const number = (value: number): string => String(Number(value.toPrecision(4)));

function priceCells(
  { rate, history, evidence, meanImpact, singleEventP95, expectedAnnualLoss }: RiskAccount,
  currency: string | null,
): readonly string[] {
  const live = evidence === null ? '' : `; by ${evidence.indicator} odds x ${number(evidence.ratio)}`;
  return [
    `${number(rate)} (by history ${number(history.mean)}, 90 % between ${number(history.low)} and ${number(history.high)}${live})`,
    money(meanImpact, currency),
    money(singleEventP95, currency),
    money(expectedAnnualLoss, currency),
  ];
}

function totals({ loss: { expected, p95, residual, inherent }, currency }: LossAccount, source: string): ReportBlock {
  const figure = (label: string, value: number): ReportFigure => ({
    ...{ label, value: money(value, currency), number: value },
    ...(currency === null ? {} : { unit: currency }),
    source,
  });
  return {
    kind: 'Figures',
    figures: [
      figure('Expected annual loss', expected.value),
      figure('Expected annual loss, 5 % point of what is known of the rates', expected.low),
      figure('Expected annual loss, 95 % point of what is known of the rates', expected.high),
      figure('19 of 20 years cost less than', p95),
      figure('What remains while the constraints in force hold', residual),
      figure('By prior and confirmed history alone', inherent.expectedAnnualLoss),
    ],
  };
}
