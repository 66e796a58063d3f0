import type { DemoFigures } from './figures.ts';

/** What the story must have shown; the demo fails when it did not. Shares are fractions of live requests. */
export type PromisedFigures = Pick<
  DemoFigures,
  | 'shiftToPatchMs'
  | 'detectToPatchMs'
  | 'patchToTrafficMs'
  | 'candidateShareCapped'
  | 'cappedRequests'
  | 'candidateShareShadow'
  | 'mirroredRequests'
  | 'flagRolledBack'
  | 'restoredByteEqual'
  | 'reappliedUnforced'
  | 'auditVerified'
  | 'falseEngagements'
  | 'quietBreaches'
  | 'quietOk'
  | 'sharedCauseEngagements'
  | 'failedRequests'
>;

const cap = 0.1;
const fewestCappedRequests = 1000;
/** Those of demo/manifests/model-risk.yaml. */
const indicators = 4;

/** A true share of `cap` stays under this in 999 of 1,000 runs: three standard deviations of a share of `requests`. */
function highestShare(requests: number): number {
  return cap + 3 * Math.sqrt((cap * (1 - cap)) / requests);
}

/** One sentence for each promise the measured figures break; none when all hold. A figure that was not measured (NaN) breaks its promise. */
export function brokenPromises(figures: PromisedFigures): readonly string[] {
  const { candidateShareCapped, cappedRequests } = figures;
  const kept: readonly (readonly [boolean, string])[] = [
    [Number.isFinite(figures.shiftToPatchMs), 'the time from the fault to the patch was not measured'],
    [Number.isFinite(figures.detectToPatchMs), 'the time from the verdict to the patch was not measured'],
    [Number.isFinite(figures.patchToTrafficMs), 'the time from the patch to the requests was not measured'],
    [cappedRequests >= fewestCappedRequests, `only ${String(cappedRequests)} requests were sent under the cap`],
    [
      candidateShareCapped <= highestShare(cappedRequests),
      `the candidate answered ${String(candidateShareCapped)} of all requests under a cap of ${String(cap)}`,
    ],
    [figures.candidateShareShadow === 0, 'callers got answers of the candidate in shadow'],
    [figures.mirroredRequests > 0, 'no request was mirrored'],
    [figures.flagRolledBack, 'the flag was not rolled back for every request'],
    [figures.restoredByteEqual, 'route or flag is not what it was'],
    [figures.reappliedUnforced, 'the team could not apply its own manifests without force'],
    [figures.auditVerified, 'the record did not verify'],
    [figures.falseEngagements === 0, 'something was engaged in the quiet stretch'],
    [figures.quietBreaches === 0, `${String(figures.quietBreaches)} indicators were in breach in the quiet stretch`],
    [figures.quietOk === indicators, `only ${String(figures.quietOk)} indicators of ${String(indicators)} were Ok in the quiet stretch`],
    [figures.sharedCauseEngagements === 0, 'traffic was moved though both versions drifted'],
    [figures.failedRequests === 0, `${String(figures.failedRequests)} requests failed`],
  ];
  return kept.flatMap(([holds, broken]) => (holds ? [] : [broken]));
}
