import type { Fact, FactEnd } from '../core/fact-chain.ts';
import type { EpochMs } from '../shared/clock.ts';
import { gatherFacts } from './fact-runs.ts';
import type { Runs } from './fact-runs.ts';

export interface EndsToAudit {
  readonly facts: readonly Fact[];
  /** What the cluster says of how far the sink has come: one of each operator. */
  readonly ends: readonly FactEnd[];
  readonly nowMs: EpochMs;
  /** How long before now the cluster may have noted a fact that this export was taken too early for. */
  readonly graceMs: number;
}

export interface EndsAudit {
  readonly findings: readonly string[];
  /** No fact that the cluster knows of follows them: dropping one of these does not show. */
  readonly unheld: number;
  /** The cluster knows of newer facts, and so recently that this export may lack them. */
  readonly isBehind: boolean;
}

const placeOf = ({ run, seq }: { readonly run: string; readonly seq: number }): string => `fact ${seq} of run ${run}`;

/** By run, up to which place its facts are held by an end: each holds what came before it. */
function heldBy(end: FactEnd, runs: Runs): ReadonlyMap<string, number> {
  const held = new Map<string, number>();
  let at: { readonly run: string; readonly seq: number } = end;
  while (runs.has(at.run) && !held.has(at.run)) {
    held.set(at.run, at.seq);
    at = runs.get(at.run)?.get(0)?.follows ?? { run: '', seq: -1 };
  }
  return held;
}

function auditEnd(
  end: FactEnd,
  runs: Runs,
  { nowMs, graceMs }: EndsToAudit,
): { readonly finding: string | null; readonly isThere: boolean } {
  if (end.run === '') return { finding: null, isThere: true };
  const fact = runs.get(end.run)?.get(end.seq);
  if (fact?.hash === end.hash) return { finding: null, isThere: true };
  if (fact !== undefined)
    return {
      finding: `${placeOf(end)} is not the one the sink acknowledged: it was changed, and hashed again with all after it`,
      isThere: false,
    };
  // A time in the future excuses nothing either.
  if (Math.abs(nowMs - Date.parse(end.at)) <= graceMs) return { finding: null, isThere: false };
  return {
    finding: `${placeOf(end)}, which the sink acknowledged at ${end.at}, is not in the export: its end was cut off, or it was taken before`,
    isThere: false,
  };
}

/** Where a run that nothing holds began: behind a run that is held, in a chain of its own, or before runs were chained. */
function originOf(run: string, runs: Runs, held: ReadonlyMap<string, number>): { readonly chain: string } | 'Held' | 'Unchained' {
  const seen = new Set<string>();
  for (let at = run; ;) {
    if (held.has(at)) return 'Held';
    const follows = runs.get(at)?.get(0)?.follows;
    if (follows === undefined) return 'Unchained';
    if (follows.run === '') return { chain: follows.chain };
    // What links in circles, or to what is missing, is found where links are looked at.
    if (seen.has(at) || !runs.has(follows.run)) return 'Held';
    seen.add(at);
    at = follows.run;
  }
}

/**
 * Checks an export against what the cluster says of its facts. Found: the end of the newest run missing, or that run as a whole; facts
 * hashed again from some point on; a chain whose head is gone. A process that ended between the answer of the sink and its own note
 * left facts the next one knew nothing of: no finding, they are counted.
 */
export function auditFactEnds(audit: EndsToAudit): EndsAudit {
  const { facts, ends } = audit;
  const { runs } = gatherFacts(facts);
  const held = new Map<string, number>();
  const findings: string[] = [];
  let isBehind = false;
  for (const end of ends) {
    const { finding, isThere } = auditEnd(end, runs, audit);
    if (finding !== null) findings.push(finding);
    isBehind ||= !isThere && finding === null;
    if (isThere) for (const [run, seq] of heldBy(end, runs)) held.set(run, Math.max(seq, held.get(run) ?? -1));
  }
  const chains = new Set(ends.map(({ chain }) => chain));
  let unheld = 0;
  for (const [run, all] of runs) {
    const upTo = held.get(run) ?? -1;
    unheld += [...all.keys()].filter((seq) => seq > upTo).length;
    const origin = upTo === -1 ? originOf(run, runs, held) : 'Held';
    if (typeof origin === 'object' && !chains.has(origin.chain))
      findings.push(`run ${run} is of a chain no RiskChainHead ends: that was deleted or made anew, or these facts are of another cluster`);
  }
  return { findings, unheld, isBehind };
}
