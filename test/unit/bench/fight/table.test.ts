import { describe, expect, it } from '@jest/globals';
import type { FightFigures } from '../../../../bench/fight.ts';
import { fightRows } from '../../../../bench/fight/table.ts';

const figures: FightFigures = {
  gateway: 'Contour and Envoy',
  writer: 'server-side',
  ...{ seconds: 300, everySeconds: 1, capPercent: 10 },
  edits: { applied: 300, refused: 0, tookCapOff: 299 },
  writes: { route: 598, statedRoute: 620, other: 12, byResource: { httproutes: 598, mitigationplans: 12 } },
  time: { abovePercent: 2.5, statedAbovePercent: 5, editStoodMs: { p50: 20, p99: 60 } },
  requests: { served: 60_000, errors: 0, candidatePercent: 11, abovePercent: 1 },
  people: { contestedAfterMs: 5100, contestedToNotifiedMs: 400 },
  load: [1, 2],
  broken: [],
};

const missed = (changed: FightFigures) => fightRows(changed).flatMap(({ what, target }) => (target?.met === false ? [what] : []));

describe('the table of a fight', () => {
  it('says what is met', () => {
    expect(missed(figures)).toEqual([]);
    expect(fightRows(figures)).toContainEqual(expect.objectContaining({ figure: '598', target: { text: 'at most 620', met: true } }));
  });

  it('says what is not', () => {
    expect(missed({ ...figures, writes: { ...figures.writes, route: 621 } })).toHaveLength(1);
    expect(missed({ ...figures, time: { ...figures.time, abovePercent: 5.01, editStoodMs: null } })).toHaveLength(1);
    expect(missed({ ...figures, requests: { ...figures.requests, errors: 1 } })).toHaveLength(1);
    expect(missed({ ...figures, people: { contestedAfterMs: null, contestedToNotifiedMs: null } })).toHaveLength(1);
  });
});
