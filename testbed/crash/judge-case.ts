import { defaultExpectations } from '../invariants/expectations.ts';
import type { Expectations, Invariant } from '../invariants/expectations.ts';
import { describeViolations, judgeInvariants } from '../judge-invariants.ts';
import { differencesBetween, endStateOf } from './end-state.ts';
import type { EndState } from './end-state.ts';
import type { CaseEvidence } from './run-case.ts';

export type Verdict =
  | { readonly kind: 'Passed' }
  /** The write the case names never came: nothing was tested, so it is no pass. */
  | { readonly kind: 'NotReached' }
  /** No promise was broken, but leases lost to a busy machine kept the story from its end: it was not the case that was meant. */
  | { readonly kind: 'Disturbed' }
  | { readonly kind: 'Failed'; readonly problems: readonly string[]; readonly broken: readonly Invariant[] };

/** What the main story promises of every run, whatever happens to the operator. */
export interface StoryPromise {
  readonly stageMaxPercent: Expectations['stageMaxPercent'];
  readonly flag: Expectations['flag'];
  readonly untouched: Expectations['untouched'];
  /** Most effective writes a run may take without a restart. */
  readonly maxWrites: number;
}

/** A new process reads everything, takes the lease, and may tell its status, its record and its targets once more. */
const writesOfARestart = 25;

function expectationsOf({ namespace, settledAtMs, restarts }: CaseEvidence, promise: StoryPromise): Expectations {
  const { stageMaxPercent, flag, untouched, maxWrites } = promise;
  return {
    ...defaultExpectations(namespace),
    policy: namespace,
    stageMaxPercent,
    flag,
    untouched,
    settledAtMs,
    restored: settledAtMs !== null,
    writesPerChange: 0,
    extraWrites: maxWrites + restarts * writesOfARestart,
  };
}

/** Judges one run by the invariants and, where there is one, by the end of a run without faults. */
export function judgeCase(evidence: CaseEvidence, promise: StoryPromise, wanted: EndState | null): Verdict {
  const violations = judgeInvariants(evidence.timeline, expectationsOf(evidence, promise));
  const told = violations.map((violation) => describeViolations([violation]));
  const stuck = evidence.awaited.map((what) => `the story did not come to its end: it still waited for ${what}`);
  const astray = evidence.unplanned
    .filter(({ leaseLost }) => !leaseLost)
    .map(({ code, lastWords }) => `the operator ended by itself with code ${code}: ${lastWords}`);
  const end = wanted === null || stuck.length > 0 ? [] : differencesBetween(endStateOf(evidence.timeline), wanted);
  const isBusy = stuck.length > 0 && evidence.unplanned.some(({ leaseLost }) => leaseLost);
  if (isBusy && told.length === 0 && astray.length === 0) return { kind: 'Disturbed' };
  const problems = [...told, ...stuck, ...astray, ...end.map((difference) => `at the end ${difference}`)];
  if (problems.length > 0) return { kind: 'Failed', problems, broken: violations.map(({ invariant }) => invariant) };
  return evidence.reached === false ? { kind: 'NotReached' } : { kind: 'Passed' };
}
