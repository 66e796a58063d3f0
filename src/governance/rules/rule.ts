/** Rules as the Prometheus operator takes them (monitoring.coreos.com/v1, PrometheusRule `spec.groups`). */
export type Rule =
  | { readonly record: string; readonly expr: string; readonly labels: Labels }
  | { readonly alert: string; readonly expr: string; readonly for?: string; readonly labels: Labels; readonly annotations: Labels };

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly Rule[];
}

type Labels = Readonly<Record<string, string>>;

/** An indicator as far as people are told of it. */
export interface AlertedIndicator {
  readonly name: string;
  readonly category: string;
  /** Where to look and what to do. */
  readonly links: readonly { readonly name: string; readonly url: string }[];
  /** Null: of a quorum, which has none of its own. */
  readonly threshold: { readonly direction: 'Above' | 'Below'; readonly breach: number } | null;
  /** Null: it has no objective of its own. */
  readonly objective: { readonly targetPercent: number; readonly windowSeconds: number } | null;
}

/** A model as far as people are told of it. */
export interface AlertedModel {
  readonly namespace: string;
  readonly risk: string;
  /** Null while it is in none. */
  readonly tier: string | null;
  readonly team: string;
  readonly contact: string;
  readonly indicators: readonly AlertedIndicator[];
  /** Plans that act for it. */
  readonly plans: readonly string[];
  /** Objects they act on. */
  readonly targets: readonly string[];
}
