import { factStart, sealFact } from '../core/fact-chain.ts';
import type { Fact } from '../core/fact-chain.ts';
import type { HashText } from '../core/audit-chain.ts';
import type { AuditLine } from '../core/audit-line.ts';
import { canonicalJSON } from '../shared/canonical-json.ts';

const textOf = (fact: Fact): string => canonicalJSON({ ...fact });

/** Each run by itself: its facts by their place, and what was said of one in two ways. */
function gather(facts: readonly Fact[]): {
  readonly runs: ReadonlyMap<string, ReadonlyMap<number, Fact>>;
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

function auditRun(run: string, facts: ReadonlyMap<number, Fact>, hash: HashText): readonly string[] {
  let tail = factStart(run);
  for (const fact of [...facts.values()].sort((a, b) => a.seq - b.seq)) {
    if (fact.seq !== tail.seq + 1) return [`fact ${tail.seq + 1} of run ${run} is missing`];
    if (fact.prevHash !== tail.hash || sealFact(tail, fact, hash).hash !== fact.hash)
      return [`fact ${fact.seq} of run ${run} is edited: it does not hash to what was written`];
    tail = fact;
  }
  return [];
}

/** The evidence an incident was opened on is in its spec, which its entries cover by a digest only. */
function auditSpecs(facts: readonly Fact[], lines: readonly AuditLine[], hash: HashText): readonly string[] {
  const digests = new Map(lines.map(({ uid, specDigest }) => [uid, specDigest]));
  return facts.flatMap(({ kind, uid, name, content }) => {
    const spec =
      kind === 'RiskIncident' && typeof content === 'object' && content !== null && 'spec' in content ? content['spec'] : undefined;
    const digest = digests.get(uid);
    if (spec === undefined || digest === undefined || digest === `sha256:${hash(canonicalJSON(spec))}`) return [];
    return [`the spec of RiskIncident ${name} is not the one its entries were made for`];
  });
}

/**
 * Checks the facts of an export by themselves and against its entries. Lines may stand in any order and more than once. Found: an edited
 * fact, one missing from the middle of a run, another spec of an incident. Not found: the end of a run, or a whole one, missing.
 */
export function auditFacts(facts: readonly Fact[], lines: readonly AuditLine[], hash: HashText): readonly string[] {
  const { runs, findings } = gather(facts);
  return [...findings, ...[...runs].flatMap(([run, each]) => auditRun(run, each, hash)), ...auditSpecs(facts, lines, hash)];
}
