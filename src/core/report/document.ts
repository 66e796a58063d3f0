/**
 * What a report says, apart from how it is written: each renderer draws the same document, and none of them computes. No number goes
 * without its source, a reference a reader can follow: kind, namespace/name and field path (`ModelRisk lending/credit
 * .status.loss.expected`), or the computation with its population (`RiskIncidents of lending, detected in the period;
 * docs/programme-metrics.md timeToDetect`).
 */
export interface ReportDocument {
  readonly title: string;
  readonly subtitle?: string;
  /** RFC 3339, UTC. */
  readonly generatedAt: string;
  /** RFC 3339, the end left out. Null: as things stand. */
  readonly period: { readonly from: string; readonly to: string } | null;
  /** In words: the namespaces, tier or model it speaks of. */
  readonly scope: string;
  readonly sections: readonly ReportSection[];
}

export interface ReportSection {
  readonly heading: string;
  readonly blocks: readonly ReportBlock[];
}

export type ReportBlock = ReportText | ReportFigures | ReportTable | ReportGaps;

export interface ReportText {
  readonly kind: 'Text';
  readonly text: string;
  /** Wherever the text holds a number that was read or computed. */
  readonly source?: string;
}

export interface ReportFigures {
  readonly kind: 'Figures';
  readonly figures: readonly ReportFigure[];
}

export interface ReportFigure {
  readonly label: string;
  /** As people read it; `unknown`, and never 0, where nobody knows. */
  readonly value: string;
  /** For programs. Null: unknown, or no number. */
  readonly number: number | null;
  readonly unit?: string;
  /** How many of the population it rests on. */
  readonly n?: number;
  readonly source: string;
}

export interface ReportTable {
  readonly kind: 'Table';
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly ReportRow[];
}

export interface ReportRow {
  /** As many as there are columns. */
  readonly cells: readonly string[];
  readonly source: string;
}

/** What the report could not say, and why: one sentence each. */
export interface ReportGaps {
  readonly kind: 'Gaps';
  readonly items: readonly string[];
}
