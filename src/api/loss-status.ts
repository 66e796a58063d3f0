import * as z from 'zod';
import type { ModelLoss } from '../core/risk/model-loss.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import { decimal, name, percent, setList, text } from './fields.ts';
import { tierName } from './risk-tier.ts';

const money = (description: string) => decimal(`${description} Three significant digits.`);

const expectedAnnualLossStatus = z
  .object({
    value: money('Mean of what a year costs, with live evidence, all risks that carry a likelihood and an impact together.'),
    low: money('The mean lies above this with a probability of 95 %, by what is known of the rates.'),
    high: money('The mean lies below this with a probability of 95 %, by what is known of the rates.'),
    inherent: money('The mean by prior and confirmed history only: what the tier rests on.'),
    residual: money(
      'The mean while the constraints in force hold: candidate and safe version by their shares, fines in full. A safe version that no ModelRisk prices counts like the candidate without live evidence.',
    ),
    liveSharePercent: percent("Most of the candidate's answers that callers get while the constraints in force hold; 100: none holds."),
    safe: money(
      'What the safe version costs a year without fines, by the ModelRisk of that version; left out while none holds or prices it.',
    ).exactOptional(),
    currency: text(3, 'Currency of the policy, ISO 4217.').exactOptional(),
  })
  .meta({ description: 'Money a year of operation is expected to cost.' });

const tierStatus = z
  .object({
    inherent: tierName('Tier the model is in. It rises at once and does not fall by itself.'),
    computed: tierName('Tier the numbers and the declared criticality give now.').exactOptional(),
    message: text(1024, 'Why it is in this tier.'),
  })
  .meta({ description: 'Class of the model by what is at stake.' });

/** What a ModelRisk shows of money and tier. */
export const lossStatusFields = {
  tier: tierStatus.exactOptional(),
  expectedAnnualLoss: expectedAnnualLossStatus.exactOptional(),
  p95: money('Loss that 19 of 20 years stay below, all risks together, in the currency of expectedAnnualLoss.').exactOptional(),
  unquantifiedRisks: setList(name('Entry of risks.'), {
    max: 64,
    description: 'Entries of risks without likelihood and impact: the loss and the tier leave them out.',
  }).default([]),
};

/** The remembered tier and factors are read back after a restart; the figures are only ever written. */
export type TierStatus = DeepReadonly<z.output<typeof tierStatus>>;

export interface ShownLoss {
  readonly loss: ModelLoss;
  readonly liveShare: number;
  readonly safeLoss: number | null;
}

/** Rounded, so that a figure changes only when it says something else. */
export function toLossStatus({ loss, liveShare, safeLoss }: ShownLoss, currency: string | null) {
  const { expected, p95, residual, inherent } = loss;
  return {
    expectedAnnualLoss: {
      value: threeDigits(expected.value),
      low: threeDigits(expected.low),
      high: threeDigits(expected.high),
      inherent: threeDigits(inherent.expectedAnnualLoss),
      residual: threeDigits(residual),
      liveSharePercent: Math.round(liveShare * 100),
      ...(safeLoss === null ? {} : { safe: threeDigits(safeLoss) }),
      ...(currency === null ? {} : { currency }),
    },
    p95: threeDigits(p95),
  };
}

function threeDigits(value: number): number {
  return Number(value.toPrecision(3));
}
