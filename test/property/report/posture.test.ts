import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { ReportDocument } from '../../../src/core/report/document.ts';
import type { Manifest } from '../../builders/api.ts';
import { figureIn, programme, reportOn } from '../../builders/report-reading.ts';
import { reportedMs } from '../../builders/reported.ts';
import { anyObjects } from '../../builders/report-worlds.ts';

interface Status {
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string }[];
  readonly tier?: { readonly inherent: string };
  readonly closedAt?: string;
  readonly deadlines?: readonly { readonly due: string; readonly filedAt?: string }[];
}

const statusOf = ({ status = {} }: Manifest): Status => status as Status;
const conditionOf = (model: Manifest, type: string) => statusOf(model).conditions?.find((each) => each.type === type);

/** What a count must be, said by hand from the manifests: null where nobody can tell of any of them. */
const counted = (yes: number, unknown: number, n: number) => (n > 0 && unknown === n ? null : yes);

function posture(page: ReportDocument) {
  return (label: string): number | null => figureIn(page, label).number;
}

describe('the posture of any programme', () => {
  it('counts what the conditions say, and nothing as zero that nobody knows', () => {
    const seen: Record<string, number> = { 'Signed off': 0, 'Beyond a limit': 0, 'Reviews due soon': 0, 'Reviews overdue': 0 };
    fc.assert(
      fc.property(anyObjects, (objects) => {
        const models = (objects.modelRisks as readonly Manifest[]).filter(({ metadata }) => metadata.name !== 'strange');
        const figure = posture(reportOn(programme, objects));
        const holds = (type: string) => {
          const said = models.map((model) => conditionOf(model, type)?.status ?? 'Unknown');
          return counted(said.filter((each) => each === 'True').length, said.filter((each) => each === 'Unknown').length, models.length);
        };
        const reviews = models.map((model) => conditionOf(model, 'ReviewCurrent')?.reason ?? '');
        const known = ['Overdue', 'DueSoon', 'Reviewed', 'NoCadence'];
        const standing = (reason: string) =>
          counted(reviews.filter((each) => each === reason).length, reviews.filter((each) => !known.includes(each)).length, models.length);
        const expected: Record<string, number | null> = {
          'Signed off': holds('SignedOff'),
          'Beyond a limit': holds('Breached'),
          'Reviews due soon': standing('DueSoon'),
          'Reviews overdue': standing('Overdue'),
        };
        for (const [label, number] of Object.entries(expected)) {
          expect([label, figure(label)]).toEqual([label, number]);
          if (number !== null && number > 0 && number < models.length) seen[label] = (seen[label] ?? 0) + 1;
        }
      }),
      { numRuns: 150 },
    );
    for (const [label, times] of Object.entries(seen)) expect([label, times > 5]).toEqual([label, true]);
  });

  it('puts every model into one tier, or into none', () => {
    fc.assert(
      fc.property(anyObjects, (objects) => {
        const page = reportOn(programme, objects);
        const figures = page.sections.flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === 'Figures' ? block.figures : [])));
        const tiers = figures.filter(({ label }) => label.startsWith('Models of tier ') || label.startsWith('Models in no tier'));
        expect(tiers.reduce((sum, { number }) => sum + (number ?? 0), 0)).toBe(posture(page)('Models'));
        expect(new Set(tiers.map(({ label }) => label)).size).toBe(tiers.length);
        for (const name of ['High', 'Medium', 'Special']) {
          const standing = (objects.modelRisks as readonly Manifest[]).filter(
            (model) => model.metadata.name !== 'strange' && statusOf(model).tier?.inherent === name,
          ).length;
          expect(figures.find(({ label }) => label === `Models of tier ${name}`)?.number ?? 0).toBe(standing);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('counts a report as overdue from the moment it is due, drills apart, until it is filed', () => {
    let overdue = 0;
    fc.assert(
      fc.property(anyObjects, (objects) => {
        const expected = (objects.incidents as readonly Manifest[])
          .filter(({ spec }) => spec['drill'] === undefined)
          .flatMap((incident) => statusOf(incident).deadlines ?? [])
          .filter(({ due, filedAt }) => filedAt === undefined && Date.parse(due) <= reportedMs).length;
        expect(posture(reportOn(programme, objects))('Reports to authorities overdue')).toBe(expected);
        if (expected > 0) overdue++;
      }),
      { numRuns: 60 },
    );
    expect(overdue).toBeGreaterThan(5);
  });
});
