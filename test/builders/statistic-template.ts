import type { Manifest } from './api.ts';

/** Templates of statistics as a policy writes them, beside the one a manifest starts with. */
const identity = { namespace: 'namespace', model: 'model', version: 'version' };

const increase = (metric: string, window: string, ...labels: readonly string[]): string =>
  `sum by (${['namespace', 'model', 'version', ...labels].join(', ')}) (increase(${metric}[${window}]))`;

export function calibrationTemplate(): Manifest['spec'] {
  return {
    name: 'calibration',
    provider: 'prometheus',
    windowSeconds: 3600,
    identity,
    calibration: {
      rows: increase('model_outcome_rows_total', '1h', 'score_bin'),
      scoreSum: increase('model_outcome_score_sum', '1h', 'score_bin'),
      positives: increase('model_outcome_positives_total', '1h', 'score_bin'),
      binLabel: 'score_bin',
      metric: 'ExpectedCalibrationError',
    },
  };
}

export function burnRateTemplate(): Manifest['spec'] {
  const events = (window: string) => ({ bad: increase('errors_total', window), total: increase('requests_total', window) });
  return {
    name: 'errors',
    provider: 'prometheus',
    windowSeconds: 3600,
    identity,
    burnRate: { long: events('1h'), short: events('5m') },
  };
}

export function anomalyTemplate(changes: object = {}): Manifest['spec'] {
  return {
    name: 'volume',
    provider: 'prometheus',
    windowSeconds: 300,
    identity,
    anomaly: { query: increase('predictions_total', '5m'), method: 'EWMA', everySeconds: 300, readings: 8, ...changes },
  };
}

export function comparisonTemplate(changes: object = {}): Manifest['spec'] {
  return {
    name: 'error-comparison',
    provider: 'prometheus',
    windowSeconds: 60,
    identity,
    comparison: { events: increase('errors_total', '1m'), total: increase('requests_total', '1m'), ...changes },
  };
}
