import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { parseRiskIncident } from '../../../src/api/risk-incident.ts';
import { incidentLines } from '../../../src/report/incident-line.ts';
import { bySoonestReview } from '../../../src/report/review-line.ts';
import type { ReviewLine } from '../../../src/report/review-line.ts';
import { anIncident, reportedMs } from '../../builders/reported.ts';

const day = (days: number): string => new Date(reportedMs + days * 86_400_000).toISOString();
const days = fc.integer({ min: -2, max: 2 }).map(day);
const severities = ['Critical', 'High', 'Medium', 'Low'] as const;

const anyIncident = fc.record({
  severity: fc.constantFrom(...severities),
  opened: days,
  dues: fc.array(fc.record({ due: days, filed: fc.boolean() }), { maxLength: 2 }),
  closed: fc.boolean(),
  finding: fc.constantFrom(null, 'Open', 'Tracked'),
  last: fc.constantFrom('Engaged', 'Continued'),
  drill: fc.constantFrom(false, false, true),
});
type Drawn = ReturnType<typeof anyIncident.generate>['value'];

function made({ severity, opened, dues, closed, finding, last, drill }: Drawn, index: number) {
  const deadlines = dues.map(({ due, filed }, at) => ({
    ...{ name: `report-${String(at)}`, due, warnAt: due, state: filed ? 'Filed' : 'Open' },
    ...(filed ? { filedAt: due } : {}),
  }));
  const manifest = anIncident(`ri-${String(index)}`, {
    spec: { openedAt: opened, severity, ...(drill ? { drill: { scope: 'DryRun' } } : {}) },
    status: { deadlines, findings: finding === null ? [] : [{ name: 'age', state: finding }], ...(closed ? { closedAt: opened } : {}) },
    types: [[last, opened]],
  });
  const parsed = parseRiskIncident(manifest);
  if (!parsed.ok) throw new Error(parsed.failure.join());
  return parsed.value;
}

const waits = ({ dues, closed, finding, last, drill }: Drawn): boolean =>
  !drill && last !== 'Continued' && (!closed || dues.some(({ filed }) => !filed) || finding === 'Open');

describe('incidents somebody has something to do about', () => {
  it('are all that are open, unreported or unfinished, and no other', () => {
    const seen = { shown: 0, left: 0 };
    fc.assert(
      fc.property(fc.array(anyIncident, { maxLength: 5 }), (drawn) => {
        const names = incidentLines(drawn.map(made), reportedMs).map(({ name }) => name);
        const expected = drawn.flatMap((each, index) => (waits(each) ? [`ri-${String(index)}`] : []));
        expect(names.toSorted()).toEqual(expected.toSorted());
        seen.shown += expected.length;
        seen.left += drawn.length - expected.length;
      }),
      { numRuns: 150 },
    );
    expect(Math.min(seen.shown, seen.left)).toBeGreaterThan(50);
  });

  it('stand with what is due first ahead, then what is worst, then what is oldest', () => {
    let ties = 0;
    fc.assert(
      fc.property(fc.array(anyIncident, { minLength: 4, maxLength: 6 }), (drawn) => {
        const lines = incidentLines(drawn.map(made), reportedMs);
        const keys = lines.map(({ due, severity, openedAt }) => [
          Math.min(Infinity, ...due.map((each) => Date.parse(each.due))),
          severities.indexOf(severity as (typeof severities)[number]),
          Date.parse(openedAt),
        ]);
        for (const [index, then = []] of keys.slice(1).entries()) {
          const first = keys[index] ?? [];
          const at = first.findIndex((key, place) => key !== then[place]);
          if (at >= 0) expect(first[at]).toBeLessThan(then[at] ?? NaN);
          if (at > 0) ties++;
        }
      }),
      { numRuns: 250 },
    );
    expect(ties).toBeGreaterThan(9);
  });

  it('say which reports are late: from the instant they are due', () => {
    const of = (due: string) => {
      const drawn: Drawn = {
        ...{ severity: 'High', opened: day(-1), dues: [{ due, filed: false }] },
        ...{ closed: false, finding: null, last: 'Engaged', drill: false },
      };
      return incidentLines([made(drawn, 0)], reportedMs)[0]?.due.map(({ isOverdue }) => isOverdue);
    };
    expect([of(day(0)), of(new Date(reportedMs + 1000).toISOString())]).toEqual([[true], [false]]);
  });
});

describe('reviews', () => {
  const line = fc.record({
    next: fc.option(days, { nil: null }),
    name: fc.constantFrom('a', 'b', 'c', 'd'),
    namespace: fc.constantFrom('x', 'y'),
  });
  const reviews = fc
    .uniqueArray(line, { selector: ({ namespace, name }) => `${namespace}/${name}`, maxLength: 8 })
    .map((lines) => lines.map((each): ReviewLine => ({ ...each, tier: null, standing: 'Current', last: null, by: null, message: '' })));

  it('stand by what is asked for first, by name where that is alike, and in no other order whatever they came in', () => {
    fc.assert(
      fc.property(reviews, (lines) => {
        const sorted = lines.toSorted(bySoonestReview);
        expect(lines.toReversed().toSorted(bySoonestReview)).toEqual(sorted);
        const keyOf = ({ next, namespace, name }: ReviewLine) => `${next ?? '9'} ${namespace}/${name}`;
        expect(sorted.map(keyOf)).toEqual(sorted.map(keyOf).toSorted());
      }),
    );
  });
});
