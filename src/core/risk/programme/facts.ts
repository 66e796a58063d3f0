import type { EpochMs } from '../../../shared/clock.ts';

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

export interface ReviewedModel {
  /** Its tier asks for reviews. */
  readonly isInScope: boolean;
  /** The last one is not older than that. */
  readonly isCurrent: boolean;
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
}

/** From and to, the end left out. */
export interface ProgrammeWindow {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}
