import { explainRisk } from './explain-risk.ts';
import type { ModelLoss } from './model-loss.ts';
import { money } from './money.ts';
import type { RiskAccount } from './risk-account.ts';

/** What the loss of a model was computed from and came to. */
export interface LossAccount {
  readonly currency: string | null;
  readonly risks: readonly RiskAccount[];
  /** Entries of the register without a price. */
  readonly unquantifiedRisks: readonly string[];
  readonly loss: Pick<ModelLoss, 'expected' | 'p95' | 'residual' | 'inherent'>;
  readonly liveShare: number;
  readonly safeLoss: number | null;
}

/** The whole arithmetic of a loss figure, a sentence a step. */
export function explainLoss(account: LossAccount): readonly string[] {
  const { currency, risks, unquantifiedRisks } = account;
  const left = unquantifiedRisks.length === 0 ? [] : [`Left out, for want of likelihood and impact: ${unquantifiedRisks.join(', ')}.`];
  if (risks.length === 0) return ['No entry of the register has a likelihood and an impact: there is no loss to compute.'];
  return [
    ...risks.flatMap((risk) => explainRisk(risk, currency)),
    explainTotal(account),
    explainYear(account),
    explainResidual(account),
    ...left,
  ];
}

function explainTotal({ currency, risks, loss: { expected, inherent } }: LossAccount): string {
  const sum = risks.map(({ expectedAnnualLoss }) => money(expectedAnnualLoss, currency)).join(' + ');
  const total = risks.length === 1 ? money(expected.value, currency) : `${sum} = ${money(expected.value, currency)}`;
  return (
    `Expected annual loss of the model: ${total}; with 90 % probability between ${money(expected.low, currency)} and ${money(expected.high, currency)} ` +
    `(Gamma with the mean and variance of the sum). Without live evidence: ${money(inherent.expectedAnnualLoss, currency)}.`
  );
}

function explainYear({ currency, loss: { p95 } }: LossAccount): string {
  return (
    `19 of 20 years cost less than ${money(p95, currency)}, all risks together: the 95 % point of the compound distribution ` +
    `(negative binomial counts, Panjer's recursion on a grid of 2,000 steps), never a sum of the 95 % points of its parts.`
  );
}

function explainResidual({ currency, liveShare, safeLoss, loss: { residual } }: LossAccount): string {
  if (liveShare >= 1) return `Residual: no constraint holds, so all of it remains: ${money(residual, currency)}.`;
  const safe =
    safeLoss === null
      ? 'no ModelRisk prices the safe version, so it counts like the candidate without live evidence'
      : `the safe version costs ${money(safeLoss, currency)} a year without fines`;
  return (
    `Residual: callers get at most ${String(Math.round(liveShare * 100))} % of the candidate while the constraints hold and ${safe}; ` +
    `fines are not scaled. x candidate + (1 - x) safe + fines = ${money(residual, currency)}.`
  );
}
