import type { IndicatorInForce, ModelRisk } from '../../src/api/model-risk.ts';
import { indicatorInForce, riskTerms } from '../../src/api/terms.ts';

/** The indicators of a model in no tier, as they are judged. */
export function indicatorsOf({ spec }: Pick<ModelRisk, 'spec'>): readonly IndicatorInForce[] {
  return riskTerms(spec, null).indicators.map(indicatorInForce);
}
