import { describe, expect, it } from '@jest/globals';

import { createOpenDecisions, parseOutcomes } from '../../../../demo/serving/open-decisions.ts';

describe('open decisions', () => {
  it('give the score of a decision to its outcome once', () => {
    const open = createOpenDecisions(10);
    open.remember(7, 0.75);
    expect(open.settle(7)).toBe(0.75);
    expect(open.settle(7)).toBeNull();
    expect(open.settle(8)).toBeNull();
  });

  it('hold the newest decision about a row', () => {
    const open = createOpenDecisions(10);
    open.remember(7, 0.75);
    open.remember(7, 0.25);
    expect(open.settle(7)).toBe(0.25);
  });

  it('forget the oldest beyond what they may hold; one decided again is not the oldest any more', () => {
    const open = createOpenDecisions(2);
    for (const [id, score] of [
      [1, 0.1],
      [2, 0.2],
      [1, 0.3],
      [3, 0.4],
    ] as const) {
      open.remember(id, score);
    }
    expect([1, 2, 3].map((id) => open.settle(id))).toEqual([0.3, null, 0.4]);
  });
});

describe('a list of outcomes', () => {
  it('is read', () => {
    expect(parseOutcomes('[{"id": 7, "employed": true}]')).toEqual([{ id: 7, employed: true }]);
    expect(parseOutcomes('[]')).toEqual([]);
  });

  it.each(['', '{}', 'null', '[null]', '[{"id": "7", "employed": true}]', '[{"id": 7, "employed": 1}]', '[{"id": 7}]'])(
    'is not %j',
    (body) => {
      expect(parseOutcomes(body)).toBeNull();
    },
  );
});
