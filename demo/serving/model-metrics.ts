/**
 * Everything docs/instrumentation.md asks of a model server, over prom-client and nothing else of this repository:
 * copy this file, write down your own features and groups, and call one function at each of the five moments.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** `live`: a caller received the answer. `shadow`: a mirrored copy of a request, the answer went nowhere. */
export type ServedLabel = 'live' | 'shadow';

export interface Decision {
  readonly group: string;
  readonly decision: string;
}

export interface ModelMetrics {
  readonly registry: Registry;
  /** A request was answered, or the model failed to answer it. What the caller asked wrongly is not counted: it would burn the model's budget. */
  answered(served: ServedLabel, result: 'ok' | 'error', seconds: number): void;
  /** The features of one row were read; `missing` names those that were empty, no number or out of range. */
  featuresRead(served: ServedLabel, missing: readonly string[]): void;
  scored(served: ServedLabel, score: number): void;
  decided(served: ServedLabel, decision: Decision): void;
  /** What came true of a decision made with this score is known now. Of mirrored answers nothing ever comes. */
  outcomeArrived(score: number, isPositive: boolean): void;
}

export interface ModelMetricsOptions {
  readonly model: string;
  readonly version: string;
  /** Of the score histogram: deciles of the data the model was accepted on. */
  readonly upperBounds: readonly number[];
  readonly features: readonly string[];
  readonly groups: readonly string[];
  readonly decisions: readonly string[];
  /** Asked at each scrape: share of what can be worked on at once that is being worked on, 0 to 1. */
  readonly saturation: () => number;
}

const servedLabels: readonly ServedLabel[] = ['live', 'shadow'];
/** 0.25 is the limit of the library's latency signal; a promise of your own needs its own bound here. */
const latencyBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const outcomeBins = 10;
const base = ['model', 'version', 'served'] as const;

/** Every series exists with 0 from the first scrape on: Prometheus doesn't see the first increase of one that is born later. */
export function createModelMetrics(options: ModelMetricsOptions): ModelMetrics {
  const { model, version } = options;
  const registry = new Registry();
  const metrics = register(registry, options);
  const of = (served: ServedLabel) => ({ model, version, served });
  zeroAll(metrics, options, of);
  return {
    registry,
    answered(served, result, seconds) {
      metrics.requests.inc({ ...of(served), result });
      metrics.durations.observe(of(served), seconds);
    },
    featuresRead(served, missing) {
      for (const feature of options.features) metrics.featureValues.inc({ ...of(served), feature });
      for (const feature of missing) metrics.featureMissing.inc({ ...of(served), feature });
    },
    scored(served, score) {
      metrics.scores.observe(of(served), score);
    },
    decided(served, decision) {
      metrics.decisions.inc({ ...of(served), ...decision });
    },
    outcomeArrived(score, isPositive) {
      const labels = { ...of('live'), score_bin: scoreBinOf(score) };
      metrics.outcomeRows.inc(labels);
      metrics.outcomeScoreSum.inc(labels, score);
      metrics.outcomePositives.inc(labels, isPositive ? 1 : 0);
    },
  };
}

type Metrics = ReturnType<typeof register>;

function register(registry: Registry, { upperBounds, saturation, model, version }: ModelMetricsOptions) {
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, ...labels: readonly Label[]) =>
    new Counter({ name, help, labelNames: [...base, ...labels], registers });
  const histogram = (name: string, help: string, bounds: readonly number[]) =>
    new Histogram({ name, help, labelNames: base, buckets: [...bounds], registers });
  const saturationRatio = new Gauge({
    name: 'model_saturation_ratio',
    help: 'Share of what this replica can work on at once that it is working on.',
    labelNames: base,
    registers,
    collect: () => {
      saturationRatio.set({ model, version, served: 'live' }, saturation());
    },
  });
  return {
    requests: counter('model_requests_total', 'Requests the model answered or failed to answer.', 'result'),
    durations: histogram('model_request_duration_seconds', 'Seconds from the request to its answer.', latencyBounds),
    scores: histogram('model_score', 'Scores the model gave, by the deciles of the data it was accepted on.', upperBounds),
    featureValues: counter('model_feature_values_total', 'Rows in which a feature was asked for.', 'feature'),
    featureMissing: counter('model_feature_missing_total', 'Rows in which it was empty, no number or out of range.', 'feature'),
    decisions: counter('model_decisions_total', 'Decisions made, by group of the person.', 'group', 'decision'),
    outcomeRows: counter('model_outcome_rows_total', 'Decisions whose outcome is known, by bin of their score.', 'score_bin'),
    outcomeScoreSum: counter('model_outcome_score_sum_total', 'Sum of the scores of those decisions.', 'score_bin'),
    outcomePositives: counter('model_outcome_positives_total', 'Those of them whose outcome was positive.', 'score_bin'),
  };
}

function zeroAll(
  metrics: Metrics,
  options: ModelMetricsOptions,
  of: (served: ServedLabel) => Readonly<Record<(typeof base)[number], string>>,
): void {
  for (const served of servedLabels) {
    metrics.scores.zero(of(served));
    metrics.durations.zero(of(served));
    for (const result of ['ok', 'error']) metrics.requests.inc({ ...of(served), result }, 0);
    for (const feature of options.features) {
      metrics.featureValues.inc({ ...of(served), feature }, 0);
      metrics.featureMissing.inc({ ...of(served), feature }, 0);
    }
    for (const group of options.groups) {
      for (const decision of options.decisions) metrics.decisions.inc({ ...of(served), group, decision }, 0);
    }
  }
  for (let bin = 0; bin < outcomeBins; bin += 1) {
    const labels = { ...of('live'), score_bin: scoreBinOf(bin / outcomeBins) };
    for (const counted of [metrics.outcomeRows, metrics.outcomeScoreSum, metrics.outcomePositives]) counted.inc(labels, 0);
  }
}

/** The lower bound of a bin of a tenth, as text; 1 belongs to the last. */
export function scoreBinOf(score: number): string {
  // Ten thousandths keep 0.3 / 0.1 = 2.9999999999999996 out of the bin below.
  const bin = Math.floor(Number((score * outcomeBins).toFixed(4)));
  return (Math.min(outcomeBins - 1, Math.max(0, bin)) / outcomeBins).toFixed(1);
}

/** Envoy appends `-shadow` to the host of a mirrored copy, before the port. */
export function servedLabelOf(host: string | undefined): ServedLabel {
  return host !== undefined && /-shadow(:\d+)?$/.test(host) ? 'shadow' : 'live';
}
