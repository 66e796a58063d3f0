import type { Metrics } from '../telemetry/metrics.ts';
import type { ExposureBook } from './exposure-book.ts';
import type { Programme } from './programme.ts';

export interface ExposureGaugesOptions {
  readonly programme: Pick<Programme, 'risks'>;
  readonly exposures: Pick<ExposureBook, 'of'>;
  readonly metrics: Pick<Metrics, 'exposureUnitsPerMinute' | 'exposureMoneyPerMinute' | 'exposureKnown'>;
}

/** What is unknown has no figure: a 0 would be one. */
export function setExposures({ programme, exposures, metrics }: ExposureGaugesOptions): void {
  for (const gauge of [metrics.exposureUnitsPerMinute, metrics.exposureMoneyPerMinute, metrics.exposureKnown]) gauge.reset();
  for (const state of programme.risks.values()) {
    const exposure = exposures.of(state);
    if (exposure === null) continue;
    const labels = { namespace: state.identity.namespace, risk: state.risk.metadata.name };
    metrics.exposureKnown.set(labels, exposure.kind === 'Known' ? 1 : 0);
    if (exposure.kind === 'Unknown') continue;
    metrics.exposureUnitsPerMinute.set(labels, exposure.unitsPerMinute);
    metrics.exposureMoneyPerMinute.set(labels, exposure.moneyPerMinute);
  }
}
