import type { Assessment } from './assessment.ts';

export type TransitionKind = 'Proposed' | 'Engaged' | 'Escalated' | 'SteppedDown' | 'Released' | 'Latched' | 'Rejected' | 'Withdrawn';

/** One step of the plan machine with the assessments it rests on. Stages are indices; null is "no stage". */
export interface Transition {
  readonly kind: TransitionKind;
  readonly engagement: number;
  readonly from: number | null;
  readonly to: number | null;
  /** Machine-readable cause, PascalCase. */
  readonly reason: string;
  /** `operator`, or the author of the RiskDecision. */
  readonly actor: string;
  /** Name of the RiskDecision it carries out; absent when the operator stepped by itself. */
  readonly decision?: string;
  readonly assessments: readonly Assessment[];
}
