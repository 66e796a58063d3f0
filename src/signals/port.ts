import type { ModelIdentity, Observation, Served } from '../core/model/observation.ts';
import type { StatisticDefinition } from '../core/statistics/definition.ts';
import type { WorkloadMeasure, WorkloadReference } from '../core/workload/measure.ts';
import type { EpochMs } from '../shared/clock.ts';

/** One reading asked for: of which model, in which answers, by which signal. */
export interface SignalRequest<Signal extends SignalDefinition = SignalDefinition> {
  /** Echoed in the answer; unique in one call. */
  readonly key: string;
  readonly identity: ModelIdentity;
  readonly served: Served;
  /** What adds up over polls begins anew here: rows from before are no evidence for whoever goes by the reading. Null or left out: all are. */
  readonly evidenceFromMs?: EpochMs | null;
  readonly signal: Signal;
}

/** Labels of a vector that say whom a series belongs to; `served` only where the metric carries it. */
export interface IdentityLabels {
  readonly namespace: string;
  readonly model: string;
  readonly version: string | null;
  readonly served: string | null;
}

/** A further vector a statistic needs beside the counts of its window. */
export interface StatisticPart {
  readonly name: string;
  readonly query: string;
  /** Labels its series carry beside those of the identity. */
  readonly labels: readonly string[];
  /** It looks back further than the window on purpose: a baseline. */
  readonly isBaseline: boolean;
  /** It is asked as it would have been answered so long ago: every selector is shifted. */
  readonly offsetSeconds?: number;
}

/**
 * A signal with everything resolved but the model. Requests whose `shape` is equal share one query.
 * `Template` answers every model of the cluster from one vector; `Inline` runs for one model, confined to its namespace.
 */
export type SignalDefinition =
  | {
      readonly kind: 'Inline';
      readonly shape: string;
      readonly provider: string;
      readonly query: string;
      readonly countQuery: string | null;
      readonly enforceLabel: string;
      readonly windowSeconds: number;
    }
  | {
      readonly kind: 'Template';
      readonly shape: string;
      readonly provider: string;
      readonly query: string;
      readonly countQuery: string | null;
      readonly activityQuery: string | null;
      readonly identityLabels: IdentityLabels;
      readonly windowSeconds: number;
    }
  | {
      readonly kind: 'Statistic';
      readonly shape: string;
      readonly provider: string;
      /** Vector of counts in the window: its series carry `labels` beside those of the identity. */
      readonly query: string;
      readonly labels: readonly string[];
      /** Its series say of which day they are: they are bounded by that, not by the range of the query. Left out: false. */
      readonly countsByDay?: boolean;
      readonly parts: readonly StatisticPart[];
      readonly identityLabels: IdentityLabels;
      readonly windowSeconds: number;
      readonly statistic: StatisticDefinition;
    }
  | HTTPJSONSignal
  | PushSignal
  | AlertSignal
  | ClusterSignal;

/** Read from the state of the cluster. */
export interface ClusterSignal {
  readonly kind: 'Cluster';
  readonly shape: string;
  readonly provider: string;
  /** What is read, in words. */
  readonly query: string;
  readonly windowSeconds: number;
  readonly references: readonly WorkloadReference[];
  readonly measure: WorkloadMeasure;
}

/** Read from a service that answers JSON, one request a model. */
export interface HTTPJSONSignal {
  readonly kind: 'HTTPJSON';
  readonly shape: string;
  readonly provider: string;
  /** Path and query below the provider's URL, with `{namespace}`, `{model}` and `{version}` still to be filled in. */
  readonly query: string;
  /** JSON pointers (RFC 6901) into the answer. */
  readonly pointers: { readonly value: string; readonly time: string; readonly sampleCount: string | null };
  readonly windowSeconds: number;
}

/** Pushed to the operator; nobody is asked. */
export interface PushSignal {
  readonly kind: 'Push';
  readonly shape: string;
  readonly provider: string;
  /** Name of the signal, which readings carry. */
  readonly query: string;
  readonly windowSeconds: number;
}

/** How many alerts of a name fire for a model, by what an Alertmanager notified the operator of. */
export interface AlertSignal {
  readonly kind: 'Alert';
  readonly shape: string;
  readonly provider: string;
  /** Name of the alert. */
  readonly query: string;
  /** Name of an alert that always fires; while it does, silence is news. */
  readonly heartbeat: string | null;
  /** How long an alert that fires may go without being notified again. */
  readonly repeatSeconds: number;
  readonly identityLabels: IdentityLabels;
  readonly windowSeconds: number;
}

/** A signal a provider is asked for with a query. */
export type QueriedSignal = Extract<SignalDefinition, { readonly kind: 'Inline' | 'Template' | 'Statistic' }>;

/** What a signal asks, whatever it makes of the answer. */
export type SignalQueries =
  Exclude<QueriedSignal, { readonly kind: 'Statistic' }> | Omit<Extract<QueriedSignal, { readonly kind: 'Statistic' }>, 'statistic'>;

/** The same of any signal. */
export type AskedSignal = SignalQueries | Exclude<SignalDefinition, QueriedSignal>;

export interface SignalAnswer {
  readonly key: string;
  readonly observation: Observation;
}

/**
 * Answers every request, in any order, exactly once; never throws for what a provider does. The answers come together, when the slowest query of the
 * call is answered or has timed out: a caller who must not wait for a slow provider calls once for each `shapeKey`.
 */
export interface SignalSource {
  observe(requests: readonly SignalRequest[], abort: AbortSignal): Promise<readonly SignalAnswer[]>;
}
