import type { ModelIdentity, Observation, Served } from '../core/model/observation.ts';

/** One reading asked for: of which model, in which answers, by which signal. */
export interface SignalRequest {
  /** Echoed in the answer; unique in one call. */
  readonly key: string;
  readonly identity: ModelIdentity;
  readonly served: Served;
  readonly signal: SignalDefinition;
}

/** Labels of a vector that say whom a series belongs to; `served` only where the metric carries it. */
export interface IdentityLabels {
  readonly namespace: string;
  readonly model: string;
  readonly version: string | null;
  readonly served: string | null;
}

/** Counts captured once and judged against for ever: cumulative bounds are upper, the last is +Infinity. */
export interface PinnedReference {
  readonly upperBounds: readonly number[];
  readonly counts: readonly number[];
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
      readonly kind: 'Drift';
      readonly shape: string;
      readonly provider: string;
      /** Vector of classic histogram bucket increases with label `le` beside the identity labels. */
      readonly query: string;
      readonly identityLabels: IdentityLabels;
      readonly windowSeconds: number;
      readonly reference: PinnedReference;
      /** Chance of a breach beyond noise without any change, per look. */
      readonly falseAlarmProbability: number;
    };

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
