import type { Expectations, Violation } from './invariants/expectations.ts';
import { judgeEpochs, judgeForeignFields, judgeRestoration } from './invariants/ownership.ts';
import { judgeRecords, judgeStatus } from './invariants/record.ts';
import { judgeReleases } from './invariants/release.ts';
import { judgeCaps, judgeReadiness, judgeSums } from './invariants/traffic.ts';
import { describeGaps, judgeNamespaces, judgeQuiet, judgeStorms } from './invariants/writes.ts';
import type { Timeline } from './timeline.ts';

/**
 * Judges what the API server showed against V1 to V12. Pure: the same timeline gives the same verdict, in order of time.
 * Reads the raw objects, and shares no code with the operator but the words of its annotations and CRDs.
 */
export function judgeInvariants(timeline: Timeline, expectations: Expectations): readonly Violation[] {
  return [
    ...describeGaps(timeline),
    ...judgeSums(timeline),
    ...judgeCaps(timeline, expectations),
    ...judgeReadiness(timeline),
    ...judgeForeignFields(timeline, expectations),
    ...judgeQuiet(timeline, expectations),
    ...judgeRestoration(timeline, expectations),
    ...judgeReleases(timeline, expectations),
    ...judgeEpochs(timeline),
    ...judgeRecords(timeline, expectations),
    ...judgeNamespaces(timeline, expectations),
    ...judgeStorms(timeline, expectations),
    ...judgeStatus(timeline, expectations),
  ].toSorted((a, b) => a.atMs - b.atMs);
}

/** One line each, for an assertion's message. */
export function describeViolations(violations: readonly Violation[]): string {
  return violations.map(({ invariant, subject, message }) => `${invariant} ${subject}: ${message}`).join('\n');
}
