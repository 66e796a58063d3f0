import type { VerdictRecord } from '../core/explain-verdict.ts';
import type { LossAccount } from '../core/risk/explain-loss.ts';
import { modelLoss } from '../core/risk/model-loss.ts';
import { riskAccount } from '../core/risk/risk-account.ts';
import type { ScoreMesh } from '../core/risk/score-mesh.ts';
import type { DeclaredIndicator, ModelRisk } from './model-risk.ts';
import { rememberedRatios, toEvidence, toQuantifiedRisks, unquantifiedRisks } from './risk-register.ts';

/** `intervalSeconds`: between two looks, as it is in force. */
export function fromIndicatorStatus(
  spec: DeclaredIndicator,
  { status }: Pick<ModelRisk, 'status'>,
  intervalSeconds: number,
): VerdictRecord {
  const { name, risk, minSamples = null, forSeconds, clearForSeconds } = spec;
  const entry = status.indicators.find((each) => each.name === name);
  const judgedBy = { name, risk, minSamples, forSeconds, clearForSeconds, intervalSeconds };
  if (entry === undefined) return { ...judgedBy, last: null };
  return {
    ...judgedBy,
    last: {
      state: entry.state,
      since: entry.since,
      verdict: entry.verdict ?? null,
      value: entry.value ?? null,
      sampleCount: entry.sampleCount ?? null,
      threshold:
        entry.threshold === undefined
          ? null
          : { ...entry.threshold, warn: entry.threshold.warn ?? null, severe: entry.threshold.severe ?? null },
      dataTime: entry.dataTime ?? null,
      message: entry.message ?? '',
      likelihoodRatio: entry.likelihoodRatio ?? null,
      falseAlarms: entry.falseAlarms ?? null,
    },
  };
}

/** The loss computed again from the object: its spec, and the factors and shares its status remembers. */
export function toLossAccount({ spec, status }: Pick<ModelRisk, 'spec' | 'status'>, currency: string | null, mesh: ScoreMesh): LossAccount {
  const risks = toQuantifiedRisks(spec);
  const liveShare = (status.expectedAnnualLoss?.liveSharePercent ?? 100) / 100;
  const safeLoss = status.expectedAnnualLoss?.safe ?? null;
  const loss = modelLoss({ risks, evidence: toEvidence(spec, rememberedRatios(status)), liveShare, safeLoss }, mesh);
  return {
    ...{ currency, liveShare, safeLoss },
    risks: risks.flatMap((risk, index) => {
      const now = loss.risks[index];
      return now === undefined ? [] : [riskAccount(risk, now, mesh)];
    }),
    unquantifiedRisks: unquantifiedRisks(spec),
    loss: { expected: loss.expected, p95: loss.p95, residual: loss.residual, inherent: loss.inherent },
  };
}
