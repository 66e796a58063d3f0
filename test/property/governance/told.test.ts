import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { auditFacts } from '../../../src/governance/export-facts.ts';
import { auditFactEnds } from '../../../src/governance/fact-ends.ts';
import { factsInOrder } from '../../../src/governance/fact-runs.ts';
import { auditObjects } from '../../../src/governance/told-objects.ts';
import { sha256 } from '../../builders/audit-lines.ts';
import { factKinds, factTamperings, objectKinds, tamperWorld } from '../../builders/fact-tampering.ts';
import { factWorlds, longAfter } from '../../builders/fact-world.ts';
import type { FactWorld } from '../../builders/fact-world.ts';

function findingsOf({ facts, held, ends }: FactWorld, times = longAfter): readonly string[] {
  return [
    ...auditFacts(facts, [], sha256),
    ...auditFactEnds({ facts, ends, ...times }).findings,
    ...auditObjects({ facts, copied: [], held, ...times }).findings,
  ];
}

const arbitraryOrder = (world: FactWorld) =>
  fc.shuffledSubarray([...world.facts, ...world.facts], { minLength: world.facts.length * 2 }).map((facts) => ({ world, facts }));

describe('what facts prove', () => {
  it('finds all of 1,000 random tamperings of facts, of the objects they tell of and of their head, each kind often', () => {
    const tried = new Map<string, number>();
    fc.assert(
      fc.property(factWorlds, factTamperings, (world, tampering) => {
        const after = tamperWorld(world, tampering);
        if (after === null) return;
        tried.set(tampering.kind, (tried.get(tampering.kind) ?? 0) + 1);
        expect(findingsOf(after)).not.toEqual([]);
      }),
      { numRuns: 1800 },
    );
    expect([...tried.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(1000);
    // 100 of each are tried; only what takes a decision that is gone is tried in fewer worlds.
    for (const kind of [...factKinds, ...objectKinds]) expect([kind, (tried.get(kind) ?? 0) >= 10]).toEqual([kind, true]);
  });

  it('finds nothing where nobody was at it, in whatever order and how often lines arrived, crashes among the runs', () => {
    let loose = 0;
    fc.assert(
      fc.property(factWorlds.chain(arbitraryOrder), ({ world, facts }) => {
        expect(findingsOf({ ...world, facts })).toEqual([]);
        const { unheld, isBehind } = auditFactEnds({ facts, ends: world.ends, ...longAfter });
        expect([unheld, isBehind]).toEqual([world.loose.size, false]);
        loose += world.loose.size === 0 ? 0 : 1;
      }),
      { numRuns: 200 },
    );
    expect(loose).toBeGreaterThan(30);
  });

  it('needs no cluster for what has others behind it', () => {
    const shows = factTamperings.filter(({ kind }) => ['edit', 'fork', 'reorder'].includes(kind));
    fc.assert(
      fc.property(factWorlds, shows, (world, tampering) => {
        expect(auditFacts(tamperWorld(world, tampering)?.facts ?? [], [], sha256)).not.toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('has to miss without a cluster what was cut off the end, or hashed again as a whole', () => {
    const hides = factTamperings.filter(({ kind }) => ['truncate', 'full re-hash'].includes(kind));
    fc.assert(
      fc.property(factWorlds, hides, (world, tampering) => {
        const { facts } = tamperWorld(world, tampering) ?? world;
        // Nobody edits a decision unseen, though: it is told again by each run.
        const findings = auditFacts(facts, [], sha256).filter((each) => !each.startsWith('RiskDecision'));
        expect(findings).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('takes an end younger than the grace for one the export was taken too early for', () => {
    fc.assert(
      fc.property(factWorlds, fc.integer({ min: -120_000, max: 240_000 }), ({ facts, ends }, afterMs) => {
        const [end] = ends;
        if (end === undefined) throw new Error('no end');
        const nowMs = Date.parse(end.at) + afterMs;
        const cut = facts.filter(({ hash }) => hash !== end.hash);
        const { findings, isBehind } = auditFactEnds({ facts: cut, ends, nowMs, graceMs: 60_000 });
        expect([findings.length, isBehind]).toEqual(Math.abs(afterMs) <= 60_000 ? [0, true] : [1, false]);
      }),
    );
  });

  it('orders facts as they were told, whatever the clocks of the machines said', () => {
    let compared = 0;
    fc.assert(
      fc.property(factWorlds.chain(arbitraryOrder), ({ world, facts }) => {
        // A run that nothing follows stands beside the one that took its place: neither was before the other.
        if (world.loose.size > 0) return;
        compared += 1;
        const renamed = (run: string): string => (run === '' ? '' : `run-${String(9 - Number(run.slice(4)))}`);
        const turned = (all: FactWorld['facts']) =>
          all.map(({ follows, ...fact }) => ({
            ...fact,
            run: renamed(fact.run),
            ...(follows === undefined ? {} : { follows: { ...follows, run: renamed(follows.run) } }),
          }));
        expect(factsInOrder(turned(facts))).toEqual(turned(world.facts));
      }),
      { numRuns: 200 },
    );
    expect(compared).toBeGreaterThan(20);
  });
});
