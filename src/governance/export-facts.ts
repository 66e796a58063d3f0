import { factStart, sealFact } from '../core/fact-chain.ts';
import type { Fact } from '../core/fact-chain.ts';
import type { HashText } from '../core/audit-chain.ts';
import type { AuditLine } from '../core/audit-line.ts';
import { canonicalJSON } from '../shared/canonical-json.ts';
import { decisionText } from './fact-content.ts';
import { gatherFacts } from './fact-runs.ts';
import type { Runs } from './fact-runs.ts';

function auditRun(run: string, facts: ReadonlyMap<number, Fact>, hash: HashText): readonly string[] {
  const { follows, prevHash = '' } = facts.get(0) ?? {};
  let tail = follows === undefined ? factStart(run) : factStart(run, { follows, hash: prevHash });
  for (const fact of [...facts.values()].sort((a, b) => a.seq - b.seq)) {
    if (fact.seq !== tail.seq + 1) return [`fact ${tail.seq + 1} of run ${run} is missing`];
    if (fact.prevHash !== tail.hash || sealFact(tail, fact, hash).hash !== fact.hash)
      return [`fact ${fact.seq} of run ${run} is edited: it does not hash to what was written`];
    tail = fact;
  }
  return [];
}

/** The first fact of a run links to the last that was acknowledged of a run before: it can't be missing, and it can't be another. */
function auditLink(run: string, runs: Runs): readonly string[] {
  const first = runs.get(run)?.get(0);
  if (first?.follows === undefined) return [];
  const { follows, prevHash } = first;
  const before = follows.run === '' ? '' : runs.get(follows.run)?.get(follows.seq)?.hash;
  if (before === prevHash) return [];
  const place = `fact ${follows.seq} of run ${follows.run}, which it says it follows`;
  return [`run ${run} begins behind no fact that is here: ${place}, ${before === undefined ? 'is missing' : 'is another'}`];
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

/** A decision is made once: whatever becomes of it, what it says never changes. */
function auditDecisions(facts: readonly Fact[]): readonly string[] {
  const said = new Map<string, string>();
  const changed = new Map<string, string>();
  for (const { kind, uid, namespace, name, content } of facts) {
    if (kind !== 'RiskDecision') continue;
    const text = decisionText(content);
    if ((said.get(uid) ?? text) !== text)
      changed.set(uid, `RiskDecision ${name} of namespace ${namespace} is told with two texts: it was changed past admission`);
    else said.set(uid, text);
  }
  return [...changed.values()];
}

/**
 * Checks the facts of an export by themselves and against its entries. Lines may stand in any order and more than once. Found: an edited
 * fact, one missing from the middle of a run, a run or its end missing that another follows, another spec of an incident or a decision. Not
 * found: the end of the newest run missing, that run as a whole, or all of it made anew; that takes what the cluster says.
 */
export function auditFacts(facts: readonly Fact[], lines: readonly AuditLine[], hash: HashText): readonly string[] {
  const { runs, findings } = gatherFacts(facts);
  return [
    ...findings,
    ...[...runs].flatMap(([run, each]) => auditRun(run, each, hash)),
    ...[...runs.keys()].flatMap((run) => auditLink(run, runs)),
    ...auditSpecs(facts, lines, hash),
    ...auditDecisions(facts),
  ];
}
