import type { Assessment } from '../model/assessment.ts';
import { isFresh } from './evidence.ts';
import type { PlanNote, PlanStepInput } from './input.ts';

/** What the safe version's own readings say to a breach of the candidate. */
export type SafeComparison = 'NotAssessed' | 'Better' | 'Shared';

/** Shared only if every breaching indicator breaches on the safe version too: one that does not is reason enough to move. */
export function compareWithSafe(input: PlanStepInput, breaching: readonly Assessment[]): SafeComparison {
  const safe = breaching.map((assessment) => freshSafe(input, assessment));
  if (breaching.length > 0 && safe.every((assessment) => assessment?.verdict === 'Breach')) return 'Shared';
  const assessed = safe.every((assessment) => assessment !== null && ['Ok', 'Warn', 'Breach'].includes(assessment.verdict));
  return assessed ? 'Better' : 'NotAssessed';
}

/** The note that says why nothing moves; null when the cause is not shared, or the plan says to move all the same. */
export function sharedCauseNote(input: PlanStepInput, breaching: readonly Assessment[]): PlanNote | null {
  if (input.snapshot.onSharedCause === 'Engage' || compareWithSafe(input, breaching) !== 'Shared') return null;
  const safeAssessments = breaching.flatMap((assessment) => freshSafe(input, assessment) ?? []);
  return { kind: 'SharedCause', assessments: breaching, safeAssessments };
}

/** Machine-readable cause of an engagement or escalation on evidence. */
export function breachReason(input: PlanStepInput, breaching: readonly Assessment[]): string {
  const reasons = { NotAssessed: 'BreachSafeNotAssessed', Better: 'Breach', Shared: 'BreachSharedCause' } as const;
  return reasons[compareWithSafe(input, breaching)];
}

/** The same of an escalation for want of evidence. */
export function silenceReason(input: PlanStepInput, silence: readonly Assessment[]): string {
  const reasons = { NotAssessed: 'NoEvidenceSafeNotAssessed', Better: 'NoEvidence', Shared: 'NoEvidenceSharedCause' } as const;
  return reasons[compareWithSafe(input, silence)];
}

function freshSafe({ snapshot, safeAssessments, nowMs, intervalMs }: PlanStepInput, candidate: Assessment): Assessment | null {
  const safe = snapshot.safeVersion === null ? null : (safeAssessments[candidate.indicator.name] ?? null);
  return safe !== null && isFresh(safe, nowMs, intervalMs) ? safe : null;
}
