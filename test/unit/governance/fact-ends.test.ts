import { describe, expect, it } from '@jest/globals';
import { factStart, sealFact } from '../../../src/core/fact-chain.ts';
import type { Fact, FactDraft, FactEnd } from '../../../src/core/fact-chain.ts';
import { auditFacts } from '../../../src/governance/export-facts.ts';
import { auditFactEnds } from '../../../src/governance/fact-ends.ts';
import { sha256 } from '../../builders/audit-lines.ts';

const at = '2026-06-01T12:00:00.000Z';
const nowMs = Date.parse(at) + 3_600_000;
const draft = (name: string): FactDraft => ({
  ...{ at, kind: 'ModelRisk', namespace: 'lending', name, uid: name, event: 'Seen', content: {} },
});

interface Before {
  readonly chain: string;
  readonly fact: Fact | undefined;
}

/** One run of so many facts behind another. Null: by an operator that chained no runs. */
function run(name: string, length: number, before: Before | null): readonly Fact[] {
  const told: Fact[] = [];
  const { chain = '', fact } = before ?? {};
  const follows = { chain, run: fact?.run ?? '', seq: fact?.seq ?? -1 };
  const start = before === null ? factStart(name) : factStart(name, { follows, hash: fact?.hash ?? '' });
  for (let index = 0; index < length; index += 1) told.push(sealFact(told.at(-1) ?? start, draft(`${name}-${String(index)}`), sha256));
  return told;
}

function endAt(fact: Fact | undefined, chain = 'head'): FactEnd {
  return fact === undefined ? { chain, run: '', seq: -1, hash: '', at: '' } : { chain, run: fact.run, seq: fact.seq, hash: fact.hash, at };
}

const audit = (facts: readonly Fact[], ...ends: readonly FactEnd[]) => auditFactEnds({ facts, ends, nowMs, graceMs: 60_000 });

const one = run('one', 3, { chain: 'head', fact: undefined });
const two = run('two', 2, { chain: 'head', fact: one.at(-1) });

describe('auditFactEnds', () => {
  it('has nothing to say of an export that ends where the cluster says, or of none at all', () => {
    expect(audit([...one, ...two], endAt(two.at(-1)))).toEqual({ findings: [], unheld: 0, isBehind: false });
    expect(audit([], endAt(undefined))).toEqual({ findings: [], unheld: 0, isBehind: false });
    expect(audit([])).toEqual({ findings: [], unheld: 0, isBehind: false });
  });

  it('says what is missing from the end, and when the sink had it', () => {
    expect(audit([...one, ...two.slice(0, 1)], endAt(two.at(-1))).findings).toEqual([
      `fact 1 of run two, which the sink acknowledged at ${at}, is not in the export: its end was cut off, or it was taken before`,
    ]);
  });

  it('says of an end that was hashed again that it is another', () => {
    const anew = run('two', 2, { chain: 'head', fact: run('one', 3, { chain: 'other', fact: undefined }).at(-1) });
    expect(audit([...one, ...anew], endAt(two.at(-1))).findings).toEqual([
      'fact 1 of run two is not the one the sink acknowledged: it was changed, and hashed again with all after it',
    ]);
  });

  it('counts what was told behind the last note, and a run of which nothing was noted', () => {
    expect(audit([...one, ...two], endAt(two[0]))).toMatchObject({ findings: [], unheld: 1 });
    const beside = run('beside', 4, { chain: 'head', fact: one[1] });
    expect(audit([...one, ...two, ...beside], endAt(two.at(-1)))).toMatchObject({ findings: [], unheld: 4 });
    const first = run('first', 2, { chain: 'head', fact: undefined });
    expect(audit([...first, ...one, ...two], endAt(two.at(-1)))).toMatchObject({ findings: [], unheld: 2 });
  });

  it('takes runs of an operator that chained none as they are: nothing follows from them', () => {
    const old = run('old', 5, null);
    expect(auditFacts([...old, ...one], [], sha256)).toEqual([]);
    expect(audit([...old, ...one], endAt(one.at(-1)))).toEqual({ findings: [], unheld: 5, isBehind: false });
  });

  it('knows each operator that tells the same sink by its own head', () => {
    const other = run('other', 2, { chain: 'head-of-other', fact: undefined });
    expect(audit([...one, ...other], endAt(one.at(-1)), endAt(other.at(-1), 'head-of-other')).findings).toEqual([]);
    expect(audit([...one, ...other], endAt(one.at(-1))).findings).toEqual([
      expect.stringMatching(/^run other is of a chain no RiskChainHead ends/),
    ]);
  });

  it('follows a chain whose head was restored under another uid', () => {
    const later = run('later', 2, { chain: 'restored', fact: two.at(-1) });
    expect(audit([...one, ...two, ...later], endAt(later.at(-1), 'restored'))).toEqual({ findings: [], unheld: 0, isBehind: false });
  });

  it('ends with whatever links in circles', () => {
    const a = { ...(one[0] as Fact), run: 'a', follows: { chain: 'head', run: 'b', seq: 0 } };
    const b = { ...(one[0] as Fact), run: 'b', follows: { chain: 'head', run: 'a', seq: 0 } };
    expect(audit([a, b], endAt(undefined))).toMatchObject({ unheld: 2 });
    expect(auditFacts([a, b], [], sha256)).not.toEqual([]);
    expect(audit([a, b], { ...endAt(a), hash: a.hash })).toMatchObject({ unheld: 0 });
  });
});

describe('the link from run to run', () => {
  it('names the fact that is missing, or another', () => {
    expect(auditFacts([...one.slice(0, 2), ...two], [], sha256)).toEqual([
      'run two begins behind no fact that is here: fact 2 of run one, which it says it follows, is missing',
    ]);
    const other = run('one', 3, { chain: 'other', fact: undefined });
    expect(auditFacts([...other, ...two], [], sha256)).toEqual([
      'run two begins behind no fact that is here: fact 2 of run one, which it says it follows, is another',
    ]);
  });

  it('is part of what a fact hashes: who takes it off, or moves it, shows', () => {
    const { follows: _, ...unlinked } = two[0] as Fact;
    expect(auditFacts([...one, unlinked, ...two.slice(1)], [], sha256)).toEqual([
      'fact 0 of run two is edited: it does not hash to what was written',
    ]);
    const moved = { ...(two[0] as Fact), follows: { chain: 'head', run: 'one', seq: 1 } };
    expect(auditFacts([...one, moved, ...two.slice(1)], [], sha256)).toHaveLength(2);
  });
});
