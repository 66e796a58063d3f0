import type { Served } from '../../src/core/model/observation.ts';
import type { AlertSignal, HTTPJSONSignal, IdentityLabels, PushSignal, SignalDefinition, SignalRequest } from '../../src/signals/port.ts';
import type { Sample } from '../../src/signals/prometheus/answer.ts';
import { partLabel } from '../../src/signals/prometheus/query-plan.ts';
import { opportunity } from './decision-rows.ts';
import { someTimeMs } from './manual-clock.ts';

export type TemplateSignal = Extract<SignalDefinition, { kind: 'Template' }>;
export type InlineSignal = Extract<SignalDefinition, { kind: 'Inline' }>;
export type StatisticSignal = Extract<SignalDefinition, { kind: 'Statistic' }>;

export const identityLabels: IdentityLabels = { namespace: 'namespace', model: 'model', version: 'version', served: 'served' };

export function templateSignal(changes: Partial<TemplateSignal> = {}): TemplateSignal {
  return {
    kind: 'Template',
    shape: 'error-rate',
    provider: 'prometheus',
    query: 'error_ratio',
    countQuery: null,
    activityQuery: null,
    identityLabels,
    windowSeconds: 60,
    ...changes,
  };
}

export function inlineSignal(changes: Partial<InlineSignal> = {}): InlineSignal {
  return {
    kind: 'Inline',
    shape: 'inline',
    provider: 'prometheus',
    query: 'max(queue_age)',
    countQuery: null,
    enforceLabel: 'namespace',
    windowSeconds: 60,
    ...changes,
  };
}

export function driftSignal(changes: Partial<StatisticSignal> = {}): StatisticSignal {
  return {
    kind: 'Statistic',
    shape: 'score-drift',
    provider: 'prometheus',
    query: 'sum by (namespace, model, version, served, le) (increase(score_bucket[1m]))',
    identityLabels,
    windowSeconds: 60,
    labels: ['le'],
    parts: [],
    statistic: {
      kind: 'Drift',
      metric: 'PSI',
      designEffect: 1,
      falseAlarmProbability: 0.01,
      counted: { kind: 'Buckets' },
      reference: {
        kind: 'PinnedBuckets',
        binned: { upperBounds: [0.25, 0.5, 0.75, Infinity], counts: [100, 300, 400, 200] },
        isExactLayout: false,
      },
    },
    ...changes,
  };
}

export function fairnessSignal(changes: Partial<StatisticSignal> = {}): StatisticSignal {
  return {
    ...driftSignal(),
    shape: 'opportunity',
    query: 'sum by (namespace, model, version, served, group, decision, outcome, day) (increase(outcomes[60d]))',
    windowSeconds: 86_400,
    labels: ['group', 'decision', 'outcome', 'day'],
    countsByDay: true,
    statistic: opportunity({
      labels: { ...opportunity().labels, cohort: { label: 'day', labelMaturitySeconds: 86_400, windowSeconds: 86_400 } },
    }),
    ...changes,
  };
}

export function httpJSONSignal(changes: Partial<HTTPJSONSignal> = {}): HTTPJSONSignal {
  return {
    kind: 'HTTPJSON',
    shape: 'drift-service',
    provider: 'drift-service',
    query: '/{namespace}/models/{model}/{version}',
    pointers: { value: '/drift/psi', time: '/measuredAt', sampleCount: null },
    windowSeconds: 60,
    ...changes,
  };
}

export function pushSignal(changes: Partial<PushSignal> = {}): PushSignal {
  return { kind: 'Push', shape: 'push', provider: 'default/inbox', query: 'score-drift', windowSeconds: 60, ...changes };
}

export function alertSignal(changes: Partial<AlertSignal> = {}): AlertSignal {
  return {
    kind: 'Alert',
    shape: 'alert',
    provider: 'default/inbox',
    query: 'ScoreDrift',
    heartbeat: null,
    repeatSeconds: 14_400,
    identityLabels,
    windowSeconds: 60,
    ...changes,
  };
}

export function comparisonSignal(changes: Partial<StatisticSignal> = {}): StatisticSignal {
  const counted = (metric: string): string => `sum by (namespace, model, version, served) (increase(${metric}[1m]))`;
  return {
    ...driftSignal(),
    shape: 'error-comparison',
    query: counted('errors_total'),
    labels: [],
    parts: [{ name: 'total', query: counted('requests_total'), labels: [], isBaseline: false }],
    statistic: {
      ...{ kind: 'Comparison', version: '1', windowSeconds: 60, sampleSeconds: 604_800 },
      ...{ falseAlarmProbability: 0.01, detectableEffect: 0.05, designEffect: 1 },
    },
    ...changes,
  };
}

export interface Asked {
  readonly key?: string;
  readonly namespace?: string;
  readonly model?: string;
  readonly version?: string;
  readonly served?: Served;
}

export function requestFor<Signal extends SignalDefinition>(signal: Signal, asked: Asked = {}): SignalRequest<Signal> {
  const { key = 'a', namespace = 'lending', model = 'credit', version = '2', served = 'Live' } = asked;
  return { key, identity: { namespace, model, version }, served, signal };
}

/** Labels of the series of `requestFor`'s default model. */
export const creditLabels = { namespace: 'lending', model: 'credit', version: '2', served: 'live' };

export const sampleTimeMs = someTimeMs - 4000;

/** One series of a part of a combined query. */
export function partSample(part: string, value: number, labels: Readonly<Record<string, string>> = creditLabels): Sample {
  return { labels: { ...labels, [partLabel]: part }, value };
}

/** The time part every value needs: a sample four seconds before the frozen clock. */
export function timeSample(labels: Readonly<Record<string, string>> = creditLabels, timeMs = sampleTimeMs): Sample {
  return partSample('time0', timeMs / 1000, labels);
}
