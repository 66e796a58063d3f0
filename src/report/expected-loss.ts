import type { ModelRisk } from '../api/model-risk.ts';
import type { ReportFigure, ReportSection } from '../core/report/document.ts';
import { money } from '../core/risk/money.ts';
import type { ReportFacts } from './facts.ts';
import { nameOf } from './source.ts';

type Loss = NonNullable<ModelRisk['status']['expectedAnnualLoss']>;

interface Priced {
  readonly model: ModelRisk;
  readonly loss: Loss;
}

const law =
  'Expected losses add up whatever depends on what; percentiles do not, so no 95 % point of several models together is shown. ' +
  'Versions of one model share its requests, so of these only the dearest counts.';

/** What a year is expected to cost, all models together, a sum for each currency. */
export function expectedLossSection({ models, where }: ReportFacts): ReportSection {
  const priced = models.flatMap((model): readonly Priced[] =>
    model.status.expectedAnnualLoss === undefined ? [] : [{ model, loss: model.status.expectedAnnualLoss }],
  );
  const counted = dearestVersions(priced);
  const currencies = [...new Set(counted.map(({ loss }) => loss.currency ?? null))].toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
  const unpriced = models.length - priced.length;
  const population = `ModelRisks of ${where}, n=${String(models.length)}`;
  return {
    heading: 'Expected loss',
    blocks: [
      { kind: 'Text', text: law, source: 'docs/adr/0011-what-a-risk-costs.md' },
      {
        kind: 'Figures',
        figures: [
          ...(currencies.length === 0
            ? [
                {
                  label: 'Expected annual loss',
                  value: 'unknown',
                  number: null,
                  n: 0,
                  source: `${population}: none shows .status.expectedAnnualLoss`,
                },
              ]
            : currencies.flatMap((currency) =>
                sumsOf(
                  counted.filter(({ loss }) => (loss.currency ?? null) === currency),
                  currency,
                  where,
                ),
              )),
          {
            label: 'Models without a price, left out of the sum',
            value: String(unpriced),
            number: unpriced,
            source: `${population}: .status.expectedAnnualLoss`,
          },
        ],
      },
    ],
  };
}

function sumsOf(counted: readonly Priced[], currency: string | null, where: string): readonly ReportFigure[] {
  const sum = (of: (loss: Loss) => number): number => counted.reduce((total, { loss }) => total + of(loss), 0);
  const n = counted.length;
  const figure = (label: string, number: number, field: string): ReportFigure => ({
    ...{ label, value: money(number, currency), number },
    ...(currency === null ? {} : { unit: currency }),
    ...{ n, source: `Sum over ModelRisks of ${where}, n=${String(n)}: .status.expectedAnnualLoss.${field}` },
  });
  return [
    figure(
      'Expected annual loss, as if nothing were constrained',
      sum(({ value }) => value),
      'value',
    ),
    figure(
      'What remains while the constraints in force hold',
      sum(({ residual }) => residual),
      'residual',
    ),
    figure(
      'By prior and confirmed history alone, without live evidence',
      sum(({ inherent }) => inherent),
      'inherent',
    ),
  ];
}

/** Of each model in a namespace the version that is expected to cost most; at equal cost the first by name. */
function dearestVersions(priced: readonly Priced[]): readonly Priced[] {
  const dearest = new Map<string, Priced>();
  for (const each of priced) {
    const key = JSON.stringify([each.model.metadata.namespace, each.model.spec.model.name]);
    const known = dearest.get(key);
    if (known === undefined || each.loss.value > known.loss.value) dearest.set(key, each);
  }
  return [...dearest.values()].toSorted((a, b) => (nameOf(a.model) < nameOf(b.model) ? -1 : 1));
}
