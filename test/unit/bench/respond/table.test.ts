import { describe, expect, it } from '@jest/globals';
import type { RespondFigures } from '../../../../bench/respond.ts';
import { respondRows } from '../../../../bench/respond/table.ts';

const target = { kind: 'HTTPRoute', n: 100, missed: 0, breachToPatchMs: { p50: 520, p99: 1030 }, answerToPatchMs: { p50: 12, p99: 40 } };
const figures: RespondFigures = { intervalMs: 1000, atOnce: 4, targets: [target, { ...target, kind: 'FeatureFlag' }], load: [1, 2] };

const missed = (changed: RespondFigures) => respondRows(changed).flatMap(({ what, target: aim }) => (aim?.met === false ? [what] : []));

describe('the table of responses', () => {
  it('has each kind', () => {
    expect(respondRows(figures)).toContainEqual(
      expect.objectContaining({ what: 'FeatureFlag: breach -> patch (p50 / p99)', figure: '520 / 1030 ms' }),
    );
    expect(missed(figures)).toEqual([]);
  });

  it('says which kind is late, and which did not answer', () => {
    const late = { ...target, breachToPatchMs: { p50: 520, p99: 1101 } };
    expect(missed({ ...figures, targets: [late] })).toEqual(['HTTPRoute: breach -> patch (p50 / p99)']);
    expect(missed({ ...figures, targets: [{ ...target, missed: 1 }] })).toEqual(['HTTPRoute: without a patch']);
  });
});
