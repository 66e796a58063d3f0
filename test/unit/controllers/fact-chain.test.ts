import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFactLine, isFactLine } from '../../../src/api/fact-line.ts';
import { toFactEnd } from '../../../src/api/risk-chain-head.ts';
import type { Fact, FactEnd } from '../../../src/core/fact-chain.ts';
import { auditFacts } from '../../../src/governance/export-facts.ts';
import { auditFactEnds } from '../../../src/governance/fact-ends.ts';
import type { EndsAudit } from '../../../src/governance/fact-ends.ts';
import { sha256 } from '../../builders/audit-lines.ts';
import { applyGuardedModelTo, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { signedPolicy, signedRisk } from '../../builders/signing.ts';

const url = 'https://audit.example/in';
const home = 'modelrisk-system';
const plural = 'riskchainheads';
const down = { message: 'could not be reached (ECONNREFUSED)', retryAfterMs: null, isAnswer: false };
const minuteMs = 60_000;

let world: MemoryOperator;

beforeEach(async () => {
  world = await startMemoryOperator(
    (api) => {
      applyGuardedModelTo(api);
      api.apply('riskpolicies', signedPolicy({}));
      api.apply('modelrisks', signedRisk());
    },
    { auditSink: { url, secretRef: null } },
  );
  await world.pass(6);
});
afterEach(() => world.stop());

/** What the sink was sent, whether it answered or not. */
function told(since = 0): readonly Fact[] {
  const rows = world.notices.slice(since).flatMap(({ message }) => message.body.trimEnd().split('\n'));
  return rows.flatMap((row) => {
    const json: unknown = JSON.parse(row);
    const fact = isFactLine(json) ? readFactLine(json) : null;
    return fact?.ok === true ? [fact.value] : [];
  });
}

function end(): FactEnd {
  const read = toFactEnd(world.api.get(plural, 'facts', home));
  if (!read.ok) throw new Error(read.failure);
  return read.value;
}

const edit = (version: string): void => {
  world.api.apply('modelrisks', signedRisk({ model: { name: 'credit', version } }));
};

/** Long after: nothing may still be under way. */
function audit(facts: readonly Fact[] = told()): EndsAudit {
  const ends = auditFactEnds({ facts, ends: [end()], nowMs: world.clock.nowMs() + 10 * minuteMs, graceMs: minuteMs });
  return { ...ends, findings: [...auditFacts(facts, [], sha256), ...ends.findings] };
}

const runsOf = (facts: readonly Fact[]): readonly string[] => [...new Set(facts.map(({ run }) => run))];
const headWrites = (): number => world.api.writes.filter(({ resource }) => resource === plural).length;

describe('facts, run after run', () => {
  it('are one chain: each run follows the last fact the sink acknowledged of the one before', async () => {
    edit('2.4.0');
    await world.pass(6);
    const before = end();
    await world.restart();
    await world.pass(6);
    await world.restart();
    await world.pass(6);
    const [one, two, three] = runsOf(told());
    const firstOf = (run: string | undefined) => told().find((fact) => fact.run === run && fact.seq === 0);
    expect(firstOf(one)?.follows).toEqual({ chain: before.chain, run: '', seq: -1 });
    expect(firstOf(two)).toMatchObject({ follows: { chain: before.chain, run: one, seq: before.seq }, prevHash: before.hash });
    expect(firstOf(three)?.follows).toMatchObject({ run: two });
    expect(audit()).toEqual({ findings: [], unheld: 0, isBehind: false });
  });

  it('show that a run is missing, or the end of one, whichever it is', async () => {
    await world.restart();
    await world.pass(6);
    await world.restart();
    await world.pass(6);
    const runs = runsOf(told());
    expect(runs).toHaveLength(3);
    for (const run of runs) {
      expect(audit(told().filter((fact) => fact.run !== run)).findings).not.toEqual([]);
      const last = told().findLast((fact) => fact.run === run);
      expect(audit(told().filter((fact) => fact.hash !== last?.hash)).findings).not.toEqual([]);
    }
  });

  it('are noted once they all arrived, not once a request, and nothing is written while nothing changes', async () => {
    const before = headWrites();
    await world.pass(300);
    expect(headWrites()).toBe(before);
    for (let each = 0; each < 450; each += 1) {
      const risk = signedRisk() as { readonly metadata: object };
      world.api.apply('modelrisks', { ...risk, metadata: { ...risk.metadata, name: `model-${String(each)}` } });
    }
    const requests = world.notices.length;
    await world.pass(30);
    const sent = world.notices.length - requests;
    expect(sent).toBeGreaterThan(3);
    expect(headWrites() - before).toBeLessThan(sent);
    expect(audit()).toMatchObject({ findings: [], unheld: 0 });
  });

  it('regression of none: a process that ends between the answer of the sink and its own note leaves no finding', async () => {
    world.api.onWrite(({ resource }) => (resource === plural ? 'Lose' : 'Pass'));
    edit('2.4.0');
    await world.pass(6);
    world.api.onWrite(() => 'Pass');
    await world.restart();
    await world.pass(6);
    const { findings, unheld } = audit();
    expect(findings).toEqual([]);
    expect(unheld).toBeGreaterThan(0);
  });

  it('are followed from where the head stands where not even the first note landed', async () => {
    await world.stop();
    world = await startMemoryOperator(applyGuardedModelTo, { auditSink: { url, secretRef: null } });
    world.api.onWrite(({ resource, verb }) => (resource === plural && verb === 'update' ? 'Lose' : 'Pass'));
    await world.pass(6);
    await world.restart();
    await world.pass(6);
    world.api.onWrite(() => 'Pass');
    await world.restart();
    await world.pass(6);
    expect(runsOf(told())).toHaveLength(3);
    expect(audit().findings).toEqual([]);
    expect(audit().unheld).toBeGreaterThan(0);
  });

  it('wait while it can not be told where the run before ended: a second beginning would hide its end', async () => {
    const before = runsOf(told()).length;
    world.api.forbid(plural);
    await world.restart();
    await world.pass(30);
    expect(runsOf(told())).toHaveLength(before);
    expect(world.logged.some(({ message }) => message.startsWith('how far the audit sink has come in facts could not be read'))).toBe(true);
    expect(await world.sample('modelrisk_audit_unanchored_age_seconds', 'lending')).toBeGreaterThan(20);
    world.api.allow(plural);
    await world.pass(30);
    expect(audit()).toMatchObject({ findings: [], unheld: 0 });
  });

  it('of an outage that outlived two operators follow what was acknowledged before it', async () => {
    const before = end();
    world.failNotices(down);
    edit('2.4.0');
    await world.pass(120);
    await world.restart();
    await world.pass(120);
    await world.restart();
    const lost = world.notices.length;
    world.failNotices(null);
    await world.pass(30);
    // Half of what was refused may be with the sink all the same.
    const arrived = told().filter((fact) => fact.run === before.run);
    const kept = told(lost);
    expect(audit([...arrived, ...kept]).findings).toEqual([]);
    expect(audit().findings).toEqual([]);
    expect(kept[0]?.follows).toMatchObject({ run: before.run, seq: before.seq });
  });

  it('go on behind what another wrote into the head, and say so', async () => {
    const mine = end();
    const other = { run: '2026-01-01T00:00:00.000Z', seq: 5, hash: 'f'.repeat(64), at: '2026-01-01T00:00:09.000Z' };
    world.api.apply(plural, { ...world.api.get(plural, 'facts', home), spec: { tails: [], facts: other } });
    edit('2.4.0');
    await world.pass(6);
    expect(world.logged.some(({ level, message }) => level === 'error' && message.startsWith('the chain of facts was gone on'))).toBe(true);
    edit('2.5.0');
    await world.pass(6);
    const first = told().find((fact) => fact.follows?.run === other.run);
    expect(first).toMatchObject({ seq: 0, prevHash: other.hash, follows: { chain: mine.chain, seq: 5 } });
    expect(end()).toMatchObject({ run: first?.run });
    expect(audit().findings).toEqual([expect.stringContaining(`fact 5 of run ${other.run}, which it says it follows, is missing`)]);
  });

  it('tell by the head that it was deleted', async () => {
    world.api.remove(plural, 'facts', home);
    edit('2.4.0');
    await world.pass(6);
    edit('2.5.0');
    await world.pass(6);
    expect(audit().findings).toEqual([expect.stringContaining('is of a chain no RiskChainHead ends')]);
  });
});
