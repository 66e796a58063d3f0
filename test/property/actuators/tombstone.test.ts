import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { ReleasedEngagement } from '../../../src/actuators/port.ts';
import { bounded, succeeds } from '../../../src/actuators/tombstone.ts';
import { aRouteClaim } from '../../builders/http-route.ts';

/** Most entries one journal keeps, and most characters of what it keeps for the record: as docs and journals in the field have them. */
const [mostEntries, mostCharacters] = [64, 8192];

function anEntry(plan: number, engagement: number, characters: number | null): ReleasedEngagement {
  const word = { planUID: `plan-${String(plan)}`, engagement, actor: 'operator', atMs: 1 };
  if (characters === null) return word;
  return { ...word, unrecorded: { steps: [{ type: 'Engaged', atMs: 1, before: '', after: 'x'.repeat(characters) }], readings: [] } };
}

const entry = fc
  .tuple(fc.nat(80), fc.nat(2), fc.option(fc.integer({ min: 1, max: 1500 }), { freq: 2 }))
  .map(([plan, engagement, characters]) => anEntry(plan, engagement, characters));

const entries = fc.oneof(fc.array(entry, { maxLength: 12 }), fc.array(entry, { minLength: 90, maxLength: 130 }));

const idOf = ({ planUID, engagement }: ReleasedEngagement): string => `${planUID}/${String(engagement)}`;
const lengthOf = ({ unrecorded }: ReleasedEngagement): number => (unrecorded === undefined ? 0 : JSON.stringify(unrecorded).length);

describe('what a journal keeps of engagements that ended on the object', () => {
  it('is each of them once, in their order, the newest that fit', () => {
    let full = 0;
    fc.assert(
      fc.property(entries, (released) => {
        const kept = bounded(released).map(idOf);
        const newest = (planUID: string) => Math.max(...released.filter((each) => each.planUID === planUID).map((each) => each.engagement));
        const firsts = released.filter((each, index) => released.map(idOf).indexOf(idOf(each)) === index);
        const wanted = firsts.filter((each) => each.unrecorded !== undefined || each.engagement === newest(each.planUID)).map(idOf);
        expect(kept).toEqual(wanted.slice(Math.max(0, wanted.length - mostEntries)));
        if (wanted.length > mostEntries) full++;
      }),
      { numRuns: 300 },
    );
    expect(full).toBeGreaterThan(10);
  });

  it('never is too long to be written: from the first entry that has no room all older ones give up what their record lacked', () => {
    const seen = { fits: 0, gaveUp: 0 };
    fc.assert(
      fc.property(entries, (released) => {
        const kept = bounded(released).toReversed();
        const before = new Map(released.toReversed().map((each) => [idOf(each), each]));
        let length = 0;
        for (const entry of kept) {
          const whole = before.get(idOf(entry)) ?? entry;
          length += lengthOf(whole);
          const { unrecorded: _, ...word } = whole;
          expect(entry).toEqual(length <= mostCharacters ? whole : word);
        }
        expect(kept.reduce((sum, each) => sum + lengthOf(each), 0)).toBeLessThanOrEqual(mostCharacters);
        seen[length > mostCharacters ? 'gaveUp' : 'fits']++;
      }),
      { numRuns: 300 },
    );
    expect(seen.fits).toBeGreaterThan(10);
    expect(seen.gaveUp).toBeGreaterThan(10);
  });

  it('is kept to the last character that has room, and not beyond', () => {
    const overhead = lengthOf(anEntry(0, 1, 1)) - 1;
    const exact = anEntry(0, 1, mostCharacters - overhead);
    expect(bounded([exact])).toEqual([exact]);
    expect(bounded([anEntry(0, 1, mostCharacters - overhead + 1)])).toEqual([anEntry(0, 1, null)]);
    expect(bounded([anEntry(1, 1, 10), anEntry(0, 1, mostCharacters)])).toEqual([anEntry(1, 1, null), anEntry(0, 1, null)]);
  });
});

describe('an engagement that may begin where another ended', () => {
  it.each([
    ['the next of the same plan', { planUID: 'plan-1', engagement: 3 }, true],
    ['the very one that ended: a tombstone refuses it', { planUID: 'plan-1', engagement: 2 }, false],
    ['an older one of the same plan', { planUID: 'plan-1', engagement: 1 }, false],
    ['a later one of another plan, of whom the tombstone says nothing', { planUID: 'plan-2', engagement: 3 }, false],
  ])('%s', (_which, holder, follows) => {
    expect(succeeds(aRouteClaim([], { holder }), anEntry(1, 2, null))).toBe(follows);
  });
});
