import { factJSON } from '../core/fact-chain.ts';
import type { Fact } from '../core/fact-chain.ts';
import { canonicalJSON } from '../shared/canonical-json.ts';

/** Facts by their place, by run. */
export type Runs = ReadonlyMap<string, ReadonlyMap<number, Fact>>;

const textOf = (fact: Fact): string => canonicalJSON(factJSON(fact));

/** Each run by itself: its facts by their place, and what was said of one in two ways. */
export function gatherFacts(facts: readonly Fact[]): {
  readonly runs: Runs;
  readonly findings: readonly string[];
} {
  const runs = new Map<string, Map<number, Fact>>();
  const findings: string[] = [];
  for (const fact of facts) {
    const run = runs.get(fact.run) ?? new Map<number, Fact>();
    runs.set(fact.run, run);
    const known = run.get(fact.seq);
    if (known === undefined) run.set(fact.seq, fact);
    else if (textOf(known) !== textOf(fact)) findings.push(`fact ${fact.seq} of run ${fact.run} is told in two ways: one was made later`);
  }
  return { runs, findings };
}

/** How many runs came before each, one behind the other: clocks of two machines may differ. */
function depthsOf(runs: Runs): ReadonlyMap<string, number> {
  const depths = new Map<string, number>();
  for (const run of runs.keys()) {
    const before: string[] = [];
    // Nothing the operator wrote goes in circles; what somebody made up may.
    for (let at: string | undefined = run; at !== undefined && !depths.has(at) && !before.includes(at);) {
      before.push(at);
      at = runs.get(at)?.get(0)?.follows?.run;
    }
    for (const each of before.toReversed()) depths.set(each, 1 + (depths.get(runs.get(each)?.get(0)?.follows?.run ?? '') ?? 0));
  }
  return depths;
}

/** All facts in the order the operator told them: run behind run, place behind place. */
export function factsInOrder(facts: readonly Fact[]): readonly Fact[] {
  const { runs } = gatherFacts(facts);
  const depths = depthsOf(runs);
  const inOrder = [...runs].sort(([a], [b]) => (depths.get(a) ?? 0) - (depths.get(b) ?? 0) || (a < b ? -1 : 1));
  return inOrder.flatMap(([, run]) => [...run.values()].sort((a, b) => a.seq - b.seq));
}
