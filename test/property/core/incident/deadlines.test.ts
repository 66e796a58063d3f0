import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Deadline, ReportableIncident, ReportingDuty } from '../../../../src/core/incident/deadlines.ts';
import { deadlinesOf, deadlineState, untilDeadlineChanges } from '../../../../src/core/incident/deadlines.ts';

const severity = fc.constantFrom('Low', 'High', 'Critical');
const category = fc.constantFrom('Fairness', 'Privacy', 'Safety');
const at = fc.integer({ min: 0, max: 1000 });

const duties: fc.Arbitrary<readonly ReportingDuty[]> = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('regulator', 'customers', 'board'),
    severities: fc.array(severity, { minLength: 1, maxLength: 3 }),
    categories: fc.option(fc.array(category, { minLength: 1, maxLength: 2 }), { nil: null }),
    withinMs: fc.integer({ min: 1, max: 500 }),
    warningMs: fc.integer({ min: 0, max: 700 }),
  }),
  { selector: ({ name }) => name, maxLength: 3 },
);

const incidents: fc.Arbitrary<ReportableIncident> = fc.record({
  severity,
  categories: fc.array(category, { maxLength: 3 }),
  awareMs: fc.option(at, { nil: null }),
});

const filings = fc
  .dictionary(fc.constantFrom('regulator', 'customers', 'board'), at)
  .map((drawn): ReadonlyMap<string, number> => new Map(Object.entries(drawn)));
const none: ReadonlyMap<string, number> = new Map();

const begin = (asked: readonly ReportingDuty[], incident: ReportableIncident) => deadlinesOf(asked, incident, { known: [], filed: none });
const named = (deadlines: readonly Deadline[], name: string) => deadlines.find((each) => each.name === name);

describe('the clocks of an incident', () => {
  it('that began stay, and come nearer only, whatever policy and record say afterwards', () => {
    fc.assert(
      fc.property(duties, incidents, duties, incidents, (first, incident, later, changed) => {
        const known = begin(first, incident);
        const after = deadlinesOf(later, changed, { known, filed: none });
        for (const { name, dueMs } of known) expect(named(after, name)?.dueMs ?? Infinity).toBeLessThanOrEqual(dueMs);
        expect(new Set(after.map(({ name }) => name)).size).toBe(after.length);
      }),
    );
  });

  it('do not move when they are asked for again', () => {
    fc.assert(
      fc.property(duties, incidents, filings, (asked, incident, filed) => {
        const known = deadlinesOf(asked, incident, { known: [], filed });
        expect(deadlinesOf(asked, incident, { known, filed })).toEqual(known);
        // The filings may have been read before a restart only.
        expect(deadlinesOf(asked, incident, { known, filed: none })).toEqual(known);
      }),
    );
  });

  it('begin for each duty that names the severity and any category, and for no other', () => {
    fc.assert(
      fc.property(duties, incidents, (asked, incident) => {
        const begun = begin(asked, incident).map(({ name }) => name);
        for (const { name, severities, categories } of asked) {
          const concerned =
            incident.awareMs !== null &&
            severities.includes(incident.severity) &&
            (categories === null || categories.filter((each) => incident.categories.includes(each)).length > 0);
          expect(begun.includes(name)).toBe(concerned);
        }
      }),
    );
  });

  it('warn between the time somebody knew and the time it is due, however long a warning is asked for', () => {
    fc.assert(
      fc.property(duties, incidents, (asked, incident) => {
        for (const { warnMs, dueMs } of begin(asked, incident)) {
          expect(warnMs).toBeGreaterThanOrEqual(incident.awareMs ?? Infinity);
          expect(warnMs).toBeLessThanOrEqual(dueMs);
        }
      }),
    );
  });

  it('once filed in time stay so, though the report is made again', () => {
    fc.assert(
      fc.property(duties, incidents, filings, filings, (asked, incident, filed, again) => {
        const known = deadlinesOf(asked, incident, { known: [], filed });
        const after = deadlinesOf(asked, incident, { known, filed: again });
        for (const deadline of known.filter((each) => deadlineState(each, 0) === 'Filed')) {
          const now = named(after, deadline.name);
          expect(now === undefined ? 'lost' : deadlineState(now, 5000)).toBe('Filed');
        }
      }),
    );
  });
});

describe('the time until a clock changes', () => {
  it('is when the first state changes: none does before, one does then', () => {
    fc.assert(
      fc.property(duties, incidents, filings, at, (asked, incident, filed, nowMs) => {
        const deadlines = deadlinesOf(asked, incident, { known: [], filed });
        const statesAt = (ms: number) => deadlines.map((each) => deadlineState(each, ms));
        const until = untilDeadlineChanges(deadlines, nowMs);
        if (until === null) {
          expect(statesAt(1_000_000)).toEqual(statesAt(nowMs));
          return;
        }
        expect(until).toBeGreaterThan(0);
        expect(statesAt(nowMs + until - 1)).toEqual(statesAt(nowMs));
        expect(statesAt(nowMs + until)).not.toEqual(statesAt(nowMs));
      }),
    );
  });
});
