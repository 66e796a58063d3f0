import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { readFactLine, writeFactLine } from '../../../src/api/fact-line.ts';
import { factStart, sealFact } from '../../../src/core/fact-chain.ts';
import type { Fact, FactDraft } from '../../../src/core/fact-chain.ts';
import { auditFacts } from '../../../src/governance/export-facts.ts';
import { sha256 } from '../../builders/audit-lines.ts';

const draft: fc.Arbitrary<FactDraft> = fc.record({
  at: fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'),
  kind: fc.constantFrom('RiskPolicy', 'ModelRisk', 'RiskDecision', 'RiskIncident'),
  namespace: fc.constantFrom('', 'lending'),
  name: fc.string({ minLength: 1, maxLength: 12 }),
  uid: fc.uuid(),
  event: fc.constantFrom('Seen', 'Gone'),
  content: fc.dictionary(fc.constantFrom('digest', 'tier', 'outcome'), fc.string(), { maxKeys: 3 }),
});

function chain(run: string, drafts: readonly FactDraft[]): readonly Fact[] {
  let tail = factStart(run);
  return drafts.map((each) => {
    const fact = sealFact(tail, each, sha256);
    tail = fact;
    return fact;
  });
}

const exported = fc
  .array(fc.array(draft, { minLength: 3, maxLength: 8 }), { minLength: 1, maxLength: 3 })
  .map((runs) => runs.flatMap((drafts, index) => chain(`run-${String(index)}`, drafts)));

describe('facts of an export', () => {
  it('read back as they were written, and are intact in whatever order and however often they come', () => {
    fc.assert(
      fc.property(
        exported.chain((facts) => fc.tuple(fc.constant(facts), fc.shuffledSubarray([...facts, ...facts], { minLength: facts.length * 2 }))),
        ([facts, shuffled]) => {
          const read = shuffled.map((fact) => readFactLine(JSON.parse(writeFactLine(fact))));
          expect(read.every(({ ok }) => ok)).toBe(true);
          expect(
            auditFacts(
              read.flatMap((each) => (each.ok ? [each.value] : [])),
              [],
              sha256,
            ),
          ).toEqual([]);
          expect(new Set(read.map((each) => (each.ok ? each.value.hash : ''))).size).toBe(facts.length);
        },
      ),
    );
  });

  it('show one that was edited, whether or not it was hashed again, wherever others follow it', () => {
    let rehashed = 0;
    fc.assert(
      fc.property(exported, fc.nat(), fc.boolean(), draft, (facts, at, again, other) => {
        const index = at % facts.length;
        const known = facts[index];
        if (known === undefined) return;
        const edited = { ...known, content: { changed: other.name } };
        const resealed = sealFact({ run: known.run, seq: known.seq - 1, hash: known.prevHash }, edited, sha256);
        const isLast = facts[index + 1]?.run !== known.run;
        // What nothing follows can be made anew: the end of a run is held by nothing but the sink.
        if (again && isLast) return;
        rehashed += again ? 1 : 0;
        expect(
          auditFacts(
            facts.map((fact, place) => (place === index ? (again ? resealed : edited) : fact)),
            [],
            sha256,
          ),
        ).not.toEqual([]);
      }),
      { numRuns: 400 },
    );
    expect(rehashed).toBeGreaterThan(40);
  });

  it('show one that is dropped or told in two ways, but for the end of a run', () => {
    let seen = 0;
    fc.assert(
      fc.property(exported, fc.nat(), (facts, at) => {
        const index = at % facts.length;
        const known = facts[index];
        if (known === undefined) return;
        const isLast = facts[index + 1]?.run !== known.run;
        const findings = auditFacts(
          facts.filter((fact) => fact !== known),
          [],
          sha256,
        );
        expect(findings.length > 0).toBe(!isLast);
        seen += isLast ? 0 : 1;
        const twice = sealFact({ run: known.run, seq: known.seq - 1, hash: known.prevHash }, { ...known, content: 'other' }, sha256);
        expect(auditFacts([...facts, twice], [], sha256)).not.toEqual([]);
      }),
      { numRuns: 300 },
    );
    expect(seen).toBeGreaterThan(60);
  });

  it('are refused with a field nobody knows, another id, or a kind that is none', () => {
    fc.assert(
      fc.property(exported, (facts) => {
        const line = JSON.parse(writeFactLine(facts[0] as Fact)) as { readonly fact: object };
        expect(readFactLine({ ...line, note: 'x' }).ok).toBe(false);
        expect(readFactLine({ ...line, fact: { ...line.fact, note: 'x' } }).ok).toBe(false);
        expect(readFactLine({ ...line, fact: { ...line.fact, kind: 'Pod' } }).ok).toBe(false);
        expect(readFactLine({ ...line, id: 'another' }).ok).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});
