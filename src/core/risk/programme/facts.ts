import type { EpochMs } from '../../../shared/clock.ts';
import type { AuditedAction } from './audit-completeness.ts';

export type HandledSeverity = 'Critical' | 'High' | 'Medium' | 'Low';

/** What the programme measures of one incident; drills and what was only observed are none. */
export interface HandledIncident {
  /** Operator: a plan engaged or asked. Reported: a person told of it. */
  readonly origin: 'Operator' | 'Reported';
  readonly severity: HandledSeverity;
  /** When it began; null: nobody has said. */
  readonly onsetMs: EpochMs | null;
  /** When the operator, or somebody of the house, first knew. */
  readonly detectedMs: EpochMs;
  /** First of its kind; null: not yet, or never. */
  readonly acknowledgedMs: EpochMs | null;
  readonly mitigatedMs: EpochMs | null;
  readonly remediatedMs: EpochMs | null;
  readonly closedMs: EpochMs | null;
  /** Null: nobody has looked back at it. */
  readonly verdict: 'TruePositive' | 'FalsePositive' | null;
  readonly harmConfirmed: 'Confirmed' | 'RuledOut' | 'Unknown' | null;
}

/** A model as the programme looks at it. */
export interface ReviewedModel {
  /** namespace/name. */
  readonly name: string;
  /** Its tier asks for reviews. */
  readonly isInScope: boolean;
  /** The last one is not older than that. */
  readonly isCurrent: boolean;
  readonly lineage: RequiredLineage;
}

/** Where the model comes from, as far as its tier asks. */
export interface RequiredLineage {
  /** Kinds of source that have to be pinned; empty: its tier asks for none. */
  readonly required: readonly string[];
  /** Of these, the ones that are. */
  readonly present: readonly string[];
}

/** A decision of people that counted. */
export interface CountedDecision {
  readonly action: string;
  readonly atMs: EpochMs;
  /** Of a Review; else 0. */
  readonly minutesSpent: number;
}

export interface ProgrammeFacts {
  readonly incidents: readonly HandledIncident[];
  readonly models: readonly ReviewedModel[];
  readonly decisions: readonly CountedDecision[];
  readonly actions: readonly AuditedAction[];
}

/** From and to, the end left out. */
export interface ProgrammeWindow {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}
